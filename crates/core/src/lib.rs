//! Hallmark's core: keys, pseudo-random functions, marking schemes, profiles and the per-request
//! marker. No input or output, no threads; `no_std` with `alloc`.
//!
//! A [`Profile`](profile::Profile) says in public how text is marked, by one of the
//! [schemes](schemes::SCHEMES). With a [`Key`](keys::Key) it becomes a [`Mark`](mark::Mark). A serving engine holds one
//! [`Marker`](marker::Marker) per request and calls it twice a token, or once a step for
//! [all requests](batch::choose_rows):
//!
//! ```
//! use hallmark_core::{keys::RootKey, mark::Mark, profile::Profile};
//!
//! let profile = Profile::parse(r#"
//!     hallmark = 1
//!     name = "example"
//!     scheme = "gumbel"
//!     prf = "chacha12-v1"
//!     window = 2
//!     [tokenizer]
//!     vocab_size = 49152
//! "#)?;
//! let root = RootKey::from_bytes([7; 32]); // from the operating system in earnest
//! let key = root.epoch("2026q4")?.cohort("partners")?;
//! let mark = Mark::new(&profile, &key.into())?;
//! let mut marker = mark.marker(&[])?; // one for each request, with its prompt
//!
//! for step in 0..10 {
//!     // The candidates that survived truncation, with their logits.
//!     let candidates = [11, 12, 13];
//!     let mut logits = [0.3, 0.1, f32::NEG_INFINITY];
//!     let uniform = 0.5; // the engine's own randomness for this step, in [0, 1)
//!     let choice = marker.choose(&candidates, &mut logits, uniform)?;
//!     assert_ne!(candidates[choice.index], 13, "a masked token is never revived");
//!     marker.accept(candidates[choice.index])?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The detector reads the same mark through [`Reading::words`](mark::Reading::words) and the score
//! [`Law`](law::Law). Only integers are normative: words, and scores in fixed point.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate alloc;

pub mod batch;
pub mod cells;
pub mod foreign;
pub mod golden;
pub mod keys;
pub mod law;
pub mod mark;
pub mod marker;
pub mod prf;
pub mod profile;
pub mod row;
pub mod sampling;
pub mod schemes;
pub mod score;
pub mod simd;
mod softmax;
pub mod visits;
pub mod windows;
