//! One turn: who speaks, and what of it is text.

use std::sync::Arc;

use super::fault::Fault;
use super::kind::Kind;
use super::order::in_order;
use super::part::{Within, collect};
use super::roles;
use super::withheld::withheld_turn;
use crate::exposure::Said;
use crate::tree::{Tree, embedded};

/// Levels of calls that a text holds.
const LEVELS: u32 = 64;

/// One turn of a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// As the log names it.
    pub(crate) role: Option<String>,
    /// Every string of the turn but its role.
    pub(crate) strings: Vec<(Said, Kind)>,
    /// Whether the times of its chat contradict the order in which the turns stand.
    pub(crate) is_out_of_order: bool,
    /// How the turn says that it was withheld, or failed.
    pub(crate) withheld: Option<String>,
}

impl Message {
    /// A turn of one text.
    pub(crate) fn of(role: &str, text: String) -> Self {
        let name = Arc::from("content");
        Self {
            role: Some(role.to_owned()),
            strings: vec![(Said { text, name }, Kind::Text)],
            ..Self::default()
        }
    }

    /// The turn's text; none where nothing of it is text.
    pub(crate) fn text(&self) -> Option<String> {
        let mut text = None::<String>;
        for (said, kind) in &self.strings {
            if *kind == Kind::Text {
                text.get_or_insert_default().push_str(&said.text);
            }
        }
        text
    }

    /// Every string of the turn but its role.
    pub(crate) fn said(&self) -> Vec<Said> {
        let strings = self.strings.iter();
        strings.map(|(said, _)| said.clone()).collect()
    }

    /// Whether the turn has text that is not empty.
    pub(crate) fn has_text(&self) -> bool {
        let mut strings = self.strings.iter();
        strings.any(|(said, kind)| *kind == Kind::Text && !said.text.is_empty())
    }

    /// Whether it is a system's text.
    pub(crate) fn is_system(&self) -> bool {
        let role = self.role.as_deref().unwrap_or_default();
        let is = |name: &str| role.trim().eq_ignore_ascii_case(name);
        ["system", "developer", "systemmessage"].into_iter().any(is)
    }

    /// Whether it is a turn in which somebody but a system says something, even an empty text.
    pub(crate) fn is_said(&self) -> bool {
        let speaks = self.role.as_deref().is_some_and(|role| !role.is_empty());
        speaks && !self.is_system() && self.text().is_some()
    }

    /// The turn's calls that have arguments.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> = vec![];
        for (said, kind) in &self.strings {
            let Kind::Call(begin) = *kind else { continue };
            match calls.last_mut().filter(|last| last.begin == begin) {
                Some(call) => {
                    call.text.push('\n');
                    call.text.push_str(&said.text);
                }
                None => calls.push(Call {
                    number: u32::try_from(calls.len()).unwrap_or(u32::MAX),
                    begin,
                    text: said.text.clone(),
                }),
            }
        }
        calls.retain(|call| call.text.chars().any(char::is_alphanumeric));
        calls
    }
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Its number in the turn, from 0.
    pub(crate) number: u32,
    /// What its strings have in [`Kind::Call`].
    pub(crate) begin: u32,
    /// Its arguments, one below the other.
    pub(crate) text: String,
}

/// The turns of a list. `field` names it in messages.
pub(crate) fn messages(list: Tree, field: &str) -> Result<Vec<Message>, Fault> {
    match list {
        Tree::List(items) => turns(items, field, None),
        other => Err(Fault::Kind {
            field: field.to_owned(),
            found: other.kind().to_owned(),
            expected: "a list of {\"role\": …, \"content\": …}",
        }),
    }
}

/// Turns in the order in which they were said. `role` is whose those are that do not say so.
pub(crate) fn turns(
    items: Vec<Tree>,
    field: &str,
    role: Option<&str>,
) -> Result<Vec<Message>, Fault> {
    let (items, is_out_of_order) = in_order(items);
    let turns = items.into_iter().enumerate();
    turns
        .map(|(at, turn)| {
            let turn = message(turn, &format!("{field}.{at}"), role)?;
            Ok(Message {
                is_out_of_order,
                ..turn
            })
        })
        .collect()
}

/// The fields that name the speaker, the first that is there.
const SPEAKERS: [&str; 6] = ["role", "from", "author", "speaker", "sender", "type"];

/// One turn. `role` is whose it is where it does not say so.
pub(super) fn message(turn: Tree, field: &str, role: Option<&str>) -> Result<Message, Fault> {
    let kind = |name: &str, found: &str, expected| Fault::Kind {
        field: format!("{field}{name}"),
        found: found.to_owned(),
        expected,
    };
    let Tree::Object(fields) = turn else {
        return Err(kind("", turn.kind(), "an object with `role` and `content`"));
    };
    for name in ["role", "content"] {
        if fields.iter().filter(|(key, _)| key == name).count() > 1 {
            return Err(Fault::Twice(format!("{field}.{name}")));
        }
    }
    let speaker = speaker(&fields, field)?;
    let by = speaker.as_ref().map(|(name, _)| *name);
    let said = speaker.map(|(_, role)| role);
    let Some(role) = said.or_else(|| role.map(str::to_owned)) else {
        return Err(kind(".role", "missing", "a string"));
    };
    let mut message = Message {
        withheld: withheld_turn(&fields),
        ..Message::default()
    };
    if is_item_of_call(&fields) {
        let name = Arc::from("tool_calls");
        collect(
            Tree::Object(fields),
            &name,
            Within::Calls,
            &mut message.strings,
        );
        message.role = Some(role);
        return Ok(message);
    }
    let is_call = roles::is_call(&role);
    let has_content = ["content", "parts"].iter().any(|name| {
        fields
            .iter()
            .any(|(key, value)| key == name && *value != Tree::Null)
    });
    for (key, value) in fields {
        if by == Some(key.as_str()) {
            continue;
        }
        let within = match key.as_str() {
            "content" | "parts" | "value" if is_call => Within::Call(0),
            "content" | "parts" => Within::Content,
            "value" if by == Some("from") => Within::Content,
            "text" | "message" if !has_content => Within::Content,
            "tool_calls" | "toolCalls" | "function_call" => Within::Calls,
            // The suspect's own tokens, weighed.
            "logprobs" => continue,
            _ => Within::Other,
        };
        let value = match (value, within) {
            // Data sets keep calls as text.
            (Tree::Text(text), Within::Calls) => {
                embedded(&text, LEVELS).unwrap_or(Tree::Text(text))
            }
            (value, _) => value,
        };
        // Parts keep the name of the whole.
        collect(value, &Arc::from(&*key), within, &mut message.strings);
    }
    message.role = Some(role);
    Ok(message)
}

/// Whether an item of a list of turns is a call by itself, and no turn.
pub(super) fn is_item_of_call(fields: &[(String, Tree)]) -> bool {
    let kind = fields.iter().find(|(key, _)| key == "type");
    let kind = kind.and_then(|(_, kind)| kind.text()).unwrap_or_default();
    const CALLS: [&str; 4] = [
        "function_call",
        "custom_tool_call",
        "mcp_call",
        "code_interpreter_call",
    ];
    CALLS.contains(&kind)
}

/// The field that names the speaker, and the name.
fn speaker(
    fields: &[(String, Tree)],
    place: &str,
) -> Result<Option<(&'static str, String)>, Fault> {
    for name in SPEAKERS {
        let value = fields.iter().find(|(key, _)| key == name);
        let Some((_, value)) = value.filter(|(_, value)| *value != Tree::Null) else {
            continue;
        };
        let word = match value {
            Tree::Text(word) => Some(word.as_str()),
            Tree::Object(_) => value.text_at("role").or_else(|| value.text_at("name")),
            _ => None,
        };
        match word {
            Some(word) if name != "type" => return Ok(Some((name, word.to_owned()))),
            Some(word) if roles::is_role(word) => return Ok(Some((name, word.to_owned()))),
            _ if name == "role" => {
                return Err(Fault::Kind {
                    field: format!("{place}.role"),
                    found: value.kind().to_owned(),
                    expected: "a string",
                });
            }
            _ => {}
        }
    }
    Ok(None)
}
