//! Cumulants of one summand under the null law and under its exponential tilts.
//!
//! Everything is written so that nothing cancels: the centred cumulant function, which is all that a
//! bound needs beside the exact excess over the mean, is a sum of non-negative terms.

use super::problem::{Part, rates};

/// Relative error bound of [`centred`]: 2⁻⁴⁶ (128 units of 2⁻⁵³).
///
/// For a binomial part the largest share is the rounding of the arguments of φ, (2 + |x|)u with |x| ≤ 40,
/// then φ itself (10u at its seam) and log1p; for a gamma part the series and one cancellation by less than 4.
pub(super) const RELATIVE: f64 = 1.0 / (1_u64 << 46) as f64;

/// `ln E exp(θ·(X − E X))` for one summand X of `part`, θ ≥ 0 such that θ·weight is exact in `f64`
/// (and below 1 for a gamma part).
pub(super) fn centred(part: Part, tilt: f64) -> f64 {
    let y = tilt * part.weight();
    match part {
        Part::Binomial { success, .. } => centred_bernoulli(rates(success), y),
        Part::Gamma { .. } => centred_exponential(y),
    }
}

/// Mean of X under the tilt, less the mean under the null law.
pub(super) fn shift(part: Part, tilt: f64) -> f64 {
    let weight = part.weight();
    let y = tilt * weight;
    match part {
        Part::Binomial { success, .. } => {
            let (p, q) = rates(success);
            weight * p * q * -libm::expm1(-y) / (p + q * libm::exp(-y))
        }
        Part::Gamma { .. } => weight * y / (1.0 - y),
    }
}

/// Variance of X under the tilt.
pub(super) fn variance(part: Part, tilt: f64) -> f64 {
    let weight = part.weight();
    let y = tilt * weight;
    match part {
        Part::Binomial { success, .. } => {
            let (p, q) = rates(success);
            let odds = q * libm::exp(-y);
            weight * weight * p * odds / ((p + odds) * (p + odds))
        }
        Part::Gamma { .. } => (weight / (1.0 - y)) * (weight / (1.0 - y)),
    }
}

/// `ln E exp(θ·(X − max X))` for one summand of a binomial part: the same function seen from the other end,
/// with the same relative error.
pub(super) fn from_maximum(success: u64, y: f64) -> f64 {
    let (p, q) = rates(success);
    // Above, so far from 1 that the sum's rounding is relative to its logarithm too; below, log1p's argument
    // stays away from −1.
    if q > 0.5 && y > 0.5 {
        libm::log(p + q * libm::exp(-y))
    } else {
        libm::log1p(q * libm::expm1(-y))
    }
}

/// Probability of a success under the tilt.
pub(super) fn tilted_rate(success: u64, y: f64) -> f64 {
    let (p, q) = rates(success);
    p / (p + q * libm::exp(-y))
}

/// ln(q + p·eʸ) − p·y = ln(1 + q·φ(−py) + p·φ(qy)) with φ(x) = eˣ − 1 − x ≥ 0, y ≥ 0.
fn centred_bernoulli((p, q): (f64, f64), y: f64) -> f64 {
    if y <= 40.0 {
        libm::log1p(q * phi(-p * y) + p * phi(q * y))
    } else if q > 0.5 {
        q * y + libm::log(p + q * libm::exp(-y))
    } else {
        q * y + libm::log1p(q * libm::expm1(-y))
    }
}

/// eˣ − 1 − x.
fn phi(x: f64) -> f64 {
    if x.abs() > 0.5 {
        return libm::expm1(x) - x;
    }
    // x²/2·(1 + x/3·(1 + x/4·(…))), 16 terms: the rest is below 2⁻¹⁶/18! of the sum.
    let mut sum = 1.0;
    for k in (3..=18).rev() {
        sum = 1.0 + sum * x / f64::from(k);
    }
    0.5 * x * x * sum
}

/// −ln(1 − a) − a, a < 1.
pub(super) fn centred_exponential(a: f64) -> f64 {
    if !(-0.5..=0.5).contains(&a) {
        return -libm::log1p(-a) - a;
    }
    // −ln(1 − a) = 2·artanh z with z = a/(2 − a), and 2z − a = a·z. |z| ≤ 1/3: 18 terms leave 3⁻³⁶.
    let z = a / (2.0 - a);
    let square = z * z;
    let mut sum = 0.0;
    for k in (1..=18).rev() {
        sum = sum * square + 1.0 / f64::from(2 * k + 1);
    }
    a * z + 2.0 * z * square * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        let far = (found - expected).abs() > relative * expected.abs();
        assert!(!far, "{found} {expected}");
    }

    /// Where the definitions lose no digits they are the definitions.
    #[test]
    fn every_form_is_the_definition() {
        for success in [1 << 30, 1 << 31, 3 << 30] {
            let p = success as f64 / 4_294_967_296.0;
            for y in [0.3, 1.0, 5.0, 30.0, 39.0, 41.0, 100.0] {
                let plain = (1.0 - p + p * f64::exp(y)).ln();
                near(centred_bernoulli(rates(success), y), plain - p * y, 1e-9);
                near(from_maximum(success, y), plain - y, 1e-9);
                near(tilted_rate(success, y), p * (y - plain).exp(), 1e-9);
            }
        }
        for a in [-3.0, -0.6, -0.4, 0.2, 0.4, 0.6, 0.9_f64] {
            near(centred_exponential(a), -(1.0 - a).ln() - a, 1e-9);
        }
    }

    #[test]
    fn shift_and_variance_are_the_derivatives() {
        let counts = |success| Part::Binomial {
            weight: 3,
            trials: 1,
            success,
        };
        let parts = [
            counts(1 << 30),
            counts(3 << 30),
            Part::Gamma {
                weight: 2,
                cells: 1,
            },
            Part::Gamma {
                weight: -2,
                cells: 1,
            },
        ];
        let step = 1e-5;
        for part in parts {
            for tilt in [0.02, 0.2, 0.4] {
                let slope =
                    |f: &dyn Fn(f64) -> f64| (f(tilt + step) - f(tilt - step)) / (2.0 * step);
                near(shift(part, tilt), slope(&|tilt| centred(part, tilt)), 1e-6);
                near(variance(part, tilt), slope(&|tilt| shift(part, tilt)), 1e-6);
            }
        }
    }
}
