//! What to type for records that no layout is told from: the exact flags where the names of fields say enough.

use super::exchange::has;
use super::rows::is_known_tree;
use crate::tree::Tree;

/// Pairs of names under which records have questions and answers.
const ASKED: [&str; 12] = [
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
    "inputs",
];
const ANSWERED: [&str; 16] = [
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
    "actual_output",
    "outputs",
];

/// What to type for a record, if its fields say it.
pub(crate) fn hint(tree: &Tree) -> Option<String> {
    one_turn(tree)
        .or_else(|| request(tree))
        .or_else(|| session(tree))
        .or_else(|| samples(tree))
        .or_else(|| by_names(tree, ""))
        .or_else(|| by_ids(tree))
        .or_else(|| within_one(tree))
}

/// Whether a field by its name may be the answer, and is a text.
pub(crate) fn names_answer(tree: &Tree) -> bool {
    by_names(tree, "").is_some()
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

/// A request of a batch, as it is sent.
fn request(tree: &Tree) -> Option<String> {
    let asks =
        |place: &Tree| has(place, "custom_id") && (has(place, "params") || has(place, "body"));
    let mut all = tree.get("requests").map_or(&[][..], Tree::items).iter();
    (asks(tree) || all.any(asks)).then(|| {
        "it is a request of a batch, and no answer: give this file with `--requests`, and the batch's output as the answers".to_owned()
    })
}

/// A line of the log that a coding agent keeps of a session.
fn session(tree: &Tree) -> Option<String> {
    const LINES: [&str; 4] = ["session_meta", "response_item", "event_msg", "turn_context"];
    let kind = tree.text_at("type").unwrap_or_default();
    let is_payload = LINES.contains(&kind) && has(tree, "payload");
    let is_line = has(tree, "leafUuid")
        || has(tree, "sessionId") && (has(tree, "uuid") || tree.at("message.role").is_some());
    let join = match () {
        () if is_line => {
            "map(select(.sessionId)) | group_by(.sessionId)[] | {id: .[0].sessionId, messages: map(.message | select(.role?))}"
        }
        () if is_payload => {
            "map(select(.type == \"response_item\") | .payload) | {object: \"response\", input: .[:-1], output: .[-1:]}"
        }
        () => return None,
    };
    Some(format!(
        "it is one line of an agent's session; join those of a session: jq -s -c '{join}' FILE > chats.jsonl, and read them with --turns all"
    ))
}

/// Samples of an evaluation: the model's answers stand beside the right ones.
fn samples(tree: &Tree) -> Option<String> {
    has(tree, "resps").then(|| {
        "it is a sample of an evaluation: add `--field response=resps.0.0 --field prompt=arguments.gen_args_0.arg_0`".to_owned()
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
    // What the right answer would have been is no answer.
    const RIGHT: [&str; 6] = ["doc", "target", "reference", "expected", "gold", "label"];
    let mut fields = tree
        .fields()
        .iter()
        .filter(|(name, _)| !RIGHT.contains(&name.as_str()));
    fields.find_map(|(name, value)| {
        let path = format!("{}.", name.replace('\\', "\\\\").replace('.', "\\."));
        by_names(value, &path)
    })
}

/// What a record is that holds one piece of an answer, as services stream them: what joins the pieces of a file.
pub(crate) fn piece_of_stream(tree: &Tree) -> Option<&'static str> {
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
    let kind = tree.text_at("object").unwrap_or_default();
    let event = tree.text_at("type").unwrap_or_default();
    let items = |name: &str| tree.get(name).map_or(&[][..], Tree::items).iter();
    let has_delta = items("choices").any(|choice| has(choice, "delta") && !has(choice, "message"));
    let is_open = |path: &str| {
        let place = if path.is_empty() {
            Some(tree)
        } else {
            tree.at(path)
        };
        place.and_then(|place| place.get("done")) == Some(&Tree::Bool(false))
    };
    let has_null = |place: &Tree, name: &str| {
        let mut fields = place.fields().iter();
        fields.any(|(key, value)| key == name && *value == Tree::Null)
    };
    let has_text =
        |choice: &Tree| choice.text_at("text").is_some() && has_null(choice, "finish_reason");
    // Whoever ended says how; a service's id says that nobody wrote the record by hand.
    let is_unended = |one: &Tree| has(one, "content") && !has(one, "finishReason");
    let is_of_service = has(tree, "responseId") || has(tree, "modelVersion");
    let meta = tree.get("meta_info");
    match () {
        () if kind == "chat.completion.chunk" || has_delta => Some(
            "jq -s -c 'group_by(.id)[] | {id: .[0].id, choices: [[.[].choices[]] | group_by(.index)[] | {index: .[0].index, finish_reason: (map(.finish_reason // empty) | last), message: {role: \"assistant\", content: (map(.delta.content // \"\") | add)}}]}'",
        ),
        () if kind == "text_completion" && items("choices").any(has_text) => Some(
            "jq -s -c 'group_by(.id)[] | {id: .[0].id, object: \"text_completion\", choices: [[.[].choices[]] | group_by(.index)[] | {index: .[0].index, finish_reason: (map(.finish_reason // empty) | last), text: (map(.text) | add)}]}'",
        ),
        () if event.starts_with("response.") && event.contains('.') && !has(tree, "output") => {
            Some("jq -c 'select(.type == \"response.completed\") | .response'")
        }
        () if EVENTS.contains(&event) && !has(tree, "content") => Some(
            "jq -n -c 'reduce inputs as $e ([]; if $e.type == \"message_start\" then . + [$e.message + {content: [{type: \"text\", text: \"\"}]}] elif $e.type == \"content_block_delta\" then .[-1].content[0].text += ($e.delta.text // \"\") elif $e.type == \"message_delta\" then .[-1].stop_reason = $e.delta.stop_reason else . end) | .[]'",
        ),
        () if is_open("") && (has(tree, "response") || has(tree, "message")) => {
            Some("jq -s -c '{response: (map(.response // .message.content // \"\") | add)}'")
        }
        () if is_open("response") => Some(
            "jq -s -c '{prompt: .[0].request, response: (map(.response.response // .response.message.content // \"\") | add)}'",
        ),
        () if is_of_service && items("candidates").any(is_unended) => Some(
            "jq -s -c 'flatten | group_by(.responseId)[] | {id: .[0].responseId, candidates: [{finishReason: (map(.candidates[0].finishReason // empty) | last), content: {role: \"model\", parts: [{text: (map(.candidates[0].content.parts[0].text // \"\") | add)}]}}]}'",
        ),
        () if meta.is_some_and(|meta| has_null(meta, "finish_reason")) => {
            Some("jq -s -c 'group_by(.meta_info.id)[] | last'")
        }
        () if tree.get("stop") == Some(&Tree::Bool(false)) && tree.text_at("content").is_some() => {
            Some("jq -s -c '{response: (map(.content) | add)}'")
        }
        () => None,
    }
}
