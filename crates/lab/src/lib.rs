//! Language models small enough to train here, and what they need: text to learn from, sampling, marks.
//!
//! Everything runs on the CPU in `f32`: candle's tensors and matrix products, with the rest of a transformer's work in
//! loops of our own ([`Transformer`] says which architecture). A model of 0.9 million parameters is enough to show
//! every effect the detector looks for, and small enough to train in seconds.
//!
//! ```
//! use hallmark_lab::{Sampling, Unmarked, assets, generate};
//!
//! let tokenizer = assets::tokenizer()?;
//! let teacher = assets::teacher()?;
//! let prompts = vec![tokenizer.encode("HAMLET.\nTo be, or not")];
//! let answers = generate(&teacher, &prompts, 16, &Sampling::default(), 1, &mut Unmarked, &mut |_, _| {})?;
//! assert_eq!(answers[0].len(), 16);
//! println!("{}", tokenizer.decode(&answers[0]));
//! # Ok::<(), hallmark_lab::LabError>(())
//! ```
//!
//! - [`generate`] samples with a [`Chooser`], which is where a mark enters: [`Unmarked`] is ordinary sampling.
//! - [`gguf::Gguf`] is a real language model from a file, which [`generate_until`] runs as well.
//! - [`train`] teaches from running text or from [`Exchange`]s.
//! - [`assets`] holds the corpus, the tokenizer and the checkpoints.
//! - [`random`] is where all randomness comes from.
//!
//! Randomness is `ChaCha12` throughout, from seeds that the caller gives. Results do not depend on the number of threads.
//! They may differ between kinds of processor, whose matrix products round differently.

mod adamw;
pub mod assets;
mod decode;
mod error;
mod generate;
pub mod gguf;
mod kernels;
mod marked;
mod model;
mod pass;
pub mod random;
mod sampling;
mod shard;
mod train;

pub use decode::{Batch, Decoder, LanguageModel, Row};
pub use error::LabError;
pub use generate::{generate, generate_until};
pub use marked::{Marked, sub_keys};
pub use model::{Config, Transformer};
pub use sampling::{Chooser, Limit, Sampling, Unmarked};
pub use train::{Exchange, Lessons, TrainConfig, evaluate, train};
