//! What the parts of a turn are, in the words of each service.

use std::sync::Arc;

use super::kind::Kind;
use crate::exposure::Said;
use crate::spelled::{SPELLED, spelled};
use crate::tree::Tree;

/// What a value stands within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// The turn's content: text, or parts.
    Content,
    /// A list of calls, or one.
    Calls,
    /// The arguments of a call.
    Call(u32),
    /// Anything else.
    Other,
}

/// Parts that are text, by their `type`.
const TEXTS: [&str; 4] = ["text", "output_text", "input_text", "markdown"];

/// Parts that call a tool, by their `type`.
const CALLS: [&str; 9] = [
    "tool_use",
    "tool_call",
    "function_call",
    "function",
    "custom_tool_call",
    "server_tool_use",
    "mcp_tool_use",
    "mcp_call",
    "tool-call",
];

/// Fields that hold what a tool is called with.
const ARGUMENTS: [&str; 6] = [
    "arguments",
    "args",
    "input",
    "parameters",
    "partial_json",
    "code",
];

/// Fields that hold a call.
const NESTED: [&str; 7] = [
    "function",
    "functionCall",
    "function_call",
    "toolUse",
    "executableCode",
    "executable_code",
    "code_interpreter",
];

/// Gives every string below a value to `strings`, under the name it stands under.
pub(super) fn collect(
    value: Tree,
    name: &Arc<str>,
    within: Within,
    strings: &mut Vec<(Said, Kind)>,
) {
    match (value, within) {
        (Tree::Text(text), within) => {
            let kind = match within {
                Within::Content => Kind::Text,
                Within::Call(number) => Kind::Call(number),
                Within::Calls | Within::Other => Kind::Other,
            };
            let name = Arc::clone(name);
            strings.push((Said { text, name }, kind));
        }
        (Tree::List(items), within) => {
            for item in items {
                collect(item, name, within, strings);
            }
        }
        (Tree::Object(fields), Within::Content) => part(fields, name, strings),
        (Tree::Object(fields), Within::Calls) => call(fields, next_call(strings), strings),
        (Tree::Object(fields), within) => {
            for (key, value) in fields {
                collect(value, &Arc::from(&*key), within, strings);
            }
        }
        _ => {}
    }
}

/// One part of a turn's content.
fn part(fields: Vec<(String, Tree)>, name: &Arc<str>, strings: &mut Vec<(Said, Kind)>) {
    let has = |name: &str| fields.iter().any(|(key, _)| key == name);
    let kind = fields.iter().find(|(key, _)| key == "type");
    let kind = kind.and_then(|(_, kind)| kind.text()).unwrap_or_default();
    if CALLS.contains(&kind) || NESTED.iter().any(|name| has(name)) {
        return call(fields, next_call(strings), strings);
    }
    let is_thought = fields
        .iter()
        .any(|(key, value)| key == "thought" && *value == Tree::Bool(true));
    let is_other = is_thought || OTHERS.iter().any(|other| kind.contains(other));
    let is_text = TEXTS.contains(&kind);
    let is_data = kind.is_empty() && !has("text") && !has("content");
    let fields = match is_data {
        true => {
            let data = Tree::Object(fields);
            show_data(&data, strings);
            data.into_fields()
        }
        false => fields,
    };
    for (key, value) in fields {
        let is_own = match key.as_str() {
            // In some lists of parts the text stands one level below: `{"text": {"value": "…"}}`.
            "text" => !is_other,
            "content" => is_text,
            _ => false,
        };
        match (is_own, value) {
            (true, Tree::Object(fields)) => {
                for (key, value) in fields {
                    let within = match key.as_str() {
                        "value" => Within::Content,
                        _ => Within::Other,
                    };
                    collect(value, name, within, strings);
                }
            }
            (true, value) => collect(value, name, Within::Content, strings),
            (false, value) => {
                if !is_data {
                    show_data(&value, strings);
                }
                collect(value, &Arc::from(&*key), Within::Other, strings);
            }
        }
    }
}

/// Adds the names and numbers of data.
pub(super) fn show_data(value: &Tree, strings: &mut Vec<(Said, Kind)>) {
    let name = SPELLED.into();
    strings.extend(spelled(value).map(|text| (Said { text, name }, Kind::Other)));
}

/// Words in the `type` of parts whose text is none of the turn's: thoughts, results, refusals.
const OTHERS: [&str; 8] = [
    "thinking",
    "reasoning",
    "thought",
    "summary",
    "result",
    "response",
    "output_json",
    "refusal",
];

/// One call.
fn call(fields: Vec<(String, Tree)>, number: u32, strings: &mut Vec<(Said, Kind)>) {
    for (key, value) in fields {
        if NESTED.contains(&key.as_str())
            && let Tree::Object(inner) = value
        {
            call(inner, number, strings);
            continue;
        }
        let within = match ARGUMENTS.contains(&key.as_str()) {
            true => Within::Call(number),
            false => Within::Other,
        };
        collect(value, &Arc::from(&*key), within, strings);
    }
}

/// What tells a turn's next call from those before it.
fn next_call(strings: &[(Said, Kind)]) -> u32 {
    u32::try_from(strings.len()).unwrap_or(u32::MAX)
}
