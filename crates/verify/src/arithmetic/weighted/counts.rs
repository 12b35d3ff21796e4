//! Weighted sums of counts.

use super::super::numbers::Double;
use super::super::tail::{self, LATTICE};
use super::group::Group;
use super::lattice;
use super::part::Part;
use super::steps::Steps;
use super::weighted_tail::{TooManySteps, WeightedTail};
use std::collections::BTreeMap;

/// P(Σ weight·B ≥ sum), B the counts among each group's trials, each of which succeeds with the chance t/2³², 0 < t < 2³².
pub(crate) fn counts(
    groups: &[Group],
    t: u64,
    sum: i128,
    steps: &Steps,
) -> Result<WeightedTail, TooManySteps> {
    let (parts, sum) = positive(groups, t, sum);
    let most: i128 = parts.iter().map(Part::most).sum();
    if sum <= 0 {
        return Ok(WeightedTail::exactly(Some(Double::ZERO)));
    }
    if sum > most {
        return Ok(WeightedTail::exactly(None));
    }
    if let [part] = parts[..] {
        // Weights were divided down to 1.
        let ln = tail::binomial::upper(
            part.trials,
            u64::try_from(sum).unwrap_or(u64::MAX),
            part.rate,
        );
        return Ok(WeightedTail::exactly(ln));
    }
    if sum == most {
        let all = |part: &Part| tail::binomial::point(part.trials, part.trials, part.rate);
        let ln = parts.iter().map(all).fold(Double::ZERO, |sum, ln| sum + ln);
        return Ok(WeightedTail::exactly(Some(ln)));
    }
    let mean: f64 = parts.iter().map(Part::mean).sum();
    if sum as f64 >= mean {
        return Ok(lattice::upper(&parts, sum, steps)?.upper());
    }
    // Below the mean by way of what falls short of it.
    let turned: Vec<Part> = parts.iter().map(Part::turned).collect();
    Ok(lattice::upper(&turned, most - sum + 1, steps)?.lower())
}

/// The same sum with all weights above 0 and no common divisor: −w·B is w·(n − B) less a constant.
fn positive(groups: &[Group], t: u64, mut sum: i128) -> (Vec<Part>, i128) {
    let mut merged: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    for group in groups
        .iter()
        .filter(|group| group.weight != 0 && group.cells > 0)
    {
        let rate = if group.weight > 0 { t } else { LATTICE - t };
        if group.weight < 0 {
            sum -= i128::from(group.weight) * i128::from(group.cells);
        }
        *merged
            .entry((group.weight.unsigned_abs(), rate))
            .or_default() += group.cells;
    }
    let divisor = merged
        .keys()
        .fold(0, |divisor, &(weight, _)| gcd(divisor, weight))
        .max(1);
    let part = |((weight, rate), trials): ((u64, u64), u64)| Part {
        weight: weight / divisor,
        trials,
        rate,
    };
    let divisor = i128::from(divisor);
    let ceiling = sum.div_euclid(divisor) + i128::from(sum.rem_euclid(divisor) != 0);
    (merged.into_iter().map(part).collect(), ceiling)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
