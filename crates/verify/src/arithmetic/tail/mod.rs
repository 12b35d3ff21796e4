//! Exact tails of sums of equal cells, from the saddle-point form of a point probability and a sum of falling ratios.
//!
//! Formulas: `docs/statistics.md`, section 2. Logarithms are natural and exact to some 1e-12 of p; `None` is a chance of 0.

pub(crate) mod binomial;
mod complement;
pub(crate) mod gamma;
pub(crate) mod interval;
mod lattice;
pub(crate) mod normal;
mod series;
mod stirling;

pub(crate) use binomial::point_f64;
pub(crate) use lattice::LATTICE;
