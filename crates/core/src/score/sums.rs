//! Sums over many words, in integers: the same on every vector unit.

use super::word;
use crate::simd::Lanes;

/// Σ of the exponential score.
#[inline]
pub(super) fn exponential(lanes: Lanes, words: &[u32]) -> u64 {
    lanes.run(
        #[inline(always)]
        || exponential_portable(words),
    )
}

/// Σ of −ln(w/2³²), each rounded up.
#[inline]
pub(super) fn log_reciprocal(lanes: Lanes, words: &[u32]) -> u64 {
    lanes.run(
        #[inline(always)]
        || log_reciprocal_portable(words),
    )
}

/// How many words are below the threshold.
#[inline]
pub(super) fn below(lanes: Lanes, words: &[u32], threshold: u32) -> u64 {
    lanes.run(
        #[inline(always)]
        || below_portable(words, threshold),
    )
}

/// How many bits of the mask are one, over all words.
#[inline]
pub(super) fn ones(lanes: Lanes, words: &[u32], mask: u32) -> u64 {
    lanes.run(
        #[inline(always)]
        || ones_portable(words, mask),
    )
}

#[inline(always)]
fn exponential_portable(words: &[u32]) -> u64 {
    words
        .iter()
        .map(|&word| u64::from(word::exponential(word)))
        .sum()
}

#[inline(always)]
fn log_reciprocal_portable(words: &[u32]) -> u64 {
    words
        .iter()
        .map(|&word| u64::from(word::log_reciprocal(word)))
        .sum()
}

#[inline(always)]
fn below_portable(words: &[u32], threshold: u32) -> u64 {
    counted(words, |word| u32::from(word < threshold))
}

#[inline(always)]
fn ones_portable(words: &[u32], mask: u32) -> u64 {
    counted(words, |word| (word & mask).count_ones())
}

/// Counts of at most 32 a word, added in 32 bits as far as that goes: twice the lanes of 64.
#[inline(always)]
fn counted(words: &[u32], count: impl Fn(u32) -> u32) -> u64 {
    words
        .chunks(1 << 16)
        .map(|few| u64::from(few.iter().map(|&word| count(word)).sum::<u32>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::Lanes;

    proptest! {
        #[test]
        fn every_unit_gives_the_same_integers(
            words in prop::collection::vec(any::<u32>(), 0..300),
            threshold: u32,
            mask: u32,
        ) {
            for lanes in Lanes::available() {
                prop_assert_eq!(exponential(lanes, &words), exponential_portable(&words));
                let up: u64 = words.iter().map(|&w| u64::from(word::log_reciprocal(w))).sum();
                prop_assert_eq!(log_reciprocal(lanes, &words), up);
                let count = words.iter().filter(|&&word| word < threshold).count() as u64;
                prop_assert_eq!(below(lanes, &words, threshold), count);
                let bits = words.iter().map(|word| (word & mask).count_ones()).sum::<u32>();
                prop_assert_eq!(ones(lanes, &words, mask), u64::from(bits));
            }
        }
    }

    #[test]
    fn counts_do_not_wrap_over_many_words() {
        let words = vec![u32::MAX; 200_003];
        for lanes in Lanes::available() {
            assert_eq!(ones(lanes, &words, u32::MAX), 32 * 200_003);
            assert_eq!(below(lanes, &words, u32::MAX), 0);
            let each = u64::from(word::exponential(u32::MAX));
            assert_eq!(exponential(lanes, &words), 200_003 * each);
            let each = u64::from(word::log_reciprocal(0));
            assert_eq!(log_reciprocal(lanes, &vec![0; 200_003]), 200_003 * each);
        }
    }
}
