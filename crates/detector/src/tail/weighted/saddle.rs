//! The certified saddle-point bound: the normal law under the tilt, with a Berry–Esseen remainder.

use super::cumulant;
use super::problem::{Part, Problem};

/// What a bound gives: an upper bound of `E_θ[e^(−θ(S − s)); S ≥ s]`, and the part of it that is only there
/// because the bound is not exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saddle {
    pub(super) factor: f64,
    pub(super) doubt: f64,
}

/// The constant of Shevtsova, "An improvement of convergence rate estimates in the Lyapunov theorem",
/// Doklady Mathematics 82 (2010), for independent summands that need not be alike.
const BERRY_ESSEEN: f64 = 0.56;

/// E|X − 1|³ for X ~ Exp(1): 12/e − 2, rounded up.
const EXPONENTIAL_THIRD: f64 = 2.414_554;

/// The bound at the tilt θ.
///
/// With F the law of S under the tilt, G the normal law of its mean and variance and f(x) = e^(−θ(x − s)) from
/// s on, ∫f dF ≤ ∫f dG + V(f)·sup|F − G|. The total variation V(f) is 2 (the jump and the descent), or 1
/// without tilt; the supremum is at most 0.56·Σρ₃/σ³.
pub(super) fn bound(problem: &Problem, tilt: f64) -> Saddle {
    let (mut shift, mut variance, mut third) = (0.0, 0.0, 0.0);
    for &part in &problem.parts {
        let n = part.count();
        shift += n * cumulant::shift(part, tilt);
        let square = cumulant::variance(part, tilt);
        variance += n * square;
        third += n * third_moment(part, tilt, square);
    }
    let sigma = variance.sqrt();
    if !(sigma > 0.0 && third.is_finite() && sigma.is_finite()) {
        return Saddle {
            factor: 1.0,
            doubt: 1.0,
        };
    }
    let variation = if tilt > 0.0 { 2.0 } else { 1.0 };
    let doubt = variation * BERRY_ESSEEN * third / (sigma * sigma * sigma) * (1.0 + 1e-9);
    let excess = problem.excess.to_f64();
    let distance = (excess - shift) / sigma;
    // The shift and σ are sums of m non-negative terms, each within 100u, so their relative error is below
    // (m + 100)u; ∫f dG moves by at most 0.8 for each unit of the distance and 0.5 for each unit of ln σ.
    let terms = (problem.parts.len() + 100) as f64;
    let rounding = (1.0 + excess.abs() / sigma) * terms * f64::EPSILON;
    let steepness = distance + tilt * sigma;
    let normal = if tilt > 0.0 && steepness > 0.0 {
        libm::exp(-0.5 * distance * distance) * scaled_tail(steepness)
    } else if tilt > 0.0 {
        1.0
    } else {
        0.5 * libm::erfc(distance * std::f64::consts::FRAC_1_SQRT_2)
    };
    Saddle {
        factor: (normal * (1.0 + 1e-9) + rounding + doubt).min(1.0),
        doubt,
    }
}

/// Upper bound of `e^(v²/2)·P(Z ≥ v)`, Z standard normal, v > 0, within 1e-5 of itself: Mills' ratio over √(2π).
///
/// From 8 on Sampford's inequality (Annals of Mathematical Statistics 24, 1953): the ratio is below
/// 4/(3v + √(v² + 8)).
fn scaled_tail(v: f64) -> f64 {
    if v < 8.0 {
        0.5 * libm::exp(0.5 * v * v) * libm::erfc(v * std::f64::consts::FRAC_1_SQRT_2)
    } else {
        const INVERSE_ROOT_TAU: f64 = 0.398_942_280_401_432_7;
        INVERSE_ROOT_TAU * 4.0 / (3.0 * v + (v * v + 8.0).sqrt())
    }
}

/// E|X − E X|³ under the tilt.
fn third_moment(part: Part, tilt: f64, variance: f64) -> f64 {
    let weight = part.weight();
    match part {
        Part::Binomial { success, .. } => {
            let green = cumulant::tilted_rate(success, tilt * weight);
            let other = 1.0 - green;
            variance * weight * (green * green + other * other)
        }
        Part::Gamma { .. } => EXPONENTIAL_THIRD * variance * variance.sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::double_word::DoubleWord;
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found} {expected}"
        );
    }

    #[test]
    fn the_scaled_tail_lies_just_above_the_normal_one() {
        for k in 1..260 {
            let v = 0.1 * f64::from(k);
            let exact =
                0.5 * libm::exp(0.5 * v * v) * libm::erfc(v * std::f64::consts::FRAC_1_SQRT_2);
            let found = scaled_tail(v);
            assert!(
                found >= exact * (1.0 - 1e-12) && found <= exact * (1.0 + 1e-5),
                "{v}"
            );
        }
    }

    #[test]
    fn third_moments_are_their_definition() {
        for (weight, success, tilt) in [(1, 1 << 30, 0.0), (3, 1 << 30, 0.4), (2, 3 << 30, 1.0)] {
            let part = Part::Binomial {
                weight,
                trials: 1,
                success,
            };
            let w = weight as f64;
            let p = success as f64 / 4_294_967_296.0;
            let g = p * (tilt * w).exp() / (1.0 - p + p * (tilt * w).exp());
            let exact = g * (w * (1.0 - g)).powi(3) + (1.0 - g) * (w * g).powi(3);
            near(
                third_moment(part, tilt, cumulant::variance(part, tilt)),
                exact,
                1e-12,
            );
        }
        let least = 12.0 / std::f64::consts::E - 2.0;
        assert!((least..least + 1e-5).contains(&EXPONENTIAL_THIRD));
        let part = Part::Gamma {
            weight: -3,
            cells: 1,
        };
        let exact = (3.0_f64 / 1.6).powi(3) * EXPONENTIAL_THIRD;
        near(
            third_moment(part, 0.2, cumulant::variance(part, 0.2)),
            exact,
            1e-12,
        );
    }

    /// The bound by its formula, for a hundred coins of which sixty or more fall on one side, and a few others of weight two.
    #[test]
    fn the_bound_is_its_formula() {
        let coins = [(1.0, 100.0, 0.5), (2.0, 40.0, 0.25)];
        let problem = |excess: f64| Problem {
            parts: vec![
                Part::Binomial {
                    weight: 1,
                    trials: 100,
                    success: 1 << 31,
                },
                Part::Binomial {
                    weight: 2,
                    trials: 40,
                    success: 1 << 30,
                },
            ],
            target: 0,
            excess: DoubleWord::from(excess),
            room: None,
        };
        for (excess, tilt) in [
            (10.0, 0.0),
            (-4.0, 0.0),
            (10.0, 0.1),
            (30.0, 0.4),
            (15.0, 0.05),
        ] {
            let (mut shift, mut variance, mut third) = (0.0, 0.0, 0.0);
            for (w, n, p) in coins {
                let y: f64 = tilt * w;
                let g = p * y.exp() / (1.0 - p + p * y.exp());
                shift += n * w * (g - p);
                variance += n * w * w * g * (1.0 - g);
                third += n * (g * (w * (1.0 - g)).powi(3) + (1.0 - g) * (w * g).powi(3));
            }
            let sigma: f64 = f64::sqrt(variance);
            let distance = (excess - shift) / sigma;
            let doubt = if tilt > 0.0 { 1.12 } else { 0.56 } * third / sigma.powi(3);
            let tail = |z: f64| 0.5 * libm::erfc(z / 2_f64.sqrt());
            let normal = match tilt > 0.0 {
                true => {
                    (tilt * sigma * (distance + 0.5 * tilt * sigma)).exp()
                        * tail(distance + tilt * sigma)
                }
                false => tail(distance),
            };
            let found = bound(&problem(excess), tilt);
            near(found.doubt, doubt, 1e-8);
            near(found.factor, (normal + doubt).min(1.0), 1e-5);
            assert!(found.factor >= ((normal + doubt) * (1.0 - 1e-12)).min(1.0));
        }
        // Far away nothing is left but what is not known, and what so large a distance was rounded by.
        let far = bound(&problem(1e12), 0.0);
        let sigma = 55_f64.sqrt();
        near(
            far.factor - far.doubt,
            (1.0 + 1e12 / sigma) * 102.0 * f64::EPSILON,
            1e-6,
        );
        // The target lies where the weights do not fall any more; and where nothing is random.
        assert_eq!(bound(&problem(-60.0), 0.5).factor, 1.0);
        let nothing = bound(&problem(1.0), 2000.0);
        assert_eq!((nothing.factor, nothing.doubt), (1.0, 1.0));
    }
}
