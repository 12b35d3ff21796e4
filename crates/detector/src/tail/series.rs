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
