//! The profile: the public description of a mark, of this project's or another engine's, as a TOML file. It holds no secret.

mod bind;
mod error;
mod file;

pub use error::ProfileError;

use crate::schemes::{SCHEMES, Scheme, SchemeRow};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use file::File;

/// Version of the profile format that this crate reads and writes.
pub const PROFILE_VERSION: u32 = 1;

/// Largest vocabulary: token ids go up to `0xFF_FFFE`.
pub const MAX_VOCAB_SIZE: u32 = 0xFF_FFFF;

/// The public description of a mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// A name for people; it is part of no derivation.
    pub name: String,
    /// The scheme with its parameters.
    pub scheme: Scheme,
    /// Tokens before a position that key its mark.
    pub window: usize,
    /// The marking model's tokenizer. For another engine's mark, `vocab_size` is what the engine takes as the vocabulary:
    /// lists are permutations of exactly that many ids.
    pub tokenizer: TokenizerRef,
}

/// Which tokenizer a profile's token ids belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerRef {
    /// Number of token ids, including unused ones up to the width of the model's logits.
    pub vocab_size: u32,
    /// SHA-256 of the `tokenizer.json` in hexadecimal; without it, only token ids can be read.
    pub sha256: Option<String>,
}

impl Profile {
    /// Reads and checks a profile file.
    ///
    /// # Errors
    /// When it is not TOML, has an unknown or missing field, or a value is out of range.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Self::parse_among(text, &SCHEMES)
    }

    /// The same with other schemes in place of the known ones.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_among(text: &str, schemes: &'static [SchemeRow]) -> Result<Self, ProfileError> {
        let file: File = toml::from_str(text).map_err(|error| ProfileError::Syntax {
            line: error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
            message: error.message().trim_end().to_owned(),
        })?;
        let profile = file.profile(schemes)?;
        profile.check()?;
        Ok(profile)
    }

    /// The profile as the text of a profile file; [`parse`](Self::parse) gives it back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(&File::from(self)).expect("a profile has only plain values")
    }

    /// Checks every value, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    /// Names the first field whose value is out of range.
    pub fn check(&self) -> Result<(), ProfileError> {
        check_name(&self.name)?;
        let row = self.scheme.row();
        if !row.allowed().contains(&self.window) {
            let (least, most) = row.windows;
            return Err(ProfileError::Window {
                scheme: row.id,
                found: self.window,
                least,
                most,
            });
        }
        check_tokenizer(&self.tokenizer)?;
        let fault = self.scheme.fault(self.tokenizer.vocab_size);
        fault.map_or(Ok(()), |(field, found, allowed)| {
            Err(ProfileError::Value {
                field,
                found: found.to_string(),
                allowed,
            })
        })
    }
}

fn check_name(name: &str) -> Result<(), ProfileError> {
    if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
        return Err(ProfileError::Value {
            field: "name",
            found: format!("{name:?}"),
            allowed: "1 to 128 bytes of printable text",
        });
    }
    Ok(())
}

fn check_tokenizer(tokenizer: &TokenizerRef) -> Result<(), ProfileError> {
    if !(2..=MAX_VOCAB_SIZE).contains(&tokenizer.vocab_size) {
        return Err(ProfileError::Value {
            field: "tokenizer.vocab_size",
            found: tokenizer.vocab_size.to_string(),
            allowed: "2 to 16777215",
        });
    }
    if let Some(digest) = &tokenizer.sha256
        && (digest.len() != 64
            || !digest
                .bytes()
                .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
    {
        return Err(ProfileError::Value {
            field: "tokenizer.sha256",
            found: digest.clone(),
            allowed: "64 lower-case hexadecimal digits",
        });
    }
    Ok(())
}
