//! Whether the model went on behind a call of a tool whose result the record does not hold: what the tool gave was shown, and does not
//! stand here.

use crate::talk::Roles;
use crate::tree::{Tree, embedded};

/// Fields of a call or a result that name the call.
const IDS: [&str; 6] = [
    "id",
    "call_id",
    "tool_call_id",
    "toolCallId",
    "tool_use_id",
    "toolUseId",
];

/// Speakers whose turns are results.
const TOOLS: [&str; 8] = [
    "tool",
    "function",
    "observation",
    "toolmessage",
    "tool_response",
    "tool_result",
    "function_response",
    "ipython",
];

/// Fields that hold turns, in a table's cell as text.
const TURNS: [&str; 5] = [
    "messages",
    "conversations",
    "conversation",
    "contents",
    "input",
];

/// Levels of JSON within a text.
const LEVELS: u32 = 64;

/// Whether a chat somewhere in a record has a call without a result, and goes on behind it.
pub(crate) fn lacks_a_result(tree: &Tree, roles: &Roles) -> bool {
    match tree {
        Tree::Object(fields) => fields.iter().any(|(name, value)| match value {
            Tree::Text(text) if TURNS.contains(&name.as_str()) => {
                embedded(text, LEVELS).is_some_and(|value| lacks_a_result(&value, roles))
            }
            value => lacks_a_result(value, roles),
        }),
        Tree::List(turns) => {
            goes_on(turns, roles) || turns.iter().any(|turn| lacks_a_result(turn, roles))
        }
        _ => false,
    }
}

/// Whether somebody says something while a call of an earlier turn has no result.
fn goes_on(turns: &[Tree], roles: &Roles) -> bool {
    // The names of each call that has none.
    let mut open: Vec<Vec<&str>> = vec![];
    for turn in turns {
        let mut has_results = false;
        for result in results(turn) {
            has_results = true;
            close(&mut open, result);
        }
        // Results of several calls come one after another.
        let is_own = speaker(turn).is_some_and(|role| roles.answers(role));
        let is_said = speaker(turn).is_some() && says(turn) && !is_call_itself(turn);
        if !open.is_empty() && is_said && (is_own || !has_results) {
            return true;
        }
        let before = open.len();
        open.extend(calls(turn).map(ids));
        // Some services put a result beside its call.
        if open.len() > before {
            results(turn).for_each(|result| close(&mut open, result));
        }
    }
    false
}

/// A result answers the calls that it names, or all where it names none.
fn close(open: &mut Vec<Vec<&str>>, result: &Tree) {
    let named = ids(result);
    let is_named = |call: &Vec<&str>| call.iter().any(|id| named.contains(id));
    let names_a_call = IDS[1..].iter().any(|name| result.text_at(name).is_some());
    if names_a_call || open.iter().any(is_named) {
        open.retain(|call| !(is_named(call) || call.is_empty()));
    } else {
        open.clear();
    }
}

/// The names of a call, or of the call that a result answers.
fn ids(tree: &Tree) -> Vec<&str> {
    let mut inner = ["toolUse", "toolResult"].iter();
    let inner = inner.find_map(|name| tree.get(name)).unwrap_or(tree);
    let ids = IDS.iter().filter_map(|name| inner.text_at(name));
    ids.filter(|id| !id.is_empty()).collect()
}

fn speaker(turn: &Tree) -> Option<&str> {
    ["role", "from", "author", "speaker", "sender", "type"]
        .iter()
        .find_map(|name| turn.text_at(name))
}

/// The parts of a turn.
fn parts(turn: &Tree) -> impl Iterator<Item = &Tree> {
    let names = ["content", "parts"].iter();
    names
        .filter_map(move |name| turn.get(name))
        .flat_map(Tree::items)
}

/// The calls of a turn that hold no result themselves.
fn calls(turn: &Tree) -> impl Iterator<Item = &Tree> {
    let lists = ["tool_calls", "toolCalls"].iter();
    let listed = lists
        .filter_map(move |name| turn.get(name))
        .flat_map(Tree::items);
    let one = turn.get("function_call").filter(|call| call.is_object());
    let is_call = |part: &&Tree| {
        let kind = part.text_at("type").unwrap_or_default();
        let is_kind = [
            "tool_use",
            "tool_call",
            "tool-call",
            "function_call",
            "custom_tool_call",
        ]
        .contains(&kind);
        let names = ["functionCall", "function_call", "toolUse"];
        is_kind || names.iter().any(|name| part.get(name).is_some())
    };
    let of_parts = parts(turn).filter(is_call);
    let has_result = |call: &Tree| {
        let names = ["result", "output", "response"];
        names.iter().any(|name| call.get(name).is_some())
    };
    listed
        .chain(one)
        .chain(of_parts)
        .chain(is_call_itself(turn).then_some(turn))
        .filter(move |call| !has_result(call))
}

/// Whether a turn is nothing but a call.
fn is_call_itself(turn: &Tree) -> bool {
    let kinds = ["function_call", "tool_call", "custom_tool_call"];
    speaker(turn).is_some_and(|role| kinds.contains(&role))
}

/// The results that a turn brings.
fn results(turn: &Tree) -> impl Iterator<Item = &Tree> {
    let role = speaker(turn).unwrap_or_default().to_lowercase();
    let is_tools = TOOLS.contains(&role.as_str()) || role.ends_with("_output");
    let is_result = |part: &&Tree| {
        let kind = part.text_at("type").unwrap_or_default();
        let names = ["functionResponse", "function_response", "toolResult"];
        kind.contains("result")
            || kind.contains("response")
            || kind.ends_with("_output")
            || names.iter().any(|name| part.get(name).is_some())
    };
    let of_parts: Vec<&Tree> = parts(turn).filter(is_result).collect();
    let whole = (is_tools && of_parts.is_empty()).then_some(turn);
    of_parts.into_iter().chain(whole)
}

/// Whether a turn has text.
fn says(turn: &Tree) -> bool {
    let is_text = |tree: &Tree| tree.text().is_some_and(|text| !text.trim().is_empty());
    let names = ["content", "value", "text"];
    let in_parts =
        || parts(turn).any(|part| is_text(part) || part.get("text").is_some_and(is_text));
    names.iter().any(|name| turn.get(name).is_some_and(is_text)) || in_parts()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse;

    const CALL: &str = r#"{"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "function": {"name": "n", "arguments": "{}"}}]}"#;
    const BOTH: &str = r#"{"role": "assistant", "content": "Look:", "tool_calls": [{"id": "c1", "function": {}}, {"id": "c2", "function": {}}]}"#;
    const TEXT: &str = r#"{"role": "assistant", "content": "the end"}"#;

    fn lacks(turns: &[&str]) -> bool {
        let json = format!(r#"{{"messages": [{}]}}"#, turns.join(","));
        let tree = parse(json.as_bytes(), 32).unwrap().tree;
        let as_text = Tree::Object(vec![(
            "messages".to_owned(),
            Tree::Text(format!("[{}]", turns.join(","))),
        )]);
        let roles = Roles::default();
        let lacks = lacks_a_result(&tree, &roles);
        assert_eq!(lacks_a_result(&as_text, &roles), lacks);
        lacks
    }

    #[test]
    fn an_answer_behind_a_call_without_result_was_shown_more_than_stands_there() {
        let of_c1 = r#"{"role": "tool", "tool_call_id": "c1", "content": "r"}"#;
        let of_c2 = r#"{"role": "tool", "tool_call_id": "c2", "content": "r"}"#;
        let user = r#"{"role": "user", "content": "and?"}"#;
        for turns in [
            &[user, CALL, TEXT][..],
            &[user, CALL, user, TEXT],
            &[BOTH, of_c1, TEXT],
            &[CALL, of_c2, TEXT],
            &[
                r#"{"role": "assistant", "content": [{"type": "tool_use", "id": "i", "name": "n", "input": {}}]}"#,
                TEXT,
            ],
            &[
                r#"{"role": "model", "parts": [{"functionCall": {"name": "n"}}]}"#,
                r#"{"role": "model", "parts": [{"text": "x"}]}"#,
            ],
            &[
                r#"{"type": "function_call", "call_id": "c", "arguments": "{}"}"#,
                r#"{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}"#,
            ],
            &[
                r#"{"from": "function_call", "value": "{}"}"#,
                r#"{"from": "gpt", "value": "x"}"#,
            ],
        ] {
            assert!(lacks(turns), "{turns:?}");
        }
    }

    #[test]
    fn calls_with_results_and_calls_at_the_end_lack_nothing() {
        let of_c1 = r#"{"role": "tool", "tool_call_id": "c1", "content": "r"}"#;
        let of_c2 = r#"{"role": "tool", "tool_call_id": "c2", "content": "r"}"#;
        let unnamed = r#"{"role": "tool", "content": "r"}"#;
        let user = r#"{"role": "user", "content": "and?"}"#;
        for turns in [
            &[user, TEXT, user, TEXT][..],
            &[user, CALL],
            &[user, BOTH],
            &[user, CALL, of_c1, TEXT],
            &[user, BOTH, of_c2, of_c1, TEXT],
            &[user, BOTH, unnamed, TEXT],
            &[CALL, of_c1, CALL, of_c1, TEXT],
            &[
                r#"{"role": "assistant", "content": [{"type": "tool_use", "id": "i", "input": {}}]}"#,
                r#"{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "i", "content": "r"}]}"#,
                TEXT,
            ],
            &[
                r#"{"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "i"}, {"type": "tool-result", "toolCallId": "i"}]}"#,
                TEXT,
            ],
            &[
                r#"{"role": "model", "parts": [{"functionCall": {"name": "n"}}]}"#,
                r#"{"role": "user", "parts": [{"functionResponse": {"name": "n"}}]}"#,
                TEXT,
            ],
            &[
                r#"{"role": "assistant", "content": [{"toolUse": {"toolUseId": "i"}}]}"#,
                r#"{"role": "user", "content": [{"toolResult": {"toolUseId": "i"}}]}"#,
                TEXT,
            ],
            &[
                r#"{"type": "function_call", "id": "f", "call_id": "c"}"#,
                r#"{"type": "function_call_output", "call_id": "c", "output": "r"}"#,
                TEXT,
            ],
            &[
                r#"{"from": "function_call", "value": "{}"}"#,
                r#"{"from": "observation", "value": "r"}"#,
                r#"{"from": "gpt", "value": "x"}"#,
            ],
            &[
                r#"{"role": "assistant", "parts": [{"type": "tool_call", "id": "i"}]}"#,
                r#"{"role": "tool", "parts": [{"type": "tool_call_response", "id": "i"}]}"#,
                TEXT,
            ],
        ] {
            assert!(!lacks(turns), "{turns:?}");
        }
    }
}
