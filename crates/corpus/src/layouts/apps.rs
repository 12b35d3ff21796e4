//! What people export from chat programs.

use std::collections::{HashMap, HashSet};

use super::exchange::{Exchange, whole};
use crate::tree::Tree;

/// A conversation of `ChatGPT`'s export: a tree of messages under `mapping`.
pub(super) fn is_chatgpt(tree: &Tree) -> bool {
    let mapping = tree.get("mapping").map_or(&[][..], Tree::fields);
    mapping
        .iter()
        .any(|(_, node)| node.at("message.author").is_some())
}

/// The turns from the root to the current message; other branches stay in the tree: they may have been shown, and are no part of this talk.
pub(super) fn chatgpt(tree: &mut Tree) -> Vec<Exchange> {
    let mut nodes: Vec<(String, Tree)> = match tree.take("mapping") {
        Some(Tree::Object(nodes)) => nodes,
        _ => return vec![],
    };
    let places: HashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (id.as_str(), at))
        .collect();
    // The last of the nodes nobody answered, where the export does not say which is the current one.
    let leaf = || {
        let parents: HashSet<&str> = nodes
            .iter()
            .filter_map(|(_, node)| node.text_at("parent"))
            .collect();
        nodes
            .iter()
            .rposition(|(id, _)| !parents.contains(id.as_str()))
    };
    let current = tree
        .text_at("current_node")
        .and_then(|id| places.get(id).copied());
    let mut path = vec![];
    let mut seen = HashSet::new();
    let mut at = current.or_else(leaf);
    while let Some(place) = at.filter(|&place| seen.insert(place)) {
        path.push(place);
        at = nodes[place]
            .1
            .text_at("parent")
            .and_then(|id| places.get(id).copied());
    }
    drop(places);
    let turns = path
        .iter()
        .rev()
        .filter_map(|&place| turn(nodes[place].1.take("message")?));
    let turns: Vec<Tree> = turns.collect();
    tree.put("mapping", Tree::Object(nodes));
    whole(None, Some(Tree::List(turns)))
}

/// A message as a turn: its parts where it is text, and else something beside the talk.
fn turn(mut message: Tree) -> Option<Tree> {
    const TEXTS: [&str; 2] = ["text", "multimodal_text"];
    let is_text = message
        .text_at("content.content_type")
        .is_none_or(|kind| TEXTS.contains(&kind));
    let role = message.text_at("author.role")?.to_owned();
    let content = match is_text {
        true => message
            .take("content.parts")
            .map(|parts| ("content".to_owned(), parts)),
        false => message
            .take("content")
            .map(|content| ("other".to_owned(), content)),
    };
    let mut fields = vec![("role".to_owned(), Tree::Text(role))];
    fields.extend(content);
    fields.push(("metadata".to_owned(), message));
    Some(Tree::Object(fields))
}

/// A conversation of Claude.ai's export: `chat_messages`.
pub(super) fn is_claude_ai(tree: &Tree) -> bool {
    let mut turns = tree
        .get("chat_messages")
        .map_or(&[][..], Tree::items)
        .iter();
    turns.any(|turn| turn.get("sender").is_some())
}

pub(super) fn claude_ai(tree: &mut Tree) -> Vec<Exchange> {
    let turns = match tree.take("chat_messages") {
        Some(Tree::List(turns)) => turns.into_iter().map(once).collect(),
        _ => vec![],
    };
    whole(None, Some(Tree::List(turns)))
}

/// A turn without its text, where its parts have it too.
fn once(mut turn: Tree) -> Tree {
    let parts = turn.get("content").map_or(&[][..], Tree::items);
    match parts.iter().any(|part| part.text_at("text").is_some()) {
        true => turn.take("text"),
        false => turn.take("content"),
    };
    turn
}
