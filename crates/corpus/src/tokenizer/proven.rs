//! Which `tokenizer.json` files the fast reader takes: those made of parts that the differential tests cover, and no others.
//!
//! A part that is silently ignored or read differently moves tokens, and moved tokens lose the evidence without a
//! trace. So the file is checked against a list before it is given to the fast reader; the reference reads the others.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use serde_json::Value;
use serde_json::value::to_raw_value;

use super::error::TokenizerError;
use super::joins;
use super::parts::{Added, Merge, Model, Parts};

/// A file that passed.
pub(super) struct Proven {
    /// The file without its special added tokens, so that none is recognised in text.
    pub(super) json: Vec<u8>,
    /// Whether no token reaches from an ASCII letter into a space behind it.
    pub(super) ends_words: bool,
    /// Whether texts are composed (NFC).
    pub(super) composes: bool,
}

/// Patterns of `Split` pre-tokenizers that are compared with the reference: those of Llama 3, Qwen 2 to 3, Qwen 3.5,
/// GPT-4o and Mistral's Tekken. Each matches every text from end to end.
const SPLIT_PATTERNS: [&str; 5] = [
    splintr::LLAMA3_PATTERN,
    splintr::QWEN2_PATTERN,
    splintr::QWEN35_PATTERN,
    splintr::O200K_BASE_PATTERN,
    splintr::MISTRAL_V3_PATTERN,
];

/// Why a file is not one for the fast reader.
type Unproven = String;

/// The file for the fast reader, or why it is not one.
///
/// # Errors
/// Where the file is damaged.
pub(super) fn check(parts: &Parts<'_>) -> Result<Result<Proven, Unproven>, TokenizerError> {
    if let Err(why) = check_parts(parts) {
        return Ok(Err(why));
    }
    let broken = |e: serde_json::Error| TokenizerError::Malformed(e.to_string());
    let spoken = parts.spoken()?;
    let pre_tokenizer = to_raw_value(&isolated(&parts.pre_tokenizer)).map_err(broken)?;
    let json = parts.json(&[("added_tokens", &spoken), ("pre_tokenizer", &pre_tokenizer)])?;
    let ends_words = ends_words(&parts.normalizer, &parts.pre_tokenizer, &parts.added);
    let composes = check_steps(&parts.normalizer, "normalizers", &|kind, _| match kind {
        "NFC" => unproven("NFC"),
        _ => Ok(()),
    });
    Ok(Ok(Proven {
        json,
        ends_words,
        composes: composes.is_err(),
    }))
}

fn check_parts(parts: &Parts<'_>) -> Result<(), Unproven> {
    check_model(&parts.model)?;
    check_steps(&parts.normalizer, "normalizers", &check_normalizer)?;
    check_steps(&parts.pre_tokenizer, "pretokenizers", &check_pre_tokenizer)?;
    check_order(&parts.pre_tokenizer)?;
    let (special, spoken): (Vec<&Added>, Vec<&Added>) =
        parts.added.iter().partition(|token| token.special);
    for token in &spoken {
        check_added(token, !parts.normalizer.is_null())?;
        let over = |special: &&&Added| {
            special.normalized == token.normalized && hides(&special.content, &token.content)
        };
        if let Some(special) = special.iter().find(over) {
            return unproven(format!(
                "added token {:?} that special token {:?} reaches into",
                token.content, special.content
            ));
        }
    }
    check_vocabulary(parts)?;
    joins::check(&parts.model)
}

/// Whether the reference finds `special` in a text where `token` also stands, and then passes over both.
fn hides(special: &str, token: &str) -> bool {
    special.char_indices().any(|(at, _)| {
        let rest = &special[at..];
        rest != token && rest.starts_with(token)
            || at > 0 && (rest == token || token.starts_with(rest))
    })
}

/// Merges are of tokens that there are. Ids of tokens are the file's own: no two tokens share one, and none is given anew to an added token, as the reference
/// does where it is not the next that is free.
fn check_vocabulary(parts: &Parts<'_>) -> Result<(), Unproven> {
    let vocab = &parts.model.vocab.0;
    let own: HashMap<&str, u32> = vocab
        .iter()
        .map(|entry| (entry.token.as_str(), entry.id))
        .collect();
    for merge in parts.model.merges.iter().flatten() {
        if let Merge::Pair(first, second) = merge {
            let joined = [first.as_str(), second.as_str()].concat();
            if let Some(token) = [first, second, &joined]
                .into_iter()
                .find(|token| !own.contains_key(token.as_str()))
            {
                return unproven(format!(
                    "a merge that needs {token:?}, which is not in the vocabulary"
                ));
            }
        }
    }
    let ids: HashSet<u32> = own.values().copied().collect();
    if ids.len() != vocab.len() {
        return unproven("a vocabulary with the same token or the same id twice");
    }
    let mut given: HashMap<&str, u32> = HashMap::new();
    let mut next = u32::try_from(vocab.len()).unwrap_or(u32::MAX);
    for token in &parts.added {
        let known = own
            .get(token.content.as_str())
            .or_else(|| given.get(token.content.as_str()));
        let id = known.copied().unwrap_or(next);
        next += u32::from(known.is_none());
        if id != token.id {
            return unproven(format!(
                "added token {:?} with id {}, for which the reference takes {id}",
                token.content, token.id
            ));
        }
        given.insert(&token.content, id);
    }
    Ok(())
}

/// The same steps with each inverted `Split` that removes what lies between matches as the one that isolates matches: behind
/// a pattern that matches everything nothing lies between.
fn isolated(step: &Value) -> Value {
    let mut step = step.clone();
    if let Some(Value::Array(steps)) = step.get_mut("pretokenizers") {
        steps.iter_mut().for_each(|step| *step = isolated(step));
    }
    if step["type"] == "Split" && step["invert"] == true && step["behavior"] == "Removed" {
        step["invert"] = false.into();
        step["behavior"] = "Isolated".into();
    }
    step
}

fn unproven<T>(what: impl Into<String>) -> Result<T, Unproven> {
    Err(what.into())
}

fn check_model(model: &Model) -> Result<(), Unproven> {
    match model.r#type.as_deref() {
        Some("BPE") => {}
        Some(other) => return unproven(format!("model type {other}")),
        None => return unproven("a model without a type"),
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

type CheckStep<'a> = &'a dyn Fn(&str, &Value) -> Result<(), Unproven>;

/// Checks one step, or each of a sequence.
fn check_steps(step: &Value, list: &str, check: CheckStep<'_>) -> Result<(), Unproven> {
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

fn check_normalizer(kind: &str, step: &Value) -> Result<(), Unproven> {
    match kind {
        "NFC" | "Prepend" => Ok(()),
        "Replace" if step.pointer("/pattern/String").is_some() => Ok(()),
        _ => unproven(format!("normalizer {kind}")),
    }
}

fn check_pre_tokenizer(kind: &str, step: &Value) -> Result<(), Unproven> {
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
                (Some(regex), _, Some("Isolated"), false)
                | (Some(regex), _, Some("Removed"), true)
                    if SPLIT_PATTERNS.contains(&regex) =>
                {
                    Ok(())
                }
                // Gemma's, which never matches behind its normalizer.
                (_, Some(" "), Some("MergedWithPrevious"), false) => Ok(()),
                _ => unproven(format!(
                    "a Split pre-tokenizer at {}, {}",
                    step.get("pattern").unwrap_or(&Value::Null),
                    behaviour.unwrap_or("without a behaviour")
                )),
            }
        }
        _ => unproven(format!("pre-tokenizer {kind}")),
    }
}

/// Bytes become letters once, at the end; steps that replace blanks stand alone.
fn check_order(pre_tokenizer: &Value) -> Result<(), Unproven> {
    let kinds = RefCell::new(Vec::new());
    check_steps(pre_tokenizer, "pretokenizers", &|kind, step| {
        let is_alone = kind == "Metaspace" || step.pointer("/pattern/String").is_some();
        kinds.borrow_mut().push((kind.to_owned(), is_alone));
        Ok(())
    })?;
    let kinds = kinds.into_inner();
    let bytes = kinds.iter().position(|(kind, _)| kind == "ByteLevel");
    let is_proven = match kinds.len() {
        0 => true,
        1 => bytes.is_some() || kinds[0].1,
        steps => bytes == Some(steps - 1) && kinds.iter().all(|(_, is_alone)| !is_alone),
    };
    match is_proven {
        true => Ok(()),
        false => {
            let kinds: Vec<String> = kinds.into_iter().map(|(kind, _)| kind).collect();
            unproven(format!("pre-tokenizers in the order {}", kinds.join(", ")))
        }
    }
}

fn check_added(token: &Added, is_normalizing: bool) -> Result<(), Unproven> {
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
