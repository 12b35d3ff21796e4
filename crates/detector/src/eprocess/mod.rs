//! e-processes (T3): evidence that may be looked at at any time.
//!
//! An e-process starts at 1 and, under the null hypothesis, is a non-negative supermartingale: its supremum over **all** times
//! reaches x with a probability of at most 1/x (Ville 1939). So 1/sup E is a p-value however often one looked and whenever
//! one stopped, where the fixed-n tails of [`crate::tail`] are not.
//!
//! Both processes are equal-weight mixtures over fixed, stated grids: 64 green rates for [`GreenEProcess`]; for
//! [`GumbelEProcess`] two families of 64, powers of U and tilts of the score, half the weight each. Both depend on
//! the cells only through integer sums, so chunks may be of any size. Looks happen after each
//! [`GreenEProcess::observe`] or [`GumbelEProcess::observe`]; where they fall must not depend on the key (after each
//! file or each thousand cells, say). Everything is rounded down.
//!
//! [`WeightedEProcess`] bets in proportion to the weights of windows, [`FirstVisitsEProcess`] on windows in the order in which a log visited
//! them first.
//!
//! The order of the cells must not depend on the key either; the order of the corpus is fine.

mod confidence;
mod error;
mod first_visits;
mod fitting;
mod green;
mod gumbel;
mod mixture;
mod record;
mod weighted;

pub use confidence::green_rate_sequence;
pub use error::EProcessError;
pub(crate) use first_visits::{FOLLOW, KINDS, PartSums, VisitSums, step};
pub use first_visits::{FirstVisitsEProcess, Halves};
pub(crate) use fitting::{EProcess, Sums};
pub use green::GreenEProcess;
pub use gumbel::{GumbelEProcess, GumbelSums};
pub use record::Checkpoint;
pub use weighted::{LevelSums, WeightedEProcess};
