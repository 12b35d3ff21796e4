//! T3: e-processes, equal-weight mixtures of products whose logarithms are linear in whole-number sums over cells.
//!
//! Grids of bets: `docs/statistics.md`, section 6, and `docs/tests/weighted.md`. Logarithms are exact to some 1e-13, so the
//! computed values are the mixtures themselves, which printed ones do not exceed.

mod first_visits;
mod grid;
mod looks;
mod process;

pub(crate) use first_visits::visited;
pub(crate) use looks::{Looked, run};
pub(crate) use process::{Process, mean};
