//! Answers to many prompts, sampled together.

use rayon::prelude::*;

use crate::LabError;
use crate::decode::LanguageModel;
use crate::model::check_tokens;
use crate::sampling::{Chooser, Limit, Sampling};
use crate::shard::{Shard, Shared};

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
