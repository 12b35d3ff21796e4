//! The transformer that is trained here: its shape, its weights, its checkpoints.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};

use crate::LabError;
use crate::kernels::{HEAD, Rotary};
use crate::random::{generator, normal};

/// Shape of a [`Transformer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Number of blocks.
    pub layers: usize,
    /// Width of the residual stream: a multiple of 32, the width of one attention head.
    pub width: usize,
    /// Longest sequence, in tokens.
    pub context: usize,
    /// Number of tokens in the vocabulary.
    pub vocab: usize,
}

impl Config {
    /// Number of trained numbers.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        let block = 12 * self.width * self.width + 2 * self.width;
        self.vocab * self.width + self.layers * block + self.width
    }

    fn check(&self) -> Result<(), LabError> {
        let wrong = |what: String| Err(LabError::Shape { what });
        if self.width == 0 || !self.width.is_multiple_of(HEAD) {
            return wrong(format!(
                "width {} must be a positive multiple of {HEAD}",
                self.width
            ));
        }
        if self.layers == 0 || self.context < 2 || self.vocab < 2 {
            return wrong(format!(
                "{self:?} needs a layer, a context of two and a vocabulary of two"
            ));
        }
        Ok(())
    }
}

/// A decoder-only transformer: RMS norm before each half-block, rotary positions, squared rectifiers, and an embedding
/// that is also the output matrix. All arithmetic is in `f32` on the CPU. A clone is independent: training one leaves the
/// other as it is.
#[derive(Clone, Debug)]
pub struct Transformer {
    config: Config,
    pub(crate) rotary: Rotary,
    pub(crate) embedding: Tensor,
    pub(crate) blocks: Vec<Block>,
    pub(crate) norm: Tensor,
}

/// One block. Matrices are `[input, output]`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) attention_norm: Tensor,
    pub(crate) packed: Tensor,
    pub(crate) mixed: Tensor,
    pub(crate) expansion_norm: Tensor,
    pub(crate) expand: Tensor,
    pub(crate) contract: Tensor,
}

impl Transformer {
    /// A model with fresh random weights, a function of `seed`.
    ///
    /// # Errors
    /// [`LabError::Shape`] if the shape cannot be built.
    pub fn new(config: Config, seed: u64) -> Result<Self, LabError> {
        config.check()?;
        let mut random = generator(seed, 0x696e_6974);
        let residual = 0.02 / (2.0 * config.layers as f32).sqrt();
        Self::build(config, |name, shape| {
            let spread = if name.ends_with("norm") {
                None
            } else if name.ends_with("mixed") || name.ends_with("contract") {
                Some(residual)
            } else {
                Some(0.02)
            };
            let count = shape.iter().product();
            let values = match spread {
                None => vec![1.0; count],
                Some(spread) => (0..count).map(|_| spread * normal(&mut random)).collect(),
            };
            Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
        })
    }

    /// Reads a checkpoint written by [`Transformer::to_safetensors`].
    ///
    /// # Errors
    /// [`LabError::Checkpoint`] if a tensor is missing or has the wrong shape, [`LabError::Tensor`] if the bytes are
    /// not safetensors.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, LabError> {
        let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
        let find = |name: &str| {
            tensors.get(name).ok_or_else(|| LabError::Checkpoint {
                what: format!("no tensor `{name}`"),
            })
        };
        let (vocab, width) = find("embedding")?.dims2()?;
        let shape: Vec<u32> = find("shape")?.to_dtype(DType::U32)?.to_vec1()?;
        let [layers, context] = shape[..] else {
            return Err(LabError::Checkpoint {
                what: "tensor `shape` must hold [layers, context]".into(),
            });
        };
        let config = Config {
            layers: layers as usize,
            width,
            context: context as usize,
            vocab,
        };
        config.check()?;
        Self::build(config, |name, shape| {
            let tensor = find(name)?;
            if tensor.dims() != shape {
                let what = format!("tensor `{name}` is {:?}, not {shape:?}", tensor.dims());
                return Err(LabError::Checkpoint { what });
            }
            Ok(tensor.to_dtype(DType::F32)?)
        })
    }

    /// Writes the weights as `f16` safetensors, with a tensor `shape` = [layers, context].
    ///
    /// # Errors
    /// [`LabError::Tensor`] if the file cannot be written.
    pub fn to_safetensors(&self, path: &std::path::Path) -> Result<(), LabError> {
        let mut tensors = HashMap::new();
        for (name, tensor) in self.named() {
            tensors.insert(name, tensor.to_dtype(DType::F16)?);
        }
        let shape = [self.config.layers as u32, self.config.context as u32];
        tensors.insert("shape".to_owned(), Tensor::new(&shape, &Device::Cpu)?);
        Ok(candle_core::safetensors::save(&tensors, path)?)
    }

    /// The model's shape.
    #[must_use]
    pub const fn config(&self) -> Config {
        self.config
    }

    /// Every trained tensor in the order of [`Transformer::named`], to be replaced.
    pub(crate) fn tensors_mut(&mut self) -> Vec<&mut Tensor> {
        let mut all = vec![&mut self.embedding];
        for block in &mut self.blocks {
            let Block {
                attention_norm,
                packed,
                mixed,
                expansion_norm,
                expand,
                contract,
            } = block;
            all.extend([
                attention_norm,
                packed,
                mixed,
                expansion_norm,
                expand,
                contract,
            ]);
        }
        all.push(&mut self.norm);
        all
    }

    /// Every trained tensor with its name, in a fixed order.
    pub(crate) fn named(&self) -> Vec<(String, &Tensor)> {
        let mut all = vec![("embedding".to_owned(), &self.embedding)];
        for (i, block) in self.blocks.iter().enumerate() {
            for (name, tensor) in [
                ("attention_norm", &block.attention_norm),
                ("packed", &block.packed),
                ("mixed", &block.mixed),
                ("expansion_norm", &block.expansion_norm),
                ("expand", &block.expand),
                ("contract", &block.contract),
            ] {
                all.push((format!("block.{i}.{name}"), tensor));
            }
        }
        all.push(("norm".to_owned(), &self.norm));
        all
    }

    fn build(
        config: Config,
        mut tensor: impl FnMut(&str, &[usize]) -> Result<Tensor, LabError>,
    ) -> Result<Self, LabError> {
        let d = config.width;
        let embedding = tensor("embedding", &[config.vocab, d])?;
        let mut blocks = Vec::with_capacity(config.layers);
        for i in 0..config.layers {
            let mut part =
                |name: &str, shape: &[usize]| tensor(&format!("block.{i}.{name}"), shape);
            blocks.push(Block {
                attention_norm: part("attention_norm", &[d])?,
                packed: part("packed", &[d, 3 * d])?,
                mixed: part("mixed", &[d, d])?,
                expansion_norm: part("expansion_norm", &[d])?,
                expand: part("expand", &[d, 4 * d])?,
                contract: part("contract", &[4 * d, d])?,
            });
        }
        let norm = tensor("norm", &[d])?;
        Ok(Self {
            config,
            rotary: Rotary::new(config.context),
            embedding,
            blocks,
            norm,
        })
    }
}

/// Refuses tokens that the vocabulary does not have.
pub(crate) fn check_tokens<'a>(
    sequences: impl Iterator<Item = &'a [u32]>,
    vocab: usize,
) -> Result<(), LabError> {
    for (sequence, tokens) in sequences.enumerate() {
        if let Some(token) = tokens.iter().find(|&&t| t as usize >= vocab) {
            let what = format!("token {token} is outside the vocabulary of {vocab}");
            return Err(LabError::Sequence { sequence, what });
        }
    }
    Ok(())
}
