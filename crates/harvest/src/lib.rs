//! What a provider logged: how often each window occurred in it, and which prompts to ask a suspect.
//!
//! ```text
//! logged answers → Builder → index file → Index → counts of windows → weights, prompts
//! ```
//!
//! An index holds one source: the answers of one cohort, marked with one key, or unmarked text as
//! background. It counts windows and never what followed them, so nothing that is weighed or chosen
//! by it can depend on pairs of window and token. Several indexes can be given to one examination.
//!
//! ```
//! use hallmark_core::windows::{WindowCounts, WindowHash};
//! use hallmark_harvest::{Builder, Index, Limits, MarkedBy};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("log.index");
//! let mut builder = Builder::new(2, None, MarkedBy::Unmarked, Limits::default())?;
//! builder.push(&[5, 6, 7, 5, 6, 8])?;
//! builder.finish(&path)?;
//!
//! let index = Index::open(&path)?;
//! let windows = [[5, 6], [6, 7], [6, 8]].map(|window| WindowHash::of(&window));
//! let mut counts = [0; 3];
//! index.counts(&windows, &mut counts);
//! assert_eq!(counts, [2, 1, 0], "nothing follows the last window");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
pub mod count_byte;
mod counted;
mod counting;
mod digest;
mod error;
mod format;
mod index;
mod limits;
mod map;
pub mod probe;
mod provenance;
mod runs;
mod slices;
mod visited;
mod visits;
mod write;

pub use builder::{Builder, Built, Limits};
pub use counted::Counted;
pub use counting::{Counting, Reading};
pub use digest::{Sha256Digest, Sha256DigestError};
pub use error::{Damage, HarvestError};
pub use format::{Header, MarkedBy};
pub use index::Index;
pub use limits::{FORMAT_VERSION, MAX_WINDOW};
pub use provenance::Provenance;
pub use visited::Visited;
pub use visits::Visits;
