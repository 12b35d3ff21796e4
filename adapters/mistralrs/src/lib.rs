//! The mark as a custom logits processor of mistral.rs.
//!
//! mistral.rs calls a request's processors with the logits after penalties and the context so far, and then samples from
//! what they return; where a grammar refuses the token, it does all this a second time. A [`Processor`] therefore keeps no
//! account of its own: what it returns depends on the context alone. At positions that carry the mark it samples the token,
//! by the temperature and truncation it was given, and masks all others; elsewhere it returns the logits as they are.
//!
//! ```
//! # use hallmark_core::{keys::RootKey, mark::Mark, profile::Profile};
//! use hallmark_core::sampling::Sampling;
//! use hallmark_mistralrs::Processor;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let profile = Profile::parse("hallmark = 1\nname = \"e\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 4\n")?;
//! # let mark = Mark::new(&profile, &RootKey::from_bytes([7; 32]).default_cohort().into())?;
//! # let seed = 1;
//! let sampling = Sampling { temperature: 0.8, top_k: 40, ..Sampling::default() }; // those of the request
//! let processor = Processor::new(&mark, sampling, seed)?;
//! // With the feature `mistralrs`: request.logits_processors = Some(vec![Arc::new(processor)]);
//! # Ok(()) }
//! ```
//!
//! One processor is one request; the choices of a request with several share it. The log-probabilities that mistral.rs
//! reports at marked positions are those of a certain token.

mod error;
#[cfg(feature = "mistralrs")]
mod mistral;
mod processor;
mod uniform;

pub use error::ProcessorError;
#[cfg(feature = "mistralrs")]
pub use mistral::sampling;
pub use processor::{OnError, Processor};
