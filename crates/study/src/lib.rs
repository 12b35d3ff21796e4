//! What is done with the lab's models: a teacher whose answers carry a mark, and students that learn from those answers.
//!
//! - [`story::tell`] is the whole distillation behind `hallmark demo`.
//! - [`students`] makes the students of a study: what is left of a mark when only a part of the training answers carried it.
//! - [`keys`] has the keys of both, which follow from a seed.
//!
//! Nothing here examines anything. Randomness is `ChaCha12` throughout, from seeds that the caller gives, and results do not
//! depend on the number of threads.

pub mod keys;
pub mod story;
pub mod students;
