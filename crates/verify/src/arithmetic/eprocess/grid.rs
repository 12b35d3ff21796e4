//! The grids of bets.

use crate::arithmetic::numbers::Double;
use crate::arithmetic::tail::LATTICE;

/// 2^(−1/4), 2^(−2/4), 2^(−3/4) and 1, computed by square roots.
fn quarters() -> [Double; 4] {
    let half = root(0.5);
    let quarter = root_of(half);
    [Double::ONE, quarter, half, half * quarter]
}

/// 2^(−j/4).
fn power(j: u32, quarters: &[Double; 4]) -> Double {
    quarters[j as usize % 4].scale(-((j / 4) as i32))
}

/// 64 rates r above γ = threshold/2³², in 2⁻³²: γ + λ(1 − γ) rounded down, λ = 1 − 2⁻⁸, 1 − 2⁻⁴ and 2^(−j/4), j = 1 … 62.
pub(super) fn rates(threshold: u64) -> impl Iterator<Item = u64> {
    let room = Double::from(LATTICE - threshold);
    let quarters = quarters();
    let near_one = [8, 4].map(|by| Double::ONE - Double::ONE.scale(-by));
    let lifts = near_one
        .into_iter()
        .chain((1..=62).map(move |j| power(j, &quarters)));
    lifts.map(move |lift| threshold + (room * lift).floor().max(0) as u64)
}

/// 64 pairs of x = a − 1 = 2^((j − 48)/4), j = 0 … 63, and a; of tilts, x = 1/b − 1.
pub(super) fn exponents() -> impl Iterator<Item = (Double, Double)> {
    let quarters = quarters();
    (0..64).map(move |j| {
        // 2^((j − 48)/4) = 2^(−(63 − j)/4)·2^(15/4), and 2^(15/4) = 2⁴·2^(−1/4).
        let x = (power(63 - j, &quarters) * quarters[1]).scale(4);
        (x, x + Double::ONE)
    })
}

/// ln r/γ and ln (1 − r)/(1 − γ), both rates in 2⁻³².
pub(super) fn hit_and_miss(rate: u64, threshold: u64) -> Vec<Double> {
    let quotient = |over: u64, under: u64| (Double::from(over) / Double::from(under)).ln();
    vec![
        quotient(rate, threshold),
        quotient(LATTICE - rate, LATTICE - threshold),
    ]
}

/// √x by two steps of Newton's method.
fn root(x: f64) -> Double {
    root_of(Double::from(x))
}

fn root_of(x: Double) -> Double {
    let mut root = Double::from(x.to_f64().sqrt());
    for _ in 0..2 {
        root = (root + x / root).scale(-1);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_are_the_documents() {
        let all: Vec<u64> = rates(1 << 30).collect();
        assert_eq!(all.len(), 64);
        // γ = ¼: ¼ + ¾·(1 − 2⁻⁸), and ¼ + ¾·2⁻¹⁵ at j = 60.
        assert_eq!(all[0], (1 << 30) + 3 * (1 << 30) - (3 << 22));
        assert_eq!(all[61], (1 << 30) + (3 << 15));
        let xs: Vec<f64> = exponents().map(|(x, _)| x.to_f64()).collect();
        assert_eq!(xs.len(), 64);
        assert_eq!((xs[0], xs[48]), (2.0_f64.powi(-12), 1.0));
        for (j, &x) in xs.iter().enumerate() {
            assert!((x / 2.0_f64.powf((j as f64 - 48.0) / 4.0) - 1.0).abs() < 1e-15);
        }
    }
}
