//! Which numbers of a key are given.

use std::collections::BTreeSet;

/// The numbers of a key that are given. A gateway's may come out of order, as requests overtake each other on their way.
#[derive(Default)]
pub(super) struct Used {
    /// The latest ones.
    numbers: BTreeSet<u64>,
    /// Below this all count as given.
    floor: u64,
}

/// How many numbers are kept: a gateway's number may come so much later than the latest.
const KEPT: usize = 1 << 16;

impl Used {
    /// The number that is asked for, or the one behind the last.
    pub(super) fn next(&self, asked: Option<u64>) -> Result<u64, String> {
        match asked {
            None => match self.numbers.last() {
                None => Ok(self.floor),
                Some(last) => last
                    .checked_add(1)
                    .ok_or_else(|| "there is no number behind the last".to_owned()),
            },
            Some(number) if number == u64::MAX => {
                Err(format!("number {number} has none behind it"))
            }
            Some(number) if number < self.floor => Err(format!(
                "number {number} comes too late: those below {} are closed",
                self.floor
            )),
            Some(number) if self.numbers.contains(&number) => {
                Err(format!("number {number} was given before"))
            }
            Some(number) => Ok(number),
        }
    }

    /// Says that a number is given.
    pub(super) fn insert(&mut self, number: u64) {
        self.numbers.insert(number);
        if self.numbers.len() > KEPT
            && let Some(first) = self.numbers.pop_first()
        {
            self.floor = self.floor.max(first + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_come_out_of_order_and_once() {
        let mut used = Used::default();
        assert_eq!(used.next(None), Ok(0));
        for number in [5, 3, 4] {
            assert_eq!(used.next(Some(number)), Ok(number));
            used.insert(number);
        }
        assert_eq!(used.next(None), Ok(6));
        assert!(used.next(Some(3)).is_err());
        assert!(used.next(Some(u64::MAX)).is_err());
        assert_eq!(used.next(Some(2)), Ok(2));
    }

    #[test]
    fn what_is_long_ago_is_closed() {
        let mut used = Used::default();
        for number in 0..(KEPT as u64 + 10) {
            used.insert(number);
        }
        assert!(used.next(Some(9)).is_err());
        assert_eq!(used.numbers.len(), KEPT);
    }
}
