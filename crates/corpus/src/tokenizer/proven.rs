//! Which `tokenizer.json` files are loaded: those made of parts that the differential tests cover, and no others.
//!
//! A part that is silently ignored or read differently moves tokens, and moved tokens lose the evidence without a
//! trace. So the file is checked against a list before it is loaded.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::TokenizerError;

/// A file that passed.
pub(super) struct Proven {
    /// The file without its special added tokens, so that none is recognised in text.
    pub(super) json: Vec<u8>,
    pub(super) special: HashSet<u32>,
    pub(super) vocab_size: u32,
    /// Whether no token reaches from an ASCII letter into a space behind it.
    pub(super) ends_words: bool,
}

/// Patterns of `Split` pre-tokenizers that are compared with the reference: those of Llama 3, Qwen 2 to 3, Qwen 3.5,
/// GPT-4o and Mistral's Tekken.
const SPLIT_PATTERNS: [&str; 5] = [
    splintr::LLAMA3_PATTERN,
    splintr::QWEN2_PATTERN,
    splintr::QWEN35_PATTERN,
    splintr::O200K_BASE_PATTERN,
    splintr::MISTRAL_V3_PATTERN,
];

pub(super) fn check(bytes: &[u8]) -> Result<Proven, TokenizerError> {
    let malformed = |e: serde_json::Error| TokenizerError::Malformed(e.to_string());
    let mut parts: BTreeMap<&str, &RawValue> = serde_json::from_slice(bytes).map_err(malformed)?;
    let part = |name| {
        parts
            .get(name)
            .map_or(Ok(Value::Null), |raw| serde_json::from_str(raw.get()))
            .map_err(malformed)
    };
    let model = parts
        .get("model")
        .ok_or_else(|| TokenizerError::Malformed("it has no `model`".to_owned()))?;
    let model: Model = serde_json::from_str(model.get()).map_err(malformed)?;
    let added: Vec<Added> = match part("added_tokens")? {
        Value::Null => Vec::new(),
        list => serde_json::from_value(list).map_err(malformed)?,
    };
    let normalizer = part("normalizer")?;

    check_model(&model)?;
    check_steps(&normalizer, "normalizers", &check_normalizer)?;
    let pre_tokenizer = part("pre_tokenizer")?;
    check_steps(&pre_tokenizer, "pretokenizers", &check_pre_tokenizer)?;
    for token in added.iter().filter(|token| !token.special) {
        check_added(token, !normalizer.is_null())?;
    }

    let top = added
        .iter()
        .map(|token| token.id)
        .chain(model.vocab.top)
        .max();
    let vocab_size = top
        .and_then(|id| id.checked_add(1))
        .ok_or_else(|| TokenizerError::Malformed("it has no vocabulary".to_owned()))?;
    let special = added
        .iter()
        .filter(|token| token.special)
        .map(|token| token.id)
        .collect();

    let ends_words = ends_words(&normalizer, &pre_tokenizer, &added);
    let raw_added: Vec<&RawValue> = match parts.get("added_tokens") {
        Some(raw) if !added.is_empty() => serde_json::from_str(raw.get()).map_err(malformed)?,
        _ => Vec::new(),
    };
    let kept: Vec<_> = raw_added
        .into_iter()
        .zip(&added)
        .filter_map(|(raw, token)| (!token.special).then_some(raw))
        .collect();
    let kept = serde_json::value::to_raw_value(&kept).map_err(malformed)?;
    parts.insert("added_tokens", &kept);
    let json = serde_json::to_vec(&parts).map_err(malformed)?;
    Ok(Proven {
        json,
        special,
        vocab_size,
        ends_words,
    })
}

#[derive(Deserialize)]
struct Model {
    r#type: Option<String>,
    dropout: Option<f64>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    vocab: Vocab,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
    #[serde(default)]
    special: bool,
}

/// The largest id of a vocabulary; the rest is the loader's matter.
#[derive(Default)]
struct Vocab {
    top: Option<u32>,
}

impl<'de> Deserialize<'de> for Vocab {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Self, D::Error> {
        struct Top;
        impl<'de> Visitor<'de> for Top {
            type Value = Vocab;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary of tokens and ids")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Vocab, M::Error> {
                let mut top = None;
                while let Some((_, id)) = map.next_entry::<IgnoredAny, u32>()? {
                    top = top.max(Some(id));
                }
                Ok(Vocab { top })
            }
            // Of a Unigram model, which is refused by its type.
            fn visit_seq<S: serde::de::SeqAccess<'de>>(
                self,
                mut list: S,
            ) -> Result<Vocab, S::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Vocab { top: None })
            }
        }
        parser.deserialize_any(Top)
    }
}

fn unproven<T>(what: impl Into<String>) -> Result<T, TokenizerError> {
    Err(TokenizerError::Unproven(what.into()))
}

fn check_model(model: &Model) -> Result<(), TokenizerError> {
    match model.r#type.as_deref() {
        Some("BPE") => {}
        Some(other) => return unproven(format!("model type {other}")),
        None => return unproven("a model without a type"),
    }
    if model.dropout.is_some_and(|dropout| dropout != 0.0) {
        return unproven("dropout, which makes encoding random");
    }
    let set = |name: &Option<String>| name.as_deref().is_some_and(|name| !name.is_empty());
    if set(&model.continuing_subword_prefix) {
        return unproven("continuing_subword_prefix");
    }
    if set(&model.end_of_word_suffix) {
        return unproven("end_of_word_suffix");
    }
    Ok(())
}

type CheckStep<'a> = &'a dyn Fn(&str, &Value) -> Result<(), TokenizerError>;

/// Checks one step, or each of a sequence.
fn check_steps(step: &Value, list: &str, check: CheckStep<'_>) -> Result<(), TokenizerError> {
    let Some(kind) = step.get("type").and_then(Value::as_str) else {
        return if step.is_null() {
            Ok(())
        } else {
            unproven("a step without a type")
        };
    };
    if kind == "Sequence" {
        let steps = step
            .get(list)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        return steps
            .iter()
            .try_for_each(|step| check_steps(step, list, check));
    }
    check(kind, step)
}

fn check_normalizer(kind: &str, step: &Value) -> Result<(), TokenizerError> {
    match kind {
        "NFC" | "Prepend" => Ok(()),
        "Replace" if step.pointer("/pattern/String").is_some() => Ok(()),
        _ => unproven(format!("normalizer {kind}")),
    }
}

fn check_pre_tokenizer(kind: &str, step: &Value) -> Result<(), TokenizerError> {
    match kind {
        "ByteLevel" | "Digits" | "Metaspace" => Ok(()),
        "Split" => {
            let pattern = |kind| step.pointer(kind).and_then(Value::as_str);
            let behaviour = step.get("behavior").and_then(Value::as_str);
            let is_inverted = step.get("invert").and_then(Value::as_bool).unwrap_or(false);
            match (
                pattern("/pattern/Regex"),
                pattern("/pattern/String"),
                behaviour,
                is_inverted,
            ) {
                (Some(regex), _, Some("Isolated"), false) if SPLIT_PATTERNS.contains(&regex) => {
                    Ok(())
                }
                // Gemma's, which never matches behind its normalizer.
                (_, Some(" "), Some("MergedWithPrevious"), false) => Ok(()),
                _ => unproven("a Split pre-tokenizer with an unknown pattern"),
            }
        }
        _ => unproven(format!("pre-tokenizer {kind}")),
    }
}

fn check_added(token: &Added, is_normalizing: bool) -> Result<(), TokenizerError> {
    if token.single_word {
        return unproven(format!(
            "added token {:?} that only matches whole words",
            token.content
        ));
    }
    // Compared and found to differ where the white space is an added token too.
    if token.lstrip || token.rstrip {
        return unproven(format!(
            "added token {:?} that takes in white space around it",
            token.content
        ));
    }
    if token.normalized && is_normalizing {
        return unproven(format!(
            "added token {:?} that is matched in normalised text",
            token.content
        ));
    }
    Ok(())
}

/// Whether a text may be cut between any ASCII letter and a space behind it: its tokens are then those of its parts.
///
/// That holds where the text, and not yet its bytes as letters, is split by a proven pattern or by `ByteLevel`'s own. None of
/// these matches a letter and a space behind it, looks back, or looks ahead beyond the character behind white space. What
/// is done before that must not reach over the cut either: NFC and `Digits` do not, nor do added tokens without such a
/// place. `ByteLevel`'s own blank goes before a text that starts without one.
fn ends_words(normalizer: &Value, pre_tokenizer: &Value, added: &[Added]) -> bool {
    let (is_split, is_bytes) = (Cell::new(false), Cell::new(false));
    let only_nfc = |kind: &str, _: &Value| match kind {
        "NFC" => Ok(()),
        _ => unproven("a normalizer that may reach over words"),
    };
    let step = |kind: &str, step: &Value| {
        let splits = match kind {
            "ByteLevel" => {
                let regex = step.get("use_regex").and_then(Value::as_bool);
                !is_bytes.replace(true) && regex.unwrap_or(true)
            }
            "Split" => !is_bytes.get() && step.pointer("/pattern/Regex").is_some(),
            "Digits" => false,
            _ => return unproven("a pre-tokenizer that may reach over words"),
        };
        is_split.set(is_split.get() || splits);
        Ok(())
    };
    let mut kept = added.iter().filter(|token| !token.special);
    check_steps(normalizer, "normalizers", &only_nfc).is_ok()
        && check_steps(pre_tokenizer, "pretokenizers", &step).is_ok()
        && is_split.get()
        && is_bytes.get()
        && kept.all(|token| word_ends(&token.content).next().is_none())
}

/// The places between an ASCII letter and a space behind it.
pub(super) fn word_ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    let pairs = text.as_bytes().windows(2).enumerate();
    pairs.filter_map(|(at, pair)| {
        (pair[0].is_ascii_alphabetic() && pair[1] == b' ').then_some(at + 1)
    })
}
