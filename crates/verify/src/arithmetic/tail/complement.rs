//! The other side of a tail.

use super::super::numbers::Double;

/// ln(1 − e^ln): of the other side.
pub(super) fn complement(ln: Option<Double>) -> Option<Double> {
    let Some(ln) = ln else {
        return Some(Double::ZERO);
    };
    let other = -ln.exp().to_f64();
    (other > -1.0).then(|| Double::from(other.ln_1p()))
}
