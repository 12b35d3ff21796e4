//! The tests, T1 to T9: each is a file or a folder, and says what it asks of the scores.
//!
//! | | | |
//! |---|---|---|
//! | T1 | [`plain`] | the plain sum |
//! | T2 | `weighted` | the sum weighted by window |
//! | T2r | `residual` | weighted by how much more often than expected a cell was produced |
//! | T3 | `sequential` | the e-process |
//! | T3r | [`first_visits`] | the e-process over the tested key's own log |
//! | T5 | [`line_up`] | the key's rank among decoys |
//! | T6 | [`contrast`] | this key against a control |
//! | T7 | [`cohorts`] | which of several keys |
//! | T8 | [`shape`] | too many very large scores |
//! | T9 | [`logprobs`] | the suspect's own probabilities |
//! | twins | [`twins`] | answers that were sent against their twins that were not |

pub mod admission;
pub(crate) mod betting;
pub mod cohorts;
pub mod contrast;
pub(crate) mod counted;
pub(crate) mod few_keys;
pub mod first_visits;
pub mod line_up;
pub mod logprobs;
pub mod plain;
pub(crate) mod residual;
pub mod same_keys;
pub(crate) mod sequential;
pub mod shape;
pub mod twins;
pub(crate) mod weighted;
