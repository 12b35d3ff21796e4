//! Gumbel scores: P(X ≥ x) for X ~ Gamma(n, 1), n a whole number.

use super::super::numbers::Double;
use super::complement::complement;
use super::{series, stirling};

/// ln Q(n, x): that a sum of n exponentials is at least x.
pub(crate) fn upper(n: u64, x: Double) -> Option<Double> {
    if x <= Double::ZERO {
        return Some(Double::ZERO);
    }
    if n == 0 {
        return None;
    }
    if is_above(n, x) {
        Some(above(n, x))
    } else {
        complement(Some(below(n, x)))
    }
}

/// ln P(n, x): that it is below x, n ≥ 1.
pub(crate) fn lower(n: u64, x: Double) -> Option<Double> {
    if x <= Double::ZERO {
        return None;
    }
    if is_above(n, x) {
        complement(Some(above(n, x)))
    } else {
        Some(below(n, x))
    }
}

fn is_above(n: u64, x: Double) -> bool {
    x >= Double::from(n)
}

/// Fewer than n events of a Poisson law of mean x ≥ n.
fn above(n: u64, x: Double) -> Double {
    let mean = x.to_f64();
    let sum = series::sum(|k| (n as f64 - k as f64) / mean);
    poisson(n - 1, x) + Double::from(sum).ln()
}

/// n events or more, x < n.
fn below(n: u64, x: Double) -> Double {
    let mean = x.to_f64();
    let sum = series::sum(|k| mean / (n as f64 + k as f64));
    poisson(n, x) + Double::from(sum).ln()
}

/// ln of the chance of k events at the mean x.
fn poisson(k: u64, x: Double) -> Double {
    if k == 0 {
        return -x;
    }
    let n = Double::from(k);
    let deviance = n * (n / x).ln() + x - n;
    -deviance - Double::HALF_LN_TAU - n.ln().scale(-1) - Double::from(stirling::delta(k))
}
