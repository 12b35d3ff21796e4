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
    one_turn(tree)
        .or_else(|| by_names(tree, ""))
        .or_else(|| by_ids(tree))
        .or_else(|| within_one(tree))
}

/// A record that is one turn of a chat, and names its chat.
fn one_turn(tree: &Tree) -> Option<String> {
    const CHATS: [&str; 7] = [
        "conversation_id",
        "conversationId",
        "chat_id",
        "thread_id",
        "session_id",
        "dialog_id",
        "dialogue_id",
    ];
    let speaks = tree.text_at("role").is_some() && has(tree, "content");
    let join = match CHATS.iter().find(|name| has(tree, name)) {
        Some(chat) => {
            format!("group_by(.{chat})[] | {{id: (.[0].{chat} | tostring), messages: .}}")
        }
        None => "{messages: flatten}".to_owned(),
    };
    speaks.then(|| {
        format!("it is one turn of a chat; join the turns of each chat, for example: jq -s -c '{join}' FILE > chats.jsonl")
    })
}

/// Records by their ids in one object: `{"a": {"prompt": …, "response": …}, "b": …}`.
fn by_ids(tree: &Tree) -> Option<String> {
    let fields = tree.fields();
    let is_record = |value: &Tree| {
        let asked = ASKED.iter().any(|name| has(value, name));
        let answered = ANSWERED.iter().any(|name| has(value, name));
        asked && answered || has(value, "messages") || is_known_tree(value)
    };
    let all = fields.len() > 1 && fields.iter().all(|(_, value)| is_record(value));
    all.then(|| {
        "it seems to hold records by their ids; write one a line: jq -c 'to_entries[] | {id: .key} + .value' FILE > answers.jsonl".to_owned()
    })
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
