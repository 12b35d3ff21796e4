//! One step of many requests at once: what a serving engine calls between its model and its sampler.
//!
//! Rows do not depend on each other. A bad row says so in its own place and leaves the others as they are; a slice of
//! rows may be split among threads.

use crate::cells::TokenId;
use crate::marker::{Choice, Marker, MarkerError};

/// One request's row in a step.
pub struct Row<'a> {
    /// The request's marker.
    pub marker: &'a mut Marker,
    /// Its logits after temperature, penalties, grammar and truncation, indexed by token id; scratch space afterwards.
    pub logits: &'a mut [f32],
    /// Its ordinary randomness of this step, in [0, 1).
    pub uniform: f64,
    /// What the step gave, or why not; nothing before the step.
    pub outcome: Option<Result<Choice, MarkerError>>,
}

impl<'a> Row<'a> {
    /// A row that is yet to be chosen from.
    pub fn new(marker: &'a mut Marker, logits: &'a mut [f32], uniform: f64) -> Self {
        Self {
            marker,
            logits,
            uniform,
            outcome: None,
        }
    }

    /// The token that was chosen.
    #[must_use]
    pub fn token(&self) -> Option<TokenId> {
        match self.outcome {
            Some(Ok(choice)) => TokenId::try_from(choice.index).ok(),
            _ => None,
        }
    }
}

/// Chooses a token for each row, as [`Marker::choose_row`] does, and accepts it.
///
/// Each row's outcome is in its own place. A row that failed has accepted nothing.
pub fn step_rows(rows: &mut [Row<'_>]) {
    for row in rows {
        let chosen = row.marker.choose_row(row.logits, row.uniform);
        row.outcome = Some(chosen.and_then(|choice| {
            let token = TokenId::try_from(choice.index).unwrap_or(TokenId::MAX);
            row.marker.accept(token).map(|()| choice)
        }));
    }
}

/// Chooses a token for each row without accepting it: for engines that may still discard it.
pub fn choose_rows(rows: &mut [Row<'_>]) {
    for row in rows {
        row.outcome = Some(row.marker.choose_row(row.logits, row.uniform));
    }
}

/// Adds the mark's bias to each row's logits, as [`Marker::bias_row`] does, for schemes that are a bias; the engine then
/// samples as it likes. `each` is told, by row, whether its position was marked.
pub fn bias_rows(rows: &mut [Row<'_>], mut each: impl FnMut(usize, Result<bool, MarkerError>)) {
    for (place, row) in rows.iter_mut().enumerate() {
        each(place, row.marker.bias_row(row.logits));
    }
}
