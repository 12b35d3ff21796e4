//! A GGUF model run: a step of many sequences, from tokens to logits.

use candle_core::Tensor;

use super::cache::{Cache, Turns, bytes};
use super::model::Gguf;
use super::rows::{add, gated, normalise};
use crate::LabError;
use crate::decode::{Batch, Decoder, LanguageModel, Row, wanted_rows};
use crate::kernels::{matrix, with_values};
use crate::model::check_tokens;

impl Gguf {
    /// Logits for the token after each of `tokens`: a row of the vocabulary's size for each.
    ///
    /// # Errors
    /// [`LabError::Sequence`] for no tokens, more than the context holds, or a foreign token.
    pub fn logits(&self, tokens: &[u32]) -> Result<Vec<f32>, LabError> {
        if tokens.is_empty() || tokens.len() > self.shape.context {
            return Err(LabError::Sequence {
                sequence: 0,
                what: format!(
                    "{} tokens; the model takes 1 to {}",
                    tokens.len(),
                    self.shape.context
                ),
            });
        }
        check_tokens([tokens].into_iter(), self.shape.vocab)?;
        let rows: Vec<Row> = tokens
            .iter()
            .enumerate()
            .map(|(position, &token)| Row {
                slot: 0,
                position,
                token,
                wanted: true,
            })
            .collect();
        let logits = Steps::new(self, 1, tokens.len()).step(&rows)?;
        let logits = logits.expect("every row is wanted");
        Ok(with_values(&logits, <[f32]>::to_vec)?)
    }
}

impl LanguageModel for Gguf {
    fn vocab(&self) -> usize {
        self.shape.vocab
    }

    fn context(&self) -> usize {
        self.shape.context
    }

    /// Two groups of 128 sequences, or of as many as fit into 2 GiB of keys and values.
    fn batch(&self, positions: usize) -> Batch {
        let fit = (2 << 30) / bytes(&self.shape, positions);
        Batch {
            shards: 2,
            slots: fit.clamp(1, 128),
        }
    }

    fn decoder(&self, slots: usize, positions: usize) -> Result<Box<dyn Decoder + '_>, LabError> {
        Ok(Box::new(Steps::new(self, slots, positions)))
    }
}

/// Steps a batch of sequences, with keys and values kept in memory allocated once.
pub(super) struct Steps<'a> {
    model: &'a Gguf,
    turns: Turns,
    caches: Vec<Cache>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(model: &'a Gguf, slots: usize, positions: usize) -> Self {
        let shape = &model.shape;
        Self {
            model,
            turns: Turns::new(shape, positions),
            caches: (0..shape.layers)
                .map(|_| Cache::new(shape, slots, positions))
                .collect(),
        }
    }
}

impl Decoder for Steps<'_> {
    fn step(&mut self, rows: &[Row]) -> Result<Option<Tensor>, LabError> {
        let shape = &self.model.shape;
        let normal = |x: &[f32], gain: &Tensor| {
            let rows = with_values(gain, |gain| normalise(x, gain, shape.epsilon))?;
            matrix(rows, shape.width)
        };
        let mut x = with_values(&self.model.embedding, |table| {
            rows.iter()
                .flat_map(|row| &table[row.token as usize * shape.width..][..shape.width])
                .copied()
                .collect::<Vec<f32>>()
        })?;
        for (block, cache) in self.model.blocks.iter().zip(&mut self.caches) {
            let packed = normal(&x, &block.attention_norm)?.matmul(&block.packed)?;
            let attended = with_values(&packed, |packed| cache.attend(rows, packed, &self.turns))?;
            let attended = matrix(attended, shape.heads * shape.head)?;
            with_values(&attended.matmul(&block.mixed)?, |more| add(&mut x, more))?;
            let expanded = normal(&x, &block.expansion_norm)?.matmul(&block.expand)?;
            let hidden = with_values(&expanded, |rows| gated(rows, shape.hidden))?;
            let hidden = matrix(hidden, shape.hidden)?;
            with_values(&hidden.matmul(&block.contract)?, |more| add(&mut x, more))?;
        }
        let wanted = wanted_rows(rows, &x, shape.width);
        if wanted.is_empty() {
            return Ok(None);
        }
        let logits = normal(&wanted, &self.model.norm)?.matmul(&self.model.output.t()?)?;
        Ok(Some(logits))
    }
}
