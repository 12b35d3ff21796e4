//! What is disclosed of every scored cell: one file of columns.
//!
//! ```text
//! HMCELLS2 | header's length, 32 bits | header, JSON | columns, little-endian, one behind the other:
//!   answers u32[cells]; weights u16[cells], for each form; words u32[cells·parts], for each key;
//!   decoys u64[decoys], for each tested key; T2r: weights i32[residual.cells], for each form; words u32[residual.cells·parts], for each tested key;
//!   sources u16[sources.answers]; T3r, for each log: codes u8[cells]; steps u8[cells], for each of four kinds; words u32[cells·words];
//!   T9: windows u32[windows]; weights i32[cells]; probabilities u64[cells]; words u32[cells], for each tested key
//! ```
//!
//! Version 1 (`HMCELLS1`) ends behind T2r's words; it is read, and not written.

use crate::arithmetic::{Cells, Form, KeyWords, Masses, Residual, Sources, Visits};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The first bytes of the file, by version.
const MAGIC: [(&[u8; 8], CellsFormat); 2] = [
    (b"HMCELLS2", CellsFormat::Second),
    (b"HMCELLS1", CellsFormat::First),
];

/// The longest header that is read, in bytes.
const MAX_HEADER: usize = 1 << 20;

/// Forms of weights at most, T2's or T2r's.
const MOST_FORMS: usize = 3;

/// Sources of answers at most that are told apart.
pub const MOST_SOURCES: usize = 64;

/// The name of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellsFormat {
    /// Without sources, T3r and T9.
    #[serde(rename = "hallmark/cells/1")]
    First,
    /// With them.
    #[serde(rename = "hallmark/cells/2")]
    Second,
}

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
    /// Where answers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<SourcesHeader>,
    /// T3r's cells, for each log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_visits: Vec<VisitsHeader>,
    /// T9's cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masses: Option<MassesHeader>,
}

/// What the column of sources is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesHeader {
    /// `file` or `group`.
    pub by: String,
    /// Their names, in the order in which they came first.
    pub names: Vec<String>,
    /// How many answers.
    pub answers: u64,
}

/// What the columns of a log's cells are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitsHeader {
    /// Public id of the key that marked the log.
    pub key_id: String,
    /// How many cells.
    pub cells: u64,
    /// Words of each.
    pub words: u64,
}

/// What T9's columns are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MassesHeader {
    /// How many windows.
    pub windows: u64,
    /// How many cells.
    pub cells: u64,
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
    #[error(
        "this is no file of cells of version 1 or 2: it does not begin with HMCELLS1 or HMCELLS2"
    )]
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
        bytes.extend(MAGIC[0].0);
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
        if let Some(sources) = &self.sources {
            put(&mut bytes, &sources.answers, u16::to_le_bytes);
        }
        for visits in &self.first_visits {
            put(&mut bytes, &visits.codes, u8::to_le_bytes);
            for steps in &visits.steps {
                put(&mut bytes, steps, u8::to_le_bytes);
            }
            put(&mut bytes, &visits.words, u32::to_le_bytes);
        }
        if let Some(masses) = &self.masses {
            put(&mut bytes, &masses.windows, u32::to_le_bytes);
            put(&mut bytes, &masses.weights, i32::to_le_bytes);
            put(&mut bytes, &masses.masses, u64::to_le_bytes);
            for words in &masses.words {
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
        let begins = |(magic, version)| Some((bytes.strip_prefix(magic)?, version));
        let found = MAGIC.into_iter().find_map(begins);
        let (rest, version) = found.ok_or(CellsError::Magic)?;
        let (length, rest) = rest.split_first_chunk().ok_or(CellsError::Magic)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_HEADER || length > rest.len() {
            let what = format!("its length, {length}, is above {MAX_HEADER} or the file's");
            return Err(CellsError::Header(what));
        }
        let (json, body) = rest.split_at(length);
        let header: Header =
            serde_json::from_slice(json).map_err(|error| CellsError::Header(error.to_string()))?;
        header.is_of(version)?;
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
        let masses = self.masses.as_ref();
        decoys
            .max(residual.map_or(0, |residual| residual.words.len()))
            .max(masses.map_or(0, |masses| masses.words.len()))
    }

    fn header(&self) -> Header {
        let cells = self.answers.len() as u64;
        let words = self.keys.first().map_or(0, |key| key.words.len() as u64);
        let decoys = |key: &KeyWords| key.decoys.as_ref().map(|decoys| decoys.len() as u64);
        Header {
            schema: CellsFormat::Second,
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
            sources: self.sources.as_ref().map(|sources| SourcesHeader {
                by: sources.by.clone(),
                names: sources.names.clone(),
                answers: sources.answers.len() as u64,
            }),
            first_visits: self.first_visits.iter().map(VisitsHeader::of).collect(),
            masses: self.masses.as_ref().map(|masses| MassesHeader {
                windows: masses.windows.len() as u64,
                cells: masses.weights.len() as u64,
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

impl VisitsHeader {
    fn of(visits: &Visits) -> Self {
        let (cells, words) = (visits.codes.len() as u64, visits.words.len() as u64);
        Self {
            key_id: visits.key_id.clone(),
            cells,
            words: words.checked_div(cells).unwrap_or(1),
        }
    }

    fn columns(&self, body: &mut Columns<'_>) -> Visits {
        let cells = self.cells as usize;
        Visits {
            key_id: self.key_id.clone(),
            codes: body.take(cells, u8::from_le_bytes),
            steps: (0..Visits::KINDS)
                .map(|_| body.take(cells, u8::from_le_bytes))
                .collect(),
            words: body.take(cells * self.words as usize, u32::from_le_bytes),
        }
    }
}

impl Header {
    /// Says no to what the version that the file begins with does not have.
    fn is_of(&self, version: CellsFormat) -> Result<(), CellsError> {
        let later =
            self.sources.is_some() || !self.first_visits.is_empty() || self.masses.is_some();
        match self.schema == version && (version == CellsFormat::Second || !later) {
            true => Ok(()),
            false => Err(CellsError::Header(
                "it is not of the version that the file begins with".to_owned(),
            )),
        }
    }

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
        let sources = self.sources.as_ref();
        if tested > keys
            || self.weights > MOST_FORMS
            || forms > MOST_FORMS
            || sources.is_some_and(|sources| sources.names.len() > MOST_SOURCES)
            || self.first_visits.len() > self.keys.len()
        {
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
        if let Some(sources) = sources {
            columns.push(sources.answers.checked_mul(2)?);
        }
        for visits in &self.first_visits {
            let each = visits
                .words
                .checked_mul(4)?
                .checked_add(1 + Visits::KINDS as u64)?;
            columns.push(visits.cells.checked_mul(each)?);
        }
        if let Some(masses) = &self.masses {
            columns.push(masses.windows.checked_mul(4)?);
            let each = tested.checked_mul(4)?.checked_add(12)?;
            columns.push(masses.cells.checked_mul(each)?);
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
        let sources = self.sources.as_ref().map(|header| Sources {
            by: header.by.clone(),
            names: header.names.clone(),
            answers: body.take(header.answers as usize, u16::from_le_bytes),
        });
        let logs = self.first_visits.iter();
        let first_visits = logs.map(|header| header.columns(body)).collect();
        let masses = self.masses.as_ref().map(|header| {
            let cells = header.cells as usize;
            Masses {
                windows: body.take(header.windows as usize, u32::from_le_bytes),
                weights: body.take(cells, i32::from_le_bytes),
                masses: body.take(cells, u64::from_le_bytes),
                words: (0..self.tested)
                    .map(|_| body.take(cells, u32::from_le_bytes))
                    .collect(),
            }
        });
        Cells {
            answers,
            weights,
            keys,
            residual,
            sources,
            first_visits,
            masses,
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
    fn file(magic: &[u8; 8], header: &str, body: usize) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + body, 0);
        bytes
    }

    #[test]
    fn a_header_that_promises_more_than_there_is_costs_nothing() {
        let schema = "\"schema\":\"hallmark/cells/2\"";
        for rest in [
            "\"cells\":0,\"parts\":1,\"keys\":[],\"tested\":0,\"weights\":9223372036854775807,\"decoys\":0",
            "\"cells\":0,\"parts\":1,\"keys\":[],\"tested\":9223372036854775807,\"weights\":0,\"decoys\":0",
            "\"cells\":18446744073709551615,\"parts\":2,\"keys\":[\"k\"],\"tested\":1,\"weights\":1,\"decoys\":0",
            "\"cells\":4611686018427387904,\"parts\":1,\"keys\":[],\"tested\":0,\"weights\":0,\"decoys\":0",
            "\"cells\":0,\"parts\":0,\"keys\":[\"k\"],\"tested\":1,\"weights\":0,\"decoys\":18446744073709551615",
            "\"cells\":0,\"parts\":1,\"keys\":[\"k\"],\"tested\":1,\"weights\":0,\"decoys\":0,\"sources\":{\"by\":\"file\",\"names\":[],\"answers\":18446744073709551615}",
            "\"cells\":0,\"parts\":1,\"keys\":[\"k\"],\"tested\":1,\"weights\":0,\"decoys\":0,\"first_visits\":[{\"key_id\":\"k\",\"cells\":18446744073709551615,\"words\":1}]",
            "\"cells\":0,\"parts\":1,\"keys\":[\"k\"],\"tested\":1,\"weights\":0,\"decoys\":0,\"masses\":{\"windows\":1,\"cells\":18446744073709551615}",
        ] {
            let read = Cells::from_bytes(&file(b"HMCELLS2", &format!("{{{schema},{rest}}}"), 0));
            assert!(read.is_err(), "{rest}");
        }
    }

    /// A file of the first version, and what is in none.
    #[test]
    fn the_first_version_is_read_and_has_nothing_of_the_second() {
        let header = "{\"schema\":\"hallmark/cells/1\",\"cells\":2,\"parts\":1,\"keys\":[\"k\"],\"tested\":0,\"weights\":0,\"decoys\":0}";
        let cells = Cells::from_bytes(&file(b"HMCELLS1", header, 16)).unwrap();
        assert_eq!(cells.answers, [0, 0]);
        assert!(cells.sources.is_none() && cells.masses.is_none());
        let refused = |magic, header: &str| {
            let read = Cells::from_bytes(&file(magic, header, 16));
            assert!(matches!(read, Err(CellsError::Header(_))), "{header}");
        };
        refused(b"HMCELLS2", header);
        refused(b"HMCELLS1", &header.replace("cells/1", "cells/2"));
        let more = "\"decoys\":0,\"masses\":{\"windows\":0,\"cells\":0}";
        refused(b"HMCELLS1", &header.replace("\"decoys\":0", more));
        let third = Cells::from_bytes(&file(b"HMCELLS3", header, 16));
        assert_eq!(third, Err(CellsError::Magic));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            answers in proptest::collection::vec(0_u32..9, 0..20),
            parts in 1_usize..3,
            weighed: bool,
            decoys in proptest::option::of(proptest::collection::vec(0_u64..99, 1..5)),
            visits in proptest::collection::vec(any::<[u8; 5]>(), 0..9),
            windows in proptest::collection::vec(1_u32..4, 0..5),
        ) {
            let n = answers.len();
            let words = |seed: u32| (0..(n * parts) as u32).map(|at| at * 7 + seed).collect();
            let masses = decoys.is_some().then(|| {
                let n = windows.iter().sum::<u32>() as usize;
                Masses { windows, weights: vec![-7; n], masses: vec![1 << 32; n], words: vec![vec![9; n]] }
            });
            let column = |at: usize| visits.iter().map(|all| all[at]).collect::<Vec<_>>();
            let first_visits = vec![Visits {
                key_id: "a".to_owned(),
                codes: column(0),
                steps: (1..5).map(column).collect(),
                words: vec![3; visits.len()],
            }];
            let sources = weighed.then(|| Sources {
                by: "group".to_owned(),
                names: vec![String::new(), "x".to_owned()],
                answers: vec![1; 9],
            });
            let keys = vec![KeyWords { key_id: "a".to_owned(), words: words(1), decoys }];
            let weights = if weighed { vec![vec![3; n]] } else { vec![] };
            let cells = Cells { answers, weights, keys, residual: None, sources, first_visits, masses };
            prop_assert_eq!(Cells::from_bytes(&cells.to_bytes().unwrap()), Ok(cells));
        }
    }
}
