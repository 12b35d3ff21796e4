//! A GGUF model's sizes, read and checked before any tensor is.

use super::error::GgufError;
use super::file::Source;

/// A model's shape, from the file's metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Number of blocks.
    pub layers: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Width between a block's expansion and contraction.
    pub hidden: usize,
    /// Number of query heads.
    pub heads: usize,
    /// Number of key and value heads, each shared by as many query heads.
    pub groups: usize,
    /// Width of a head: a multiple of 16.
    pub head: usize,
    /// Longest sequence, in tokens.
    pub context: usize,
    /// Number of tokens in the vocabulary.
    pub vocab: usize,
    /// The rotary positions' base.
    pub base: f32,
    /// Added to the mean square before its root is taken.
    pub epsilon: f32,
}

/// The largest size of anything: a file that says more is damaged.
const LARGEST: usize = 1 << 24;

impl Shape {
    pub(super) fn read(
        source: &Source<'_, impl std::io::Read + std::io::Seek>,
    ) -> Result<Self, GgufError> {
        let architecture = source.text("general.architecture")?;
        if architecture != "llama" {
            return Err(GgufError::Metadata {
                key: "general.architecture".into(),
                what: format!("is `{architecture}`; only `llama` is run here"),
            });
        }
        let size = |key: &str| {
            let key = format!("llama.{key}");
            match source.number(&key)? {
                Some(value) if (1..=LARGEST).contains(&value) => Ok(value),
                Some(value) => Err(GgufError::Metadata {
                    key,
                    what: format!("is {value}, which is not from 1 to {LARGEST}"),
                }),
                None => Err(GgufError::Metadata {
                    key,
                    what: "is missing".into(),
                }),
            }
        };
        let (width, heads) = (size("embedding_length")?, size("attention.head_count")?);
        let optional = |key: &str, default: usize| match source.number(&format!("llama.{key}"))? {
            Some(_) => size(key),
            None => Ok(default),
        };
        let head = optional("attention.key_length", width / heads)?;
        let shape = Self {
            layers: size("block_count")?,
            width,
            hidden: size("feed_forward_length")?,
            heads,
            groups: optional("attention.head_count_kv", heads)?,
            head,
            context: size("context_length")?,
            vocab: source.rows("token_embd")?,
            base: source.real("llama.rope.freq_base")?.unwrap_or(10_000.0),
            epsilon: source
                .real("llama.attention.layer_norm_rms_epsilon")?
                .unwrap_or(1e-5),
        };
        let turned = optional("rope.dimension_count", head)?;
        let values = optional("attention.value_length", head)?;
        shape.check(turned, values)?;
        check_scaling(source)?;
        Ok(shape)
    }

    fn check(&self, turned: usize, values: usize) -> Result<(), GgufError> {
        let wrong = |key: &str, what: String| {
            Err(GgufError::Metadata {
                key: format!("llama.{key}"),
                what,
            })
        };
        if self.head == 0 || !self.head.is_multiple_of(16) {
            return wrong(
                "attention.head_count",
                format!(
                    "makes heads {} wide; only multiples of 16 are run here",
                    self.head
                ),
            );
        }
        if !self.heads.is_multiple_of(self.groups) {
            return wrong(
                "attention.head_count_kv",
                format!("{} does not divide {} heads", self.groups, self.heads),
            );
        }
        if turned != self.head || values != self.head {
            return wrong(
                "rope.dimension_count",
                format!(
                    "{turned}, with values {values} wide, but heads are {} wide",
                    self.head
                ),
            );
        }
        if !(self.base.is_finite() && self.base > 1.0) {
            return wrong("rope.freq_base", format!("is {}", self.base));
        }
        if !(self.epsilon.is_finite() && self.epsilon >= 0.0) {
            return wrong(
                "attention.layer_norm_rms_epsilon",
                format!("is {}", self.epsilon),
            );
        }
        if self.vocab < 2 || self.vocab > LARGEST {
            return wrong(
                "vocab_size",
                format!("the embedding has {} rows", self.vocab),
            );
        }
        Ok(())
    }
}

/// Stretched positions would be read as plain ones, and give plausible nonsense.
fn check_scaling(source: &Source<'_, impl std::io::Read + std::io::Seek>) -> Result<(), GgufError> {
    let key = "llama.rope.scaling.type";
    match source.text(key) {
        Ok(kind) if kind != "none" => Err(GgufError::Metadata {
            key: key.into(),
            what: format!("is `{kind}`; only plain rotary positions are run here"),
        }),
        _ => Ok(()),
    }
}
