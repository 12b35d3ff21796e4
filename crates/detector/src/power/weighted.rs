//! What weighing by the harvest gains: T2 instead of T1.

use super::design::{Design, upper_quantile};
use super::{PowerError, WeightedCells};
use hallmark_core::law::Law;

/// How many cells T2 needs, predicted from a pilot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedSize {
    /// Distinct fresh cells, those of weight 0 included.
    pub cells: f64,
    /// T1's cells over T2's, both by the normal approximation.
    pub gain: f64,
}

/// Cells that T2 needs for a mark whose lift is `design.lift` on average over all distinct fresh cells
/// and, in a count model, in proportion to the harvest's share after each window:
///
/// ```text
/// Δ_l = lift·ρ_l / Σ p_l·ρ_l,   N = [(z_α·√(Σ p·ω²·σ₀²) + z_β·√(Σ p·ω²·σ_l²)) / Σ p·ω·Δ]²
/// ```
///
/// Of level l, p is the part of the pilot's cells, ω the weight, ρ the harvest's share that it stands for, σ the
/// deviation of one cell's score. A normal approximation: T2's tail is a bound, and the critical sum of few
/// heavy cells lies further out.
///
/// # Errors
/// When no cell of the pilot has a weight above 0, or the mean lift would take a cell of large weight beyond
/// what a score can be.
pub fn weighted_size(
    design: &Design,
    levels: &[WeightedCells],
) -> Result<WeightedSize, PowerError> {
    design.check()?;
    let all: f64 = levels.iter().map(|level| level.cells as f64).sum();
    let mean = |of: &dyn Fn(&WeightedCells) -> f64| {
        levels
            .iter()
            .map(|level| level.cells as f64 / all * of(level))
            .sum::<f64>()
    };
    let share = mean(&|level| level.harvest_share);
    if all == 0.0 || share == 0.0 {
        return Err(PowerError::NoWeight);
    }
    let lift = |level: &WeightedCells| design.lift * level.harvest_share / share;
    let trials = design.law.trials() as f64;
    let most = levels.iter().map(lift).fold(0.0, f64::max);
    let bounded = !matches!(design.law, Law::Exponential);
    if bounded && design.null_mean() + most >= 1.0 {
        return Err(PowerError::Value {
            field: "lift",
            found: design.lift,
            allowed: "as a mean over the pilot's cells, few of which have weight: less than would make all of these score",
        });
    }
    let weight = |level: &WeightedCells| f64::from(level.weight);
    let variance = |lift: f64| design.deviation(design.null_mean() + lift).powi(2);
    let null = mean(&|level| weight(level).powi(2) * variance(0.0)).sqrt();
    let marked = mean(&|level| weight(level).powi(2) * variance(lift(level))).sqrt();
    let signal = mean(&|level| weight(level) * lift(level));
    let noise = upper_quantile(design.alpha) * null + upper_quantile(1.0 - design.power) * marked;
    let cells = (noise / signal).powi(2) / trials;
    Ok(WeightedSize {
        cells,
        gain: design.normal_cells() / cells,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_core::schemes::green_threshold;

    fn level(weight: u16, cells: u64) -> WeightedCells {
        WeightedCells {
            weight,
            harvest_share: f64::from(weight) / 181.0,
            cells,
        }
    }

    fn design(lift: f64) -> Design {
        Design {
            law: Law::Bernoulli {
                threshold: green_threshold(0.25),
            },
            lift,
            alpha: 1e-6,
            power: 0.9,
        }
    }

    /// The gain over counting is 1 + CV² of the lift, for small lifts.
    #[test]
    fn the_gain_is_one_plus_the_squared_variation_of_the_lift() {
        let even = weighted_size(&design(0.001), &[level(64, 1000)]).expect("weights");
        assert!((even.gain - 1.0).abs() < 1e-9, "{even:?}");
        let rows = [level(0, 700), level(16, 200), level(64, 90), level(181, 10)];
        let mean = (16.0 * 200.0 + 64.0 * 90.0 + 181.0 * 10.0) / 1000.0;
        let square =
            (16.0_f64.powi(2) * 200.0 + 64.0_f64.powi(2) * 90.0 + 181.0_f64.powi(2) * 10.0)
                / 1000.0;
        let sized = weighted_size(&design(1e-5), &rows).expect("weights");
        let expected = square / f64::powi(mean, 2);
        assert!(
            (sized.gain / expected - 1.0).abs() < 1e-3,
            "{sized:?} {expected}"
        );
    }

    #[test]
    fn without_weight_nothing_is_predicted() {
        assert_eq!(
            weighted_size(&design(0.01), &[level(0, 10)]),
            Err(PowerError::NoWeight)
        );
        assert_eq!(weighted_size(&design(0.01), &[]), Err(PowerError::NoWeight));
        let steep = weighted_size(&design(0.1), &[level(0, 990), level(181, 10)]);
        assert!(matches!(steep, Err(PowerError::Value { .. })), "{steep:?}");
    }
}
