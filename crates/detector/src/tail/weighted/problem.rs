//! The question in normal form: merged groups, no zero weights, no avoidable signs.

use std::collections::BTreeMap;

use hallmark_core::law::Law;

use super::super::double_word::DoubleWord;
use super::super::error::TailError;
use super::super::limit::MAX_CELLS;
use super::group::{Group, MAX_WEIGHT};

/// P(Σ over parts ≥ target).
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// By ascending absolute weight; never empty.
    pub(super) parts: Vec<Part>,
    /// `sum` in the parts' unit: 1 for counts, 2⁻²⁴ nat for Gumbel scores.
    pub(super) target: i128,
    /// target − mean, exactly; in the weights' unit or nats.
    pub(super) excess: DoubleWord,
    /// Largest possible sum − target for counts, exactly.
    pub(super) room: Option<DoubleWord>,
}

/// Independent summands of one weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// weight × Binomial(trials, success / 2³²), weight > 0, 0 < success < 2³².
    Binomial {
        weight: u64,
        trials: u64,
        success: u64,
    },
    /// weight × Gamma(cells, 1), weight ≠ 0.
    Gamma { weight: i64, cells: u64 },
}

/// What is left after the trivial cases.
pub(super) enum Reduced {
    /// The sum is reached with certainty.
    Certain,
    Open(Problem),
}

/// Checks the input and brings it into normal form.
pub(super) fn reduce(law: Law, groups: &[Group], sum: i128) -> Result<Reduced, TailError> {
    let merged = merge(law, groups)?;
    match law {
        Law::Exponential => gamma(&merged, sum),
        Law::Bernoulli { threshold: 0 } => Err(TailError::ThresholdZero),
        Law::Bernoulli { threshold } => counts(&merged, u64::from(threshold), sum),
        Law::Bits { .. } => counts(&merged, 1 << 31, sum),
    }
}

/// Trials by weight, without zeros.
fn merge(law: Law, groups: &[Group]) -> Result<BTreeMap<i64, u64>, TailError> {
    let mut merged = BTreeMap::new();
    let mut total = 0_u64;
    for &Group { weight, cells } in groups {
        if weight.unsigned_abs() > MAX_WEIGHT {
            return Err(TailError::WeightTooLarge { weight });
        }
        let trials = cells
            .checked_mul(law.trials())
            .ok_or(TailError::TooManyCells { cells })?;
        total = total.saturating_add(trials);
        if total > MAX_CELLS {
            return Err(TailError::TooManyCells { cells: total });
        }
        if weight != 0 && trials > 0 {
            *merged.entry(weight).or_insert(0) += trials;
        }
    }
    Ok(merged)
}

/// Failures instead of successes where the weight is negative: −w·B = −w·n + w·(n − B). Then all weights
/// are positive, and are divided by their greatest common divisor.
fn counts(merged: &BTreeMap<i64, u64>, success: u64, sum: i128) -> Result<Reduced, TailError> {
    let mut parts = BTreeMap::new();
    let mut target = sum;
    for (&weight, &trials) in merged {
        let size = weight.unsigned_abs();
        let success = if weight > 0 {
            success
        } else {
            target += i128::from(size) * i128::from(trials);
            (1 << 32) - success
        };
        *parts.entry((size, success)).or_insert(0_u64) += trials;
    }
    let divisor = parts
        .keys()
        .fold(0, |d, &(weight, _)| gcd(d, weight))
        .max(1);
    // S ≥ target iff S/divisor ≥ ⌈target/divisor⌉, as S is a multiple of the divisor.
    let whole = i128::from(divisor);
    let up = target.div_euclid(whole) + i128::from(target.rem_euclid(whole) != 0);
    if up <= 0 {
        return Ok(Reduced::Certain);
    }
    let (mut most, mut mean) = (0_i128, 0_i128);
    for (&(weight, success), &trials) in &parts {
        let value = i128::from(weight / divisor) * i128::from(trials);
        most += value;
        mean += value * i128::from(success);
    }
    if up > most {
        return Err(impossible(sum, most * whole + sum - target));
    }
    Ok(Reduced::Open(Problem {
        parts: parts
            .into_iter()
            .map(|((weight, success), trials)| Part::Binomial {
                weight: weight / divisor,
                trials,
                success,
            })
            .collect(),
        target: up,
        excess: signed(up * (1 << 32) - mean).scale(-32),
        room: Some(signed(most - up)),
    }))
}

fn gamma(merged: &BTreeMap<i64, u64>, sum: i128) -> Result<Reduced, TailError> {
    let bounded = merged.keys().all(|&weight| weight < 0);
    if bounded && (sum > 0 || sum == 0 && !merged.is_empty()) {
        return Err(impossible(sum, 0));
    }
    if merged.is_empty() || sum <= 0 && merged.keys().all(|&weight| weight > 0) {
        return Ok(Reduced::Certain);
    }
    // Beyond 2¹⁰⁰ units (10²³ nats) no bound is needed to more places.
    let target = sum.clamp(-(1 << 100), 1 << 100);
    let mut parts = Vec::with_capacity(merged.len());
    let mut mean = 0_i128;
    for (&weight, &cells) in merged {
        mean += (i128::from(weight) * i128::from(cells)) << 24;
        parts.push(Part::Gamma { weight, cells });
    }
    parts.sort_by_key(|part| part.weight().abs() as u64);
    Ok(Reduced::Open(Problem {
        parts,
        target,
        excess: signed(target - mean).scale(-24),
        room: None,
    }))
}

impl Part {
    /// The signed weight; exact.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Binomial { weight, .. } => weight as f64,
            Self::Gamma { weight, .. } => weight as f64,
        }
    }

    /// Number of summands; exact.
    pub(super) fn count(self) -> f64 {
        match self {
            Self::Binomial { trials: n, .. } | Self::Gamma { cells: n, .. } => n as f64,
        }
    }
}

/// Success and failure rate of one in 2³²; both exact.
pub(super) fn rates(success: u64) -> (f64, f64) {
    let unit = 1.0 / (1_u64 << 32) as f64;
    (success as f64 * unit, ((1 << 32) - success) as f64 * unit)
}

fn impossible(sum: i128, max: i128) -> TailError {
    TailError::WeightedSumImpossible { sum, max }
}

fn signed(value: i128) -> DoubleWord {
    let size = DoubleWord::from(value.unsigned_abs());
    if value < 0 { -size } else { size }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
