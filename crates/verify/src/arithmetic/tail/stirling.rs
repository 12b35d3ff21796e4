//! The error of Stirling's formula: δ(k) = ln k! − (k ln k − k + ½ ln 2πk).

use super::super::numbers::Double;

/// The coefficients of 1/k, 1/k³, …: Bernoulli numbers over 2j(2j − 1).
const SERIES: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// δ(k) for k ≥ 1, to 1e-18 or better.
pub(super) fn delta(k: u64) -> f64 {
    if k < 16 {
        let n = Double::from(k);
        let factorial = Double::from((1..=k).product::<u64>());
        let formula = n * n.ln() - n + Double::HALF_LN_TAU + n.ln().scale(-1);
        return (factorial.ln() - formula).to_f64();
    }
    let inverse = 1.0 / k as f64;
    let sum = SERIES
        .iter()
        .rev()
        .fold(0.0, |sum, c| sum * inverse * inverse + c);
    sum * inverse
}
