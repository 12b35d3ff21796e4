//! Detection: from token streams to findings whose p-values are exact or rounded against the
//! accuser.
//!
//! The modules stand in the order in which the data goes:
//!
//! ```text
//! answers + exposure → cells → dedup → weights → scores → statistic → finding
//! ```
//!
//! | | |
//! |---|---|
//! | [`cells`] | a window and the token after it: raw, then fresh (not shown), then distinct |
//! | [`dedup`] | each distinct cell counts once over the whole corpus |
//! | [`weights`] | how much a window counts, decided without the token and the key |
//! | [`scores`] | the words of distinct cells under each key, summed |
//! | [`statistic`] | the tests, T1 to T9 |
//! | [`finding`] | what a test found, as reports carry it |
//! | [`detection`], [`examination`] | whole ways: T1 of one mark; every test of many keys |
//! | [`disclosure`] | what of each cell can be shown without the key |
//! | [`power`] | how much must be asked |
//! | [`tail`], [`eprocess`] | the exact tails and e-values that all of it stands on |
//!
//! Given a suspect's whole transcript, the words of distinct cells under a random key are
//! independent and uniform. Every test here stands on that, and the types see to its conditions:
//! only [`DistinctCells`] can be scored, they come only from [`FreshCells`] by global
//! de-duplication, those come only from [`RawCells`] by leaving out what the suspect was shown,
//! and a filter sees a window and nothing else.
//!
//! # Example
//!
//! Does an answer depend on a key? T1, step by step:
//!
//! ```
//! use hallmark_core::{keys::CohortKey, mark::Mark, profile::Profile};
//! use hallmark_detector::{DedupKind, Exposure, RawCells, statistic::plain};
//!
//! let profile = Profile::parse(
//!     "hallmark = 1\nname = \"demo\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
//!      [tokenizer]\nvocab_size = 4096\n",
//! )?;
//! let mark = Mark::new(&profile, &CohortKey::from_bytes([7; 32]).into())?;
//! let prompt = [vec![1, 2, 3]];
//!
//! let mut raw = RawCells::new(profile.window);
//! raw.push(&[5, 1, 2, 9, 1, 2, 9, 8, 4], Exposure::known(&prompt))?;
//! let fresh = raw.fresh(); // without what follows 1, 2: the prompt showed it
//! let distinct = fresh.distinct(&mut *DedupKind::Exact.build(profile.window))?;
//! assert_eq!(distinct.len(), 5);
//!
//! let p = plain::p_value(mark.law(), distinct.len() as u64, distinct.score(&**mark.reading()))?;
//! assert!(p.value() > -2.0, "nobody marked this");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cells;
pub mod dedup;
pub mod detection;
pub mod disclosure;
pub mod eprocess;
pub mod error;
pub mod examination;
pub mod finding;
pub mod interval;
pub mod merge;
pub mod multiplicity;
pub mod null_simulation;
pub mod power;
pub mod scores;
mod seen;
pub mod statistic;
pub mod tail;
pub mod threads;
pub mod weights;

pub use cells::{DistinctCells, Exposure, FreshCells, RawCells};
pub use dedup::DedupKind;
pub use detection::Detection;
pub use error::ExaminationError;
pub use examination::{Examination, Plan};
pub use finding::{Finding, Test};
