//! A larger teacher's answers, from a folder that `mark --model` filled.

use crate::keys::Cohort;
use crate::plan::scheme_of;
use crate::students::{Corpora, CorporaSettings, Corpus, TeacherAnswer};
use hallmark::files::keys;
use hallmark::tokenizers;
use hallmark::{Error, Result};
use hallmark_core::keys::Key;
use hallmark_corpus::Tokenizer;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The teacher's tokenizer.
pub const TOKENIZER: &str = "tokenizer.json";
const UNMARKED: &str = "unmarked.jsonl";
const TESTED_KEY: &str = "tested.key";
const OTHER_KEY: &str = "other.key";

/// The world of the answers in `folder`.
///
/// # Errors
/// When a file is missing, or not as `mark --model` writes it.
pub fn open(folder: &Path) -> Result<Corpora> {
    let tokenizer = tokenizers::open(&folder.join(TOKENIZER))?;
    let clean = answers(&folder.join(UNMARKED), &tokenizer)?;
    let mut marked = vec![];
    for (scheme, window, cohort, path) in marked_files(folder) {
        let key = match cohort {
            Cohort::Tested => TESTED_KEY,
            Cohort::Other => OTHER_KEY,
        };
        let path_of_key = folder.join(key);
        let Key::Cohort(key) = keys::read(&path_of_key)?.marking_key() else {
            return Err(Error::usage(format_args!(
                "{} holds another engine's key",
                path_of_key.display()
            ))
            .hint("give the key that marked these answers"));
        };
        marked.push(Corpus {
            scheme: scheme_of(scheme).map_err(Error::usage)?,
            window,
            cohort,
            key,
            answers: answers(&path, &tokenizer)?,
        });
    }
    let pieces = pieces(&folder.join(TOKENIZER), tokenizer.vocab_size())?;
    Ok(Corpora::new(
        pieces,
        &clean,
        marked,
        CorporaSettings::default(),
    )?)
}

/// The files of marked answers that a folder has, with scheme, window and cohort.
#[must_use]
pub fn marked_files(folder: &Path) -> Vec<(&'static str, usize, Cohort, PathBuf)> {
    let mut files = vec![];
    for scheme in ["gumbel", "dual-gumbel", "green", "tournament"] {
        for window in 1..=4 {
            for (cohort, end) in [(Cohort::Tested, ""), (Cohort::Other, "-other")] {
                let path = folder.join(format!("{scheme}-h{window}{end}.jsonl"));
                if path.is_file() {
                    files.push((scheme, window, cohort, path));
                }
            }
        }
    }
    files
}

/// A record as `mark` writes it.
#[derive(Deserialize)]
struct Record {
    prompt: String,
    tokens: Vec<u32>,
}

/// The answers of a file, in the teacher's tokens.
///
/// # Errors
/// When it is not as `mark --model` writes it.
pub fn answers(path: &Path, tokenizer: &Tokenizer) -> Result<Vec<TeacherAnswer>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?;
    let answer = |(line, text): (usize, &str)| {
        let record: Record = serde_json::from_str(text).map_err(|error| {
            Error::usage(error)
                .at(format_args!("{}:{}", path.display(), line + 1))
                .hint("give files as `hallmark mark --model` writes them")
        })?;
        Ok(TeacherAnswer {
            prompt: tokenizer.encode(&record.prompt),
            answer: record.tokens,
        })
    };
    text.lines().enumerate().map(answer).collect()
}

/// The parts of a byte-level BPE's `tokenizer.json` that say which bytes each token is.
#[derive(Deserialize)]
struct TokenizerFile {
    model: Model,
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Model {
    vocab: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    special: bool,
}

/// The bytes of each token: its characters, by the table of byte-level BPE (Radford et al. 2019). Special tokens have none.
fn pieces(path: &Path, vocab: u32) -> Result<Vec<Vec<u8>>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?;
    let file: TokenizerFile = serde_json::from_str(&text).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("studies need the tokenizer.json of a byte-level BPE")
    })?;
    let bytes = byte_table();
    let mut pieces = vec![vec![]; vocab as usize];
    for (word, id) in &file.model.vocab {
        let piece: Option<Vec<u8>> = word.chars().map(|c| bytes.get(&c).copied()).collect();
        if let (Some(place), Some(piece)) = (pieces.get_mut(*id as usize), piece) {
            *place = piece;
        }
    }
    for added in file.added_tokens.iter().filter(|added| added.special) {
        if let Some(place) = pieces.get_mut(added.id as usize) {
            place.clear();
        }
    }
    Ok(pieces)
}

/// Which byte each character stands for: printable Latin-1 for itself, the rest from U+0100 on in their order.
fn byte_table() -> HashMap<char, u8> {
    let itself = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let mut shifted = 0x100_u32;
    (0..=255)
        .filter_map(|byte| {
            let code = if itself(byte) {
                u32::from(byte)
            } else {
                shifted += 1;
                shifted - 1
            };
            Some((char::from_u32(code)?, byte))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_table_is_one_to_one_and_shifts_the_unprintable() {
        let table = byte_table();
        assert_eq!(table.len(), 256);
        assert_eq!(table[&'A'], b'A');
        assert_eq!(table[&'Ġ'], b' ');
        assert_eq!(table[&'Ċ'], b'\n');
        assert_eq!(table[&'é'], 0xE9);
    }
}
