//! What reads texts: the fast reader where it is proven equal to the reference, and the reference elsewhere.

use std::sync::OnceLock;

use serde_json::Value;
use splintr::{AnyTokenizer, Tokenize};

use super::error::TokenizerError;
use super::nfc;
use super::parts::Parts;
use super::proven::{self, Proven};
use super::reference::Reference;
use super::refused;

/// Which implementation gives texts their ids. Both give the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBy {
    /// `splintr`.
    Splintr,
    /// The reference, the crate `tokenizers`, which takes several times as long.
    Tokenizers {
        /// What in the file `splintr` is not proven equal for.
        why: String,
    },
}

pub(super) struct Engine {
    reader: Reader,
    /// Whether no token reaches from an ASCII letter into a space behind it.
    pub(super) ends_words: bool,
    pub(super) read_by: ReadBy,
}

enum Reader {
    Splintr(Box<AnyTokenizer>, Option<Box<Composing>>),
    Tokenizers(Box<Reference>),
}

/// The reference for texts that it may compose (NFC) differently, read when the first such text comes.
struct Composing {
    json: Vec<u8>,
    decoder: Value,
    reference: OnceLock<Result<Reference, String>>,
}

impl Composing {
    fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let read = || Reference::read(&self.json, &self.decoder);
        self.reference
            .get_or_init(read)
            .as_ref()
            .map_err(Clone::clone)?
            .encode(text)
    }
}

impl Engine {
    pub(super) fn open(parts: &Parts<'_>) -> Result<Self, TokenizerError> {
        refused::check(parts)?;
        let why = match proven::check(parts)? {
            Ok(Proven {
                json,
                ends_words,
                composes,
            }) => match splintr::from_json_bytes(&json) {
                Ok(reader) => {
                    let composing = match composes {
                        true => Some(Box::new(Composing {
                            json: parts.json(&[])?,
                            decoder: parts.decoder.clone(),
                            reference: OnceLock::new(),
                        })),
                        false => None,
                    };
                    let reader = Reader::Splintr(Box::new(reader), composing);
                    let read_by = ReadBy::Splintr;
                    return Ok(Self {
                        reader,
                        ends_words,
                        read_by,
                    });
                }
                Err(error) => error.to_string(),
            },
            Err(why) => why,
        };
        Ok(Self {
            reader: Reader::Tokenizers(Box::new(
                Reference::read(&parts.json(&[])?, &parts.decoder)
                    .map_err(TokenizerError::Refused)?,
            )),
            ends_words: false,
            read_by: ReadBy::Tokenizers { why },
        })
    }

    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        match &self.reader {
            // The fast reader puts a blank before it where the file asks for one.
            _ if text.is_empty() => Ok(Vec::new()),
            Reader::Splintr(_, Some(reference)) if nfc::is_doubtful(text) => {
                reference.encode(text).map_err(TokenizerError::Text)
            }
            Reader::Splintr(reader, _) => Ok(reader.encode_raw(text)),
            Reader::Tokenizers(reference) => reference.encode(text).map_err(TokenizerError::Text),
        }
    }

    /// The text of tokens of which none is special.
    pub(super) fn decode(&self, tokens: &[u32]) -> String {
        match &self.reader {
            Reader::Splintr(reader, _) => Tokenize::decode_lossy(&**reader, tokens),
            Reader::Tokenizers(reference) => reference.decode(tokens),
        }
    }

    /// The bytes that a token stands for within a text.
    pub(super) fn token_bytes(&self, token: u32) -> Vec<u8> {
        match &self.reader {
            Reader::Splintr(reader, _) => {
                Tokenize::decode_token_bytes(&**reader, token).unwrap_or_default()
            }
            Reader::Tokenizers(reference) => reference.token_bytes(token),
        }
    }
}
