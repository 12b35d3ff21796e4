//! What is disclosed of every scored cell: one file of columns.
//!
//! ```text
//! HMCELLS1 | header's length, 32 bits | header, JSON | columns, little-endian, one behind the other:
//!   answers u32[cells]; weights u16[cells], for each form; words u32[cells·parts], for each key;
//!   decoys u64[decoys], for each tested key; T2r: weights i32[residual.cells], for each form; words u32[residual.cells·parts], for each tested key
//! ```

use super::names::CellsFormat;
use crate::arithmetic::{Cells, Form, KeyWords, Residual};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The first bytes of the file.
const MAGIC: &[u8; 8] = b"HMCELLS1";

/// The longest header that is read, in bytes.
const MAX_HEADER: usize = 1 << 20;

/// Forms of weights at most, T2's or T2r's.
const MOST_FORMS: usize = 3;

/// What the columns are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The name of this format.
    pub schema: CellsFormat,
    /// How many cells.
    pub cells: u64,
    /// Words of a cell under one key.
    pub parts: u64,
    /// Public ids of tested keys, then of controls.
    pub keys: Vec<String>,
    /// How many of them, the first ones, have decoys and T2r's words: the tested ones.
    pub tested: usize,
    /// Forms of T2's weights.
    pub weights: usize,
    /// Decoys of each tested key.
    pub decoys: u64,
    /// T2r's cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<ResidualHeader>,
}

/// What T2r's columns are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualHeader {
    /// How many cells.
    pub cells: u64,
    /// The forms.
    pub forms: Vec<FormHeader>,
}

/// A form of T2r's weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormHeader {
    /// `follow` or `lean`.
    pub leaning: String,
    /// The least λ, where the form has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
}

/// Why a file of cells cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CellsError {
    /// It does not begin as one.
    #[error("this is no file of cells: it does not begin with HMCELLS1")]
    Magic,
    /// The header is not what it should be.
    #[error("header: {0}")]
    Header(String),
    /// It is not as long as its header says.
    #[error("it has {found} bytes, and its header says {expected}")]
    Length {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        expected: u64,
    },
}

impl Cells {
    /// Its name in a run's folder.
    pub const FILE: &str = "cells.bin";

    /// The file's bytes.
    ///
    /// # Errors
    /// When the columns are not of equal lengths.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CellsError> {
        let header = self.header();
        let json =
            serde_json::to_vec(&header).map_err(|error| CellsError::Header(error.to_string()))?;
        let expected = header.body().ok_or_else(Header::too_large)? + 12 + json.len() as u64;
        let mut bytes = Vec::with_capacity(expected as usize);
        bytes.extend(MAGIC);
        bytes.extend((json.len() as u32).to_le_bytes());
        bytes.extend(&json);
        put(&mut bytes, &self.answers, u32::to_le_bytes);
        for weights in &self.weights {
            put(&mut bytes, weights, u16::to_le_bytes);
        }
        for key in &self.keys {
            put(&mut bytes, &key.words, u32::to_le_bytes);
        }
        for decoys in self.keys.iter().flat_map(|key| &key.decoys) {
            put(&mut bytes, decoys, u64::to_le_bytes);
        }
        if let Some(residual) = &self.residual {
            for form in &residual.forms {
                put(&mut bytes, &form.weights, i32::to_le_bytes);
            }
            for words in &residual.words {
                put(&mut bytes, words, u32::to_le_bytes);
            }
        }
        let found = bytes.len() as u64;
        match found == expected {
            true => Ok(bytes),
            false => Err(CellsError::Length { found, expected }),
        }
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    /// When it is no such file, or not as long as its header says.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CellsError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CellsError::Magic)?;
        let (length, rest) = rest.split_first_chunk().ok_or(CellsError::Magic)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_HEADER || length > rest.len() {
            let what = format!("its length, {length}, is above {MAX_HEADER} or the file's");
            return Err(CellsError::Header(what));
        }
        let (json, body) = rest.split_at(length);
        let header: Header =
            serde_json::from_slice(json).map_err(|error| CellsError::Header(error.to_string()))?;
        let expected = header.body().ok_or_else(Header::too_large)?;
        let found = body.len() as u64;
        if found != expected {
            return Err(CellsError::Length { found, expected });
        }
        Ok(header.columns(&mut Columns(body)))
    }

    /// How many keys have what only tested ones have.
    fn tested(&self) -> usize {
        let decoys = self.keys.iter().filter(|key| key.decoys.is_some()).count();
        let residual = self.residual.as_ref();
        decoys.max(residual.map_or(0, |residual| residual.words.len()))
    }

    fn header(&self) -> Header {
        let cells = self.answers.len() as u64;
        let words = self.keys.first().map_or(0, |key| key.words.len() as u64);
        let decoys = |key: &KeyWords| key.decoys.as_ref().map(|decoys| decoys.len() as u64);
        Header {
            schema: CellsFormat,
            cells,
            parts: words.checked_div(cells).unwrap_or(1),
            keys: self.keys.iter().map(|key| key.key_id.clone()).collect(),
            tested: self.tested(),
            weights: self.weights.len(),
            decoys: self.keys.first().and_then(decoys).unwrap_or(0),
            residual: self.residual.as_ref().map(|residual| ResidualHeader {
                cells: residual.forms.first().map_or(0, |form| form.weights.len()) as u64,
                forms: residual.forms.iter().map(FormHeader::of).collect(),
            }),
        }
    }
}

impl FormHeader {
    fn of(form: &Form) -> Self {
        Self {
            leaning: form.leaning.clone(),
            prior: form.prior,
        }
    }
}

impl Header {
    fn too_large() -> CellsError {
        CellsError::Header("its numbers are too large".to_owned())
    }

    /// Bytes of all columns; nothing where that is no number, or there are more columns than findings have.
    fn body(&self) -> Option<u64> {
        let (keys, tested) = (self.keys.len() as u64, self.tested as u64);
        let forms = self
            .residual
            .as_ref()
            .map_or(0, |residual| residual.forms.len());
        if tested > keys || self.weights > MOST_FORMS || forms > MOST_FORMS {
            return None;
        }
        let words = self.cells.checked_mul(self.parts)?;
        let mut columns = vec![
            self.cells.checked_mul(4)?,
            self.cells.checked_mul(2 * self.weights as u64)?,
            words.checked_mul(keys.checked_mul(4)?)?,
            self.decoys.checked_mul(tested.checked_mul(8)?)?,
        ];
        if let Some(residual) = &self.residual {
            let words = residual.cells.checked_mul(self.parts)?;
            columns.push(residual.cells.checked_mul(4 * forms as u64)?);
            columns.push(words.checked_mul(tested.checked_mul(4)?)?);
        }
        columns.into_iter().try_fold(0_u64, u64::checked_add)
    }

    /// The columns, of a body that is as long as they are.
    fn columns(&self, body: &mut Columns<'_>) -> Cells {
        let cells = self.cells as usize;
        let words = cells * self.parts as usize;
        let answers = body.take(cells, u32::from_le_bytes);
        let weights = (0..self.weights)
            .map(|_| body.take(cells, u16::from_le_bytes))
            .collect();
        let mut keys: Vec<KeyWords> = self
            .keys
            .iter()
            .map(|key_id| KeyWords {
                key_id: key_id.clone(),
                words: body.take(words, u32::from_le_bytes),
                decoys: None,
            })
            .collect();
        if self.decoys > 0 {
            for key in keys.iter_mut().take(self.tested) {
                key.decoys = Some(body.take(self.decoys as usize, u64::from_le_bytes));
            }
        }
        let residual = self.residual.as_ref().map(|header| {
            let cells = header.cells as usize;
            let forms = header.forms.iter().map(|form| Form {
                leaning: form.leaning.clone(),
                prior: form.prior,
                weights: body.take(cells, i32::from_le_bytes),
            });
            let forms = forms.collect();
            let words = cells * self.parts as usize;
            let words = (0..self.tested).map(|_| body.take(words, u32::from_le_bytes));
            Residual {
                forms,
                words: words.collect(),
            }
        });
        Cells {
            answers,
            weights,
            keys,
            residual,
        }
    }
}

/// What is left of a body.
struct Columns<'a>(&'a [u8]);

impl Columns<'_> {
    fn take<T, const N: usize>(&mut self, count: usize, read: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (column, rest) = self.0.split_at((count * N).min(self.0.len()));
        self.0 = rest;
        let (values, _) = column.as_chunks();
        values.iter().map(|&value| read(value)).collect()
    }
}

fn put<T: Copy, const N: usize>(bytes: &mut Vec<u8>, column: &[T], write: impl Fn(T) -> [u8; N]) {
    bytes.extend(column.iter().flat_map(|&value| write(value)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file with this header and so many zeros behind it.
    fn file(header: &str, body: usize) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + body, 0);
        bytes
    }

    #[test]
    fn a_header_that_promises_more_than_there_is_costs_nothing() {
        let schema = "\"schema\":\"hallmark/cells/1\"";
        for rest in [
            "\"cells\":0,\"parts\":1,\"keys\":[],\"tested\":0,\"weights\":9223372036854775807,\"decoys\":0",
            "\"cells\":0,\"parts\":1,\"keys\":[],\"tested\":9223372036854775807,\"weights\":0,\"decoys\":0",
            "\"cells\":18446744073709551615,\"parts\":2,\"keys\":[\"k\"],\"tested\":1,\"weights\":1,\"decoys\":0",
            "\"cells\":4611686018427387904,\"parts\":1,\"keys\":[],\"tested\":0,\"weights\":0,\"decoys\":0",
            "\"cells\":0,\"parts\":0,\"keys\":[\"k\"],\"tested\":1,\"weights\":0,\"decoys\":18446744073709551615",
        ] {
            let read = Cells::from_bytes(&file(&format!("{{{schema},{rest}}}"), 0));
            assert!(read.is_err(), "{rest}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            answers in proptest::collection::vec(0_u32..9, 0..20),
            parts in 1_usize..3,
            weighed: bool,
            decoys in proptest::option::of(proptest::collection::vec(0_u64..99, 1..5)),
        ) {
            let n = answers.len();
            let words = |seed: u32| (0..(n * parts) as u32).map(|at| at * 7 + seed).collect();
            let keys = vec![KeyWords { key_id: "a".to_owned(), words: words(1), decoys }];
            let weights = if weighed { vec![vec![3; n]] } else { vec![] };
            let cells = Cells { answers, weights, keys, residual: None };
            prop_assert_eq!(Cells::from_bytes(&cells.to_bytes().unwrap()), Ok(cells));
        }
    }
}
