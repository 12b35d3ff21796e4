//! What is done with the lab's models: a teacher whose answers carry a mark, students that learn from those answers, and what is
//! found in the students' answers.
//!
//! - [`story::tell`] is the whole distillation behind `hallmark demo`.
//! - [`students`] makes the students of a study: what is left of a mark when only a part of the training answers carried it.
//! - [`keys`] has the keys of both, which follow from a seed.
//! - [`plan`] names a study's arms, [`make`] makes them one by one, each into a [`folder`] with its [`record`].
//! - [`examiner`] and [`head_to_head`] examine them, with [`beliefs`] for T9; [`nulls`] counts false alarms, [`tables`] puts arms
//!   together, [`tokens_to`] counts tokens to a level, [`quality`] says what marking does to the text.
//! - [`campaigns`] makes usage of innocents and harvests, and counts whom a scan accuses.
//! - [`answer_files`] is the world of a larger teacher's answers.
//!
//! Randomness is `ChaCha12` throughout, from seeds that the caller gives, and results do not depend on the number of threads.

pub mod answer_files;
pub mod beliefs;
pub mod campaigns;
pub mod examiner;
pub mod folder;
pub mod head_to_head;
pub mod keys;
pub mod make;
pub mod nulls;
pub mod plan;
pub mod quality;
pub mod record;
pub mod story;
pub mod students;
pub mod tables;
pub mod tokens_to;
