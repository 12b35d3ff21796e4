//! Exact tails of weighted sums of independent scores: P(Σ weight·score ≥ sum).
//!
//! Laws and normal form: `docs/tests/weighted-tails.md`, sections 1 and 2. The way is another than the program's, which convolves on
//! a grid and rounds up: where outcomes are few, or the sums they can come to, their chances are added up one by one; elsewhere the
//! transform of the law is inverted along a line or a curve through its saddle point, by the trapezoidal rule, with ever finer steps
//! until two agree. How many steps there may be follows from how much is disclosed.

mod counts;
mod gammas;
mod group;
mod lattice;
mod law;
mod listed;
mod part;
mod root;
mod steps;
mod weighted_tail;

pub(crate) use counts::counts;
pub(crate) use gammas::gammas;
pub(crate) use group::Group;
pub(crate) use steps::Steps;
pub(crate) use weighted_tail::{TooManySteps, WeightedTail};
