//! Whether a record says that something was shown which does not stand in it: an earlier answer, a conversation, a file, a picture, what a
//! search found.

use crate::tree::{Tree, embedded};

/// Names of fields that point elsewhere, without case and signs.
const NAMES: [&str; 30] = [
    "previousresponseid",
    "previousinteractionid",
    "conversationid",
    "threadid",
    "fileid",
    "fileids",
    "filedata",
    "fileuri",
    "fileurl",
    "vectorstoreids",
    "cachedcontent",
    "inlinedata",
    "imageurl",
    "inputaudio",
    "inputimage",
    "inputfile",
    "groundingmetadata",
    "urlcontextmetadata",
    "groundingchunks",
    "genaiconversationid",
    "sessionid",
    "parentmessageid",
    "image",
    "images",
    "video",
    "s3location",
    "datasources",
    "mcpservers",
    "container",
    "truncatedcells",
];

/// The `type` of parts and items that say something which is not in the record as text.
const KINDS: [&str; 17] = [
    "item_reference",
    "file_search_call",
    "web_search_call",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "image",
    "image_url",
    "image_file",
    "input_image",
    "input_file",
    "input_audio",
    "audio",
    "video",
    "video_url",
    "file",
    "compaction",
    "Buffer",
];

/// Fields that hold what the model wrote, or the form of it that a tool wants: no names of the record's own.
const WRITTEN: [&str; 9] = [
    "arguments",
    "args",
    "partial_json",
    "parameters",
    "properties",
    "input_schema",
    "inputSchema",
    "json_schema",
    "logprobs",
];

/// Fields of texts that stand for themselves, even where they are JSON.
const TEXTS: [&str; 6] = [
    "content",
    "text",
    "value",
    "completion",
    "generated_text",
    "response_text",
];

/// What stands in place of something that was shown, in texts of gateways and tools that watch.
const IN_PLACE: [&str; 3] = [
    "@@@langfuseMedia:",
    "redacted-by-litellm",
    "litellm_truncated",
];

/// Levels of JSON within a text.
const LEVELS: u32 = 64;

/// Whether something was shown from elsewhere.
pub(crate) fn points_elsewhere(tree: &Tree) -> bool {
    match tree {
        Tree::Object(fields) => points(fields),
        Tree::List(items) => items.iter().any(points_elsewhere),
        _ => false,
    }
}

fn points(fields: &[(String, Tree)]) -> bool {
    let get = |name: &str| {
        let field = fields.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value)
    };
    let kind = get("type").and_then(Tree::text).unwrap_or_default();
    if KINDS.contains(&kind) {
        return true;
    }
    // An attribute of a span.
    if let (Some(Tree::Text(name)), Some(value)) = (get("key"), get("value"))
        && is_reference(name, value)
    {
        return true;
    }
    // A conversation that stands in the record has a name, and points nowhere.
    let has_talk = ["conversation", "conversations", "dialog", "dialogue"]
        .iter()
        .any(|name| get(name).is_some_and(is_list))
        || ["mapping", "chat_messages"]
            .iter()
            .any(|name| get(name).is_some());
    // Services that take all turns with each request know nothing of a session.
    let has_turns = ["messages", "contents"]
        .iter()
        .any(|name| get(name).is_some_and(is_list));
    fields.iter().any(|(name, value)| {
        let is_written =
            WRITTEN.contains(&name.as_str()) || name == "input" && kind.ends_with("tool_use");
        if is_written || *value == Tree::Null {
            return false;
        }
        let names_itself = match &*canonical(name) {
            "conversationid" => has_talk,
            "sessionid" => has_talk || has_turns,
            _ => false,
        };
        !names_itself && is_reference(name, value) || within(name, value)
    })
}

/// Whether a field's value holds what points elsewhere.
fn within(name: &str, value: &Tree) -> bool {
    match value {
        Tree::Text(text) if IN_PLACE.iter().any(|mark| text.contains(mark)) => true,
        Tree::Text(text) if !TEXTS.contains(&name) => {
            embedded(text, LEVELS).is_some_and(|value| points_elsewhere(&value))
        }
        value => points_elsewhere(value),
    }
}

/// Whether a field of that name, with that value, points elsewhere.
fn is_reference(name: &str, value: &Tree) -> bool {
    let is_there = match value {
        Tree::Text(text) => !text.trim().is_empty(),
        Tree::Whole(_) | Tree::Ids(_) => true,
        Tree::List(items) => !items.is_empty(),
        Tree::Object(fields) => fields.iter().any(|(_, value)| *value != Tree::Null),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => false,
    };
    let has_id = value.text_at("id").is_some();
    let names = match name {
        // A stored prompt.
        "prompt" => has_id && value.get("role").is_none(),
        "conversation" => has_id || value.text().is_some_and(is_word),
        // Files that came with a turn, but for those whose text stands here.
        "attachments" | "files" => value
            .items()
            .iter()
            .any(|file| file.get("extracted_content").is_none()),
        // Where a document or a picture comes from.
        "source" => value
            .text_at("type")
            .is_some_and(|kind| ["base64", "url", "file"].contains(&kind)),
        name => is_name(name),
    };
    is_there && names
}

/// Whether a string of that name, out of a table's column, points elsewhere.
#[cfg(feature = "parquet")]
pub(crate) fn names(name: &str, text: &str) -> bool {
    is_name(name) && !text.trim().is_empty() || name == "type" && KINDS.contains(&text)
}

/// Whether what has that name points elsewhere.
pub(crate) fn is_name(name: &str) -> bool {
    NAMES.contains(&canonical(name).as_str())
}

/// A name without case and signs.
fn canonical(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a text is a name and no talk.
fn is_word(text: &str) -> bool {
    const LONGEST: usize = 128;
    !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_whitespace)
}

/// Whether a value is a list, or a text that holds one.
fn is_list(value: &Tree) -> bool {
    value.is_list()
        || value
            .text()
            .is_some_and(|text| text.trim_start().starts_with('['))
}

/// Names of fields that hold nothing but tokens that were shown, wherever they stand.
const TOKENS: [&str; 7] = [
    "input_ids",
    "input_token_ids",
    "prompt_ids",
    "prompt_token_ids",
    "prompt_input_ids",
    "query_ids",
    "context_ids",
];

/// Names of fields that hold texts in most requests, and tokens in some.
const ASKED: [&str; 5] = ["input", "inputs", "prompt", "messages", "contents"];

/// Whether something was asked in numbers, which may be tokens of any tokenizer.
pub(crate) fn asks_in_numbers(tree: &Tree) -> bool {
    let within = |tree: &Tree| asks_in_numbers(tree);
    tree.items().iter().any(within)
        || tree.fields().iter().any(|(name, value)| match value {
            _ if WRITTEN.contains(&name.as_str()) => false,
            value if holds_tokens(name) => are_numbers(value),
            value => within(value),
        })
        || requests_in_numbers(tree)
}

/// Whether what has that name are tokens.
fn holds_tokens(name: &str) -> bool {
    TOKENS.contains(&name)
}

/// Whether numbers in a table's column of that path may be tokens that were shown.
#[cfg(feature = "parquet")]
pub(crate) fn may_be_tokens(path: &[String]) -> bool {
    let is_asked = path
        .first()
        .is_some_and(|name| ASKED.contains(&name.as_str()));
    is_asked || path.iter().any(|name| holds_tokens(name))
}

/// The same of fields that hold texts in most requests.
fn requests_in_numbers(tree: &Tree) -> bool {
    const AROUND: [&str; 7] = [
        "request",
        "body",
        "params",
        "kwargs",
        "response",
        "observations",
        "proxy_server_request",
    ];
    let mut items = tree.items().iter();
    let mut fields = tree.fields().iter();
    items.any(requests_in_numbers)
        || fields.any(|(name, value)| {
            let is_asked = ASKED.contains(&name.as_str());
            let is_around = is_asked || AROUND.contains(&name.as_str());
            is_asked && are_numbers(value) || is_around && requests_in_numbers(value)
        })
}

/// Whether a value is a list of whole numbers, or of such lists, or a table's cell that holds one as text.
fn are_numbers(value: &Tree) -> bool {
    match value {
        Tree::Ids(_) => true,
        Tree::List(items) => items.iter().any(|item| matches!(item, Tree::Ids(_))),
        Tree::Text(text) => embedded(text, LEVELS).is_some_and(|value| are_numbers(&value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse;

    fn tree(json: &str) -> Tree {
        parse(json.as_bytes(), 32).unwrap().tree
    }

    #[test]
    fn what_is_shown_from_elsewhere_is_noticed() {
        for (record, elsewhere) in [
            (
                r#"{"body": {"input": "go on", "previous_response_id": "r"}}"#,
                true,
            ),
            (
                r#"{"body": {"input": "go on", "previous_response_id": null}}"#,
                false,
            ),
            (r#"{"body": {"prompt": {"id": "pmpt_1"}}}"#, true),
            (
                r#"{"body": {"input": [{"content": [{"file_id": "f"}]}]}}"#,
                true,
            ),
            (r#"{"body": {"prompt": "a conversation"}}"#, false),
            (r#"{"session_id": "s", "prompt": "q"}"#, true),
            (
                r#"{"session_id": "s", "messages": [{"role": "user", "content": "q"}]}"#,
                false,
            ),
            (r#"{"conversation": "conv_1", "input": "q"}"#, true),
            (r#"{"conversation": {"id": "conv_1"}, "input": "q"}"#, true),
            (
                r#"{"conversationId": "c", "prompt": "q", "response": "a"}"#,
                true,
            ),
            (
                r#"{"conversation_id": "c", "conversation": [{"role": "user", "content": "q"}]}"#,
                false,
            ),
            (
                r#"{"conversation_id": "", "prompt": "q", "response": "a"}"#,
                false,
            ),
            (
                r#"{"conversation": "anna: shall we go? bert: yes", "response": "a"}"#,
                false,
            ),
            (
                r#"{"contents": [{"parts": [{"fileData": {"fileUri": "u"}}]}]}"#,
                true,
            ),
            (
                r#"{"contents": [{"parts": [{"file_data": {"file_uri": "u"}}]}]}"#,
                true,
            ),
            (r#"{"cachedContent": "cachedContents/1"}"#, true),
            (
                r#"{"input": [{"type": "item_reference", "id": "i"}]}"#,
                true,
            ),
            (
                r#"{"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "base64", "data": "eA=="}}]}]}"#,
                true,
            ),
            (
                r#"{"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "text", "data": "x"}}]}]}"#,
                false,
            ),
            (
                r#"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]}"#,
                true,
            ),
            (
                r#"{"output": [{"type": "web_search_call", "id": "w"}]}"#,
                true,
            ),
            (
                r#"{"attributes": [{"key": "gen_ai.conversation.id", "value": {"stringValue": "c"}}]}"#,
                true,
            ),
            (r#"{"kwargs": "{\"previous_response_id\": \"r\"}"}"#, true),
            // What the model writes, and what a tool takes, are no names of the record's.
            (
                r#"{"content": [{"type": "tool_use", "name": "n", "input": {"file_id": "f"}}]}"#,
                false,
            ),
            (
                r#"{"tools": [{"function": {"parameters": {"properties": {"file_id": {"type": "string"}}}}}]}"#,
                false,
            ),
            (
                r#"{"messages": [{"role": "assistant", "content": "{\"file_id\": \"f\"}"}]}"#,
                false,
            ),
        ] {
            assert_eq!(points_elsewhere(&tree(record)), elsewhere, "{record}");
        }
    }

    #[test]
    fn what_is_asked_in_numbers_is_noticed() {
        for (record, numbers) in [
            (r#"{"input": [1, 2, 3], "output": "a"}"#, true),
            (r#"{"input": [[1, 2, 3]], "output": "a"}"#, true),
            (r#"{"input": "[1, 2, 3]", "output": "a"}"#, true),
            (r#"{"request": {"body": {"prompt": [7]}}}"#, true),
            (r#"{"input": "1, 2, 3", "output": "a"}"#, false),
            (r#"{"messages": [], "prompt_token_ids": [1, 2]}"#, true),
            (
                r#"{"messages": [], "extra": {"prompt_ids": "[1, 2]"}}"#,
                true,
            ),
            (r#"{"messages": [], "input_ids": [[1, 2]]}"#, true),
            (r#"{"messages": [], "prompt_token_ids": 12}"#, false),
            (r#"{"messages": [], "prompt_tokens": [1, 2]}"#, false),
            (
                r#"{"messages": [{"role": "user", "content": "q", "ids": [1, 2]}]}"#,
                false,
            ),
            (r#"{"embedding": [1, 2, 3], "prompt": "q"}"#, false),
        ] {
            assert_eq!(asks_in_numbers(&tree(record)), numbers, "{record}");
        }
    }
}
