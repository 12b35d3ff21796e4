//! The name of a tokenizer: a digest of what decides ids, whatever file it stands in.
//!
//! Two files have the same digest where the reference gives every text the same ids from both by construction: the order
//! of fields and of the vocabulary, merges as pairs or as strings, defaults that one version writes out and another does
//! not, a sequence of one step, and what comes after the ids (padding, truncation, templates, decoders) make no
//! difference. What is digested is described in `docs/tokenizers.md`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::parts::{Added, Merge, Model, Parts};

/// Stands before what is digested, and changes whenever it does.
const VERSION: &str = "hallmark-tokenizer-1\n";

/// The digest of a tokenizer in lower-case hexadecimal.
pub(super) fn digest(parts: &Parts<'_>) -> String {
    let canonical = json!({
        "added_tokens": added(&parts.added),
        "model": model(&parts.model),
        "normalizer": steps(&parts.normalizer, "normalizers"),
        "pre_tokenizer": steps(&parts.pre_tokenizer, "pretokenizers"),
    });
    let mut text = VERSION.to_owned();
    write(&canonical, &mut text);
    hex(&Sha256::digest(text))
}

/// JSON without spaces, with each object's fields in the order of their names.
fn write(value: &Value, text: &mut String) {
    let list = |text: &mut String,
                ends: [char; 2],
                items: &mut dyn Iterator<Item = (Option<&str>, &Value)>| {
        text.push(ends[0]);
        for (at, (name, item)) in items.enumerate() {
            text.push_str(if at > 0 { "," } else { "" });
            if let Some(name) = name {
                text.push_str(&Value::from(name).to_string());
                text.push(':');
            }
            write(item, text);
        }
        text.push(ends[1]);
    };
    match value {
        Value::Array(items) => list(text, ['[', ']'], &mut items.iter().map(|item| (None, item))),
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.iter().collect();
            let mut fields = fields
                .into_iter()
                .map(|(name, value)| (Some(name.as_str()), value));
            list(text, ['{', '}'], &mut fields);
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// The digest of a file's bytes in lower-case hexadecimal.
pub(super) fn of_file(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// White space around a special token, and whole words, are matters of tokens that are read in a text.
fn added(tokens: &[Added]) -> Value {
    let mut tokens: Vec<&Added> = tokens.iter().collect();
    tokens.sort_by_key(|token| (token.id, &token.content));
    let token = |token: &Added| {
        let read = |flag: bool| flag && !token.special;
        json!([
            token.id,
            token.content,
            token.special,
            token.normalized,
            read(token.single_word),
            read(token.lstrip),
            read(token.rstrip)
        ])
    };
    tokens.into_iter().map(token).collect()
}

fn model(model: &Model) -> Value {
    let mut entries: Vec<_> = model.vocab.0.iter().collect();
    entries.sort_by_key(|entry| (entry.id, &entry.token));
    let is_set = |flag: Option<bool>| flag.unwrap_or(false);
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let vocab: Value = entries
        .iter()
        .map(|entry| match entry.score {
            // A score is printed and read again by each version in its own way; its bits as a single are the same.
            #[expect(clippy::cast_possible_truncation, reason = "scores are singles")]
            Some(score) => json!([entry.token, (score as f32).to_bits()]),
            None => json!([entry.token, entry.id]),
        })
        .collect();
    match model.kind() {
        "BPE" => json!({
            "type": "BPE",
            "vocab": vocab,
            "merges": merges(model.merges.as_deref().unwrap_or_default()),
            "unk_token": model.unk_token,
            "continuing_subword_prefix": text(&model.continuing_subword_prefix),
            "end_of_word_suffix": text(&model.end_of_word_suffix),
            "fuse_unk": is_set(model.fuse_unk),
            "byte_fallback": is_set(model.byte_fallback),
            "ignore_merges": is_set(model.ignore_merges),
        }),
        "Unigram" => json!({
            "type": "Unigram",
            "vocab": vocab,
            "unk_id": model.unk_id,
            "byte_fallback": is_set(model.byte_fallback),
        }),
        kind => json!({
            "type": kind,
            "vocab": vocab,
            "unk_token": model.unk_token,
            "continuing_subword_prefix": text(&model.continuing_subword_prefix),
            "max_input_chars_per_word": model.max_input_chars_per_word,
        }),
    }
}

fn merges(merges: &[Merge]) -> Value {
    let pair = |merge: &Merge| match merge {
        Merge::Pair(first, second) => Some(json!([first, second])),
        Merge::Heading => None,
    };
    merges.iter().filter_map(pair).collect()
}

/// The steps one after another, sequences within sequences laid flat, each with its defaults.
fn steps(step: &Value, list: &str) -> Value {
    fn lay(step: &Value, list: &str, flat: &mut Vec<Value>) {
        match step.get(list).and_then(Value::as_array) {
            Some(steps) => steps.iter().for_each(|step| lay(step, list, flat)),
            None if step.is_null() => {}
            None => flat.push(with_defaults(step)),
        }
    }
    let mut flat = Vec::new();
    lay(step, list, &mut flat);
    Value::Array(flat)
}

/// A step with what its fields are where the file leaves them out, and without those that decide nothing.
fn with_defaults(step: &Value) -> Value {
    let Value::Object(fields) = step else {
        return step.clone();
    };
    let mut fields: Map<String, Value> = fields.clone();
    let kind = step.get("type").and_then(Value::as_str).unwrap_or_default();
    let missing =
        |fields: &Map<String, Value>, name: &str| fields.get(name).is_none_or(Value::is_null);
    let default = |fields: &mut Map<String, Value>, name: &str, value: Value| {
        if missing(fields, name) {
            fields.insert(name.to_owned(), value);
        }
    };
    match kind {
        "ByteLevel" => {
            fields.remove("trim_offsets");
            if !missing(&fields, "add_prefix_space") {
                default(&mut fields, "use_regex", true.into());
            }
        }
        "Metaspace" => {
            let never = fields.remove("add_prefix_space") == Some(Value::Bool(false));
            fields.remove("str_rep");
            default(
                &mut fields,
                "prepend_scheme",
                if never { "never" } else { "always" }.into(),
            );
            default(&mut fields, "split", true.into());
        }
        "Punctuation" => default(&mut fields, "behavior", "Isolated".into()),
        "FixedLength" => default(&mut fields, "length", 5.into()),
        _ => {}
    }
    Value::Object(fields)
}
