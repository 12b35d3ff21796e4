//! The error of Stirling's formula at integers.

use super::double_word::DoubleWord;

/// ln k!, with an absolute error below 2⁻⁹⁰·(1 + k·(1 + ln k)) + 2⁻⁵⁶.
pub(crate) fn ln_factorial(k: u64) -> DoubleWord {
    if k == 0 {
        return DoubleWord::ZERO;
    }
    let n = DoubleWord::from(k);
    let ln = n.ln();
    n * (ln - DoubleWord::ONE) + (DoubleWord::LN_TAU + ln).scale(-1) + stirling_error(k)
}

/// δ(k) = ln k! − (½ ln 2πk + k ln k − k), k ≥ 1, with an absolute error below 2⁻⁵⁶.
///
/// Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000), eq. (3). From 16 on by
/// the asymptotic series to k⁻¹⁵ (DLMF 5.11.1), whose error is at most the first omitted term,
/// 0.18/k¹⁷ ≤ 6.1e-22; below by the factorial itself.
pub(super) fn stirling_error(k: u64) -> DoubleWord {
    debug_assert!(k >= 1);
    if k < 16 {
        let factorial: u64 = (1..=k).product();
        let n = DoubleWord::from(k);
        let formula = (DoubleWord::LN_TAU + n.ln()).scale(-1) + n * n.ln() - n;
        return DoubleWord::from(factorial).ln() - formula;
    }
    /// B₂ⱼ / (2j(2j − 1)), j = 1..=8, as quotients.
    const COEFFICIENTS: [(f64, f64); 8] = [
        (1.0, 12.0),
        (-1.0, 360.0),
        (1.0, 1260.0),
        (-1.0, 1680.0),
        (1.0, 1188.0),
        (-691.0, 360_360.0),
        (1.0, 156.0),
        (-3617.0, 122_400.0),
    ];
    let inverse = 1.0 / k as f64;
    let square = inverse * inverse;
    let sum = COEFFICIENTS
        .iter()
        .rev()
        .fold(0.0, |sum, (over, under)| sum * square + over / under);
    DoubleWord::from(sum * inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_are_products() {
        let mut product = 0.0;
        assert_eq!(ln_factorial(0).to_f64(), 0.0);
        for k in 1..200_u64 {
            product += (k as f64).ln();
            let found = ln_factorial(k).to_f64();
            assert!(
                (found - product).abs() < 1e-12 * (1.0 + product),
                "{k}: {found} {product}"
            );
        }
    }
}
