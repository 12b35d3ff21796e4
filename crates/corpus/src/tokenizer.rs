//! The marking model's tokenizer: text to token ids, exactly as the reference implementation does it.

mod built_in;
mod bytes;
mod error;
mod offsets;
mod proven;
mod words;

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;
use std::{fmt, fs};

use sha2::{Digest, Sha256};
use splintr::{AnyTokenizer, Tokenize};

use self::bytes::TokenBytes;
pub use self::error::TokenizerError;
use self::proven::Proven;

/// A tokenizer read from a Hugging Face `tokenizer.json`.
///
/// Encoding is that of the `tokenizers` library without special tokens: none is added, and **none is recognised in the
/// text** (`add_special_tokens = false`, `encode_special_tokens = true`). A suspect's text is hostile input, and a
/// detokeniser has left special tokens out of it, so `<|im_end|>` in a text is eight ordinary characters or so, never a
/// control token. Added tokens that are not special (runs of spaces, tags) are part of the vocabulary and are
/// recognised. Truncation and padding that the file asks for are not done: nothing is cut.
///
/// The work is done by `splintr`, which is an order of magnitude faster than the reference and young. Only kinds of
/// `tokenizer.json` that this crate's tests compare with the reference are loaded; others are refused.
pub struct Tokenizer {
    inner: AnyTokenizer,
    special: HashSet<u32>,
    vocab_size: u32,
    ends_words: bool,
    sha256: String,
    bytes: OnceLock<TokenBytes>,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// Where the file cannot be read, is no `tokenizer.json`, or is of a kind that has not been proven exact.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TokenizerError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| TokenizerError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::from_json(&bytes)
    }

    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// # Errors
    /// Where they are no `tokenizer.json`, or one of a kind that has not been proven exact.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let Proven {
            json,
            special,
            vocab_size,
            ends_words,
        } = proven::check(bytes)?;
        let inner =
            splintr::from_json_bytes(&json).map_err(|e| TokenizerError::Unproven(e.to_string()))?;
        let sha256 = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            inner,
            special,
            vocab_size,
            ends_words,
            sha256,
            bytes: OnceLock::new(),
        })
    }

    /// Appends the tokens of a text.
    pub fn encode_into(&self, text: &str, tokens: &mut Vec<u32>) {
        tokens.extend(self.inner.encode_raw(text));
    }

    /// The tokens of a text.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.inner.encode_raw(text)
    }

    /// The text of tokens. Special tokens and ids outside of the vocabulary have none; bytes that are not UTF-8
    /// (half a character) become U+FFFD.
    #[must_use]
    pub fn decode(&self, tokens: &[u32]) -> String {
        let spoken: Vec<u32> = tokens
            .iter()
            .copied()
            .filter(|token| !self.special.contains(token))
            .collect();
        Tokenize::decode_lossy(&self.inner, &spoken)
    }

    /// The bytes that a token stands for within a text; none for special tokens and ids outside of the vocabulary.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        let spoken = |token| match self.special.contains(&token) {
            true => vec![],
            false => Tokenize::decode_token_bytes(&self.inner, token).unwrap_or_default(),
        };
        let all = || TokenBytes::of((0..self.vocab_size).map(spoken));
        self.bytes.get_or_init(all).get(token)
    }

    /// How many ids there are: one more than the largest, special and added ones included.
    #[must_use]
    pub fn vocab_size(&self) -> u32 {
        self.vocab_size
    }

    /// SHA-256 of the file, in lower-case hexadecimal: what a profile names.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Compares the file with the digest in a profile, given in hexadecimal of either case.
    ///
    /// # Errors
    /// [`TokenizerError::Digest`] where it is another file.
    pub fn check_digest(&self, expected: &str) -> Result<(), TokenizerError> {
        if self.sha256.eq_ignore_ascii_case(expected) {
            Ok(())
        } else {
            Err(TokenizerError::Digest {
                expected: expected.to_owned(),
                found: self.sha256.clone(),
            })
        }
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer")
            .field("vocab_size", &self.vocab_size)
            .field("sha256", &self.sha256)
            .finish()
    }
}
