//! What a serving team asks of a mark, between the marker and an engine.
//!
//! A [`Serving`] holds which cohort's key marks which requests: requests carry a cohort's **label**, never a key. It decides by the
//! policies of its file, replaces keys while it runs, and writes the [`ledger`] that makes a log of the harvest exact evidence
//! later. A [`Request`] is one answer in the making, marked or not; [`rows`] takes a step of many of them at once, on rows of single or
//! half precision.
//!
//! ```
//! use hallmark_serve::{Asked, Serving};
//! # let folder = tempfile::tempdir()?;
//! # let root = hallmark_core::keys::RootKey::from_bytes([7; 32]);
//! # hallmark::files::keys::write(&folder.path().join("partners.key"), &hallmark_core::keys::KeyFile::Root(root), &[])?;
//! # std::fs::write(folder.path().join("profile.toml"), "hallmark = 1\nname = \"doc\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 4\n")?;
//! # let file = folder.path().join("serving.toml");
//! # std::fs::write(&file, "hallmark_serving = 1\nprofile = \"profile.toml\"\n[cohorts]\npartners = \"partners.key\"\n")?;
//!
//! let serving = Serving::load(&file)?;
//! let mut request = serving.begin(&Asked { cohort: Some("partners"), prompt: &[3, 1], ..Asked::default() })?;
//! for _ in 0..5 {
//!     let mut logits = [0.1, 0.4, 0.2, f32::NEG_INFINITY]; // the model's
//!     let choice = request.choose_row(&mut logits, None, None)?;
//!     request.accept(choice.index as u32)?;
//! }
//! request.finish("stop", true)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
pub mod ledger;
mod policy;
mod randomness;
pub mod request;
pub mod rows;
mod serving;
pub mod speculative;

pub use config::{Answers, Config};
pub use policy::{Asked, Unmarked};
pub use request::{Request, RequestError};
pub use serving::Serving;
