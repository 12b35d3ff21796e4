//! Files that not even the reference can be relied on for.

use std::collections::HashSet;

use serde_json::Value;

use super::error::TokenizerError;
use super::parts::{Model, Parts};

/// Steps that the reference knows.
const NORMALIZERS: [&str; 15] = [
    "Bert",
    "BertNormalizer",
    "ByteLevel",
    "Lowercase",
    "NFC",
    "NFD",
    "NFKC",
    "NFKD",
    "Nmt",
    "Precompiled",
    "Prepend",
    "Replace",
    "Sequence",
    "Strip",
    "StripAccents",
];
const PRE_TOKENIZERS: [&str; 13] = [
    "BertPreTokenizer",
    "ByteLevel",
    "CharDelimiterSplit",
    "Delimiter",
    "Digits",
    "FixedLength",
    "Metaspace",
    "Punctuation",
    "Sequence",
    "Split",
    "UnicodeScripts",
    "Whitespace",
    "WhitespaceSplit",
];
const DECODERS: [&str; 10] = [
    "BPEDecoder",
    "ByteFallback",
    "ByteLevel",
    "CTC",
    "Fuse",
    "Metaspace",
    "Replace",
    "Sequence",
    "Strip",
    "WordPiece",
];

/// Refuses steps that are newer than the reference, by name.
fn known(what: &str, kinds: &[&str], known: &[&str]) -> Result<(), TokenizerError> {
    match kinds.iter().find(|kind| !known.contains(kind)) {
        Some(kind) => refused(format!("the reference knows no {what} {kind}")),
        None => Ok(()),
    }
}

/// The types of a step and of those within it.
fn kinds<'s>(step: &'s Value, list: &str) -> Vec<&'s str> {
    let own = step.get("type").and_then(Value::as_str);
    let within = step
        .get(list)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    own.into_iter()
        .chain(within.flat_map(|step| kinds(step, list)))
        .collect()
}

fn refused<T>(what: impl Into<String>) -> Result<T, TokenizerError> {
    Err(TokenizerError::Refused(what.into()))
}

/// What the reference loads, and yet does not read every text with, or not the same way twice.
pub(super) fn check(parts: &Parts<'_>) -> Result<(), TokenizerError> {
    let model = &parts.model;
    if model.dropout.is_some_and(|dropout| dropout != 0.0) {
        return refused("its dropout makes encoding random");
    }
    known(
        "model type",
        &[model.kind()],
        &["BPE", "WordPiece", "WordLevel", "Unigram"],
    )?;
    known(
        "normalizer",
        &kinds(&parts.normalizer, "normalizers"),
        &NORMALIZERS,
    )?;
    known(
        "pre-tokenizer",
        &kinds(&parts.pre_tokenizer, "pretokenizers"),
        &PRE_TOKENIZERS,
    )?;
    known("decoder", &kinds(&parts.decoder, "decoders"), &DECODERS)?;
    let tokens: HashSet<&str> = model
        .vocab
        .0
        .iter()
        .map(|entry| entry.token.as_str())
        .collect();
    let unknown = model.unk_token.as_deref();
    let has_unknown = unknown.is_some_and(|token| tokens.contains(token));
    match model.kind() {
        "Unigram" if model.unk_id.is_none() => refused(
            "it has no unknown token, and the reference fails on characters that are not in its vocabulary",
        ),
        "WordPiece" | "WordLevel" if !has_unknown => refused(format!(
            "its unknown token {:?} is not in its vocabulary, and the reference fails on words that are not",
            unknown.unwrap_or_default()
        )),
        "BPE" if unknown.is_some() && !has_unknown && !spells_all(parts, &tokens) => {
            refused(format!(
                "its unknown token {:?} is not in its vocabulary, and the reference fails on characters that are not",
                unknown.unwrap_or_default()
            ))
        }
        _ => Ok(()),
    }
}

/// Whether every byte has a token, so that none is ever unknown.
fn spells_all(parts: &Parts<'_>, tokens: &HashSet<&str>) -> bool {
    let Model { byte_fallback, .. } = parts.model;
    let bytes = || (0..=u8::MAX).map(|byte| format!("<0x{byte:02X}>"));
    let falls_back =
        byte_fallback == Some(true) && bytes().all(|byte| tokens.contains(byte.as_str()));
    let is_byte_level = |step: &Value| {
        let last = match step.get("pretokenizers").and_then(Value::as_array) {
            Some(steps) => steps.last(),
            None => Some(step),
        };
        last.is_some_and(|step| step["type"] == "ByteLevel")
    };
    let alphabet = tokenizers::pre_tokenizers::byte_level::ByteLevel::alphabet();
    let spells = || {
        alphabet
            .iter()
            .all(|letter| tokens.contains(letter.to_string().as_str()))
    };
    falls_back || is_byte_level(&parts.pre_tokenizer) && spells()
}
