//! A model's weights, read from a GGUF file.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use candle_core::Tensor;

use super::chat::Chat;
use super::error::GgufError;
use super::file::Source;
use super::shape::Shape;
use crate::LabError;

/// A model of Llama's architecture: RMS norm before each half-block, rotary positions, attention with grouped queries,
/// and gated linear units (Touvron et al. 2023; Shazeer 2020).
#[derive(Debug)]
pub struct Gguf {
    pub(super) shape: Shape,
    /// `[vocab, width]`.
    pub(super) embedding: Tensor,
    pub(super) blocks: Vec<Block>,
    pub(super) norm: Tensor,
    /// `[vocab, width]`; often the embedding itself.
    pub(super) output: Tensor,
    end: Option<u32>,
    chat: Option<Chat>,
}

/// One block. Matrices are `[input, output]`.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) attention_norm: Tensor,
    /// Queries, keys and values, side by side.
    pub(super) packed: Tensor,
    pub(super) mixed: Tensor,
    pub(super) expansion_norm: Tensor,
    /// Gate and values, side by side.
    pub(super) expand: Tensor,
    pub(super) contract: Tensor,
}

impl Gguf {
    /// Reads a model from a file.
    ///
    /// # Errors
    /// [`LabError::Gguf`] if the file cannot be read or is not a model that this module runs.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LabError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| GgufError::Open {
            path: path.to_owned(),
            source,
        })?;
        Self::read(&mut BufReader::new(file))
    }

    /// Reads a model from bytes.
    ///
    /// # Errors
    /// As for [`Gguf::open`].
    pub fn read(bytes: &mut (impl Read + Seek)) -> Result<Self, LabError> {
        let mut source = Source::new(bytes)?;
        let shape = Shape::read(&source)?;
        let (width, inner) = (shape.width, shape.heads * shape.head);
        let shared = shape.groups * shape.head;
        let embedding = source.matrix("token_embd", shape.vocab, width)?;
        let blocks = (0..shape.layers)
            .map(|i| {
                let name = |part: &str| format!("blk.{i}.{part}");
                let packed = [
                    source.matrix(&name("attn_q"), inner, width)?,
                    source.matrix(&name("attn_k"), shared, width)?,
                    source.matrix(&name("attn_v"), shared, width)?,
                ];
                let expand = [
                    source.matrix(&name("ffn_gate"), shape.hidden, width)?,
                    source.matrix(&name("ffn_up"), shape.hidden, width)?,
                ];
                let mixed = source.matrix(&name("attn_output"), width, inner)?;
                let contract = source.matrix(&name("ffn_down"), width, shape.hidden)?;
                Ok(Block {
                    attention_norm: source.vector(&name("attn_norm"), width)?,
                    packed: Tensor::cat(&packed, 0)?.t()?.contiguous()?,
                    mixed: mixed.t()?.contiguous()?,
                    expansion_norm: source.vector(&name("ffn_norm"), width)?,
                    expand: Tensor::cat(&expand, 0)?.t()?.contiguous()?,
                    contract: contract.t()?.contiguous()?,
                })
            })
            .collect::<Result<_, LabError>>()?;
        let norm = source.vector("output_norm", width)?;
        let output = if source.has("output") {
            source.matrix("output", shape.vocab, width)?
        } else {
            embedding.clone()
        };
        source.check_nothing_left()?;
        Ok(Self {
            end: source.token("tokenizer.ggml.eos_token_id", shape.vocab)?,
            chat: Chat::read(&source),
            shape,
            embedding,
            blocks,
            norm,
            output,
        })
    }

    /// The model's shape.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The token that ends an answer, where the file names one.
    #[must_use]
    pub fn end(&self) -> Option<u32> {
        self.end
    }

    /// How a conversation is written, where the file has a template that is understood (`ChatML`).
    #[must_use]
    pub fn chat(&self) -> Option<&Chat> {
        self.chat.as_ref()
    }
}
