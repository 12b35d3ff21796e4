//! The profile: the public description of a mark, of this project's or another engine's, as a TOML file. It holds no secret.

mod bind;
mod description;
mod error;
mod file;
mod limits;

pub use description::{Profile, TokenizerRef};
pub use error::ProfileError;
pub use limits::{MAX_RING, MAX_VOCAB_SIZE, PROFILE_VERSION};

use crate::schemes::{SCHEMES, SchemeRow};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use file::File;

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
        check_ring(self.ring, row)?;
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

fn check_ring(ring: u32, row: &SchemeRow) -> Result<(), ProfileError> {
    let (most, allowed) = match row.is_native() {
        true => (MAX_RING, "1 to 16"),
        false => (1, "1: only this project's schemes have rings of keys"),
    };
    if !(1..=most).contains(&ring) {
        return Err(ProfileError::Value {
            field: "ring",
            found: ring.to_string(),
            allowed,
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
