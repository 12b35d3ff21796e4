//! The ledger: what was marked, in the order of the requests, written where tokens are made.
//!
//! Append-only JSON lines. A marked request takes the next number of its key when its prompt is final and writes a `begin` line; when it
//! ends, whether its answer was sent or not, it writes an `end` line with its tokens as they were sampled. A request that is not marked
//! writes one line when it ends, with counts alone. No text and no key is in it. [`Log`] reads it back, finds what is missing, and gives
//! the log of one key in the order of its numbers, which is what `hallmark index make --first` takes.

mod entry;
mod event;
mod file;
mod log;
mod used;

pub use entry::Entry;
pub use event::Begun;
pub use file::Ledger;
pub use log::{Ledgers, Log, LoggedKey};
