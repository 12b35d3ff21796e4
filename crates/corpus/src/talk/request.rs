//! What was asked: a text, a list of turns, or a request with turns in it.

use std::sync::Arc;

use super::message::{Message, is_item_of_call, message};
use super::part::{Within, collect, show_data};
use crate::tree::{Tree, embedded};

/// Levels of a list that a text holds.
const LEVELS: u32 = 64;

/// The fields of a request that hold turns, and whose they are where they do not say so.
const TURNS: [(&str, &str); 16] = [
    ("system", "system"),
    ("preamble", "system"),
    ("instructions", "system"),
    ("systemInstruction", "system"),
    ("system_instruction", "system"),
    ("chat_history", "user"),
    ("messages", "user"),
    ("message", "user"),
    ("kwargs", "user"),
    ("contents", "user"),
    ("input", "user"),
    ("prompt", "user"),
    ("query", "user"),
    ("request", "user"),
    ("prompts", "user"),
    ("inputText", "user"),
];

/// Reads what was asked. Strings beside turns are a turn of nobody's.
pub(crate) fn asked(tree: Tree) -> Vec<Message> {
    let mut turns = vec![];
    read(tree, "user", &mut turns);
    turns
}

fn read(tree: Tree, role: &str, turns: &mut Vec<Message>) {
    match tree {
        Tree::Text(text) => match embedded(&text, LEVELS) {
            // What a gateway that keeps nothing writes in place of turns: who asked what is not said.
            Some(tree) if is_empty(&tree) => {}
            Some(talk) if is_talk(&talk) => read(talk, role, turns),
            _ => turns.push(Message::of(role, text)),
        },
        Tree::List(items) => {
            let (parts, are_parts) = (items.iter(), |item: &Tree| {
                item.is_object() && item.get("role").is_none() && item.get("content").is_none()
            });
            if !items.is_empty() && parts.clone().all(are_parts) && parts.clone().any(has_text) {
                // One turn's parts.
                let mut strings = vec![];
                collect(
                    Tree::List(items),
                    &Arc::from("content"),
                    Within::Content,
                    &mut strings,
                );
                turns.push(Message {
                    role: Some(role.to_owned()),
                    strings,
                    ..Message::default()
                });
                return;
            }
            for item in items {
                read(item, role, turns);
            }
        }
        Tree::Object(fields) if is_turn(&fields) => {
            let whose = match is_called(&fields) {
                true => "assistant",
                false => role,
            };
            // What has no role of its own has this one. What is no turn all the same says something.
            let turn = Tree::Object(fields);
            match message(turn.clone(), "", Some(whose)) {
                Ok(turn) => turns.push(turn),
                Err(_) => {
                    let mut strings = vec![];
                    collect(turn, &Arc::from("content"), Within::Other, &mut strings);
                    let role = Some(String::new());
                    turns.push(Message {
                        role,
                        strings,
                        ..Message::default()
                    });
                }
            }
        }
        Tree::Object(fields) => {
            let mut beside = vec![];
            let mut data = vec![];
            for (key, value) in fields {
                match TURNS.iter().find(|(name, _)| *name == key) {
                    Some((_, role)) => read(value, role, turns),
                    None => data.push((key, value)),
                }
            }
            let data = Tree::Object(data);
            show_data(&data, &mut beside);
            collect(data, &Arc::from("data"), Within::Other, &mut beside);
            if !beside.is_empty() {
                let role = Some(String::new());
                let strings = beside;
                let turn = Message {
                    role,
                    strings,
                    ..Message::default()
                };
                turns.insert(0, turn);
            }
        }
        _ => {}
    }
}

/// Whether an object is a turn, and not a request with turns in it.
fn is_turn(fields: &[(String, Tree)]) -> bool {
    let has = |name: &str| {
        let field = fields.iter().find(|(key, _)| key == name);
        field.is_some_and(|(_, value)| *value != Tree::Null)
    };
    (has("role") || has("from")) && !has("messages")
        || has("content")
        || has("parts")
        || is_called(fields)
        || fields.iter().any(|(key, value)| {
            key == "type" && value.text().is_some_and(|kind| kind.ends_with("_output"))
        })
}

/// Whether an item of a list of turns is the assistant's call or thought.
fn is_called(fields: &[(String, Tree)]) -> bool {
    let mut kinds = fields.iter().filter(|(key, _)| key == "type");
    is_item_of_call(fields) || kinds.any(|(_, kind)| kind.text() == Some("reasoning"))
}

/// Whether a part has text.
fn has_text(part: &Tree) -> bool {
    part.get("text").is_some()
}

/// Whether a value is an object or a list of nothing.
fn is_empty(tree: &Tree) -> bool {
    match tree {
        Tree::Object(fields) => fields.is_empty(),
        Tree::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether a value that stood in a text as JSON is turns: a text may be JSON and no more.
fn is_talk(tree: &Tree) -> bool {
    let turns = match tree {
        Tree::List(items) => &items[..],
        tree => tree.get("messages").map_or(&[][..], Tree::items),
    };
    let is_turn = |turn: &Tree| {
        let speaks = turn.text_at("role").or_else(|| turn.text_at("from"));
        speaks.is_some() && turn.fields().len() > 1
    };
    !turns.is_empty() && turns.iter().all(is_turn)
}
