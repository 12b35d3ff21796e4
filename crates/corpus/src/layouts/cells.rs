//! Requests and responses that stand in a record as JSON in a string, or under names of the program that logged them.

use super::contenders::{is_answered, may_answer};
use super::exchange::{LEVELS, has};
use super::responses;
use super::rows::is_known_tree;
#[cfg(feature = "parquet")]
use crate::tree::parse;
use crate::tree::{Tree, embedded};

/// Opens strings at the top of a record that hold a request or a response of a service; those under names that no layout has get the usual
/// ones, where there is one of each and the record has no answer of its own. An answer may be JSON too, so only what is unmistakable counts.
pub(crate) fn open(tree: &mut Tree, is_body: impl Fn(&str) -> bool) {
    let Tree::Object(fields) = tree else { return };
    let is_answer = |(name, value): &(String, Tree)| {
        is_body(name) && *value != Tree::Null && (name != "messages" || is_answered(value))
    };
    for (name, value) in fields.iter_mut() {
        let Tree::Text(text) = value else { continue };
        let is_one = |inner: &Tree| match may_answer(name) {
            true => is_response(inner),
            false if is_body(name) => is_whole(inner),
            false => is_request(inner) || is_response(inner) || is_whole(inner),
        };
        if let Some(inner) = embedded(text, LEVELS).filter(is_one) {
            *value = inner;
        }
    }
    lift(tree, &is_body);
    let Tree::Object(fields) = tree else { return };
    if fields.iter().any(is_answer) || is_known_tree(tree) {
        return;
    }
    let Some(response) = only(tree, is_response) else {
        return;
    };
    let request = only(tree, |value| is_request(value) && !is_response(value));
    let Tree::Object(fields) = tree else { return };
    let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    let is_free = |name: &str, place: usize| {
        let mut others = names.iter().enumerate();
        !others.any(|(at, other)| at != place && other == name)
    };
    if is_free("response", response) {
        "response".clone_into(&mut fields[response].0);
    }
    if let Some(request) = request.filter(|&request| is_free("request", request)) {
        "request".clone_into(&mut fields[request].0);
    }
}

/// Puts a record that is one field of another in its place, where that has no answer of its own; what stands beside it stands around it.
fn lift(tree: &mut Tree, is_body: &impl Fn(&str) -> bool) {
    let Some(place) = only(tree, is_whole).filter(|_| !is_known_tree(tree)) else {
        return;
    };
    let fields = std::mem::take(tree).into_fields();
    let mut others = fields.iter().enumerate().filter(|(at, _)| *at != place);
    if others.any(|(_, (name, value))| is_body(name) && *value != Tree::Null) {
        *tree = Tree::Object(fields);
        return;
    }
    let (mut inner, mut around) = (vec![], vec![]);
    for (at, field) in fields.into_iter().enumerate() {
        match at == place {
            true => inner = field.1.into_fields(),
            false => around.push(field),
        }
    }
    if !around.is_empty() {
        inner.push(("around".to_owned(), Tree::Object(around)));
    }
    *tree = Tree::Object(inner);
}

/// Whether JSON is of an object that is unmistakably of a layout, once its strings are opened.
#[cfg(feature = "parquet")]
pub(crate) fn is_known(json: &[u8]) -> bool {
    parse(json, LEVELS).is_ok_and(|mut read| {
        open(&mut read.tree, |_| false);
        is_known_tree(&read.tree)
    })
}

/// The place of the only field whose value is such a one.
fn only(tree: &Tree, is: impl Fn(&Tree) -> bool) -> Option<usize> {
    let fields = tree.fields().iter().enumerate();
    let mut places = fields.filter(|(_, (_, value))| is(value));
    let (place, _) = places.next()?;
    places.next().is_none().then_some(place)
}

/// Whether a value is a record: what was asked, with what was answered.
fn is_whole(value: &Tree) -> bool {
    let turns = value.get("messages").filter(|_| is_request(value));
    turns.is_some_and(is_answered) || is_request(value) && is_response(value)
}

/// Whether a value is what a service is asked with.
fn is_request(value: &Tree) -> bool {
    let is_turn = |turn: &Tree| {
        let says = has(turn, "content") || has(turn, "parts");
        turn.is_object() && (says || has(turn, "tool_calls"))
    };
    let turns = ["messages", "contents", "input"].iter();
    let mut turns = turns.map(|name| value.get(name).map_or(&[][..], Tree::items));
    let has_turns = turns.any(|turns| !turns.is_empty() && turns.iter().all(is_turn));
    let asks = ["prompt", "input"]
        .iter()
        .any(|name| value.text_at(name).is_some());
    has_turns || asks && has(value, "model")
}

/// Whether a value is what a service answers with.
fn is_response(value: &Tree) -> bool {
    let items = |name: &str| value.get(name).map_or(&[][..], Tree::items).iter();
    let is_choice = |choice: &Tree| {
        choice.get("message").is_some_and(Tree::is_object)
            || choice.text_at("text").is_some() && has(choice, "finish_reason")
    };
    let is_candidate = |one: &Tree| one.at("content.parts").is_some_and(Tree::is_list);
    let is_item = |item: &Tree| item.text_at("type") == Some("message") && has(item, "content");
    let is_message = value.text_at("role") == Some("assistant")
        && has(value, "stop_reason")
        && value.get("content").is_some_and(Tree::is_list);
    responses::is_response(value)
        || items("choices").any(is_choice)
        || items("candidates").any(is_candidate)
        || items("output").any(is_item)
        || is_message
}
