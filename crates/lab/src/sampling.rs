//! Rows of logits to tokens: temperature and truncation, who chooses, and where an answer ends.

use std::error::Error as StdError;

use crate::LabError;
use crate::kernels::exp;

/// Picks each next token: where a mark enters.
pub trait Chooser {
    /// The next token of `sequence` (an index into the caller's prompts). `logits` holds one number per token after
    /// temperature and truncation, minus infinity for tokens that are ruled out, and is scratch space afterwards;
    /// `uniform` is fresh ordinary randomness in [0, 1). Calls come in order of position for each sequence; sequences interleave.
    ///
    /// # Errors
    /// Whatever keeps this row from having a token.
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn StdError + Send + Sync>>;
}

/// Ordinary sampling from the softmax of the logits, by inversion of the distribution function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmarked;

impl Chooser for Unmarked {
    fn choose(
        &mut self,
        _: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn StdError + Send + Sync>> {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !max.is_finite() {
            return Err("no token has a finite logit".into());
        }
        let total: f64 = logits.iter().map(|&x| f64::from(weight(x, max))).sum();
        let mut left = uniform * total;
        let mut last = 0;
        for (token, &logit) in logits.iter().enumerate() {
            let weight = f64::from(weight(logit, max));
            if weight > 0.0 {
                last = token;
                if left < weight {
                    break;
                }
                left -= weight;
            }
        }
        Ok(last as u32)
    }
}

/// A ruled-out token weighs exactly nothing.
fn weight(logit: f32, max: f32) -> f32 {
    if logit == f32::NEG_INFINITY {
        0.0
    } else {
        exp(logit - max)
    }
}

/// How logits become a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Divides the logits; above zero.
    pub temperature: f32,
    /// Keep only so many of the likeliest tokens (ties with the last one stay in).
    pub top_k: Option<usize>,
    /// Then keep only the likeliest tokens that have this probability together, in (0, 1] (ties with the last one stay in).
    pub top_p: Option<f32>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: None,
            top_p: None,
        }
    }
}

impl Sampling {
    pub(crate) fn check(&self) -> Result<(), LabError> {
        if !(self.temperature.is_finite() && self.temperature > 0.0) {
            let what = format!("{} must be above zero", self.temperature);
            return Err(LabError::Setting {
                name: "temperature",
                what,
            });
        }
        if self.top_k == Some(0) {
            return Err(LabError::Setting {
                name: "top_k",
                what: "0 would leave no token".into(),
            });
        }
        if let Some(p) = self.top_p
            && !(p > 0.0 && p <= 1.0)
        {
            return Err(LabError::Setting {
                name: "top_p",
                what: format!("{p} must be above zero and at most 1"),
            });
        }
        Ok(())
    }

    pub(crate) fn apply(&self, logits: &mut [f32], scratch: &mut Vec<f32>) {
        let inverse = 1.0 / self.temperature;
        for logit in logits.iter_mut() {
            *logit *= inverse;
        }
        if let Some(k) = self.top_k.filter(|&k| k < logits.len()) {
            scratch.clear();
            scratch.extend_from_slice(logits);
            let (_, &mut least, _) = scratch.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
            rule_out_below(least, logits);
        }
        if let Some(p) = self.top_p.filter(|&p| p < 1.0) {
            scratch.clear();
            scratch.extend(logits.iter().filter(|logit| logit.is_finite()));
            scratch.sort_unstable_by(|a, b| b.total_cmp(a));
            let Some(&max) = scratch.first() else { return };
            let total: f64 = scratch.iter().map(|&x| f64::from(weight(x, max))).sum();
            let mut left = f64::from(p) * total;
            let last = scratch.iter().find(|&&logit| {
                left -= f64::from(weight(logit, max));
                left <= 0.0
            });
            if let Some(&least) = last {
                rule_out_below(least, logits);
            }
        }
    }
}

fn rule_out_below(least: f32, logits: &mut [f32]) {
    for logit in logits.iter_mut().filter(|logit| **logit < least) {
        *logit = f32::NEG_INFINITY;
    }
}

/// Where answers end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The longest answer, in tokens.
    pub tokens: usize,
    /// The token that ends an answer early, such as the end of a turn; it is not part of the answer.
    pub stop: Option<u32>,
}
