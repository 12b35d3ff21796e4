//! What people export from chat programs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::exchange::{Exchange, whole};
use crate::talk::{Fault, Message, Reply, turns as turns_of};
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
    let Some(Tree::Object(mut nodes)) = tree.take("mapping") else {
        return vec![];
    };
    let path = path(&nodes, &places(&nodes), current(tree, &nodes));
    let turns = path
        .into_iter()
        .filter_map(|place| turn(nodes[place].1.take("message")?));
    let turns: Vec<Tree> = turns.collect();
    tree.put("mapping", Tree::Object(nodes));
    whole(None, Some(Tree::List(turns)))
}

/// The same, and every other branch: an answer that was made again was shown the turns of its own branch, and no other's.
pub(super) fn chatgpt_branches(tree: &mut Tree) -> Vec<Exchange> {
    let Some(Tree::Object(mut nodes)) = tree.take("mapping") else {
        return vec![];
    };
    let last = current(tree, &nodes);
    let parents: HashSet<&str> = nodes
        .iter()
        .filter_map(|(_, node)| node.text_at("parent"))
        .collect();
    let leaves = (0..nodes.len()).filter(|&place| !parents.contains(nodes[place].0.as_str()));
    let ends = last
        .into_iter()
        .chain(leaves.filter(|&place| Some(place) != last));
    let places = places(&nodes);
    let paths: Vec<Vec<usize>> = ends.map(|end| path(&nodes, &places, Some(end))).collect();
    let turns: Vec<Result<Vec<Message>, Fault>> = nodes
        .iter_mut()
        .map(|(_, node)| {
            let turn = node.take("message").and_then(turn);
            turns_of(turn.into_iter().collect(), "mapping", None)
        })
        .collect();
    let said = |places: &[usize]| -> Result<Vec<Message>, Fault> {
        let turns = places.iter().map(|&place| turns[place].clone());
        Ok(turns.collect::<Result<Vec<_>, _>>()?.concat())
    };
    let mut seen = HashSet::<usize>::new();
    let branches = paths.into_iter().filter_map(|path| {
        let is_first = seen.is_empty();
        let known = path
            .iter()
            .take_while(|place| seen.contains(*place))
            .count();
        seen.extend(&path);
        let (before, new) = path.split_at(known);
        let both = said(before).and_then(|before| Ok((before, said(new)?)));
        let (asked, reply) = match both {
            Ok((before, turns)) => {
                let reply = Reply {
                    turns,
                    ..Reply::default()
                };
                (before, Ok(reply))
            }
            Err(fault) => (vec![], Err(fault)),
        };
        // A question that was asked again, and never answered, is no branch.
        let own = |turn: &Message| turn.role.as_deref() == Some("assistant");
        let is_answered = reply
            .as_ref()
            .map_or(true, |reply| reply.turns.iter().any(own));
        (is_answered || is_first).then(|| Exchange {
            asked: Arc::new(asked),
            replies: vec![reply],
            is_branch: known > 0,
            ..Exchange::default()
        })
    });
    branches.collect()
}

/// The message that a conversation ends with: the current one, or the last of those nobody answered, where the export does not say which it is.
fn current(tree: &Tree, nodes: &[(String, Tree)]) -> Option<usize> {
    let id = tree.text_at("current_node");
    let current = id.and_then(|id| nodes.iter().position(|(other, _)| other == id));
    current.or_else(|| {
        let parents: HashSet<&str> = nodes
            .iter()
            .filter_map(|(_, node)| node.text_at("parent"))
            .collect();
        nodes
            .iter()
            .rposition(|(id, _)| !parents.contains(id.as_str()))
    })
}

/// The place of each message by its name.
fn places(nodes: &[(String, Tree)]) -> HashMap<&str, usize> {
    let nodes = nodes.iter().enumerate();
    nodes.map(|(at, (id, _))| (id.as_str(), at)).collect()
}

/// The places of the messages from the root to one of them.
fn path(nodes: &[(String, Tree)], places: &HashMap<&str, usize>, end: Option<usize>) -> Vec<usize> {
    let mut path = vec![];
    let mut seen = HashSet::new();
    let mut at = end;
    while let Some(place) = at.filter(|&place| seen.insert(place)) {
        path.push(place);
        let parent = nodes[place].1.text_at("parent");
        at = parent.and_then(|id| places.get(id).copied());
    }
    path.reverse();
    path
}

/// A message as a turn: its parts where it is text, its code or what else a tool is called with, and else something beside the talk.
fn turn(mut message: Tree) -> Option<Tree> {
    const TEXTS: [&str; 2] = ["text", "multimodal_text"];
    let kind = message.text_at("content.content_type");
    let is_text = kind.is_none_or(|kind| TEXTS.contains(&kind));
    let is_code = kind == Some("code");
    let role = message.text_at("author.role")?.to_owned();
    let recipient = message.text_at("recipient").unwrap_or("all").to_owned();
    let is_call = role == "assistant" && (recipient != "all" || is_code);
    let content = if is_call {
        let text = message.take("content.text");
        let said = text.or_else(|| message.take("content.parts"));
        let call = |said| {
            let fields = [("name", Tree::Text(recipient)), ("arguments", said)];
            Tree::Object(fields.map(|(name, value)| (name.to_owned(), value)).into())
        };
        said.map(|said| ("tool_calls".to_owned(), Tree::List(vec![call(said)])))
    } else if is_text {
        message
            .take("content.parts")
            .map(|parts| ("content".to_owned(), parts))
    } else {
        message
            .take("content")
            .map(|content| ("other".to_owned(), content))
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
