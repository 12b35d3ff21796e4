//! Sums of few counts: every outcome by itself.

use super::super::numbers::Double;
use super::super::tail;
use super::part::Part;

/// Outcomes at most.
const MOST: u64 = 1 << 17;

/// ln P(S ≥ sum), where outcomes are few enough to be listed; the outer `None` where they are not.
pub(super) fn upper(parts: &[Part], sum: i128) -> Option<Option<Double>> {
    let outcomes = parts.iter().try_fold(1_u64, |outcomes, part| {
        outcomes
            .checked_mul(part.trials.checked_add(1)?)
            .filter(|&outcomes| outcomes <= MOST)
    });
    outcomes?;
    let mut outcomes = vec![(0_i128, Double::ZERO)];
    for part in parts {
        let points: Vec<(i128, Double)> = (0..=part.trials)
            .map(|k| {
                (
                    i128::from(k) * i128::from(part.weight),
                    tail::binomial::point(part.trials, k, part.rate),
                )
            })
            .collect();
        let more = |&(have, ln): &(i128, Double)| {
            points
                .iter()
                .map(move |&(add, point)| (have + add, ln + point))
                .collect::<Vec<_>>()
        };
        outcomes = outcomes.iter().flat_map(more).collect();
    }
    let reach = || {
        outcomes
            .iter()
            .filter(|&&(have, _)| have >= sum)
            .map(|&(_, ln)| ln)
    };
    let Some(most) = reach().reduce(|most, ln| if ln > most { ln } else { most }) else {
        return Some(None);
    };
    let total: f64 = reach().map(|ln| (ln - most).to_f64().exp()).sum();
    Some(Some(most + Double::from(total).ln()))
}
