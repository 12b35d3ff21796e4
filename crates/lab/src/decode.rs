use candle_core::{Result, Tensor};

use crate::kernels::{HEAD, add, attend_one, matrix, normalise, squared_relu, with_values};
use crate::model::Transformer;

/// Steps a batch of sequences one position at a time, with keys and values kept in memory allocated once.
pub(crate) struct Decoder<'a> {
    model: &'a Transformer,
    positions: usize,
    position: usize,
    /// The embedding turned round, `[width, vocab]`.
    output: Tensor,
    caches: Vec<Cache>,
}

/// Keys (turned to their positions) and values of one layer: `[sequence][position][width]`.
struct Cache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl<'a> Decoder<'a> {
    /// Room for `sequences` sequences of at most `positions` tokens, which must fit the model's context.
    pub(crate) fn new(model: &'a Transformer, sequences: usize, positions: usize) -> Result<Self> {
        let size = sequences * positions * model.config().width;
        let caches = model
            .blocks
            .iter()
            .map(|_| Cache {
                keys: vec![0.0; size],
                values: vec![0.0; size],
            })
            .collect();
        Ok(Self {
            model,
            positions,
            position: 0,
            output: model.embedding.t()?.contiguous()?,
            caches,
        })
    }

    /// Feeds one token to each sequence; with `logits`, returns rows `[sequences, vocab]` for the next position.
    pub(crate) fn step(&mut self, tokens: &[u32], logits: bool) -> Result<Option<Tensor>> {
        let width = self.model.config().width;
        let normal =
            |x: &[f32], gain: &Tensor| with_values(gain, |gain| matrix(normalise(x, gain), width))?;
        let mut x = with_values(&self.model.embedding, |table| {
            tokens
                .iter()
                .flat_map(|&token| &table[token as usize * width..][..width])
                .copied()
                .collect::<Vec<f32>>()
        })?;
        for (block, cache) in self.model.blocks.iter().zip(&mut self.caches) {
            let packed = normal(&x, &block.attention_norm)?.matmul(&block.packed)?;
            let attended = with_values(&packed, |packed| {
                cache.attend(self.model, packed, self.positions, self.position)
            })?;
            with_values(&matrix(attended, width)?.matmul(&block.mixed)?, |more| {
                add(&mut x, more);
            })?;
            let expanded = normal(&x, &block.expansion_norm)?.matmul(&block.expand)?;
            let activated = matrix(with_values(&expanded, squared_relu)?, 4 * width)?;
            with_values(&activated.matmul(&block.contract)?, |more| {
                add(&mut x, more);
            })?;
        }
        self.position += 1;
        if !logits {
            return Ok(None);
        }
        Ok(Some(normal(&x, &self.model.norm)?.matmul(&self.output)?))
    }
}

impl Cache {
    /// Appends the packed rows' keys and values at `position` and attends to all positions up to it.
    fn attend(
        &mut self,
        model: &Transformer,
        packed: &[f32],
        positions: usize,
        position: usize,
    ) -> Vec<f32> {
        let width = model.config().width;
        let at = position * width;
        let mut out = vec![0.0; packed.len() / 3];
        let mut weights = vec![0.0; position + 1];
        let rows = out
            .chunks_exact_mut(width)
            .zip(packed.chunks_exact(3 * width));
        let caches = self
            .keys
            .chunks_exact_mut(positions * width)
            .zip(self.values.chunks_exact_mut(positions * width));
        for ((out, packed), (keys, values)) in rows.zip(caches) {
            values[at..at + width].copy_from_slice(&packed[2 * width..]);
            for head in (0..width).step_by(HEAD) {
                let key = model.rotary.turn(position, &packed[width + head..][..HEAD]);
                keys[at + head..][..HEAD].copy_from_slice(&key);
                let query = model.rotary.turn(position, &packed[head..][..HEAD]);
                attend_one(
                    &query,
                    &keys[head..],
                    &values[head..],
                    width,
                    &mut weights,
                    &mut out[head..][..HEAD],
                );
            }
        }
        out
    }
}
