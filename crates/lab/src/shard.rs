//! A group of sequences stepped on one thread: prompts wait, are fed, are answered and leave.

use std::collections::VecDeque;

use candle_core::Tensor;
use rand_chacha::ChaCha12Rng;

use crate::LabError;
use crate::decode::{Decoder, Row};
use crate::kernels::with_values;
use crate::random::{generator, uniform};
use crate::sampling::{Chooser, Limit, Sampling};

/// Tokens of waiting prompts fed in one step, at most, beyond the first prompt's.
const PROMPT_ROWS: usize = 256;

/// Sequences stepped together on one thread. Prompts wait for a free slot, are fed whole, and leave when answered.
pub(crate) struct Shard<'a> {
    decoder: Box<dyn Decoder + 'a>,
    waiting: VecDeque<Sequence<'a>>,
    slots: Vec<Option<Sequence<'a>>>,
    /// The slots that `logits` has rows for, in order.
    wanted: Vec<usize>,
    logits: Option<Tensor>,
}

struct Sequence<'a> {
    index: usize,
    prompt: &'a [u32],
    answer: Vec<u32>,
    random: ChaCha12Rng,
}

/// What all shards share: choosing runs on the caller's thread.
pub(crate) struct Shared<'a> {
    sampling: &'a Sampling,
    limit: Limit,
    chooser: &'a mut dyn Chooser,
    row: Vec<f32>,
    scratch: Vec<f32>,
    pub(crate) answers: Vec<Vec<u32>>,
    pub(crate) finished: usize,
}

impl<'a> Shard<'a> {
    /// `prompts` come with their indices in the caller's list.
    pub(crate) fn new(
        decoder: Box<dyn Decoder + 'a>,
        slots: usize,
        prompts: impl Iterator<Item = (usize, &'a Vec<u32>)>,
        seed: u64,
    ) -> Self {
        let waiting = prompts.map(|(index, prompt)| Sequence {
            index,
            prompt,
            answer: Vec::new(),
            random: generator(seed, index as u64),
        });
        Self {
            decoder,
            waiting: waiting.collect(),
            slots: (0..slots).map(|_| None).collect(),
            wanted: Vec::new(),
            logits: None,
        }
    }

    /// Feeds each answer's newest token, and prompts to slots that are free.
    pub(crate) fn step(&mut self) -> Result<(), LabError> {
        let mut rows = Vec::new();
        let mut prompt_rows = 0;
        self.wanted.clear();
        for (slot, sequence) in self.slots.iter_mut().enumerate() {
            if let Some(sequence) = sequence {
                rows.push(Row {
                    slot,
                    position: sequence.prompt.len() + sequence.answer.len() - 1,
                    token: *sequence.answer.last().expect("fed once, so answering"),
                    wanted: true,
                });
            } else {
                let fits = |next: &Sequence<'_>| {
                    prompt_rows == 0 || prompt_rows + next.prompt.len() <= PROMPT_ROWS
                };
                if !self.waiting.front().is_some_and(fits) {
                    continue;
                }
                let next = self.waiting.pop_front().expect("just seen");
                prompt_rows += next.prompt.len();
                rows.extend(
                    next.prompt
                        .iter()
                        .enumerate()
                        .map(|(position, &token)| Row {
                            slot,
                            position,
                            token,
                            wanted: position + 1 == next.prompt.len(),
                        }),
                );
                *sequence = Some(next);
            }
            self.wanted.push(slot);
        }
        self.logits = if rows.is_empty() {
            None
        } else {
            self.decoder.step(&rows)?
        };
        Ok(())
    }

    /// Gives each sequence that was fed its next token.
    pub(crate) fn choose(&mut self, shared: &mut Shared<'_>) -> Result<(), LabError> {
        let Some(rows) = self.logits.take() else {
            return Ok(());
        };
        let vocab = rows.dim(1)?;
        with_values(&rows, |rows| {
            for (&slot, row) in self.wanted.iter().zip(rows.chunks_exact(vocab)) {
                let sequence = self.slots[slot].as_mut().expect("wanted, so occupied");
                if shared.choose(sequence, row)? {
                    let sequence = self.slots[slot].take().expect("just used");
                    shared.answers[sequence.index] = sequence.answer;
                    shared.finished += 1;
                }
            }
            Ok(())
        })?
    }

    /// Tokens of answers under way.
    pub(crate) fn made(&self) -> usize {
        self.slots.iter().flatten().map(|s| s.answer.len()).sum()
    }
}

impl<'a> Shared<'a> {
    pub(crate) fn new(
        sampling: &'a Sampling,
        limit: Limit,
        chooser: &'a mut dyn Chooser,
        sequences: usize,
    ) -> Self {
        Self {
            sampling,
            limit,
            chooser,
            row: Vec::new(),
            scratch: Vec::new(),
            answers: vec![Vec::new(); sequences],
            finished: 0,
        }
    }

    /// Continues `sequence` by a token; says whether that ends it.
    fn choose(&mut self, sequence: &mut Sequence<'_>, logits: &[f32]) -> Result<bool, LabError> {
        self.row.clear();
        self.row.extend_from_slice(logits);
        self.sampling.apply(&mut self.row, &mut self.scratch);
        let token = self
            .chooser
            .choose(sequence.index, &mut self.row, uniform(&mut sequence.random))
            .and_then(|token| match logits.get(token as usize) {
                Some(_) => Ok(token),
                None => Err(format!("token {token} is outside the vocabulary").into()),
            })
            .map_err(|source| LabError::Choose {
                sequence: sequence.index,
                position: sequence.answer.len(),
                source,
            })?;
        if self.limit.stop == Some(token) {
            return Ok(true);
        }
        sequence.answer.push(token);
        Ok(sequence.answer.len() == self.limit.tokens)
    }
}
