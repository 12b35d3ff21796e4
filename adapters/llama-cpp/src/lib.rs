//! The mark as the last sampler of a llama.cpp chain.
//!
//! llama.cpp samples by a chain of samplers that narrow an array of candidates; the last one selects. [`Sampler`] stands
//! where `llama_sampler_init_dist` would, after top-k, temperature and the rest:
//!
//! ```no_run
//! # use hallmark_core::{keys::RootKey, mark::Mark, profile::Profile};
//! use hallmark_llama_cpp::Sampler;
//! use llama_cpp_sys_2 as llama;
//! # fn example(mark: &Mark, prompt: &[u32]) -> Result<(), Box<dyn std::error::Error>> {
//! # let seed = 7;
//! // SAFETY: each sampler is added to one chain, which owns it from then on.
//! let chain = unsafe {
//!     let chain = llama::llama_sampler_chain_init(llama::llama_sampler_chain_default_params());
//!     llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_top_k(40));
//!     llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_temp(0.8));
//!     llama::llama_sampler_chain_add(chain, Sampler::new(mark.marker(prompt)?, seed).into_raw());
//!     chain
//! };
//! # Ok(()) }
//! ```
//!
//! One chain is one request: `llama_sampler_reset` before the next answer to the same prompt, another chain for another
//! prompt. At positions that carry no mark, and without a marker at all, the selected token is the one that `dist` would
//! have selected under the same seed. A step that cannot be marked is sampled ordinarily, and [`report`] says why; see
//! [`OnError`] for the other way.
//!
//! The sampler runs on the CPU. Of a chain that is handed to `llama_set_sampler`, the samplers before it may run where the
//! model does; it has no such form, so llama.cpp runs it, and what follows it, on the CPU.

mod error;
mod interface;
mod ordinary;
mod random;
mod sampler;

pub use error::StepError;
pub use interface::{report, select};
pub use random::RANDOM_SEED;
pub use sampler::{OnError, Report, Sampler};
