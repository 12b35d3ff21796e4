//! The parts of a `tokenizer.json` that decide ids, read once for all who ask about them.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::TokenizerError;

/// A file by its parts.
pub(super) struct Parts<'a> {
    /// Every part as it stands.
    raw: BTreeMap<&'a str, &'a RawValue>,
    pub(super) model: Model,
    pub(super) added: Vec<Added>,
    pub(super) normalizer: Value,
    pub(super) pre_tokenizer: Value,
    pub(super) decoder: Value,
}

/// What does not decide the ids of a text: what is added, cut or filled up afterwards.
const NOT_DONE: [&str; 3] = ["truncation", "padding", "post_processor"];

impl<'a> Parts<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, TokenizerError> {
        let raw: BTreeMap<&str, &RawValue> =
            serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        let part = |name| {
            raw.get(name)
                .map_or(Ok(Value::Null), |raw| serde_json::from_str(raw.get()))
                .map_err(|error| malformed(&error))
        };
        let model = raw
            .get("model")
            .ok_or_else(|| TokenizerError::Malformed("it has no `model`".to_owned()))?;
        let added = match raw.get("added_tokens") {
            Some(list) => serde_json::from_str::<Option<Vec<Added>>>(list.get()),
            None => Ok(None),
        };
        Ok(Self {
            model: serde_json::from_str(model.get()).map_err(|error| malformed(&error))?,
            added: added
                .map_err(|error| malformed(&error))?
                .unwrap_or_default(),
            normalizer: part("normalizer")?,
            pre_tokenizer: part("pre_tokenizer")?,
            decoder: part("decoder")?,
            raw,
        })
    }

    /// The file again, without what is not done here, and with other parts in the place of those that it has.
    pub(super) fn json(
        &self,
        others: &[(&'a str, &'a RawValue)],
    ) -> Result<Vec<u8>, TokenizerError> {
        let mut raw = self.raw.clone();
        raw.retain(|name, _| !NOT_DONE.contains(name));
        raw.extend(others.iter().copied());
        serde_json::to_vec(&raw).map_err(|error| malformed(&error))
    }

    /// The added tokens that are not special, as they stand.
    pub(super) fn spoken(&self) -> Result<Box<RawValue>, TokenizerError> {
        let all: Vec<&RawValue> = match self.raw.get("added_tokens") {
            Some(list) if !self.added.is_empty() => {
                serde_json::from_str(list.get()).map_err(|error| malformed(&error))?
            }
            _ => Vec::new(),
        };
        let spoken: Vec<_> = all
            .into_iter()
            .zip(&self.added)
            .filter_map(|(raw, token)| (!token.special).then_some(raw))
            .collect();
        serde_json::value::to_raw_value(&spoken).map_err(|error| malformed(&error))
    }

    /// The ids of special tokens, which are never read in a text.
    pub(super) fn special(&self) -> HashSet<u32> {
        let special = self.added.iter().filter(|token| token.special);
        special.map(|token| token.id).collect()
    }

    /// One more than the largest id.
    pub(super) fn vocab_size(&self) -> Result<u32, TokenizerError> {
        let added = self.added.iter().map(|token| token.id);
        let own = self.model.vocab.0.iter().map(|entry| entry.id);
        added
            .chain(own)
            .max()
            .and_then(|id| id.checked_add(1))
            .ok_or_else(|| TokenizerError::Malformed("it has no vocabulary".to_owned()))
    }
}

fn malformed(error: &serde_json::Error) -> TokenizerError {
    TokenizerError::Malformed(error.to_string())
}

/// The model's fields that decide ids, of every type of model.
#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) r#type: Option<String>,
    pub(super) dropout: Option<f64>,
    pub(super) unk_token: Option<String>,
    pub(super) unk_id: Option<u32>,
    pub(super) continuing_subword_prefix: Option<String>,
    pub(super) end_of_word_suffix: Option<String>,
    pub(super) fuse_unk: Option<bool>,
    pub(super) byte_fallback: Option<bool>,
    pub(super) ignore_merges: Option<bool>,
    pub(super) max_input_chars_per_word: Option<u64>,
    #[serde(default)]
    pub(super) vocab: Vocab,
    pub(super) merges: Option<Vec<Merge>>,
}

impl Model {
    /// The type, or the one that the reference takes a model without one for.
    pub(super) fn kind(&self) -> &str {
        match (&self.r#type, &self.merges) {
            (Some(kind), _) => kind,
            (None, Some(_)) => "BPE",
            (None, None) if self.continuing_subword_prefix.is_some() => "WordPiece",
            (None, None) if self.unk_token.is_some() => "WordLevel",
            (None, None) => "Unigram",
        }
    }
}

/// A token that was added to the vocabulary.
#[derive(Deserialize)]
pub(super) struct Added {
    pub(super) id: u32,
    pub(super) content: String,
    #[serde(default)]
    pub(super) single_word: bool,
    #[serde(default)]
    pub(super) lstrip: bool,
    #[serde(default)]
    pub(super) rstrip: bool,
    #[serde(default)]
    pub(super) normalized: bool,
    #[serde(default)]
    pub(super) special: bool,
}

/// The model's own tokens, in the order of the file.
#[derive(Default)]
pub(super) struct Vocab(pub(super) Vec<Entry>);

pub(super) struct Entry {
    pub(super) token: String,
    pub(super) id: u32,
    /// Of a Unigram model.
    pub(super) score: Option<f64>,
}

impl<'de> Deserialize<'de> for Vocab {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Vocab;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary: tokens and ids, or tokens and scores")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Vocab, M::Error> {
                let mut entries = Vec::new();
                while let Some((token, id)) = map.next_entry()? {
                    let score = None;
                    entries.push(Entry { token, id, score });
                }
                Ok(Vocab(entries))
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Vocab, S::Error> {
                let mut entries = Vec::new();
                while let Some((token, score)) = list.next_element()? {
                    let id = u32::try_from(entries.len()).map_err(S::Error::custom)?;
                    let score = Some(score);
                    entries.push(Entry { token, id, score });
                }
                Ok(Vocab(entries))
            }
        }
        parser.deserialize_any(Entries)
    }
}

/// Two tokens that are joined, however the file writes them.
pub(super) enum Merge {
    Pair(String, String),
    /// The first line of the files that merges were once kept in.
    Heading,
}

impl<'de> Deserialize<'de> for Merge {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Merge;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("two tokens, or a string of two tokens with a space between")
            }
            fn visit_str<E: Error>(self, line: &str) -> Result<Merge, E> {
                if line.starts_with("#version") {
                    return Ok(Merge::Heading);
                }
                match line.split_once(' ') {
                    Some((first, second)) if !second.contains(' ') => {
                        Ok(Merge::Pair(first.to_owned(), second.to_owned()))
                    }
                    _ => Err(E::custom(format_args!(
                        "the merge {line:?} is not of two tokens"
                    ))),
                }
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Merge, S::Error> {
                let mut token = |at| {
                    list.next_element()?
                        .ok_or_else(|| S::Error::invalid_length(at, &Either))
                };
                let merge = Merge::Pair(token(0)?, token(1)?);
                match list.next_element::<serde::de::IgnoredAny>()? {
                    None => Ok(merge),
                    Some(_) => Err(S::Error::invalid_length(3, &Either)),
                }
            }
        }
        parser.deserialize_any(Either)
    }
}
