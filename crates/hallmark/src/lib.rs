//! Hallmark's one door: files in, findings out.
//!
//! Marks a language model's text while it is sampled, and tests whether a text is marked, or whether a model was trained on
//! marked text. This crate reads key files, profiles and records and gives results that can be written as JSON and read back; the
//! statistics are `hallmark-detector`'s and the marks `hallmark-core`'s.
//!
//! | | |
//! |---|---|
//! | [`detect()`] | is this text marked? |
//! | [`scan()`] | which of several marks is in it? |
//! | [`examine()`] | was the model that wrote these answers trained on marked text? What is done is a [`Plan`], plain data with a digest |
//! | [`calibrate()`] | how often is unmarked text of one's own called marked, and marked text? |
//! | [`power::plan`] | how much must be asked? |
//! | [`merge::merge`] | one e-value out of several examinations |
//! | [`files`], [`tokenizers`], [`marks`], [`read`] | keys, profiles, tokenizers and records |
//! | [`Error`], [`Exit`] | what went wrong, where, what to do next, and the exit status that follows |
//!
//! # Example
//!
//! Was the model that wrote `answers.jsonl` trained on text that this key marked?
//!
//! ```
//! use hallmark::{Inputs, Plan, TriedKey, examine, files, progress::silent};
//! # let folder = tempfile::tempdir()?;
//! # std::env::set_current_dir(folder.path())?;
//! # let root = hallmark_core::keys::RootKey::from_bytes([7; 32]);
//! # files::keys::write("cohort.key".as_ref(), &hallmark_core::keys::KeyFile::Root(root), &[])?;
//! # std::fs::write("profile.toml", "hallmark = 1\nname = \"doc\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 4096\n")?;
//! # let record = |from: u32| format!("{{\"prompt_tokens\": [1, 2, 3], \"response_tokens\": {:?}}}\n", (from..from + 60).collect::<Vec<_>>());
//! # std::fs::write("answers.jsonl", record(9) + &record(400))?;
//!
//! let file = "cohort.key".as_ref();
//! let key = files::keys::read(file)?.marking_key();
//! let profile = files::profiles::read("profile.toml".as_ref())?;
//! let answers = Inputs::of(vec!["answers.jsonl".into()]);
//!
//! let plan = Plan::new(&profile, vec![TriedKey::of(&key, file)], answers);
//! println!("plan {}", plan.digest()?); // published before anyone is asked
//!
//! let examined = examine(&plan, &[key], &mut silent)?;
//! for finding in &examined.tests {
//!     println!("{}: p = {}, adjusted {}", finding.test(), finding.log10_p, finding.log10_p_adjusted);
//! }
//! assert_eq!(examined.outcome, hallmark::Conclusion::NotFound);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod calibrate;
pub mod dedup;
pub mod detect;
pub mod error;
pub mod examine;
pub mod exit;
pub mod files;
pub mod ids;
pub mod indexes;
mod inputs;
pub mod json;
pub mod marks;
pub mod merge;
mod passages;
pub mod power;
pub mod profile;
pub mod progress;
pub mod read;
pub mod scan;
pub mod sought;
pub mod text;
pub mod tokenizers;
mod visits;
pub mod weights;
pub mod words;

pub use calibrate::{Calibrated, calibrate};
pub use detect::{Detected, Detector, detect, detect_each};
pub use error::{Error, ErrorKind, Result};
pub use examine::{Conclusion, Examined, Plan, TriedKey, examine};
pub use exit::Exit;
pub use inputs::{InputFile, Role};
pub use passages::{LocatedJson, PassageJson};
pub use read::Inputs;
pub use scan::{Scanned, scan};
pub use sought::Sought;
