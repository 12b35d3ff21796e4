//! What to type for records that no layout is told from: the exact flags where the names of fields say enough.

use super::exchange::has;
use super::rows::is_known_tree;
use crate::tree::Tree;

/// Pairs of names under which records have questions and answers.
const ASKED: [&str; 11] = [
    "prompt",
    "question",
    "query",
    "instruction",
    "input",
    "request",
    "user",
    "human",
    "problem",
    "user_input",
    "message",
];
const ANSWERED: [&str; 14] = [
    "response",
    "answer",
    "output",
    "completion",
    "reply",
    "generation",
    "generated",
    "prediction",
    "model_output",
    "assistant",
    "bot",
    "result",
    "solution",
    "ai",
];

/// What to type for a record, if its fields say it.
pub(crate) fn hint(tree: &Tree) -> Option<String> {
    by_names(tree, "").or_else(|| within_one(tree))
}

/// A question and an answer that are texts at one place.
fn by_names(tree: &Tree, path: &str) -> Option<String> {
    let named = |names: &[&str]| {
        names.iter().find_map(|name| {
            let mut fields = tree.fields().iter();
            let is = |key: &str| {
                key.trim()
                    .replace([' ', '-'], "_")
                    .eq_ignore_ascii_case(name)
            };
            fields
                .find(|(key, value)| is(key) && value.text().is_some())
                .map(|(key, _)| key)
        })
    };
    let place = |key: &str| format!("{path}{}", key.replace('\\', "\\\\").replace('.', "\\."));
    let quoted = |path: String| match path.contains(|c: char| c.is_whitespace() || c == '\\') {
        true => format!("'{path}'"),
        false => path,
    };
    let answer = named(&ANSWERED)?;
    let response = quoted(format!("response={}", place(answer)));
    let question = named(&ASKED).filter(|question| *question != answer);
    Some(match question {
        Some(question) => {
            let prompt = quoted(format!("prompt={}", place(question)));
            format!(
                "if `{answer}` is the answer to `{question}`, add `--field {response} --field {prompt}`"
            )
        }
        None => format!(
            "if `{answer}` is the answer, add `--field {response}`, and name what was shown with `--field prompt=PATH`"
        ),
    })
}

/// The same one level below: `{"data": {"question": …, "answer": …}}`.
fn within_one(tree: &Tree) -> Option<String> {
    let mut fields = tree.fields().iter();
    fields.find_map(|(name, value)| {
        let path = format!("{}.", name.replace('\\', "\\\\").replace('.', "\\."));
        by_names(value, &path)
    })
}

/// What a record is that holds one piece of an answer, as services stream them.
pub(crate) fn piece_of_stream(tree: &Tree) -> Option<&'static str> {
    let kind = tree.text_at("object").unwrap_or_default();
    let event = tree.text_at("type").unwrap_or_default();
    let mut choices = tree.get("choices").map_or(&[][..], Tree::items).iter();
    let has_delta = choices.any(|choice| has(choice, "delta") && !has(choice, "message"));
    let is_open = tree.get("done") == Some(&Tree::Bool(false));
    const EVENTS: [&str; 8] = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "content-delta",
        "text-generation",
    ];
    match () {
        () if kind == "chat.completion.chunk" || has_delta => Some(
            "jq -s -c 'group_by(.id)[] | {id: .[0].id, response: (map(.choices[0].delta.content // \"\") | add)}'",
        ),
        () if event.starts_with("response.") && event.contains('.') && !has(tree, "output") => {
            Some("jq -c 'select(.type == \"response.completed\") | .response'")
        }
        () if EVENTS.contains(&event) && !has(tree, "content") => {
            Some("jq -s -c '{response: (map(.delta.text // \"\") | add)}'")
        }
        () if is_open && (has(tree, "response") || has(tree, "message")) => {
            Some("jq -s -c '{response: (map(.response // .message.content // \"\") | add)}'")
        }
        () => None,
    }
}

/// Names under which exports wrap their records into one object.
const WRAPPERS: [&str; 8] = [
    "data",
    "rows",
    "records",
    "items",
    "examples",
    "results",
    "conversations",
    "traces",
];

/// The name of the list of records that an object is nothing but a wrapper of: its objects are of a layout, or have an answer.
pub(crate) fn wrapped(tree: &Tree, is_record: impl Fn(&Tree) -> bool) -> Option<&'static str> {
    WRAPPERS.into_iter().find(|name| {
        let items = tree.get(name).map_or(&[][..], Tree::items);
        let row = |item: &Tree| {
            item.get("row")
                .is_some_and(|row| is_known_tree(row) || is_record(row))
        };
        let is = |item: &Tree| is_known_tree(item) || is_record(item) || row(item);
        items.iter().all(Tree::is_object) && items.iter().any(is)
    })
}
