//! An open GGUF file: tensors and metadata by name, with account of what was not asked for.

use std::collections::HashSet;
use std::io::{Read, Seek};

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{Device, Tensor};

use super::error::GgufError;

/// An open GGUF file, which keeps account of the tensors that were asked for.
pub(super) struct Source<'a, R> {
    content: Content,
    bytes: &'a mut R,
    used: HashSet<String>,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub(super) fn new(bytes: &'a mut R) -> Result<Self, GgufError> {
        let content = Content::read(bytes).map_err(|error| GgufError::Format {
            what: plain(&error),
        })?;
        Ok(Self {
            content,
            bytes,
            used: HashSet::new(),
        })
    }

    /// A tensor of `rows` × `columns`, as `f32`.
    pub(super) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Tensor, GgufError> {
        self.tensor(name, &[rows, columns])
    }

    pub(super) fn vector(&mut self, name: &str, length: usize) -> Result<Tensor, GgufError> {
        self.tensor(name, &[length])
    }

    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, GgufError> {
        let name = format!("{name}.weight");
        let wrong = |what: String| GgufError::Tensor {
            name: name.clone(),
            what,
        };
        let info = self
            .content
            .tensor_infos
            .get(&name)
            .ok_or_else(|| wrong("is missing".into()))?;
        if info.shape.dims() != shape {
            return Err(wrong(format!(
                "is {:?}; the metadata make it {shape:?}",
                info.shape.dims()
            )));
        }
        let tensor = info
            .read(self.bytes, self.content.tensor_data_offset, &Device::Cpu)
            .and_then(|tensor| tensor.dequantize(&Device::Cpu))
            .map_err(|error| wrong(plain(&error)))?;
        self.used.insert(name);
        Ok(tensor)
    }

    /// Number of rows of a matrix.
    pub(super) fn rows(&self, name: &str) -> Result<usize, GgufError> {
        let name = format!("{name}.weight");
        match self.content.tensor_infos.get(&name) {
            Some(info) => info.shape.dims().first().copied().ok_or("has no rows"),
            None => Err("is missing"),
        }
        .map_err(|what| GgufError::Tensor {
            name,
            what: what.into(),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let name = format!("{name}.weight");
        self.content.tensor_infos.contains_key(&name)
    }

    /// Refuses a file with tensors that nobody asked for, such as biases: without them it would be another model.
    pub(super) fn check_nothing_left(&self) -> Result<(), GgufError> {
        let mut left: Vec<&String> = self
            .content
            .tensor_infos
            .keys()
            .filter(|name| !self.used.contains(*name))
            .collect();
        left.sort_unstable();
        left.first().map_or(Ok(()), |name| {
            Err(GgufError::Tensor {
                name: (*name).clone(),
                what: "belongs to a variant of the architecture that is not run here".into(),
            })
        })
    }

    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.content.metadata.get(key)
    }

    pub(super) fn text(&self, key: &str) -> Result<&str, GgufError> {
        match self.value(key) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(metadata(key, "is not text")),
            None => Err(metadata(key, "is missing")),
        }
    }

    /// A whole number, of whichever type it was written with.
    pub(super) fn number(&self, key: &str) -> Result<Option<usize>, GgufError> {
        let number = match self.value(key) {
            None => return Ok(None),
            Some(&Value::U8(value)) => Some(u64::from(value)),
            Some(&Value::U16(value)) => Some(u64::from(value)),
            Some(&Value::U32(value)) => Some(u64::from(value)),
            Some(&Value::U64(value)) => Some(value),
            Some(&Value::I32(value)) => u64::try_from(value).ok(),
            Some(&Value::I64(value)) => u64::try_from(value).ok(),
            Some(_) => None,
        };
        number
            .and_then(|number| usize::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| metadata(key, "is not a whole number"))
    }

    pub(super) fn real(&self, key: &str) -> Result<Option<f32>, GgufError> {
        match self.value(key) {
            None => Ok(None),
            Some(&Value::F32(value)) => Ok(Some(value)),
            Some(&Value::F64(value)) => Ok(Some(value as f32)),
            Some(_) => Err(metadata(key, "is not a real number")),
        }
    }

    /// A token id below `vocab`.
    pub(super) fn token(&self, key: &str, vocab: usize) -> Result<Option<u32>, GgufError> {
        match self.number(key)? {
            Some(token) if token >= vocab => {
                Err(metadata(key, "is outside the vocabulary of the embedding"))
            }
            token => Ok(token.map(|token| token as u32)),
        }
    }
}

fn metadata(key: &str, what: &str) -> GgufError {
    GgufError::Metadata {
        key: key.into(),
        what: what.into(),
    }
}

/// The error without the backtrace that candle may add to its message.
fn plain(error: &candle_core::Error) -> String {
    match error {
        candle_core::Error::WithBacktrace { inner, .. } => plain(inner),
        other => other.to_string(),
    }
}
