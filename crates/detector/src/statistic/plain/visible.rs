//! The smallest effect that T1 would have shown in nine cases of ten, by exact tails.

use super::sums::p_value;
use crate::interval::{IntervalError, Sides, clopper_pearson, gamma_scale_mean};
use crate::tail::TailError;
use hallmark_core::law::Law;

/// The chance of not seeing it.
const MISSED: f64 = 0.1;

/// The mean of a trial that `cells` cells show at the level `alpha` in nine cases of ten: with s the smallest sum whose p-value is at
/// most `alpha`, the mean for which a sum below s has probability 0.1, rounded up. 1 where no count is enough.
///
/// Counts are binomial; Gumbel scores follow the gamma-scale model, as for the interval.
pub(super) fn smallest_visible(law: Law, cells: u64, alpha: f64) -> Result<f64, IntervalError> {
    let Some(critical) = critical(law, cells, alpha)? else {
        return Ok(1.0);
    };
    let upper = match law {
        Law::Exponential => gamma_scale_mean(cells, critical, MISSED, Sides::Upper)?,
        Law::Bernoulli { .. } | Law::Bits { .. } => {
            clopper_pearson(cells * law.trials(), critical - 1, MISSED, Sides::Upper)?
        }
    };
    Ok(upper.high)
}

/// The smallest sum above 0 whose p-value is at most `alpha`.
fn critical(law: Law, cells: u64, alpha: f64) -> Result<Option<u64>, TailError> {
    let level = alpha.log10();
    let is_enough = |sum| Ok::<_, TailError>(p_value(law, cells, sum)?.value() <= level);
    let (mut low, mut high) = match law {
        // The sum of scores is bounded by that of the largest score; at ten means and 800 nats more p is far below any level.
        Law::Exponential => (0, (10 * cells + 800).saturating_mul(law.unit())),
        Law::Bernoulli { .. } | Law::Bits { .. } => (0, cells * law.trials()),
    };
    if high == 0 || !is_enough(high)? {
        return Ok(None);
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        match is_enough(middle)? {
            true => high = middle,
            false => low = middle,
        }
    }
    Ok(Some(high))
}
