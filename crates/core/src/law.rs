//! Score laws: how a word becomes an integer score, and what law that score has under the null.

use alloc::vec::Vec;

use crate::score;
use crate::simd::{Lanes, convolution};

/// How a cell's word is scored, and the law of the score when the key is uniform and the text fixed.
///
/// Scores are integers, so that sums are the same for any order, thread count or machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// −ln(1 − w/2³²) in units of 2⁻²⁴ nat, from below: a sum over `n` cells is dominated by
    /// Gamma(n, 1) (Aaronson's score for Gumbel-max sampling).
    Exponential,
    /// 1 where w < `threshold`: a sum over `n` cells is Binomial(n, threshold/2³²).
    Bernoulli {
        /// ⌊γ·2³²⌋.
        threshold: u32,
    },
    /// Number of ones in the word's lowest `layers` bits: a sum over `n` cells is
    /// Binomial(n·layers, ½).
    Bits {
        /// 1 to 32.
        layers: u32,
    },
}

impl Law {
    /// The score of one word.
    #[must_use]
    pub fn score(self, word: u32) -> u32 {
        match self {
            Self::Exponential => score::exponential(word),
            Self::Bernoulli { threshold } => u32::from(word < threshold),
            Self::Bits { layers } => (word & bit_mask(layers)).count_ones(),
        }
    }

    /// The sum of the scores of `words`.
    #[must_use]
    pub fn sum(self, words: &[u32]) -> u64 {
        match self {
            Self::Exponential => score::sum_exponential(words),
            Self::Bernoulli { threshold } => score::count_below(words, threshold),
            Self::Bits { layers } => score::sum_ones(words, bit_mask(layers)),
        }
    }

    /// Score units in one unit of the printed statistic: 2²⁴ for nats, otherwise 1.
    #[must_use]
    pub fn unit(self) -> u64 {
        match self {
            Self::Exponential => 1 << score::SCORE_BITS,
            Self::Bernoulli { .. } | Self::Bits { .. } => 1,
        }
    }

    /// Yes-or-no trials in one cell: the layers of a tournament, otherwise 1.
    #[must_use]
    pub fn trials(self) -> u64 {
        match self {
            Self::Exponential | Self::Bernoulli { .. } => 1,
            Self::Bits { layers } => u64::from(layers),
        }
    }

    /// Mean of a cell's score under the null, in the printed unit.
    #[must_use]
    pub fn null_mean(self) -> f64 {
        match self {
            Self::Exponential => 1.0,
            Self::Bernoulli { threshold } => f64::from(threshold) / 4_294_967_296.0,
            Self::Bits { layers } => f64::from(layers) / 2.0,
        }
    }
}

/// The law of the sum of two independent whole numbers: entry k is Σ `a[i]·b[k − i]`, each term and each
/// addition rounded once. Empty where one of them is.
#[must_use]
pub fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    convolution::convolve(Lanes::detect(), a, b)
}

fn bit_mask(layers: u32) -> u32 {
    u32::MAX >> (32 - layers)
}
