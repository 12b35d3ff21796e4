//! The built-in model's tokenizer, and the tokenizer that a profile asks for.

use crate::failure::{Failure, Outcome};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_corpus::{Tokenizer, TokenizerError};
use std::path::Path;

/// The built-in model's tokenizer.
pub(crate) fn tokenizer() -> Outcome<Tokenizer> {
    Tokenizer::built_in()
        .map_err(|error| Failure::integrity(format_args!("the built-in tokenizer: {error}")))
}

/// How a profile names the built-in model's tokenizer.
pub(crate) fn tokenizer_ref() -> Outcome<TokenizerRef> {
    Ok(reference(&tokenizer()?))
}

/// How a profile names a tokenizer.
pub(crate) fn reference(tokenizer: &Tokenizer) -> TokenizerRef {
    let (vocab_size, sha256) = (tokenizer.vocab_size(), Some(tokenizer.sha256().to_owned()));
    TokenizerRef { vocab_size, sha256 }
}

/// Opens a tokenizer.json.
pub(crate) fn open_tokenizer(path: &Path) -> Outcome<Tokenizer> {
    Tokenizer::open(path).map_err(|error| failure(&error))
}

/// The tokenizer that the profile names: the file that was given, checked against the profile's
/// digest, or the built-in one where the profile names that. None where neither is at hand; then
/// only token ids can be read.
pub(crate) fn tokenizer_for(profile: &Profile, given: Option<&Path>) -> Outcome<Option<Tokenizer>> {
    tokenizer_with(profile.tokenizer.sha256.as_deref(), given, || {
        Failure::usage(format_args!(
            "profile {:?} names no tokenizer, so text cannot be read under it",
            profile.name
        ))
        .hint("leave --tokenizer out and give token ids, or make the profile with `profile new --tokenizer FILE`")
    })
}

/// The same by digest; `unnamed` says what is wrong when a file is given and there is no digest.
pub(crate) fn tokenizer_with(
    digest: Option<&str>,
    given: Option<&Path>,
    unnamed: impl FnOnce() -> Failure,
) -> Outcome<Option<Tokenizer>> {
    if let Some(path) = given {
        let tokenizer = open_tokenizer(path)?;
        let digest = digest.ok_or_else(unnamed)?;
        tokenizer
            .check_digest(digest)
            .map_err(|error| failure(&error))?;
        return Ok(Some(tokenizer));
    }
    let built_in = tokenizer()?;
    Ok((digest == Some(built_in.sha256())).then_some(built_in))
}

fn failure(error: &TokenizerError) -> Failure {
    let failure = match error {
        TokenizerError::Digest { .. } => Failure::integrity(error),
        _ => Failure::usage(error),
    };
    failure.hint(error.hint())
}
