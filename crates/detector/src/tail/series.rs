//! Sums 1 + r₁ + r₁r₂ + … with decreasing ratios, enclosed.

use super::double_word::two_sum;

/// A sum between `low` and `high`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Encloses 1 + Σ_{k=1}^{len} Π_{j≤k} `ratio(j)`.
///
/// `ratio` is decreasing with `ratio(1) < 1`, is computed with a relative error of at most 3u
/// (u = 2⁻⁵³) and depends only on `j`. The sum stops when the rest, which a geometric series with
/// the next ratio bounds, is below 2⁻⁴⁰ of what has been summed. The k-th term's relative error is at most
/// 4ku to first order, so the sum's is `4u·Σk·t_k / Σt_k`; the compensated additions cost 2u more.
pub(super) fn decreasing_ratios(len: u64, ratio: impl Fn(u64) -> f64) -> Sum {
    const NEGLIGIBLE: f64 = 1.0 / (1_u64 << 40) as f64;
    let (mut sum, mut carry) = (1.0, 0.0);
    let (mut term, mut moment) = (1.0, 0.0);
    let mut rest = 0.0;
    for k in 1..=len {
        let r = ratio(k);
        let next = term * r;
        if next <= NEGLIGIBLE * (1.0 - r) * sum {
            // The thousandth covers the cancellation in 1 − r, which is at least 1e-10 here.
            rest = next / (1.0 - r) * 1.001;
            break;
        }
        term = next;
        let (rounded, error) = two_sum(sum, term);
        sum = rounded;
        carry += error;
        moment += k as f64 * term;
    }
    let sum = sum + carry;
    // One per cent covers the second order and the rounding of the moment itself.
    let error = f64::EPSILON * (1.01 * 2.0 * moment + 4.0 * sum);
    Sum {
        low: (sum - error).max(1.0),
        high: sum + rest + error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error by its formula where nothing is left out, and around the exact sum.
    #[test]
    fn short_sums_are_enclosed_by_their_error() {
        let found = decreasing_ratios(3, |_| 0.5);
        let moment = 0.5 + 2.0 * 0.25 + 3.0 * 0.125;
        let error = f64::EPSILON * (2.02 * moment + 4.0 * 1.875);
        assert_eq!((found.low, found.high), (1.875 - error, 1.875 + error));
        let nothing = decreasing_ratios(0, |_| 0.5);
        assert_eq!((nothing.low, nothing.high), (1.0, 1.0 + 4.0 * f64::EPSILON));
    }

    #[test]
    fn the_rest_of_a_long_sum_is_bounded() {
        for (ratio, exact) in [(0.5, 2.0), (0.9, 10.0), (0.99, 100.0)] {
            let Sum { low, high } = decreasing_ratios(1_000_000, |_| ratio);
            assert!(low <= exact && exact <= high, "{low} {high}");
            assert!(exact - low <= 1.1 * exact / (1_u64 << 40) as f64, "{low}");
            assert!(
                high - low <= 1.1 * exact / (1_u64 << 40) as f64,
                "{low} {high}"
            );
            assert!(high - exact > 1e-4 * (exact - low), "{low} {high}");
        }
        // e − 1 = 1 + 1/2 + 1/6 + …, ratios 1/(k + 1).
        let found = decreasing_ratios(1_000, |k| 1.0 / (k as f64 + 1.0));
        let exact = std::f64::consts::E - 1.0;
        assert!(found.low <= exact && exact <= found.high && found.high - found.low < 4e-12);
    }

    /// Terms that add little are not lost in rounding: the carry.
    #[test]
    fn small_terms_are_carried() {
        let found = decreasing_ratios(2_000, |k| if k == 1 { 0.999_999 } else { 0.999_999_9 });
        let terms = (0..2_000).map(|k| 0.999_999 * 0.999_999_9_f64.powi(k));
        let exact = 1.0 + terms.sum::<f64>();
        assert!((0.5 * (found.low + found.high) / exact - 1.0).abs() < 1e-13);
    }
}
