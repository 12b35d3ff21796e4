//! Sums of scores under many keys: a key shifts the sum of a cell, and nothing else.

use alloc::vec::Vec;

use super::{KEY_FACTOR, LEVELS, MULTIPLIER, level_of_product};
use crate::mark::Shifted;
use crate::simd::Lanes;

/// A score for each level, under one key or the sum under a key and its companion. The units are
/// [`cell_sum`](super::cell_sum)s.
#[derive(Clone, Debug)]
pub struct SealScores {
    scores: Vec<u32>,
    /// What is added to a key for the other one whose scores count too.
    companion: Option<u64>,
}

/// Units that are scored at a time.
const TILE: usize = 1024;

impl SealScores {
    /// Scores under one key.
    #[must_use]
    pub fn new(score: impl Fn(u32) -> u32) -> Self {
        Self {
            scores: (0..LEVELS).map(score).collect(),
            companion: None,
        }
    }

    /// The sum of scores under a key and under the key plus 12345.
    #[must_use]
    pub fn dual(score: impl Fn(u32) -> u32) -> Self {
        Self {
            companion: Some(super::COMPANION),
            ..Self::new(score)
        }
    }

    #[inline(always)]
    pub(crate) fn add_sums_portable(&self, units: &[u64], keys: &[u64], sums: &mut [u64]) {
        assert_eq!(keys.len(), sums.len(), "one sum for each key");
        let mut products = [0; TILE];
        for tile in units.chunks(TILE) {
            let products = &mut products[..tile.len()];
            for (product, unit) in products.iter_mut().zip(tile) {
                *product = unit.wrapping_mul(MULTIPLIER);
            }
            for (&key, sum) in keys.iter().zip(sums.iter_mut()) {
                *sum += self.sum(products, key);
                if let Some(more) = self.companion {
                    *sum += self.sum(products, key.wrapping_add(more));
                }
            }
        }
    }

    #[inline(always)]
    fn sum(&self, products: &[u64], key: u64) -> u64 {
        let shift = key.wrapping_mul(KEY_FACTOR).wrapping_mul(MULTIPLIER);
        let mut levels = [0; TILE];
        for (level, product) in levels.iter_mut().zip(products) {
            *level = level_of_product(product.wrapping_add(shift));
        }
        let levels = &levels[..products.len()];
        levels
            .iter()
            .map(|&level| u64::from(self.scores[level as usize]))
            .sum()
    }
}

impl Shifted for SealScores {
    fn add_sums(&self, units: &[u64], numbers: &[u64], sums: &mut [u64]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.add_sums_portable(units, numbers, sums),
        );
    }
}
