//! Bets on bounded sums, of windows (T9) or pairs of twins: an e-value that needs the mean of each only.
//!
//! For `green` (and tournament bits) a window's sum X = Σ a·score has a known mean μ under the null hypothesis and is bounded. Somebody who bets
//! the share λ of a capital on "X is above its mean", window after window, multiplies it by 1 + λ(X − μ), which has mean 1; so
//! has the mean over bettors with fixed λ (Waudby-Smith and Ramdas 2024, sections 3 and 4). Words of different windows must be independent; within a window
//! any dependence will do, as where a mark draws each window's green list with a fixed size.

use crate::tail::{DoubleWord, Log10E};

/// X − μ of one window, exactly: a whole number of units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Residual {
    pub(crate) whole: i64,
    pub(crate) per_unit: f64,
}

impl Residual {
    /// In weights of 1.
    pub(crate) fn to_f64(self) -> f64 {
        self.whole as f64 * self.per_unit
    }
}

/// How many bettors.
const BETTORS: usize = 64;

/// Capitals of all bettors: mantissa and binary exponent.
#[derive(Clone, Debug)]
pub(crate) struct Capitals {
    shares: [f64; BETTORS],
    mantissas: [f64; BETTORS],
    exponents: [i64; BETTORS],
    windows: u64,
}

impl Capitals {
    /// Bets against windows whose X − μ is never below −`lowest`, in units of a weight of 1: shares λ of
    /// 0.98/`lowest`·2^(−j/4), j = 0..64, so that no bet can lose more than 98%.
    pub(crate) fn new(lowest: f64) -> Self {
        let most = if lowest > 0.0 { 0.98 / lowest } else { 0.0 };
        let shares = std::array::from_fn(|j| most * libm::exp2(-(j as f64) / 4.0));
        Self {
            shares,
            mantissas: [1.0; BETTORS],
            exponents: [0; BETTORS],
            windows: 0,
        }
    }

    /// Bets on one more window.
    pub(crate) fn bet(&mut self, residual: Residual) {
        let x = residual.to_f64();
        for (capital, share) in self.mantissas.iter_mut().zip(&self.shares) {
            *capital *= 1.0 + share * x;
        }
        self.windows += 1;
        if self.windows.is_multiple_of(OFTEN) {
            self.normalise();
        }
    }

    /// Multiplies by the capitals of other windows, with the same shares.
    pub(crate) fn merge(&mut self, other: &Self) {
        for j in 0..BETTORS {
            self.mantissas[j] *= other.mantissas[j];
            self.exponents[j] += other.exponents[j];
        }
        self.windows += other.windows;
        self.normalise();
    }

    /// The mean of the capitals, rounded down.
    pub(crate) fn log10_e(&self) -> Log10E {
        if self.windows == 0 {
            return Log10E::ONE;
        }
        let lns: Vec<DoubleWord> = (0..BETTORS)
            .map(|j| {
                DoubleWord::from(self.mantissas[j]).ln()
                    + DoubleWord::LN_2 * DoubleWord::from(self.exponents[j] as f64)
            })
            .collect();
        // A factor is at least 0.02 and at most |λx| + 1 with |λx| ≤ 0.98 below 0: relative errors of two roundings over 0.02, and
        // one of the product, below 128·2⁻⁵³ a window; one more for each merge.
        let slack = self.windows as f64 * 256.0 * f64::EPSILON;
        mean(&lns, slack)
    }

    fn normalise(&mut self) {
        for (mantissa, exponent) in self.mantissas.iter_mut().zip(&mut self.exponents) {
            let (fraction, power) = libm::frexp(*mantissa);
            *mantissa = fraction;
            *exponent += i64::from(power);
        }
    }
}

/// A factor is between 0.02 and 2⁴⁰: sixteen of them and a mantissa stay within an `f64`.
const OFTEN: u64 = 16;

/// log10 of the mean of exponentials, less `slack` nats, rounded down.
pub(crate) fn mean(lns: &[DoubleWord], slack: f64) -> Log10E {
    let Some(largest) = lns
        .iter()
        .copied()
        .reduce(|a, b| if (a - b).is_negative() { b } else { a })
    else {
        return Log10E::ONE;
    };
    let terms = lns.iter().map(|&ln| libm::exp((ln - largest).to_f64()));
    // As in `eprocess`: differences, exponentials and additions together are below 2⁻⁴³ of the sum.
    let sum = terms.sum::<f64>() * (1.0 - 2.0_f64.powi(-42)) / lns.len() as f64;
    let ln = largest + DoubleWord::from(sum).ln() - DoubleWord::from(slack);
    Log10E::clamped((ln / DoubleWord::LN_10).round_down().next_down())
}
