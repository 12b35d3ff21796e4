//! Randomness of surrogates: a key stream of its own for each seed, window and account, so that threads and order change nothing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The stream of an account in a window.
pub(crate) struct Stream {
    random: ChaCha8Rng,
    words: Vec<u8>,
}

impl Stream {
    /// `what` says what it is for: two uses never share a stream.
    pub(crate) fn new(seed: &[u8; 32], what: &str, window: u32, account: u128) -> Self {
        let digest = Sha256::new()
            .chain_update(b"hallmark campaign surrogates v1\0")
            .chain_update(seed)
            .chain_update((what.len() as u32).to_le_bytes())
            .chain_update(what)
            .chain_update(window.to_le_bytes())
            .chain_update(account.to_le_bytes());
        Self {
            random: ChaCha8Rng::from_seed(digest.finalize().into()),
            words: vec![],
        }
    }

    /// A number below `bound`, each with the same chance (Lemire's rejection).
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let word = self.random.next_u32();
        self.below_by(word, bound)
    }

    /// The same, where the first word was drawn before.
    fn below_by(&mut self, word: u32, bound: u32) -> u32 {
        let mut product = u64::from(word) * u64::from(bound);
        // What is rejected is below 2³² mod bound, and so below bound: few draws need the division.
        if (product as u32) < bound {
            let reject = bound.wrapping_neg() % bound;
            while (product as u32) < reject {
                product = u64::from(self.random.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }

    /// A number below each of `bounds`.
    #[inline(always)]
    pub(super) fn each_below(&mut self, bounds: &[u32], numbers: &mut Vec<u32>) {
        self.words.resize(4 * bounds.len(), 0);
        self.random.fill_bytes(&mut self.words);
        let (words, _) = self.words.as_chunks::<4>();
        numbers.clear();
        let mut is_close = false;
        numbers.extend(words.iter().zip(bounds).map(|(word, &bound)| {
            let product = u64::from(u32::from_le_bytes(*word)) * u64::from(bound);
            is_close |= (product as u32) < bound;
            (product >> 32) as u32
        }));
        if is_close {
            // One in millions: again, one by one.
            let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
            for ((number, word), &bound) in numbers.iter_mut().zip(words).zip(bounds) {
                *number = self.below_by(word, bound);
            }
        }
    }

    /// Puts items into an order of which each has the same chance.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    /// Bounds so large that nearly every number is asked for twice: many at once and one by one are as likely, and no number is too large.
    #[test]
    fn many_at_once_are_below_their_bounds() {
        let mut stream = Stream::new(&[3; 32], "test", 0, 0);
        let bounds: Vec<u32> = (1..200).chain([u32::MAX, 1 << 31 | 1]).collect();
        let mut numbers = vec![];
        let (mut sum, rounds) = (0.0, 400);
        for _ in 0..rounds {
            stream.each_below(&bounds, &mut numbers);
            assert_eq!(numbers.len(), bounds.len());
            for (&number, &bound) in numbers.iter().zip(&bounds) {
                assert!(number < bound);
                sum += (f64::from(number) + 0.5) / f64::from(bound);
            }
        }
        let count = f64::from(rounds) * bounds.len() as f64;
        // Means of uniform numbers: five standard errors.
        assert!((sum / count - 0.5).abs() < 5.0 * (1.0 / 12.0 / count).sqrt());
    }
}
