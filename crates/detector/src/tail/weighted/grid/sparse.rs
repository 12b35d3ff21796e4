//! Exact enumeration of the sums of a few counts, wherever they lie.

use super::super::problem::{Part, Problem};
use super::count_masses;
use super::masses::{Masses, Origin};

/// Sums that are listed at most.
const SUMS: usize = 1 << 16;

/// `E_θ[e^(−θ(S − s)); S ≥ s]`, rounded up, or nothing where there are too many sums to list.
pub(super) fn bound(problem: &Problem, tilt: f64) -> Option<f64> {
    let mut most = 1_usize;
    let mut parts = Vec::with_capacity(problem.parts.len());
    for &part in &problem.parts {
        let Part::Binomial {
            weight,
            trials,
            success,
        } = part
        else {
            return None;
        };
        // A step of one weight: every number of successes has its own index.
        if trials > SUMS as u64 {
            return None;
        }
        let masses = count_masses::masses(weight, trials, success, tilt, weight);
        most = most.saturating_mul(masses.mass.len());
        if most > SUMS {
            return None;
        }
        parts.push((weight as i64, masses));
    }
    let mut law = vec![(0_i64, 1.0)];
    let (mut from, mut relative, mut outside) = (problem.target, 0.0, 0.0);
    let mut operations = 0;
    for (weight, masses) in &parts {
        law = convolved(&law, *weight, masses);
        operations += masses.mass.len() + 2;
        relative += masses.relative;
        outside += masses.outside;
        if let Origin::Whole(origin) = masses.origin {
            from -= origin;
        }
    }
    let reached = law.iter().filter(|(sum, _)| i128::from(*sum) >= from);
    let sum: f64 = reached
        .map(|&(sum, mass)| mass * libm::exp(-tilt * (i128::from(sum) - from) as f64))
        .sum();
    let rounding = (operations + law.len()) as f64 * f64::EPSILON + 1e-12;
    Some(sum * (1.0 + 1.01 * relative + rounding) + outside * (1.0 + 1e-9))
}

/// All sums with the next part, in ascending order and each once.
fn convolved(law: &[(i64, f64)], weight: i64, masses: &Masses) -> Vec<(i64, f64)> {
    let mut all: Vec<(i64, f64)> = (masses.start..)
        .zip(&masses.mass)
        .flat_map(|(k, &mass)| {
            law.iter()
                .map(move |&(sum, p)| (sum + k * weight, p * mass))
        })
        .collect();
    all.sort_by_key(|&(sum, _)| sum);
    all.dedup_by(|next, first| {
        let same = next.0 == first.0;
        if same {
            first.1 += next.1;
        }
        same
    });
    all
}
