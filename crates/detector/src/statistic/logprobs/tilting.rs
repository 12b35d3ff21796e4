//! T9's tilts of the weighted Gumbel score: an e-value from the exact mean of e^(θX).
//!
//! A Gumbel score is unbounded, so there is no bounded bet on it. But −ln V with V uniform has E[e^(c·score)] = 1/(1 − c) for c < 1, so
//! e^(θX)·Π(1 − θa) has mean at most 1 for every θ below the largest weight's inverse: the likelihood ratio of scores that are
//! exponential with means 1/(1 − θa). A mean over fixed θ is an e-value.

use super::mass_weights::UNIT;
use crate::statistic::betting::mean;
use crate::tail::{DoubleWord, Group, Log10E, NAT};

/// How many tilts.
const TILTS: i32 = 64;

/// The mean over θ = 0.98·2^(−j/4)/(largest absolute weight), j = 0..64. `sum` is Σ weight·score in the law's unit, where cells of negative
/// weight count weight·(score + [`hallmark_core::score::MAX_DEFICIT`]).
pub(super) fn log10_e(groups: &[Group], sum: i128) -> Log10E {
    let largest = groups
        .iter()
        .map(|group| group.weight.unsigned_abs())
        .max()
        .unwrap_or(0);
    if largest == 0 {
        return Log10E::ONE;
    }
    let unit = UNIT as f64;
    let x = signed(sum) / DoubleWord::from(NAT as f64 * unit);
    let exponents: Vec<DoubleWord> = (0..TILTS)
        .map(|j| {
            let theta = 0.98 * libm::exp2(-f64::from(j) / 4.0) * unit / largest as f64;
            let mut exponent = DoubleWord::from(theta) * x;
            let mut size = exponent.abs().to_f64();
            for group in groups {
                let tilt = DoubleWord::from(theta) * DoubleWord::from(group.weight as f64 / unit);
                let term = DoubleWord::from(group.cells) * ln_per_cell(tilt);
                exponent = exponent + term;
                size += term.abs().to_f64();
            }
            exponent - DoubleWord::from(size * ROUNDING)
        })
        .collect();
    mean(&exponents, 0.0)
}

/// More than the relative error of a term: a logarithm near 1 of 1 − c with c ≥ 2⁻³² loses 32 of its 98 bits.
const ROUNDING: f64 = 1.0 / (1_u64 << 60) as f64;

/// ln of what makes the mean of a cell's e^(c·score) at most 1.
///
/// For c > 0 it is 1 − c (`docs/statistics.md`, section 6, with b = 1 − c). For c = −d < 0 the score enters rounded up, so the cell's
/// factor is at most V^d with V = v/N, v uniform on 1, …, N = 2³²; as x^d rises, its mean is at most ∫ from 1/N to 1 + 1/N, below
/// (1 + 1/N)^(d+1)/(1 + d).
fn ln_per_cell(c: DoubleWord) -> DoubleWord {
    let ln = (DoubleWord::ONE - c).ln();
    if c.is_negative() {
        ln - (DoubleWord::ONE - c).scale(-32)
    } else {
        ln
    }
}

fn signed(sum: i128) -> DoubleWord {
    let size = DoubleWord::from(sum.unsigned_abs());
    if sum < 0 { -size } else { size }
}
