//! The built-in model's tokenizer, and the tokenizer that a profile asks for.

use crate::error::{Error, Result};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_corpus::{ReadBy, Tokenizer};
use std::path::Path;

/// The built-in model's tokenizer.
///
/// # Errors
/// When this program is damaged.
pub fn built_in() -> Result<Tokenizer> {
    Tokenizer::built_in()
        .map_err(|error| Error::integrity(format_args!("the built-in tokenizer: {error}")))
}

/// How a profile names the built-in model's tokenizer.
///
/// # Errors
/// As [`built_in`].
pub fn built_in_ref() -> Result<TokenizerRef> {
    Ok(reference(&built_in()?))
}

/// How a profile names a tokenizer.
#[must_use]
pub fn reference(tokenizer: &Tokenizer) -> TokenizerRef {
    let (vocab_size, sha256) = (tokenizer.vocab_size(), Some(tokenizer.digest().to_owned()));
    TokenizerRef { vocab_size, sha256 }
}

/// That the slower of two readers reads a tokenizer, and why, where it does. Both give the same tokens.
#[must_use]
pub fn slowly(tokenizer: &Tokenizer) -> Option<String> {
    match tokenizer.read_by() {
        ReadBy::Splintr => None,
        ReadBy::Tokenizers { why } => Some(format!(
            "the tokenizer is read by the crate `tokenizers`, which takes many times as long and gives exactly its tokens: it has {why}"
        )),
    }
}

/// Opens a tokenizer.json.
///
/// # Errors
/// When it cannot be read, or is of a kind that is not supported.
pub fn open(path: &Path) -> Result<Tokenizer> {
    Ok(Tokenizer::open(path)?)
}

/// The tokenizer that the profile names: the file that was given, checked against the profile's
/// digest, or the built-in one where the profile names that. None where neither is at hand; then
/// only token ids can be read.
///
/// # Errors
/// When the file is not the profile's.
pub fn of_profile(profile: &Profile, given: Option<&Path>) -> Result<Option<Tokenizer>> {
    of_digest(profile.tokenizer.sha256.as_deref(), given, || {
        Error::usage(format_args!(
            "profile {:?} names no tokenizer, so text cannot be read under it",
            profile.name
        ))
        .hint("leave --tokenizer out and give token ids, or make the profile with `profile new --tokenizer FILE`")
    })
}

/// The same by digest; `unnamed` says what is wrong when a file is given and there is no digest.
///
/// # Errors
/// As [`of_profile`].
pub fn of_digest(
    digest: Option<&str>,
    given: Option<&Path>,
    unnamed: impl FnOnce() -> Error,
) -> Result<Option<Tokenizer>> {
    if let Some(path) = given {
        let tokenizer = open(path)?;
        let digest = digest.ok_or_else(unnamed)?;
        tokenizer.check_digest(digest)?;
        return Ok(Some(tokenizer));
    }
    let built_in = built_in()?;
    Ok((digest == Some(built_in.digest())).then_some(built_in))
}
