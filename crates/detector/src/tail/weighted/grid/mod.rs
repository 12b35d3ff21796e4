//! The exact or outward-rounded convolution of the tilted parts on a grid.
//!
//! Every part is replaced by one that is rounded **up** to a grid, which can only raise the tail. The
//! tilt comes after the rounding: an outcome x that goes to the grid point r ≥ x carries its tilted
//! probability times e^(θ(r − x)), so that the law of the rounded sum is evaluated exactly. Then
//!
//! ```text
//! P(S ≥ s) ≤ e^(K(θ) − θs) · Σ_{r ≥ s} a(r)·e^(−θ(r − s)),   a = convolution of the parts' masses
//! ```
//!
//! and the sum is of ordinary size however small the tail is. Where all outcomes lie on grid points nothing is
//! rounded and the bound is the tail itself, up to the arithmetic.

mod convolve;
mod count_masses;
mod gamma_masses;
mod masses;
mod plan;
mod sparse;
mod transform;

use rayon::prelude::*;

use super::super::double_word::DoubleWord;
use super::problem::{Part, Problem};
use masses::{Masses, Origin};
use plan::Plan;

/// Upper bound of `E_θ[e^(−θ(S − s)); S ≥ s]`, or nothing where a grid would be too coarse or too long.
pub(super) fn bound(problem: &Problem, tilt: f64) -> Option<f64> {
    if let Some(listed) = sparse::bound(problem, tilt) {
        return Some(listed);
    }
    let plan = Plan::new(problem, tilt)?;
    let parts: Vec<Masses> = problem
        .parts
        .par_iter()
        .map(|&part| match part {
            Part::Binomial {
                weight,
                trials,
                success,
            } => count_masses::masses(weight, trials, success, tilt, plan.step as u64),
            Part::Gamma { weight, cells } => {
                gamma_masses::masses(weight, cells, tilt, plan.step, plan.pieces)
            }
        })
        .collect();
    let from = start(problem, &parts, plan.step);
    let weights = descent(tilt, plan.step, from.beyond, plan.above);
    let found = convolve::weighted_sum(&parts, plan.len, from.index, &weights);
    Some(found.altogether(&parts) + past_the_end(&parts, tilt, &plan, from))
}

/// The first grid index that may reach the target.
#[derive(Debug, Clone, Copy)]
struct Start {
    index: i64,
    /// Lower bound of how far that point lies beyond the target.
    beyond: f64,
}

fn start(problem: &Problem, parts: &[Masses], step: f64) -> Start {
    let (mut whole, mut nats, mut slack) = (0, DoubleWord::ZERO, 0.0);
    for part in parts {
        slack += part.slack * (1.0 + 1e-9);
        match part.origin {
            Origin::Whole(origin) => whole += origin,
            Origin::Nats(origin) => nats = nats + DoubleWord::from(origin),
        }
    }
    if problem.room.is_some() {
        let distance = problem.target - whole;
        let index = round_up(distance, step as i128);
        return Start {
            index: index as i64,
            beyond: (index * step as i128 - distance) as f64,
        };
    }
    let size = DoubleWord::from(problem.target.unsigned_abs()).scale(-24);
    let target = if problem.target < 0 { -size } else { size };
    let distance = (target - nats).to_f64();
    let slack = slack + distance.abs() * f64::EPSILON;
    let index = ((distance - slack) / step).ceil();
    Start {
        index: index as i64,
        beyond: index * step - distance - slack - index.abs() * step * f64::EPSILON,
    }
}

/// ⌈value/step⌉.
fn round_up(value: i128, step: i128) -> i128 {
    -(-value).div_euclid(step)
}

/// e^(−θ(beyond + k·step)) for k < `len`.
fn descent(tilt: f64, step: f64, beyond: f64, len: usize) -> Vec<f64> {
    (0..len)
        .map(|k| libm::exp(-tilt * (beyond + k as f64 * step)))
        .collect()
}

/// Upper bound of what lies at and above the end of the weights: Markov's inequality on the masses
/// themselves, with a further tilt δ.
fn past_the_end(parts: &[Masses], tilt: f64, plan: &Plan, from: Start) -> f64 {
    let last = |part: &Masses| part.start + part.mass.len() as i64 - 1;
    if parts.iter().map(last).sum::<i64>() < from.index + plan.above as i64 {
        return 0.0;
    }
    let end = from.index as f64 + plan.above as f64;
    let further = plan.further * plan.step;
    let mut ln = -tilt * (from.beyond + plan.above as f64 * plan.step) - further * end;
    let factor = libm::exp(-further);
    for part in parts {
        // By Horner's rule from the last mass on, which is never 0: nothing overflows, and what underflows is nothing.
        let moment = part.mass.iter().fold(0.0, |sum, mass| sum * factor + mass);
        ln += libm::log(moment) + further * last(part) as f64;
    }
    libm::exp(ln) * (1.0 + 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: i64, mass: Vec<f64>, origin: Origin, slack: f64) -> Masses {
        Masses {
            start,
            mass,
            outside: 0.0,
            relative: 0.0,
            origin,
            slack,
        }
    }

    fn problem(target: i128, room: Option<DoubleWord>) -> Problem {
        Problem {
            parts: vec![],
            target,
            excess: DoubleWord::ZERO,
            room,
        }
    }

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found} {expected}"
        );
    }

    #[test]
    fn the_first_point_is_the_first_that_may_reach_the_target() {
        for (value, up) in [(7, 4), (8, 4), (0, 0), (-7, -3), (-8, -4)] {
            assert_eq!(round_up(value, 2), up);
        }
        let parts = [30, 40].map(|origin| part(0, vec![1.0], Origin::Whole(origin), 0.0));
        let found = start(&problem(100, Some(DoubleWord::ZERO)), &parts, 7.0);
        assert_eq!((found.index, found.beyond), (5, 5.0));

        let parts = [(3.5, 0.01), (-2.0, 0.02)]
            .map(|(origin, slack)| part(0, vec![1.0], Origin::Nats(origin), slack));
        for (target, index, beyond) in [(10.25, 18, 0.22), (8.0, 13, -0.03), (-10.0, -23, -0.03)] {
            let units = (target * f64::from(1 << 24)) as i128;
            let found = start(&problem(units, None), &parts, 0.5);
            assert_eq!(found.index, index);
            near(found.beyond, beyond, 1e-8);
            assert!(found.beyond <= index as f64 * 0.5 - (target - 1.5) - 0.03);
        }
    }

    /// So far away that the rounding of the distance and of the point counts.
    #[test]
    fn rounding_puts_the_first_point_further_back() {
        let parts = [part(0, vec![1.0], Origin::Nats(0.0), 0.0)];
        let distance = 1e12;
        let found = start(&problem(1_000_000_000_000 << 24, None), &parts, 0.5);
        let slack = distance * f64::EPSILON;
        assert_eq!(found.index, ((distance - slack) / 0.5).ceil() as i64);
        assert!(
            (found.beyond + 2.0 * slack).abs() < 1e-5,
            "{} {slack}",
            found.beyond
        );
    }

    #[test]
    fn weights_fall_with_the_tilt() {
        let found = descent(0.3, 2.0, 0.5, 4);
        let expected = [0.5, 2.5, 4.5, 6.5].map(|beyond: f64| (-0.3 * beyond).exp());
        assert_eq!(found.len(), 4);
        for (found, expected) in found.iter().zip(expected) {
            near(*found, expected, 1e-15);
        }
    }

    /// Markov's inequality outcome by outcome, of two parts.
    #[test]
    fn what_lies_past_the_end_is_bounded() {
        let mass = |rate: f64, len: i32| (0..len).map(|k| rate.powi(k)).collect::<Vec<f64>>();
        let whole = Origin::Whole(0);
        let parts = [
            part(-4, mass(0.9, 50), whole, 0.0),
            part(2, mass(0.5, 9), whole, 0.0),
        ];
        let plan = Plan {
            step: 2.0,
            len: 64,
            above: 10,
            further: 0.03,
            pieces: 40.0,
        };
        let (tilt, from) = (
            0.1,
            Start {
                index: 5,
                beyond: 0.25,
            },
        );
        let (mut lost, mut markov) = (0.0, 0.0);
        for (j, a) in (-4..).zip(&parts[0].mass) {
            for (k, b) in (2..).zip(&parts[1].mass) {
                let past = f64::from(j + k - 15);
                if past >= 0.0 {
                    lost += a * b * (-tilt * (0.25 + 20.0 + 2.0 * past)).exp();
                }
                markov += a * b * (0.06 * past - tilt * 20.25).exp();
            }
        }
        let found = past_the_end(&parts, tilt, &plan, from);
        near(found, markov, 2e-6);
        assert!(found >= markov && markov >= lost);
        // The last outcomes are at 45 and at 10.
        for (index, is_nothing) in [(45, false), (46, true)] {
            let from = Start {
                index,
                beyond: 0.25,
            };
            assert_eq!(past_the_end(&parts, tilt, &plan, from) == 0.0, is_nothing);
        }
    }
}
