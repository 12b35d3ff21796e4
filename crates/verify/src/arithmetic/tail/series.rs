//! 1 + r₁ + r₁r₂ + … for ratios that fall.

/// The sum, for ratios that fall, begin below 1 and are 0 or less in the end.
pub(super) fn sum(mut ratio: impl FnMut(u64) -> f64) -> f64 {
    let (mut total, mut lost, mut term) = (1.0_f64, 0.0_f64, 1.0_f64);
    for k in 1_u64.. {
        let r = ratio(k);
        if r.is_nan() || r <= 0.0 {
            break;
        }
        term *= r;
        let more = term - lost;
        let next = total + more;
        lost = (next - total) - more;
        total = next;
        // What follows is at most term·r/(1 − r).
        if term * r < (1.0 - r) * total * 1e-17 {
            break;
        }
    }
    total
}
