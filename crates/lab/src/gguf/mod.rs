//! A real language model: Llama's architecture, read from a GGUF file and run on the CPU.
//!
//! Weights of any of GGUF's common quantisations become `f32`; matrix products are candle's, the rest are loops of our
//! own. Many sequences are stepped together, since a matrix product with one row is all memory traffic.
//!
//! ```no_run
//! use hallmark_lab::{Limit, Sampling, Unmarked, generate_until, gguf::Gguf};
//!
//! let model = Gguf::open("SmolLM2-135M-Instruct.Q4_1.gguf")?;
//! let prompts = vec![vec![504, 3575, 282]];
//! let limit = Limit { tokens: 64, stop: model.end() };
//! let answers = generate_until(&model, &prompts, limit, &Sampling::default(), 1, &mut Unmarked, &mut |_, _| {})?;
//! # Ok::<(), hallmark_lab::LabError>(())
//! ```

mod attend;
mod cache;
mod chat;
mod error;
mod file;
mod model;
mod rows;
mod shape;
mod step;
mod vector;

pub use self::chat::Chat;
pub use self::error::GgufError;
pub use self::model::Gguf;
pub use self::shape::Shape;
