//! The standard normal law's upper quantile.

use std::f64::consts::TAU;

/// The z that is exceeded with this chance, 0 < `chance` ≤ ½; to some 1e-13.
pub(crate) fn upper_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if upper(middle) > chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// P(Z ≥ z), z ≥ 0.
fn upper(z: f64) -> f64 {
    let density = (-0.5 * z * z).exp() / TAU.sqrt();
    if z > 3.0 {
        // Laplace's continued fraction: 1/(z + 1/(z + 2/(z + 3/(z + …)))).
        let rest = (1..200).rev().fold(z, |rest, k| z + f64::from(k) / rest);
        return density / rest;
    }
    // ½ − φ(z)(z + z³/3 + z⁵/15 + …).
    let (mut term, mut sum, mut odd) = (z, 0.0, 1.0);
    while term > 1e-18 {
        sum += term;
        odd += 2.0;
        term *= z * z / odd;
    }
    0.5 - density * sum
}

#[cfg(test)]
mod tests {
    use super::upper_quantile;

    #[test]
    fn quantiles_are_the_known_ones() {
        let text = include_str!("../../../vectors/normal.tsv");
        for row in text.lines().filter(|line| !line.starts_with('#')) {
            let (chance, z) = row.split_once('\t').unwrap();
            let (chance, z): (f64, f64) = (chance.parse().unwrap(), z.parse().unwrap());
            assert!(
                (upper_quantile(chance) - z).abs() < 1e-11,
                "{row}: {}",
                upper_quantile(chance)
            );
        }
    }
}
