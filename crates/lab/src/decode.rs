//! What generation asks of a model, and the transformer's way to give it: steps with keys and values in memory.

use candle_core::Tensor;

use crate::LabError;
use crate::kernels::{HEAD, add, attend_one, matrix, normalise, squared_relu, with_values};
use crate::model::Transformer;

/// A language model that continues many sequences at once: what [`generate`](crate::generate) needs of one.
pub trait LanguageModel: Sync {
    /// Number of tokens in the vocabulary.
    fn vocab(&self) -> usize;

    /// Longest sequence, in tokens.
    fn context(&self) -> usize;

    /// How many sequences of up to `positions` tokens are best stepped together.
    fn batch(&self, positions: usize) -> Batch;

    /// Memory for the keys and values of `slots` sequences of at most `positions` tokens each, which must fit the
    /// context.
    ///
    /// # Errors
    /// [`LabError::Tensor`] if the model's tensors cannot be used.
    fn decoder(&self, slots: usize, positions: usize) -> Result<Box<dyn Decoder + '_>, LabError>;
}

/// A batch size. It decides nothing but speed and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Groups stepped at the same time, each on a thread of its own.
    pub shards: usize,
    /// Sequences in each group.
    pub slots: usize,
}

/// One token to feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which of the sequences in memory it continues.
    pub slot: usize,
    /// Its place there: all earlier places are in memory, or earlier in the same step. Zero begins a new sequence.
    pub position: usize,
    /// The token, within the vocabulary.
    pub token: u32,
    /// Whether the logits of the token after it are wanted.
    pub wanted: bool,
}

/// Steps the sequences in its slots. See [`LanguageModel::decoder`].
pub trait Decoder: Send {
    /// Feeds `rows` and returns `[rows wanted, vocab]` logits, or nothing if none is wanted.
    ///
    /// # Errors
    /// [`LabError::Tensor`] if a tensor operation fails.
    fn step(&mut self, rows: &[Row]) -> Result<Option<Tensor>, LabError>;
}

/// Enough rows to keep a matrix product busy, few enough to stay in cache.
const BATCH: Batch = Batch {
    shards: 4,
    slots: 64,
};

impl LanguageModel for Transformer {
    fn vocab(&self) -> usize {
        self.config().vocab
    }

    fn context(&self) -> usize {
        self.config().context
    }

    fn batch(&self, _: usize) -> Batch {
        BATCH
    }

    fn decoder(&self, slots: usize, positions: usize) -> Result<Box<dyn Decoder + '_>, LabError> {
        Ok(Box::new(Steps::new(self, slots, positions)?))
    }
}

/// Steps a batch of sequences, with keys and values kept in memory allocated once.
struct Steps<'a> {
    model: &'a Transformer,
    positions: usize,
    /// The embedding turned round, `[width, vocab]`.
    output: Tensor,
    caches: Vec<Cache>,
}

/// Keys (turned to their positions) and values of one layer: `[slot][position][width]`.
struct Cache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl<'a> Steps<'a> {
    fn new(model: &'a Transformer, slots: usize, positions: usize) -> Result<Self, LabError> {
        let size = slots * positions * model.config().width;
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
            output: model.embedding.t()?.contiguous()?,
            caches,
        })
    }
}

impl Decoder for Steps<'_> {
    fn step(&mut self, rows: &[Row]) -> Result<Option<Tensor>, LabError> {
        let width = self.model.config().width;
        let normal =
            |x: &[f32], gain: &Tensor| with_values(gain, |gain| matrix(normalise(x, gain), width))?;
        let mut x = with_values(&self.model.embedding, |table| {
            rows.iter()
                .flat_map(|row| &table[row.token as usize * width..][..width])
                .copied()
                .collect::<Vec<f32>>()
        })?;
        for (block, cache) in self.model.blocks.iter().zip(&mut self.caches) {
            let packed = normal(&x, &block.attention_norm)?.matmul(&block.packed)?;
            let attended = with_values(&packed, |packed| {
                cache.attend(self.model, rows, packed, self.positions)
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
        let wanted = wanted_rows(rows, &x, width);
        if wanted.is_empty() {
            return Ok(None);
        }
        Ok(Some(
            normal(&wanted, &self.model.norm)?.matmul(&self.output)?,
        ))
    }
}

/// The rows of `x`, each `width` wide, whose logits are wanted.
pub(crate) fn wanted_rows(rows: &[Row], x: &[f32], width: usize) -> Vec<f32> {
    rows.iter()
        .zip(x.chunks_exact(width))
        .filter(|(row, _)| row.wanted)
        .flat_map(|(_, x)| x)
        .copied()
        .collect()
}

impl Cache {
    /// Puts the packed rows' keys and values in their places, and attends from each row to all places up to its own.
    fn attend(
        &mut self,
        model: &Transformer,
        rows: &[Row],
        packed: &[f32],
        positions: usize,
    ) -> Vec<f32> {
        let width = model.config().width;
        let mut out = vec![0.0; rows.len() * width];
        let mut weights = vec![0.0; positions];
        let all = rows
            .iter()
            .zip(out.chunks_exact_mut(width))
            .zip(packed.chunks_exact(3 * width));
        for ((row, out), packed) in all {
            let of_slot = row.slot * positions * width..(row.slot + 1) * positions * width;
            let keys = &mut self.keys[of_slot.clone()];
            let values = &mut self.values[of_slot];
            let at = row.position * width;
            values[at..at + width].copy_from_slice(&packed[2 * width..]);
            for head in (0..width).step_by(HEAD) {
                let key = model
                    .rotary
                    .turn(row.position, &packed[width + head..][..HEAD]);
                keys[at + head..][..HEAD].copy_from_slice(&key);
                let query = model.rotary.turn(row.position, &packed[head..][..HEAD]);
                attend_one(
                    &query,
                    &keys[head..],
                    &values[head..],
                    width,
                    &mut weights[..=row.position],
                    &mut out[head..][..HEAD],
                );
            }
        }
        out
    }
}
