use std::error::Error as StdError;

use rayon::prelude::*;

use crate::LabError;
use crate::decode::LanguageModel;
use crate::kernels::exp;
use crate::model::check_tokens;
use crate::shard::{Shard, Shared};

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
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: None,
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
            for logit in logits.iter_mut().filter(|logit| **logit < least) {
                *logit = f32::NEG_INFINITY;
            }
        }
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

/// Continues each prompt by exactly `tokens` tokens: [`generate_until`] without a token that stops.
///
/// # Errors
/// As for [`generate_until`].
pub fn generate<M: LanguageModel + ?Sized>(
    model: &M,
    prompts: &[Vec<u32>],
    tokens: usize,
    sampling: &Sampling,
    seed: u64,
    chooser: &mut dyn Chooser,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Vec<u32>>, LabError> {
    let limit = Limit { tokens, stop: None };
    generate_until(model, prompts, limit, sampling, seed, chooser, progress)
}

/// Answers each prompt, up to `limit`.
///
/// Each sequence has its own random stream, a function of `seed` and its index. A place in the batch that becomes free
/// goes to the next prompt at once. `progress` is called with (tokens generated, tokens in all), where an answer that
/// stopped early counts as full.
///
/// The result is the same for any number of threads: every sum runs in one order. Another kind of processor may
/// round a matrix product differently, and then a rare near-tie falls the other way.
///
/// # Errors
/// [`LabError::Sequence`] if a prompt is empty, holds a foreign token or leaves no room for the answer,
/// [`LabError::Setting`] for impossible sampling settings, [`LabError::Choose`] if the chooser refuses a row.
pub fn generate_until<M: LanguageModel + ?Sized>(
    model: &M,
    prompts: &[Vec<u32>],
    limit: Limit,
    sampling: &Sampling,
    seed: u64,
    chooser: &mut dyn Chooser,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Vec<u32>>, LabError> {
    sampling.check()?;
    check_prompts(model, prompts, limit.tokens)?;
    let mut shared = Shared::new(sampling, limit, chooser, prompts.len());
    let longest = prompts.iter().map(Vec::len).max().unwrap_or(0);
    if limit.tokens == 0 || longest == 0 {
        return Ok(shared.answers);
    }
    let positions = longest + limit.tokens - 1;
    let batch = model.batch(positions);
    let count = batch.shards.min(prompts.len().div_ceil(batch.slots));
    let mut shards = (0..count)
        .map(|which| {
            let own = prompts.iter().enumerate().skip(which).step_by(count);
            let slots = batch.slots.min(own.len());
            Ok(Shard::new(
                model.decoder(slots, positions)?,
                slots,
                own,
                seed,
            ))
        })
        .collect::<Result<Vec<_>, LabError>>()?;
    while shared.finished < prompts.len() {
        shards.par_iter_mut().try_for_each(Shard::step)?;
        for shard in &mut shards {
            shard.choose(&mut shared)?;
        }
        let unfinished: usize = shards.iter().map(Shard::made).sum();
        let made = shared.finished * limit.tokens + unfinished;
        progress(made, prompts.len() * limit.tokens);
    }
    Ok(shared.answers)
}

fn check_prompts<M: LanguageModel + ?Sized>(
    model: &M,
    prompts: &[Vec<u32>],
    tokens: usize,
) -> Result<(), LabError> {
    let context = model.context();
    for (sequence, prompt) in prompts.iter().enumerate() {
        // The last token is never fed back, so it needs no room.
        if prompt.is_empty() || (prompt.len() + tokens).saturating_sub(1) > context {
            let what = format!(
                "a prompt of {} and {tokens} more tokens; the model holds {context}",
                prompt.len()
            );
            return Err(LabError::Sequence { sequence, what });
        }
    }
    check_tokens(prompts.iter().map(Vec::as_slice), model.vocab())
}
