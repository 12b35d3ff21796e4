//! How much work the tails of one examination may take.

use super::weighted_tail::TooManySteps;
use std::cell::Cell;

/// Values of one group's transform that may still be computed.
#[derive(Debug)]
pub(crate) struct Steps(Cell<u64>);

/// For an examination of any size: some two seconds. A tail of few hundred cells takes up to a million.
const LEAST: u64 = 1 << 25;

/// For every word or weight more.
const EACH: u64 = 1 << 10;

impl Steps {
    /// Of an examination of so many words and weights: what work there is follows from what there is to read.
    pub(crate) fn of_size(numbers: u64) -> Self {
        Self(Cell::new(
            LEAST.saturating_add(numbers.saturating_mul(EACH)),
        ))
    }

    /// Counts values before they are computed; where too few are left, none are from here on.
    pub(super) fn take(&self, values: u64) -> Result<(), TooManySteps> {
        let left = self.0.get().checked_sub(values);
        self.0.set(left.unwrap_or(0));
        left.map(drop).ok_or(TooManySteps)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Group, counts, gammas};
    use super::*;

    const HALF: u64 = 1 << 31;

    fn group(weight: i64) -> Group {
        Group {
            weight,
            cells: 2000,
        }
    }

    #[test]
    fn what_an_examination_may_take_grows_with_it_and_ends() {
        assert_eq!(Steps::of_size(3).0.get(), (1 << 25) + (3 << 10));
        assert_eq!(Steps::of_size(u64::MAX).0.get(), u64::MAX);
        let steps = Steps(Cell::new(10));
        assert_eq!(
            (steps.take(4), steps.take(7), steps.take(1)),
            (Ok(()), Err(TooManySteps), Err(TooManySteps))
        );
    }

    /// All tails of an examination share what it may take, and one that needs more than is left ends.
    #[test]
    fn no_tail_takes_more_than_is_left() {
        let groups: Vec<Group> = (40_001..40_301).map(group).collect();
        let most: i128 = groups
            .iter()
            .map(|group| i128::from(group.weight) * i128::from(group.cells))
            .sum();
        let steps = Steps(Cell::new(1_000_000));
        assert!(counts(&[group(3), group(5)], HALF, 8200, &steps).is_ok());
        let left = steps.0.get();
        assert!(left < 1_000_000);
        let counted = counts(&groups, HALF, most / 2 + most / 50, &steps);
        assert_eq!(counted, Err(TooManySteps));
        let summed = gammas(&groups, (most + most / 50) << 24, &steps);
        assert_eq!(summed, Err(TooManySteps));
    }
}
