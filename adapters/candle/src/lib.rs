//! A sampler with Hallmark's mark, in place of `candle_transformers::generation::LogitsProcessor`.
//!
//! The constructors and [`sample`](LogitsProcessor::sample) are candle's; a [`Marker`](hallmark_core::marker::Marker) makes
//! the difference:
//!
//! ```
//! # use hallmark_core::{keys::RootKey, mark::Mark, profile::Profile};
//! use hallmark_candle::{LogitsProcessor, Sampling};
//! # use candle_core::{Device, Tensor};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let profile = Profile::parse("hallmark = 1\nname = \"e\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 4\n")?;
//! # let mark = Mark::new(&profile, &RootKey::from_bytes([7; 32]).default_cohort().into())?;
//! # let (seed, prompt) = (299_792_458, [1, 2]);
//! let sampling = Sampling::TopKThenTopP { k: 40, p: 0.95, temperature: 0.8 };
//! let mut sampler = LogitsProcessor::from_sampling(seed, sampling).marked_by(mark.marker(&prompt)?);
//! # let logits = Tensor::new(&[0.1f32, 0.2, 0.3, 0.4], &Device::Cpu)?;
//! let token = sampler.sample(&logits)?; // chosen and accepted
//! # Ok(()) }
//! ```
//!
//! One sampler is one request. Without a marker, and at positions that carry no mark, each token is the one that candle's
//! own sampler would have drawn from the same generator in the same state.

mod error;
mod processor;
mod sampling;
mod survivors;

pub use error::SampleError;
pub use processor::LogitsProcessor;
pub use sampling::Sampling;
