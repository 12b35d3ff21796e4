//! e-processes (T3): evidence that may be looked at at any time.
//!
//! An e-process starts at 1 and, under the null hypothesis, is a non-negative supermartingale: its supremum over **all** times
//! reaches x with a probability of at most 1/x (Ville 1939). So 1/sup E is a p-value however often one looked and whenever
//! one stopped, where the fixed-n tails of [`crate::tail`] are not.
//!
//! Both processes mix the likelihood ratios of a fixed, stated grid of 64 alternatives with weight 1/64 each, and
//! depend on the cells only through two integers, so chunks may be of any size. Looks happen after each
//! [`GreenEProcess::observe`] or [`GumbelEProcess::observe`]; where they fall must not depend on the key (after each
//! file or each thousand cells, say). Everything is rounded down.
//!
//! The order of the cells must not depend on the key either; the order of the corpus is fine.

mod confidence;
mod error;
mod green;
mod gumbel;
mod mixture;
mod record;

pub use confidence::green_rate_sequence;
pub use error::EProcessError;
pub use green::GreenEProcess;
pub use gumbel::{GumbelEProcess, LOG_RECIPROCAL_OF_ZERO};
pub use record::Checkpoint;
