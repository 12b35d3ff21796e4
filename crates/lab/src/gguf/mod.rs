//! A real language model: Llama's architecture, read from a GGUF file and run on the CPU.
//!
//! Weights of any of GGUF's common quantisations become `f32`; matrix products are candle's, the rest are loops of our
//! own. Many sequences are stepped together, since a matrix product with one row is all memory traffic.
//!
//! ```no_run
//! use hallmark_lab::{Limit, Sampling, Unmarked, generate_until, gguf::Gguf};
//!
//! let model = Gguf::open("SmolLM2-135M-Instruct.Q4_1.gguf")?;
//! let prompts = vec![vec![504, 3575, 282]];
//! let limit = Limit { tokens: 64, stop: model.end() };
//! let answers = generate_until(&model, &prompts, limit, &Sampling::default(), 1, &mut Unmarked, &mut |_, _| {})?;
//! # Ok::<(), hallmark_lab::LabError>(())
//! ```

mod attend;
mod cache;
mod chat;
mod file;
mod rows;
mod shape;
mod step;
mod vector;

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use candle_core::Tensor;
use thiserror::Error;

use self::file::Source;
use self::step::Steps;
use crate::LabError;
use crate::decode::{Batch, Decoder, LanguageModel, Row};
use crate::kernels::with_values;
use crate::model::check_tokens;

pub use self::chat::Chat;
pub use self::shape::Shape;

/// A model of Llama's architecture: RMS norm before each half-block, rotary positions, attention with grouped queries,
/// and gated linear units (Touvron et al. 2023; Shazeer 2020).
#[derive(Debug)]
pub struct Gguf {
    shape: Shape,
    /// `[vocab, width]`.
    embedding: Tensor,
    blocks: Vec<Block>,
    norm: Tensor,
    /// `[vocab, width]`; often the embedding itself.
    output: Tensor,
    end: Option<u32>,
    chat: Option<Chat>,
}

/// One block. Matrices are `[input, output]`.
#[derive(Debug)]
struct Block {
    attention_norm: Tensor,
    /// Queries, keys and values, side by side.
    packed: Tensor,
    mixed: Tensor,
    expansion_norm: Tensor,
    /// Gate and values, side by side.
    expand: Tensor,
    contract: Tensor,
}

/// Why a file could not be used as a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GgufError {
    /// The file cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not GGUF, is cut short, or is damaged.
    #[error("not a readable GGUF file: {what}")]
    Format {
        /// What was found in it.
        what: String,
    },
    /// A key of the metadata is missing or makes no sense.
    #[error("metadata `{key}`: {what}")]
    Metadata {
        /// The key.
        key: String,
        /// What is wrong with it.
        what: String,
    },
    /// A tensor is missing, or has another shape or kind than the metadata say.
    #[error("tensor `{name}`: {what}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        what: String,
    },
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
        let fit = (2 << 30) / cache::bytes(&self.shape, positions);
        Batch {
            shards: 2,
            slots: fit.clamp(1, 128),
        }
    }

    fn decoder(&self, slots: usize, positions: usize) -> Result<Box<dyn Decoder + '_>, LabError> {
        Ok(Box::new(Steps::new(self, slots, positions)))
    }
}
