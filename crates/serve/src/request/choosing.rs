//! Choosing from rows, and preparing them for engines that sample by themselves.

use super::{Request, RequestError, State};
use crate::randomness;
use hallmark_core::cells::TokenId;
use hallmark_core::marker::{Choice, MarkerError};
use hallmark_core::sampling::{Candidates, Sampling, ordinary};
use std::cell::RefCell;

thread_local! {
    /// Scratch space of each thread: requests hold none.
    static CANDIDATES: RefCell<Candidates> = RefCell::default();
}

impl Request {
    /// Chooses from a row of logits, whose index is the token: under the mark where the position is marked, ordinarily elsewhere.
    /// Without `sampling` the row is a distribution already; without `uniform` the request's own randomness is used. The row is scratch
    /// space afterwards.
    ///
    /// # Errors
    /// When the row is narrower than the vocabulary or has no usable logit.
    pub fn choose_row(
        &mut self,
        row: &mut [f32],
        sampling: Option<&Sampling>,
        uniform: Option<f64>,
    ) -> Result<Choice, RequestError> {
        self.check_width(row.len())?;
        let uniform = self.uniform(uniform)?;
        let sampling = sampling.copied().unwrap_or_default();
        CANDIDATES.with_borrow_mut(|candidates| match &mut self.state {
            State::Marked(marker) => Ok(marker.sample_row(row, &sampling, candidates, uniform)?),
            State::Unmarked(..) => Ok(Choice {
                index: ordinary(row, &sampling, candidates, uniform)?,
                marked: false,
            }),
        })
    }

    /// The same among candidates, which survived truncation, with their logits.
    ///
    /// # Errors
    /// As for [`Marker::choose`](hallmark_core::marker::Marker::choose).
    pub fn choose(
        &mut self,
        tokens: &[TokenId],
        logits: &mut [f32],
        uniform: Option<f64>,
    ) -> Result<Choice, RequestError> {
        let uniform = self.uniform(uniform)?;
        if tokens.len() != logits.len() {
            let (candidates, logits) = (tokens.len(), logits.len());
            return Err(MarkerError::Lengths { candidates, logits }.into());
        }
        match &mut self.state {
            State::Marked(marker) => Ok(marker.choose(tokens, logits, uniform)?),
            State::Unmarked(..) => CANDIDATES.with_borrow_mut(|candidates| {
                Ok(Choice {
                    index: ordinary(logits, &Sampling::default(), candidates, uniform)?,
                    marked: false,
                })
            }),
        }
    }

    /// Prepares a row for an engine that samples by itself afterwards, and says whether the key took part.
    ///
    /// Where the position is marked and the mark chooses, the chosen token is left with 0 and all others with −∞; where the mark biases
    /// logits, the bias is added. Elsewhere the row stays as it is. With `sampling` the row is also divided by the temperature, and
    /// what truncation leaves out is −∞, whether the position is marked or not.
    ///
    /// # Errors
    /// As for [`choose_row`](Self::choose_row); the row is then as it was.
    pub fn mark_row(
        &mut self,
        row: &mut [f32],
        sampling: Option<&Sampling>,
    ) -> Result<bool, RequestError> {
        self.check_width(row.len())?;
        let sampling = sampling.copied().unwrap_or_default();
        let greedy = sampling.is_greedy();
        let truncates = sampling.truncates() && !greedy;
        if !truncates && sampling.temperature != 1.0 {
            hallmark_core::row::check(row)?;
        }
        CANDIDATES.with_borrow_mut(|candidates| {
            if truncates {
                candidates.survivors(row, &sampling)?;
            }
            let survivors = truncates.then_some(&mut *candidates);
            let State::Marked(marker) = &mut self.state else {
                narrow(row, survivors, &sampling);
                return Ok(false);
            };
            let is_open = marker.is_open();
            if is_open && marker.is_bias() {
                narrow(row, survivors, &sampling);
                return Ok(marker.bias_row(row)?);
            }
            if !is_open || greedy || marker.is_greedy() {
                narrow(row, survivors, &sampling);
                return Ok(false);
            }
            let uniform = randomness::uniform(&mut self.randomness);
            let token = match survivors {
                Some(Candidates { tokens, logits, .. }) => {
                    tokens[marker.choose(tokens, logits, uniform)?.index] as usize
                }
                None => {
                    sampling.temper(row);
                    marker.choose_row(row, uniform)?.index
                }
            };
            row.fill(f32::NEG_INFINITY);
            row[token] = 0.0;
            Ok(true)
        })
    }

    pub(crate) fn uniform(&mut self, given: Option<f64>) -> Result<f64, RequestError> {
        match given {
            Some(given) if !(0.0..1.0).contains(&given) => Err(RequestError::Uniform(given)),
            Some(given) => Ok(given),
            None => Ok(randomness::uniform(&mut self.randomness)),
        }
    }

    fn check_width(&self, found: usize) -> Result<(), RequestError> {
        match found < self.vocabulary {
            true => Err(RequestError::Narrow {
                found,
                vocabulary: self.vocabulary,
            }),
            false => Ok(()),
        }
    }
}

/// Leaves the survivors in a row, after temperature.
fn narrow(row: &mut [f32], survivors: Option<&mut Candidates>, sampling: &Sampling) {
    match survivors {
        Some(survivors) => {
            row.fill(f32::NEG_INFINITY);
            for (&token, &logit) in survivors.tokens.iter().zip(&survivors.logits) {
                row[token as usize] = logit;
            }
        }
        None => sampling.temper(row),
    }
}
