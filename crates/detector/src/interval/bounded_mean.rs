//! The mean of what lies between 0 and 1.

use super::{Interval, IntervalError, Sides, ln_level};

/// An interval of the mean of independent values in [0, 1], of which `count` have the mean `mean`.
///
/// Nothing is supposed of their law. By Hoeffding (1963, theorem 1), for μ above the values' true mean x is exceeded by chance at most
/// exp(−n·kl(x, μ)), with kl(x, μ) = x·ln(x/μ) + (1 − x)·ln((1 − x)/(1 − μ)), and likewise below. The limits are the μ at which that
/// is α (or α/2), rounded outward.
///
/// # Errors
/// No values, or α outside (0, 1).
///
/// # Panics
/// When `mean` is outside [0, 1].
pub fn bounded_mean(
    count: u64,
    mean: f64,
    alpha: f64,
    sides: Sides,
) -> Result<Interval, IntervalError> {
    assert!(
        (0.0..=1.0).contains(&mean),
        "the mean of values in [0, 1] lies there"
    );
    let level = -ln_level(alpha, sides)?;
    if count == 0 {
        return Err(IntervalError::NoCells);
    }
    let count = count as f64;
    // Rounding errors of the divergence, which cancels where its arguments are close.
    let level = level * (1.0 + 1e-12) + count * 4.0 * f64::EPSILON;
    let is_inside = |limit: f64| count * divergence(mean, limit) <= level;
    Ok(Interval {
        low: match sides {
            Sides::Upper => 0.0,
            _ => outermost(mean, 0.0, is_inside),
        },
        high: match sides {
            Sides::Lower => 1.0,
            _ => outermost(mean, 1.0, is_inside),
        },
        alpha,
        sides,
    })
}

/// Kullback–Leibler of two coins, in nats.
fn divergence(x: f64, of: f64) -> f64 {
    let part = |x: f64, of: f64| if x == 0.0 { 0.0 } else { x * (x / of).ln() };
    part(x, of) + part(1.0 - x, 1.0 - of)
}

/// The first limit outside between `inside` and `end`, or `end`.
fn outermost(inside: f64, end: f64, is_inside: impl Fn(f64) -> bool) -> f64 {
    if is_inside(end) {
        return end;
    }
    let (mut inside, mut outside) = (inside, end);
    for _ in 0..200 {
        let middle = inside + (outside - inside) / 2.0;
        if is_inside(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALPHA: f64 = 0.05;

    fn upper(count: u64, hits: u64) -> f64 {
        bounded_mean(count, hits as f64 / count as f64, ALPHA, Sides::Upper)
            .unwrap()
            .high
    }

    #[test]
    fn none_of_twenty_thousand_is_below_three_in_twenty_thousand() {
        let high = upper(20_000, 0);
        // 1 − α^(1/n).
        let exact = -f64::exp_m1(ALPHA.ln() / 20_000.0);
        assert!(high >= exact && high < exact * 1.000_001, "{high} {exact}");
        assert_eq!(upper(7, 7), 1.0);
        assert!(bounded_mean(0, 0.0, ALPHA, Sides::Two).is_err());
        assert!(bounded_mean(5, 0.0, 1.0, Sides::Two).is_err());
    }

    /// The chance that so many coins of this share give a count with an upper limit below the share, summed exactly.
    fn missed(count: u64, share: f64) -> f64 {
        let mut term = (1.0 - share).powi(count as i32);
        let mut sum = 0.0;
        for hits in 0..=count {
            if upper(count, hits) < share {
                sum += term;
            }
            term *= (count - hits) as f64 / (hits + 1) as f64 * share / (1.0 - share);
        }
        sum
    }

    proptest! {
        #[test]
        fn coins_miss_as_seldom_as_promised(count in 1_u64..120, share in 0.001_f64..0.95) {
            prop_assert!(missed(count, share) <= ALPHA);
        }

        #[test]
        fn limits_lie_around_the_mean_and_are_each_others_mirror(count in 1_u64..10_000, mean in 0.0_f64..=1.0) {
            let at = bounded_mean(count, mean, ALPHA, Sides::Two).unwrap();
            prop_assert!(at.low <= mean && mean <= at.high);
            let mirrored = bounded_mean(count, 1.0 - mean, ALPHA, Sides::Two).unwrap();
            prop_assert!((at.low - (1.0 - mirrored.high)).abs() < 1e-6);
        }
    }
}
