//! Functions whose keys are related: a key only shifts the state that a weak hash then mixes, so text that
//! was marked under another key is not independent of the tested key's words. Only a comparison with other
//! keys on the same text is then a test (`docs/tests/foreign.md`).

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Scores under numbers that are not the tested key's.
pub trait Shifted: Send + Sync {
    /// Adds to `sums[i]` the scores of `units` under `numbers[i]`, in the law's integer unit.
    ///
    /// # Panics
    /// When `sums` is not as long as `numbers`.
    fn add_sums(&self, units: &[u64], numbers: &[u64], sums: &mut [u64]);
}

/// The tested key's numbers among those that it could have had.
///
/// The score of a text is the sum over the tested numbers. The key's numbers must have been drawn uniformly
/// and independently from one range of numbers, whichever it was.
#[derive(Clone)]
pub struct RelatedKeys {
    tested: Zeroizing<Vec<u64>>,
    range: Range<i128>,
    seed: Zeroizing<[u8; 32]>,
    function: Arc<dyn Shifted>,
}

impl RelatedKeys {
    /// One number. It stands for a draw from 16 bits if it has no more, else for one from 32 or from 64.
    #[must_use]
    pub fn of_one(number: u64, function: impl Shifted + 'static) -> Self {
        let bits = match 64 - number.leading_zeros() {
            ..=16 => 16,
            17..=32 => 32,
            _ => 64,
        };
        Self {
            tested: Zeroizing::new(alloc::vec![number]),
            range: 0..1 << bits,
            seed: seed(&[number]),
            function: Arc::new(function),
        }
    }

    /// Several numbers, negative ones in two's complement, whose scores add up.
    ///
    /// Of independent uniform numbers from an unknown range, given the smallest and the largest, the others are
    /// independent and uniform between the two; so the two are left out, and one of each that occur twice. With
    /// fewer than three numbers nothing is tested.
    #[must_use]
    pub fn of_several(numbers: &[u64], function: impl Shifted + 'static) -> Self {
        let signed = |&number: &u64| i128::from(number.cast_signed());
        let mut ordered = Zeroizing::new(numbers.iter().map(signed).collect::<Vec<_>>());
        ordered.sort_unstable();
        ordered.dedup();
        let (range, tested) = match &ordered[..] {
            &[least, ref between @ .., most] => {
                let between = between.iter().map(|&number| number as i64 as u64);
                (least + 1..most, between.collect())
            }
            _ => (0..0, Vec::new()),
        };
        Self {
            tested: Zeroizing::new(tested),
            range,
            seed: seed(numbers),
            function: Arc::new(function),
        }
    }

    /// The tested numbers, as secret as the key.
    #[must_use]
    pub fn tested(&self) -> &[u64] {
        &self.tested
    }

    /// Whether there are numbers to be tested, and at least as many others to compare them with. Not so for fewer than
    /// three different numbers, or for numbers that fill their range (1, 2, 3, …).
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        let size = (self.range.end - self.range.start).cast_unsigned();
        !self.tested.is_empty() && size >= 2 * self.tested.len() as u128
    }

    /// From where others are to be drawn; in two's complement where negative.
    #[must_use]
    pub fn range(&self) -> Range<i128> {
        self.range.clone()
    }

    /// Where others come from, so that they are the same each time and nobody without the key can write
    /// text that they dislike.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The function.
    #[must_use]
    pub fn function(&self) -> &dyn Shifted {
        &*self.function
    }
}

fn seed(numbers: &[u64]) -> Zeroizing<[u8; 32]> {
    let mut digest = Sha256::new_with_prefix(b"hallmark related keys v1:");
    for number in numbers {
        digest.update(number.to_le_bytes());
    }
    Zeroizing::new(digest.finalize().into())
}
