//! Where a saddle point is: the root of a rising function.

/// The root of a rising function between 0, where it is below, and `most`, which it may approach.
pub(super) fn rising_root(value: impl Fn(f64) -> f64, most: f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    if most.is_infinite() {
        high = 1e-9;
        while value(high) < 0.0 && high < 1e9 {
            (low, high) = (high, 2.0 * high);
        }
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if value(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
