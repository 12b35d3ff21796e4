//! Counts: P(S ≥ s) for S ~ Binomial(n, t/2³²).

use super::super::numbers::Double;
use super::complement::complement;
use super::lattice::LATTICE;
use super::{series, stirling};

/// ln P(S ≥ s).
pub(crate) fn upper(n: u64, s: u64, t: u64) -> Option<Double> {
    if s == 0 || s <= n && t >= LATTICE {
        return Some(Double::ZERO);
    }
    if s > n || t == 0 {
        return None;
    }
    let odds = t as f64 / (LATTICE - t) as f64;
    if u128::from(s) * u128::from(LATTICE) >= u128::from(n) * u128::from(t) {
        let ratio = |k: u64| (n as f64 - s as f64 - k as f64 + 1.0) / (s as f64 + k as f64) * odds;
        return Some(point(n, s, t) + ln(series::sum(ratio)));
    }
    // Of what is below s the largest term is at s − 1.
    let most = s - 1;
    let ratio = |k: u64| (most as f64 - k as f64 + 1.0) / ((n - most) as f64 + k as f64) / odds;
    complement(Some(point(n, most, t) + ln(series::sum(ratio))))
}

/// ln P(S = k), 0 ≤ k ≤ n, 0 < t < 2³².
pub(crate) fn point(n: u64, k: u64, t: u64) -> Double {
    let lattice = Double::from(LATTICE);
    let ln_rate = |t: u64| (Double::from(t) / lattice).ln();
    if k == 0 {
        return Double::from(n) * ln_rate(LATTICE - t);
    }
    if k == n {
        return Double::from(n) * ln_rate(t);
    }
    // k ln(k/(n·rate)), the product being exact.
    let deviance = |k: u64, t: u64| {
        let mean = i128::from(n) * i128::from(t);
        Double::from(k) * (Double::from(i128::from(k) << 32) / Double::from(mean)).ln()
    };
    let (rest, both) = (n - k, Double::from(k) * Double::from(n - k));
    let spread = (Double::from(n) / both).ln().scale(-1) - Double::HALF_LN_TAU;
    let stirling = stirling::delta(n) - stirling::delta(k) - stirling::delta(rest);
    spread + Double::from(stirling) - deviance(k, t) - deviance(rest, LATTICE - t)
}

/// P(S = k) for a rate that lies on no lattice, 0 < rate < 1: to some 1e-13 for up to 10⁷ cells.
pub(crate) fn point_f64(n: u64, k: u64, rate: f64) -> f64 {
    let (n, k) = (n as f64, k as f64);
    if k == 0.0 {
        return (n * (-rate).ln_1p()).exp();
    }
    if k == n {
        return (n * rate.ln()).exp();
    }
    let rest = n - k;
    // k ln(k/m) − (k − m) in terms of the distance from the mean m: nothing large cancels.
    let deviance = |k: f64, mean: f64| {
        let far = (k - mean) / mean;
        mean * ((1.0 + far) * far.ln_1p() - far)
    };
    let stirling =
        stirling::delta(n as u64) - stirling::delta(k as u64) - stirling::delta(rest as u64);
    let ln = stirling - deviance(k, n * rate) - deviance(rest, n * (1.0 - rate));
    (n / (std::f64::consts::TAU * k * rest)).sqrt() * ln.exp()
}

fn ln(sum: f64) -> Double {
    Double::from(sum).ln()
}
