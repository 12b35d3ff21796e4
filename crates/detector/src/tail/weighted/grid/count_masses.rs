//! Masses of a binomial part.

use super::super::problem::rates;
use super::masses::{Masses, Origin};

/// Terms below this share of the largest are left out and bounded.
const NEGLIGIBLE: f64 = 1.0 / (1_u128 << 70) as f64;

/// The tilted law of weight × Binomial(trials, success/2³²), relative to the weight × a number of successes near
/// its mode, rounded up to multiples of `step`.
///
/// Terms follow from their neighbours' exact ratios, each product costing at most 8u, and are divided by their
/// own sum: what the sum lacks only raises them.
pub(super) fn masses(weight: u64, trials: u64, success: u64, tilt: f64, step: u64) -> Masses {
    let (p, q) = rates(success);
    let y = tilt * weight as f64;
    // Odds against a success. Beyond 300 nats there is none to speak of.
    let against = q / p * libm::exp(-y.min(300.0));
    let n = trials as f64;
    if y > 300.0 {
        return Masses {
            start: 0,
            mass: vec![1.0],
            outside: n * against * (1.0 + 1e-9),
            relative: 0.0,
            origin: Origin::Whole(i128::from(weight) * i128::from(trials)),
            slack: 0.0,
        };
    }
    let mode = (((n + 1.0) / (1.0 + against)).floor()).min(n);
    let odds = 1.0 / against;
    let up = side(n - mode, |k| (n - mode - k) / (mode + k + 1.0) * odds);
    let down = side(mode, |k| (mode - k) / (n - mode + k + 1.0) * against);
    let terms = up.terms.len() + down.terms.len() + 1;
    let total = 1.0 + up.terms.iter().sum::<f64>() + down.terms.iter().sum::<f64>();

    // Below 2²⁰ times the number of terms, some millions.
    let (weight, step) = (weight as i64, step as i64);
    let cell = |k: i64| -(-weight * k).div_euclid(step);
    let start = cell(-(down.terms.len() as i64));
    let end = cell(up.terms.len() as i64);
    let mut mass = vec![0.0; (end - start) as usize + 1];
    let mut place = |k: i64, term: f64| {
        let index = cell(k);
        let rise = index * step - weight * k;
        let raised = if rise == 0 {
            term
        } else {
            term * libm::exp(tilt * rise as f64)
        };
        mass[(index - start) as usize] += raised / total;
    };
    place(0, 1.0);
    for (k, &term) in (1..).zip(&up.terms) {
        place(k, term);
    }
    for (k, &term) in (1..).zip(&down.terms) {
        place(-k, term);
    }
    Masses {
        start,
        mass,
        outside: (up.rest + down.rest) / total * (1.0 + 1e-6),
        // A term's 8u for each step from the mode; the total's alike, and the additions.
        relative: terms as f64 * 20.0 * f64::EPSILON + 64.0 * f64::EPSILON,
        origin: Origin::Whole(i128::from(weight) * mode as i128),
        slack: 0.0,
    }
}

/// The terms on one side of the mode, in units of its own.
struct Side {
    terms: Vec<f64>,
    /// Upper bound of the sum of the terms left out.
    rest: f64,
}

/// `ratio(k)` is the (k+1)-th term over the k-th; it falls with k.
fn side(len: f64, ratio: impl Fn(f64) -> f64) -> Side {
    let mut terms = Vec::new();
    let mut term = 1.0;
    let mut k = 0.0;
    while k < len {
        let r = ratio(k);
        let next = term * r;
        if next < NEGLIGIBLE * (1.0 - r) {
            return Side {
                terms,
                rest: next / (1.0 - r),
            };
        }
        term = next;
        terms.push(term);
        k += 1.0;
    }
    Side { terms, rest: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ln of n! / (k!·(n − k)!).
    fn ln_choose(n: u64, k: u64) -> f64 {
        (1..=k).map(|j| ((n - k + j) as f64 / j as f64).ln()).sum()
    }

    /// Each mass is the sum of the tilted probabilities that are rounded up to its point, each times what the rounding costs.
    #[test]
    fn masses_are_tilted_probabilities() {
        for (weight, trials, success, tilt, step) in [
            (1, 20, 1_u64 << 30, 0.0, 1),
            (3, 20, 1 << 30, 0.2, 1),
            (3, 20, 3 << 30, 0.2, 2),
            (2, 300, 1 << 31, 0.01, 5),
            (7, 60, 1 << 29, 0.05, 7),
        ] {
            let found = masses(weight, trials, success, tilt, step);
            let p = success as f64 / 4_294_967_296.0;
            let y = tilt * weight as f64;
            let total = (1.0 - p + p * y.exp()).ln() * trials as f64;
            let Origin::Whole(origin) = found.origin else {
                panic!("counts are whole");
            };
            let mut exact = vec![0.0; found.mass.len()];
            let mut missed = 0.0;
            for k in 0..=trials {
                let value = i128::from(weight * k) - origin;
                let index = -(-value).div_euclid(i128::from(step));
                let rise = (index * i128::from(step) - value) as f64;
                let ln = ln_choose(trials, k)
                    + k as f64 * (p.ln() + y)
                    + (trials - k) as f64 * (1.0 - p).ln()
                    - total;
                match usize::try_from(index as i64 - found.start) {
                    Ok(place) if place < exact.len() => exact[place] += (ln + tilt * rise).exp(),
                    _ => missed += ln.exp(),
                }
            }
            for (mass, exact) in found.mass.iter().zip(&exact) {
                assert!(
                    (mass - exact).abs() <= 1e-11 * exact + 1e-18,
                    "{mass} {exact}"
                );
            }
            assert!(found.outside >= missed && found.outside < 1e-18);
            assert!(found.relative > 0.0 && found.relative < 1e-12);
            assert_eq!(found.slack, 0.0);
        }
    }

    #[test]
    fn many_trials_leave_out_what_is_bounded() {
        let found = masses(1, 1_000_000, 1 << 31, 0.0, 1);
        let sum: f64 = found.mass.iter().sum();
        assert!((sum - 1.0).abs() < 1e-9 && found.outside > 0.0 && found.outside < 1e-18);
        // 2⁻⁷⁰ of the largest is some 9.8 deviations of 500 from it.
        assert!(
            (9_000..11_000).contains(&found.mass.len()),
            "{}",
            found.mass.len()
        );
        let terms = found.mass.len() as f64;
        let relative = (20.0 * terms + 64.0) * f64::EPSILON;
        assert!((found.relative / relative - 1.0).abs() < 1e-9);
    }

    /// Beyond 300 nats all succeed but for what is bounded.
    #[test]
    fn a_steep_tilt_leaves_one_outcome() {
        let found = masses(4, 50, 1 << 30, 80.0, 1);
        assert_eq!((found.start, &found.mass[..]), (0, &[1.0][..]));
        assert!(matches!(found.origin, Origin::Whole(200)));
        let missed = 50.0 * 3.0 * libm::exp(-300.0);
        assert!((found.outside / missed - 1.0).abs() < 1e-6 && found.outside >= missed);
    }
}
