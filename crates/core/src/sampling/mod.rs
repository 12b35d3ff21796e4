//! From a row of logits to the candidates that survive temperature and truncation, for engines that leave these to the sampler.

mod candidates;

pub use candidates::Candidates;

use crate::marker::{Choice, Marker, MarkerError};
use crate::row::RowError;
use crate::softmax;

/// How logits become a distribution: temperature, then the likeliest `top_k`, then the nucleus `top_p` (Holtzman et al. 2020), then
/// `min_p` (Nguyen et al. 2024). Ties with the last token that is kept are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Divides the logits; 0 takes the likeliest token.
    pub temperature: f32,
    /// Keeps so many of the likeliest tokens; 0 keeps all.
    pub top_k: usize,
    /// Keeps the likeliest tokens that have this probability together; 1 keeps all.
    pub top_p: f32,
    /// Keeps tokens that have at least this share of the likeliest one's probability; 0 keeps all.
    pub min_p: f32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
        }
    }
}

/// A value that is no setting.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{name} {found} is not {allowed}")]
pub struct BadSampling {
    /// Of which setting.
    pub name: &'static str,
    /// The value.
    pub found: f32,
    /// What it may be.
    pub allowed: &'static str,
}

impl Sampling {
    /// Says no to values that are none.
    ///
    /// # Errors
    /// Names the first.
    pub fn check(&self) -> Result<(), BadSampling> {
        let bad = |name, found, allowed| {
            Err(BadSampling {
                name,
                found,
                allowed,
            })
        };
        if !(self.temperature.is_finite() && self.temperature >= 0.0) {
            return bad("temperature", self.temperature, "a number from 0");
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return bad("top_p", self.top_p, "above 0, at most 1");
        }
        if !(0.0..=1.0).contains(&self.min_p) {
            return bad("min_p", self.min_p, "between 0 and 1");
        }
        Ok(())
    }

    /// Whether the likeliest token is taken.
    #[must_use]
    pub fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }

    /// Whether it may leave out tokens.
    #[must_use]
    pub fn truncates(&self) -> bool {
        self.top_k > 0 || self.top_p < 1.0 || self.min_p > 0.0
    }

    /// Divides a row by the temperature, in place; greedy settings leave it as it is.
    pub fn temper(&self, row: &mut [f32]) {
        if self.temperature != 1.0 && !self.is_greedy() {
            let inverse = 1.0 / self.temperature;
            for logit in row {
                *logit *= inverse;
            }
        }
    }
}

impl Marker {
    /// Chooses from a whole row of raw logits, whose index is the token, after temperature and truncation. `candidates` is scratch space
    /// that can be shared by any number of requests, one after another. `row` is scratch space afterwards.
    ///
    /// # Errors
    /// As for [`choose_row`](Self::choose_row).
    pub fn sample_row(
        &mut self,
        row: &mut [f32],
        sampling: &Sampling,
        candidates: &mut Candidates,
        uniform: f64,
    ) -> Result<Choice, MarkerError> {
        if sampling.is_greedy() {
            return self.as_greedy(|marker| marker.choose_row(row, uniform));
        }
        if !sampling.truncates() {
            sampling.temper(row);
            return self.choose_row(row, uniform);
        }
        candidates.survivors(row, sampling)?;
        let Candidates { tokens, logits, .. } = candidates;
        let chosen = self.choose(tokens, logits, uniform)?;
        Ok(Choice {
            index: tokens[chosen.index] as usize,
            marked: chosen.marked,
        })
    }
}

/// A token by ordinary sampling from a row of raw logits.
///
/// # Errors
/// When a logit is NaN or +∞, or none is above −∞.
pub fn ordinary(
    row: &mut [f32],
    sampling: &Sampling,
    candidates: &mut Candidates,
    uniform: f64,
) -> Result<usize, RowError> {
    if sampling.is_greedy() {
        return softmax::arg_max(row);
    }
    if !sampling.truncates() {
        sampling.temper(row);
        return softmax::draw(row, uniform);
    }
    candidates.survivors(row, sampling)?;
    let at = softmax::draw(&candidates.logits, uniform)?;
    Ok(candidates.tokens[at] as usize)
}

#[cfg(test)]
mod tests;
