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

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(law: Law, groups: &[(i64, u64)], sum: i128) -> Result<Reduced, TailError> {
        let groups: Vec<Group> = groups
            .iter()
            .map(|&(weight, cells)| Group { weight, cells })
            .collect();
        reduce(law, &groups, sum)
    }

    fn open(law: Law, groups: &[(i64, u64)], sum: i128) -> Problem {
        match reduced(law, groups, sum) {
            Ok(Reduced::Open(problem)) => problem,
            Ok(Reduced::Certain) => panic!("{groups:?} {sum} is certain"),
            Err(error) => panic!("{error}"),
        }
    }

    fn is_certain(law: Law, groups: &[(i64, u64)], sum: i128) -> bool {
        matches!(reduced(law, groups, sum), Ok(Reduced::Certain))
    }

    const QUARTER: Law = Law::Bernoulli { threshold: 1 << 30 };

    #[test]
    fn groups_are_merged_and_bounded() {
        let most = MAX_WEIGHT as i64;
        assert!(reduced(QUARTER, &[(most, 1), (-most, 1)], 1).is_ok());
        for weight in [most + 1, -most - 1] {
            let found = reduced(QUARTER, &[(weight, 1)], 1);
            assert!(
                matches!(found, Err(TailError::WeightTooLarge { weight: named }) if named == weight)
            );
        }
        assert!(reduced(QUARTER, &[(1, MAX_CELLS - 5), (2, 5)], 1).is_ok());
        let found = reduced(QUARTER, &[(1, MAX_CELLS - 5), (2, 6)], 1);
        assert!(matches!(found, Err(TailError::TooManyCells { cells }) if cells == MAX_CELLS + 1));
        assert!(matches!(
            reduced(Law::Bernoulli { threshold: 0 }, &[], 1),
            Err(TailError::ThresholdZero)
        ));
        let merged = merge(
            QUARTER,
            &[(3, 2), (0, 9), (3, 5), (-1, 0)].map(|(weight, cells)| Group { weight, cells }),
        );
        assert_eq!(merged.unwrap().into_iter().collect::<Vec<_>>(), [(3, 7)]);
        let bits = merge(
            Law::Bits { layers: 30 },
            &[Group {
                weight: 2,
                cells: 4,
            }],
        );
        assert_eq!(bits.unwrap().into_iter().collect::<Vec<_>>(), [(2, 120)]);
    }

    /// Failures instead of successes, weights divided, and the distance from the mean and from the largest sum.
    #[test]
    fn counts_are_turned_and_divided() {
        let problem = open(QUARTER, &[(4, 10), (-6, 5)], 7);
        let part = |weight, trials, success| Part::Binomial {
            weight,
            trials,
            success,
        };
        assert_eq!(problem.parts, [part(2, 10, 1 << 30), part(3, 5, 3 << 30)]);
        // 7 + 30 = 37, halved and up: 19 of at most 35; the mean is 5 + 11.25.
        assert_eq!(problem.target, 19);
        assert_eq!(problem.excess.to_f64(), 2.75);
        assert_eq!(problem.room.map(DoubleWord::to_f64), Some(16.0));
        assert_eq!(
            open(QUARTER, &[(4, 10), (-6, 5)], 40).room,
            Some(DoubleWord::ZERO)
        );
        assert_eq!(open(QUARTER, &[(4, 10), (-6, 5)], -29).target, 1);
        assert!(is_certain(QUARTER, &[(4, 10), (-6, 5)], -30));
        assert!(is_certain(QUARTER, &[], 0) && is_certain(QUARTER, &[], -5));
        let found = reduced(QUARTER, &[(4, 10), (-6, 5)], 41);
        assert!(matches!(
            found,
            Err(TailError::WeightedSumImpossible { sum: 41, max: 40 })
        ));
        // A sum below the mean.
        assert_eq!(
            open(QUARTER, &[(4, 10), (-6, 5)], -19).excess.to_f64(),
            6.0 - 16.25
        );
    }

    #[test]
    fn sums_of_scores_are_certain_open_or_impossible() {
        let law = Law::Exponential;
        for (groups, sum, wanted) in [
            (&[][..], 0, true),
            (&[], -1, true),
            (&[(2, 5)], 0, true),
            (&[(2, 5)], -3, true),
            (&[(2, 5)], 3, false),
            (&[(2, 5), (-1, 1)], 0, false),
            (&[(2, 5), (-1, 1)], -3, false),
            (&[(-1, 1)], -3, false),
        ] {
            assert_eq!(is_certain(law, groups, sum), wanted, "{groups:?} {sum}");
            assert!(reduced(law, groups, sum).is_ok());
        }
        for (groups, sum) in [(&[][..], 1), (&[(-1, 4)], 1), (&[(-1, 4)], 0)] {
            let found = reduced(law, groups, sum);
            assert!(
                matches!(found, Err(TailError::WeightedSumImpossible { max: 0, .. })),
                "{groups:?} {sum}"
            );
        }
        let problem = open(law, &[(5, 3), (-2, 4)], 10 << 24);
        let part = |weight, cells| Part::Gamma { weight, cells };
        assert_eq!(problem.parts, [part(-2, 4), part(5, 3)]);
        assert_eq!((problem.target, problem.room), (10 << 24, None));
        assert_eq!(problem.excess.to_f64(), 3.0);
        assert_eq!(
            open(law, &[(5, 3), (-2, 4)], -(1 << 24)).excess.to_f64(),
            -8.0
        );
        for (sum, target) in [(i128::MAX, 1_i128 << 100), (i128::MIN, -(1 << 100))] {
            assert_eq!(open(law, &[(5, 3), (-2, 4)], sum).target, target);
        }
    }
}
