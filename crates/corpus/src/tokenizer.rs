//! The marking model's tokenizer: text to token ids, exactly as the reference implementation does it.

mod built_in;
mod bytes;
mod digest;
mod engine;
mod error;
mod joins;
mod name;
mod nfc;
mod offsets;
mod parts;
mod proven;
mod reference;
mod refused;
mod spelling;
mod words;

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;
use std::{fmt, fs};

use self::bytes::TokenBytes;
use self::engine::Engine;
pub use self::engine::ReadBy;
pub use self::error::TokenizerError;
use self::parts::Parts;

/// A tokenizer read from a Hugging Face `tokenizer.json`.
///
/// Encoding is that of the `tokenizers` library without special tokens: none is added, and **none is recognised in the
/// text** (`add_special_tokens = false`, `encode_special_tokens = true`). A suspect's text is hostile input, and a
/// detokeniser has left special tokens out of it, so `<|im_end|>` in a text is eight ordinary characters or so, never a
/// control token. Added tokens that are not special (runs of spaces, tags) are part of the vocabulary and are
/// recognised. Truncation and padding that the file asks for are not done: nothing is cut.
///
/// Files made of parts for which the tests of this crate compare it with the reference are read by `splintr`, which is
/// several times as fast; all others by the reference itself ([`Tokenizer::read_by`]).
pub struct Tokenizer {
    engine: Engine,
    special: HashSet<u32>,
    vocab_size: u32,
    digest: String,
    file_sha256: String,
    bytes: OnceLock<TokenBytes>,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// Where the file cannot be read, is no `tokenizer.json`, or is refused.
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
    /// Where they are no `tokenizer.json`, or one that is refused.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let parts = Parts::of(bytes)?;
        let vocab_size = parts.vocab_size()?;
        let (engine, names) = rayon::join(
            || Engine::open(&parts),
            || (name::of(digest::digest(&parts)), digest::of_file(bytes)),
        );
        let (digest, file_sha256) = names;
        Ok(Self {
            engine: engine?,
            special: parts.special(),
            vocab_size,
            digest,
            file_sha256,
            bytes: OnceLock::new(),
        })
    }

    /// Appends the tokens of a text.
    ///
    /// # Panics
    /// As [`Tokenizer::encode`].
    pub fn encode_into(&self, text: &str, tokens: &mut Vec<u32>) {
        tokens.extend(self.encode(text));
    }

    /// The tokens of a text.
    ///
    /// # Panics
    /// Where the reference reads the file ([`Tokenizer::read_by`]) and fails on the text: see [`Tokenizer::try_encode`].
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.try_encode(text)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`TokenizerError::Text`] where the reference itself fails on the text: a regular expression of the file takes
    /// millions of steps on it, as on tens of megabytes of white space.
    pub fn try_encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        self.engine.encode(text)
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
        self.engine.decode(&spoken)
    }

    /// The bytes that a token stands for within a text; none for special tokens and ids outside of the vocabulary.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        let spoken = |token| match self.special.contains(&token) {
            true => vec![],
            false => self.engine.token_bytes(token),
        };
        let all = || TokenBytes::of((0..self.vocab_size).map(spoken));
        self.bytes.get_or_init(all).get(token)
    }

    /// How many ids there are: one more than the largest, special and added ones included.
    #[must_use]
    pub fn vocab_size(&self) -> u32 {
        self.vocab_size
    }

    /// Which implementation reads texts.
    #[must_use]
    pub fn read_by(&self) -> &ReadBy {
        &self.engine.read_by
    }

    /// What decides ids (vocabulary, merges, steps, added tokens) as a SHA-256 in lower-case hexadecimal: what a profile
    /// names. It is the same for every file of one tokenizer (see `docs/tokenizers.md`).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// SHA-256 of the file, in lower-case hexadecimal: what early profiles name.
    #[must_use]
    pub fn file_sha256(&self) -> &str {
        &self.file_sha256
    }

    /// Whether a digest, in hexadecimal of either case, names this tokenizer, or the file that it was read from.
    #[must_use]
    pub fn is_named(&self, digest: &str) -> bool {
        [&self.digest, &self.file_sha256]
            .into_iter()
            .any(|own| own.eq_ignore_ascii_case(digest))
    }

    /// Compares the tokenizer with the digest in a profile, given in hexadecimal of either case.
    ///
    /// # Errors
    /// [`TokenizerError::Digest`] where it is another one.
    pub fn check_digest(&self, expected: &str) -> Result<(), TokenizerError> {
        if self.is_named(expected) {
            Ok(())
        } else {
            Err(TokenizerError::Digest {
                expected: expected.to_owned(),
                found: self.digest.clone(),
                file: self.file_sha256.clone(),
            })
        }
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer")
            .field("vocab_size", &self.vocab_size)
            .field("digest", &self.digest)
            .field("read_by", self.read_by())
            .finish()
    }
}
