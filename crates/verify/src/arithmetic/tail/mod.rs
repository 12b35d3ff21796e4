//! Exact tails of sums of equal cells, from the saddle-point form of a point probability and a sum of falling ratios.
//!
//! Formulas: `docs/statistics.md`, section 2. Logarithms are natural and exact to some 1e-12 of p; `None` is a chance of 0.

pub(crate) mod binomial;
pub(crate) mod gamma;
pub(crate) mod interval;
pub(crate) mod normal;
mod series;
mod stirling;

pub(crate) use binomial::point_f64;

use super::numbers::Double;

/// 2³²: rates of counts are whole multiples of one over it.
pub(crate) const LATTICE: u64 = 1 << 32;

/// ln(1 − e^ln): of the other side.
fn complement(ln: Option<Double>) -> Option<Double> {
    let Some(ln) = ln else {
        return Some(Double::ZERO);
    };
    let other = -ln.exp().to_f64();
    (other > -1.0).then(|| Double::from(other.ln_1p()))
}
