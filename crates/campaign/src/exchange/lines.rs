//! Accounts in the minutes of an hour, a line of memory for each hour: loops over lines are compiled for the vector unit at hand.

use pulp::{Arch, NullaryFnOnce};

/// Most accounts that a line counts.
pub(super) const MOST: usize = u8::MAX as usize;

/// The 60 minutes of an hour, and four places that stay 0.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Line([u8; 64]);

impl Line {
    /// Nobody.
    pub(super) const EMPTY: Self = Self([0; 64]);

    /// Minutes of a mask: all bits of a place are set, so that `&` chooses.
    pub(super) fn pattern(mask: u64) -> Self {
        Self(std::array::from_fn(|bit| match mask >> bit & 1 {
            1 => u8::MAX,
            _ => 0,
        }))
    }

    /// Adds one account in the minutes of a pattern.
    #[inline(always)]
    pub(super) fn add(&mut self, pattern: &Self) {
        // Copies tell the compiler that the two are not one. All bits set is −1.
        let (mut counts, bits) = (self.0, pattern.0);
        for place in 0..64 {
            counts[place] = counts[place].wrapping_sub(bits[place]);
        }
        self.0 = counts;
    }

    /// Accounts in the minutes of a pattern, and 0 in the others.
    #[inline(always)]
    fn chosen(&self, pattern: &Self) -> [u8; 64] {
        let (mut counts, bits) = (self.0, pattern.0);
        for place in 0..64 {
            counts[place] &= bits[place];
        }
        counts
    }

    /// Pairs of accounts in one minute.
    #[inline(always)]
    fn pairs(&self) -> u64 {
        let ordered = |&count: &u8| u32::from(count) * u32::from(count.saturating_sub(1));
        u64::from(self.0.iter().map(ordered).sum::<u32>()) / 2
    }
}

/// Accounts in the minutes of patterns, summed over lines with the pattern of each.
#[inline(always)]
pub(super) fn sum_in<'a>(mut chosen: impl Iterator<Item = (&'a Line, &'a Line)>) -> u64 {
    let mut sum = 0;
    loop {
        // 257 times 255 still has 16 bits.
        let mut sums = [0_u16; 64];
        let mut left = 257;
        while left > 0
            && let Some((line, pattern)) = chosen.next()
        {
            let counts = line.chosen(pattern);
            for place in 0..64 {
                sums[place] += u16::from(counts[place]);
            }
            left -= 1;
        }
        sum += sums.iter().map(|&sum| u64::from(sum)).sum::<u64>();
        if left > 0 {
            return sum;
        }
    }
}

/// Pairs of accounts in one minute, over all hours.
#[inline(always)]
pub(super) fn pairs(lines: &[Line]) -> u64 {
    lines.iter().map(Line::pairs).sum()
}

/// Runs `body` compiled for the widest vector unit of the machine at hand; what it calls must be inlined, and itself be `#[inline(always)]`.
pub(super) fn vectorised<T>(body: impl FnOnce() -> T) -> T {
    Arch::new().dispatch(Body(body))
}

/// Without this, the closure would be called through a shim that is not inlined.
struct Body<F>(F);

impl<T, F: FnOnce() -> T> NullaryFnOnce for Body<F> {
    type Output = T;

    #[inline(always)]
    fn call(self) -> T {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against one minute at a time.
        #[test]
        fn lines_count_as_minutes_do(masks in proptest::collection::vec(0_u64..1 << 60, 0..MOST), asked in 0_u64..1 << 60) {
            let mut line = Line::EMPTY;
            vectorised(#[inline(always)] || masks.iter().for_each(|&mask| line.add(&Line::pattern(mask))));
            let of_minute = |minute: u32| masks.iter().filter(|&mask| mask >> minute & 1 == 1).count() as u64;
            let counts: Vec<u64> = (0..60).map(of_minute).collect();
            let chosen = (0..60).filter(|minute| asked >> minute & 1 == 1).map(|minute| counts[minute]);
            prop_assert_eq!(sum_in([(&line, &Line::pattern(asked))].into_iter()), chosen.sum::<u64>());
            let both = counts.iter().map(|count| count * count.saturating_sub(1) / 2).sum::<u64>();
            prop_assert_eq!(pairs(&[line, Line::EMPTY]), both);
        }
    }

    #[test]
    fn the_most_accounts_that_are_counted_are_all_in_one_minute() {
        let mut line = Line::EMPTY;
        (0..MOST).for_each(|_| line.add(&Line::pattern(1 << 59)));
        assert_eq!(pairs(&[line]), 255 * 254 / 2);
        let pattern = Line::pattern(1 << 59);
        for hours in [0, 1, 256, 257, 258, 1008] {
            let all = std::iter::repeat_n((&line, &pattern), hours);
            assert_eq!(sum_in(all), 255 * hours as u64);
        }
    }
}
