//! Training: batches out of lessons, the schedule, the loop, and the loss on held-out text.

use rand_chacha::ChaCha12Rng;
use rayon::prelude::*;

use crate::LabError;
use crate::adamw::AdamW;
use crate::kernels::{IGNORED, add};
use crate::model::{Transformer, check_tokens};
use crate::pass::Pass;
use crate::random::{below, generator, shuffle};

/// Parts that a batch is cut into, whatever the number of threads: so sums of gradients run in one order.
const SHARDS: usize = 4;

/// What a model learns from.
#[derive(Clone, Copy, Debug)]
pub enum Lessons<'a> {
    /// Running text: windows of `length` tokens, cut at random places of documents that are long enough.
    Text {
        /// Documents, in tokens.
        documents: &'a [Vec<u32>],
        /// Window length, at most the model's context.
        length: usize,
    },
    /// Prompts with answers: the loss counts the answers' tokens alone, as in supervised fine-tuning. Each pass
    /// takes them all once, in a new order.
    Answers(&'a [Exchange]),
}

/// One prompt with a model's answer to it, in tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What the model was shown.
    pub prompt: Vec<u32>,
    /// What it wrote.
    pub answer: Vec<u32>,
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainConfig {
    /// Optimiser steps.
    pub steps: usize,
    /// Sequences in each step.
    pub batch: usize,
    /// Peak learning rate; rises over the first twentieth of the steps, then falls along a cosine to a tenth.
    pub learning_rate: f64,
    /// `AdamW`'s decoupled weight decay, on matrices.
    pub weight_decay: f64,
    /// Orders the lessons.
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            steps: 100,
            batch: 32,
            learning_rate: 3e-3,
            weight_decay: 0.01,
            seed: 0,
        }
    }
}

impl TrainConfig {
    fn rate(&self, step: usize) -> f64 {
        let warm = (self.steps / 20).max(1);
        if step < warm {
            return self.learning_rate * (step + 1) as f64 / warm as f64;
        }
        let through = (step - warm) as f64 / (self.steps - warm).max(1) as f64;
        self.learning_rate * (0.1 + 0.45 * (1.0 + (std::f64::consts::PI * through).cos()))
    }
}

/// Trains `model` and returns the loss, in nats per counted token, of each step. `progress` is called after each step
/// with (steps done, steps in all, loss).
///
/// The result is a function of the weights, the lessons and the configuration, whatever the number of threads.
///
/// # Errors
/// [`LabError::Sequence`] if a lesson does not fit the model, [`LabError::Setting`] if there is nothing to learn from,
/// [`LabError::Diverged`] if the loss stops being finite.
pub fn train(
    model: &mut Transformer,
    lessons: &Lessons<'_>,
    config: &TrainConfig,
    progress: &mut dyn FnMut(usize, usize, f32),
) -> Result<Vec<f32>, LabError> {
    let mut source = Source::new(model, lessons, config)?;
    let mut optimizer = AdamW::new(model, config.weight_decay);
    let mut losses = Vec::with_capacity(config.steps);
    for step in 0..config.steps {
        let batch = source.batch(config.batch);
        let (value, grads) = batch.gradient(model)?;
        if !value.is_finite() {
            return Err(LabError::Diverged { step });
        }
        optimizer.step(model, &grads, config.rate(step))?;
        losses.push(value);
        progress(step + 1, config.steps, value);
    }
    Ok(losses)
}

/// Mean loss, in nats per token, over consecutive windows of `length` tokens of `documents`, at most `windows` of them.
///
/// # Errors
/// As for [`train`].
pub fn evaluate(
    model: &Transformer,
    documents: &[Vec<u32>],
    length: usize,
    windows: usize,
) -> Result<f32, LabError> {
    check_tokens(documents.iter().map(Vec::as_slice), model.config().vocab)?;
    if length == 0 || length > model.config().context {
        let what = format!(
            "{length} tokens; the model holds {}",
            model.config().context
        );
        return Err(LabError::Setting {
            name: "length",
            what,
        });
    }
    let cuts: Vec<&[u32]> = documents
        .iter()
        .flat_map(|d| d.windows(length + 1).step_by(length))
        .take(windows)
        .collect();
    if cuts.is_empty() {
        return Err(LabError::Setting {
            name: "documents",
            what: format!("none has {} tokens", length + 1),
        });
    }
    let losses: Vec<f64> = cuts
        .par_chunks(8)
        .map(|cuts| {
            let tokens: Vec<u32> = cuts
                .iter()
                .flat_map(|cut| &cut[..length])
                .copied()
                .collect();
            let targets: Vec<u32> = cuts.iter().flat_map(|cut| &cut[1..]).copied().collect();
            Pass::new(model, &tokens, length)?.loss(&targets)
        })
        .collect::<Result<_, _>>()?;
    Ok((losses.iter().sum::<f64>() / (cuts.len() * length) as f64) as f32)
}

/// Cuts batches out of the lessons.
struct Source<'a> {
    lessons: &'a Lessons<'a>,
    random: ChaCha12Rng,
    order: Vec<usize>,
    next: usize,
    length: usize,
}

struct Batch {
    length: usize,
    tokens: Vec<u32>,
    targets: Vec<u32>,
}

impl Batch {
    /// The mean loss and its gradient for each of the model's tensors.
    fn gradient(&self, model: &Transformer) -> Result<(f32, Vec<Vec<f32>>), LabError> {
        let counted = self
            .targets
            .iter()
            .filter(|&&target| target != IGNORED)
            .count();
        let weight = 1.0 / counted as f32;
        let shard = (self.tokens.len() / self.length).div_ceil(SHARDS) * self.length;
        let parts: Vec<(f64, Vec<Vec<f32>>)> = self
            .tokens
            .par_chunks(shard)
            .zip(self.targets.par_chunks(shard))
            .map(|(tokens, targets)| {
                let pass = Pass::new(model, tokens, self.length)?;
                Ok((pass.loss(targets)?, pass.gradient(targets, weight)?))
            })
            .collect::<Result<_, candle_core::Error>>()?;
        let loss: f64 = parts.iter().map(|(loss, _)| loss).sum();
        let mut parts = parts.into_iter().map(|(_, grads)| grads);
        let mut sum = parts.next().unwrap_or_default();
        for part in parts {
            for (sum, part) in sum.iter_mut().zip(part) {
                add(sum, &part);
            }
        }
        Ok(((loss / counted as f64) as f32, sum))
    }
}

impl<'a> Source<'a> {
    fn new(
        model: &Transformer,
        lessons: &'a Lessons<'a>,
        config: &TrainConfig,
    ) -> Result<Self, LabError> {
        if config.batch == 0 {
            return Err(LabError::Setting {
                name: "batch",
                what: "0 sequences teach nothing".into(),
            });
        }
        let vocab = model.config().vocab;
        let (order, length): (Vec<usize>, usize) = match lessons {
            Lessons::Text { documents, length } => {
                check_tokens(documents.iter().map(Vec::as_slice), vocab)?;
                (
                    documents
                        .iter()
                        .map(|d| d.len().saturating_sub(*length))
                        .collect(),
                    *length,
                )
            }
            Lessons::Answers(exchanges) => {
                check_tokens(exchanges.iter().map(|e| e.prompt.as_slice()), vocab)?;
                check_tokens(exchanges.iter().map(|e| e.answer.as_slice()), vocab)?;
                if let Some(sequence) = exchanges
                    .iter()
                    .position(|e| e.prompt.is_empty() || e.answer.is_empty())
                {
                    return Err(LabError::Sequence {
                        sequence,
                        what: "prompt or answer is empty".into(),
                    });
                }
                let length = exchanges
                    .iter()
                    .map(|e| e.prompt.len() + e.answer.len() - 1)
                    .max()
                    .unwrap_or(0);
                ((0..exchanges.len()).collect(), length)
            }
        };
        if order.is_empty()
            || (matches!(lessons, Lessons::Text { .. }) && order.iter().sum::<usize>() == 0)
        {
            return Err(LabError::Setting {
                name: "lessons",
                what: "nothing is long enough to learn from".into(),
            });
        }
        if length == 0 || length > model.config().context {
            let what = format!(
                "{length} tokens; the model holds {}",
                model.config().context
            );
            return Err(LabError::Setting {
                name: "lessons",
                what,
            });
        }
        let next = order.len();
        Ok(Self {
            lessons,
            random: generator(config.seed, 0x7472_6169),
            order,
            next,
            length,
        })
    }

    fn batch(&mut self, size: usize) -> Batch {
        let mut batch = Batch {
            length: self.length,
            tokens: Vec::new(),
            targets: Vec::new(),
        };
        for _ in 0..size {
            match self.lessons {
                Lessons::Text { documents, .. } => {
                    let cut = self.window(documents);
                    batch.tokens.extend_from_slice(&cut[..self.length]);
                    batch.targets.extend_from_slice(&cut[1..]);
                }
                Lessons::Answers(exchanges) => {
                    let exchange = &exchanges[self.turn()];
                    let Exchange { prompt, answer } = exchange;
                    let pad = self.length - (prompt.len() + answer.len() - 1);
                    batch.tokens.extend(prompt);
                    batch.tokens.extend(&answer[..answer.len() - 1]);
                    batch.tokens.extend(std::iter::repeat_n(0, pad));
                    batch
                        .targets
                        .extend(std::iter::repeat_n(IGNORED, prompt.len() - 1));
                    batch.targets.extend(answer);
                    batch.targets.extend(std::iter::repeat_n(IGNORED, pad));
                }
            }
        }
        batch
    }

    /// A window of `length` + 1 tokens, each start in any document equally likely.
    fn window<'d>(&mut self, documents: &'d [Vec<u32>]) -> &'d [u32] {
        let mut start = below(&mut self.random, self.order.iter().sum());
        for (document, &starts) in documents.iter().zip(&self.order) {
            if start < starts {
                return &document[start..=start + self.length];
            }
            start -= starts;
        }
        unreachable!("the start is below the sum of starts")
    }

    /// The next exchange of the current pass.
    fn turn(&mut self) -> usize {
        if self.next == self.order.len() {
            shuffle(&mut self.random, &mut self.order);
            self.next = 0;
        }
        self.next += 1;
        self.order[self.next - 1]
    }
}
