use candle_core::Tensor;

use super::Gguf;
use super::cache::{Cache, Turns};
use super::rows::{add, gated, normalise};
use crate::LabError;
use crate::decode::{Decoder, Row, wanted_rows};
use crate::kernels::{matrix, with_values};

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
