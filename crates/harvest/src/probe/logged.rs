//! What a log says of a prompt, as it is reported.

/// What a logged answer says of its prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logged {
    /// Distinct windows of the answer that the prompt does not show.
    pub windows: u64,
    /// The sum of their weights.
    pub score: f64,
    /// The part of the score that prompts chosen before it did not have.
    pub new_score: f64,
    /// Of the answer's distinct windows, the share that the prompt shows: they can be no evidence.
    pub exposure_share: f64,
}
