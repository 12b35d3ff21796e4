use std::error::Error as StdError;

use candle_core::Tensor;
use rand_chacha::ChaCha12Rng;
use rayon::prelude::*;

use crate::LabError;
use crate::decode::Decoder;
use crate::kernels::{exp, with_values};
use crate::model::{Transformer, check_tokens};
use crate::random::{generator, uniform};

/// Sequences stepped together on one thread: enough rows to keep a matrix product busy, few enough to stay in cache.
const ROWS: usize = 64;
/// Groups of that size stepped at the same time.
const SHARDS: usize = 4;

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
    fn check(&self) -> Result<(), LabError> {
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

    fn apply(&self, logits: &mut [f32], scratch: &mut Vec<f32>) {
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

/// Continues each prompt by exactly `tokens` tokens.
///
/// Each sequence has its own random stream, a function of `seed` and its index, so the result does not depend on
/// how sequences are batched. `progress` is called with (tokens generated, tokens in all).
///
/// The result is the same for any number of threads: every sum runs in one order. Another kind of processor may
/// round a matrix product differently, and then a rare near-tie falls the other way.
///
/// # Errors
/// [`LabError::Sequence`] if a prompt is empty, holds a foreign token or leaves no room for the answer,
/// [`LabError::Setting`] for impossible sampling settings, [`LabError::Choose`] if the chooser refuses a row.
pub fn generate(
    model: &Transformer,
    prompts: &[Vec<u32>],
    tokens: usize,
    sampling: &Sampling,
    seed: u64,
    chooser: &mut dyn Chooser,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Vec<u32>>, LabError> {
    sampling.check()?;
    check_prompts(model, prompts, tokens)?;
    let mut shared = Shared {
        sampling,
        tokens,
        chooser,
        scratch: Vec::new(),
    };
    let total = prompts.len() * tokens;
    let mut answers = Vec::with_capacity(prompts.len());
    for (i, prompts) in prompts.chunks(SHARDS * ROWS).enumerate() {
        let first = i * SHARDS * ROWS;
        let mut shards = prompts
            .chunks(ROWS)
            .enumerate()
            .map(|(i, prompts)| Shard::new(model, prompts, tokens, seed, first + i * ROWS))
            .collect::<Result<Vec<_>, _>>()?;
        let steps = prompts.iter().map(Vec::len).max().unwrap_or(0) + tokens;
        for position in 0..steps.saturating_sub(1) {
            shards
                .par_iter_mut()
                .try_for_each(|shard| shard.step(position))?;
            for shard in &mut shards {
                shared.choose(shard, position)?;
            }
            let made: usize = shards.iter().map(Shard::made).sum();
            progress(first * tokens + made, total);
        }
        answers.extend(shards.into_iter().flat_map(Shard::answers));
    }
    Ok(answers)
}

/// Sequences stepped together on one thread.
struct Shard<'a> {
    decoder: Decoder<'a>,
    prompts: &'a [Vec<u32>],
    texts: Vec<Vec<u32>>,
    random: Vec<ChaCha12Rng>,
    first: usize,
    logits: Option<Tensor>,
}

impl<'a> Shard<'a> {
    fn new(
        model: &'a Transformer,
        prompts: &'a [Vec<u32>],
        tokens: usize,
        seed: u64,
        first: usize,
    ) -> Result<Self, LabError> {
        let longest = prompts.iter().map(Vec::len).max().unwrap_or(0);
        let random = (first..first + prompts.len())
            .map(|sequence| generator(seed, sequence as u64))
            .collect();
        let decoder = Decoder::new(model, prompts.len(), longest + tokens)?;
        Ok(Self {
            decoder,
            prompts,
            texts: prompts.to_vec(),
            random,
            first,
            logits: None,
        })
    }

    /// Feeds the tokens at `position`; a sequence that has all its tokens idles on its last one.
    fn step(&mut self, position: usize) -> Result<(), LabError> {
        let feed: Vec<u32> = self
            .texts
            .iter()
            .map(|text| text[position.min(text.len() - 1)])
            .collect();
        let any = self.texts.iter().any(|text| text.len() == position + 1);
        self.logits = self.decoder.step(&feed, any)?;
        Ok(())
    }

    fn made(&self) -> usize {
        self.texts
            .iter()
            .zip(self.prompts)
            .map(|(text, prompt)| text.len() - prompt.len())
            .sum()
    }

    fn answers(self) -> impl Iterator<Item = Vec<u32>> {
        self.texts
            .into_iter()
            .zip(self.prompts)
            .map(|(mut text, prompt)| text.split_off(prompt.len()))
    }
}

/// What all shards share: choosing runs on the caller's thread.
struct Shared<'a> {
    sampling: &'a Sampling,
    tokens: usize,
    chooser: &'a mut dyn Chooser,
    scratch: Vec<f32>,
}

impl Shared<'_> {
    fn choose(&mut self, shard: &mut Shard<'_>, position: usize) -> Result<(), LabError> {
        let Some(rows) = shard.logits.take() else {
            return Ok(());
        };
        let vocab = rows.dim(1)?;
        let mut rows = with_values(&rows, <[f32]>::to_vec)?;
        for (i, logits) in rows.chunks_exact_mut(vocab).enumerate() {
            let text = &mut shard.texts[i];
            let made = text.len() - shard.prompts[i].len();
            if text.len() != position + 1 || made == self.tokens {
                continue;
            }
            self.sampling.apply(logits, &mut self.scratch);
            let sequence = shard.first + i;
            let token = self
                .chooser
                .choose(sequence, logits, uniform(&mut shard.random[i]))
                .and_then(|token| match logits.get(token as usize) {
                    Some(_) => Ok(token),
                    None => Err(format!("token {token} is outside the vocabulary").into()),
                })
                .map_err(|source| LabError::Choose {
                    sequence,
                    position: made,
                    source,
                })?;
            text.push(token);
        }
        Ok(())
    }
}

fn check_prompts(model: &Transformer, prompts: &[Vec<u32>], tokens: usize) -> Result<(), LabError> {
    let context = model.config().context;
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
    check_tokens(prompts.iter().map(Vec::as_slice), model.config().vocab)
}
