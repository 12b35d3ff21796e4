//! T6's effect: how much more the answers depend on one key than on another.

use super::paired::Paired;
use crate::finding::{ContrastEffect, ContrastMeasure, FEW_CELLS};
use crate::interval::{Interval, IntervalError, Sides, clopper_pearson};
use crate::statistic::plain::LEVEL;
use crate::tail::DoubleWord;
use hallmark_core::law::Law;
use hallmark_core::score::MAX_DEFICIT;
use statrs::distribution::{ContinuousCDF, Normal};

impl Paired {
    /// How much more the answers depend on the tested key, with an interval of level 1 − `alpha`.
    ///
    /// # Errors
    /// More cells than the tails allow, or an α outside (0, 1).
    pub fn effect(
        &self,
        alpha: f64,
        tests: usize,
    ) -> Result<Option<ContrastEffect>, IntervalError> {
        if self.is_mixed {
            return Ok(None);
        }
        effect(self, alpha, tests)
    }
}

/// Nothing where fewer than [`FEW_CELLS`] were scored.
fn effect(
    pair: &Paired,
    alpha: f64,
    tests: usize,
) -> Result<Option<ContrastEffect>, IntervalError> {
    if pair.cells < FEW_CELLS || pair.control_sum == 0 && pair.law == Law::Exponential {
        return Ok(None);
    }
    let trials = pair.cells * pair.law.trials();
    let rate = |sum: u64| sum as f64 / pair.law.unit() as f64 / trials as f64;
    let (tested, control) = (rate(pair.tested_sum), rate(pair.control_sum));
    let (measure, value, null, interval) = match pair.law {
        Law::Exponential => (
            ContrastMeasure::MeanScoreRatio,
            tested / control,
            1.0,
            ratio(pair, alpha)?,
        ),
        Law::Bernoulli { .. } => (
            ContrastMeasure::GreenRateDifference,
            tested - control,
            0.0,
            difference(trials, pair.ahead[1], pair.behind[1], alpha)?,
        ),
        Law::Bits { .. } => (
            ContrastMeasure::OneBitRateDifference,
            tested - control,
            0.0,
            difference(trials, pair.bits[0], pair.bits[1], alpha)?,
        ),
    };
    Ok(Some(ContrastEffect {
        measure,
        value,
        null,
        tested,
        control,
        interval,
        smallest_visible: smallest_visible(pair.law, trials as f64, LEVEL / tests.max(1) as f64),
    }))
}

/// An interval of the rates' difference `r_A − r_B = (2θ − 1)·d`, where d is the rate at which a trial is discordant and θ the chance that a discordant
/// one is ahead: Clopper–Pearson of θ with 4/5 of α, given the number of discordant ones, and of d with 1/5 of it. Both hold at once
/// with probability at least 1 − α, and then every product of the two lies between the ends.
fn difference(trials: u64, ahead: u64, behind: u64, alpha: f64) -> Result<Interval, IntervalError> {
    let lead = clopper_pearson(ahead + behind, ahead, 0.8 * alpha, Sides::Two)?;
    let discordant = clopper_pearson(trials, ahead + behind, 0.2 * alpha, Sides::Two)?;
    // 2θ − 1 is exact: θ is a multiple of 2⁻³².
    let (low, high) = (2.0 * lead.low - 1.0, 2.0 * lead.high - 1.0);
    let widest = |edge: f64| {
        if edge < 0.0 {
            discordant.high
        } else {
            discordant.low
        }
    };
    Ok(Interval {
        low: (low * widest(low)).next_down().max(-1.0),
        high: (high * widest(-high)).next_up().min(1.0),
        alpha,
        sides: Sides::Two,
    })
}

/// An interval of `μ_A/μ_B` **under the gamma-scale model**: `S_A/μ_A` and `S_B/μ_B` independent Gamma(n, 1), so that
/// the first's share of the two, `a/(a + b)`, is Beta(n, n), an exact pivot. Its quantile x is where P(Bin(2n − 1, x) ≥ n) = α/2 (DLMF
/// 8.17.5). What the scores were rounded down by is allowed for on both sides.
fn ratio(pair: &Paired, alpha: f64) -> Result<Interval, IntervalError> {
    let n = pair.cells;
    let x = clopper_pearson(2 * n - 1, n, alpha / 2.0, Sides::Lower)?.low;
    let deficit = u128::from(n) * u128::from(MAX_DEFICIT);
    let most = |sum: u64| DoubleWord::from(u128::from(sum) + deficit);
    let least = |sum: u64| DoubleWord::from(sum);
    let odds = DoubleWord::from(x) / (DoubleWord::ONE - DoubleWord::from(x));
    let low = least(pair.tested_sum) / most(pair.control_sum) * odds;
    let high = if x > 0.0 {
        (most(pair.tested_sum) / least(pair.control_sum) / odds)
            .round_up()
            .next_up()
    } else {
        f64::MAX
    };
    Ok(Interval {
        low: low.round_down().next_down().max(0.0),
        high,
        alpha,
        sides: Sides::Two,
    })
}

pub(super) fn smallest_visible(law: Law, trials: f64, alpha: f64) -> f64 {
    let upper = |tail: f64| -Normal::standard().inverse_cdf(tail) / trials.sqrt();
    let (z_alpha, z_beta) = (upper(alpha), upper(0.1));
    match law {
        // A control that is silent has mean 1 and variance 1, a tested mean ρ the variance ρ².
        Law::Exponential => {
            let step =
                |ratio: f64| 1.0 + z_alpha * 2.0_f64.sqrt() + z_beta * (1.0 + ratio * ratio).sqrt();
            (0..50).fold(1.0, |ratio, _| f64::min(step(ratio), f64::MAX))
        }
        Law::Bernoulli { .. } | Law::Bits { .. } => {
            let rate = law.null_mean() / law.trials() as f64;
            let discordant = 2.0 * rate * (1.0 - rate);
            f64::min((z_alpha + z_beta) * discordant.sqrt(), 1.0 - rate)
        }
    }
}
