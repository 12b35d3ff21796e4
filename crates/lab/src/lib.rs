//! Language models small enough to train here.
mod adamw;
pub mod assets;
mod decode;
mod error;
mod generate;
mod kernels;
mod model;
mod pass;
mod random;
mod train;

pub use error::LabError;
pub use generate::{Chooser, Sampling, Unmarked, generate};
pub use model::{Config, Transformer};
pub use train::{Example, Lessons, TrainConfig, evaluate, train};
