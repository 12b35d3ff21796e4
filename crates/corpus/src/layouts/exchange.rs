//! A request with its answers, out of the places where they stand.

use crate::exposure::Said;
use crate::talk::{Message, Replied, Reply, asked, message, messages, replies};
use crate::tree::{Tree, embedded};

/// A request, and every answer to it.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) asked: Vec<Message>,
    /// Nothing where the place of answers is empty.
    pub(crate) replies: Vec<Replied>,
    /// Strings beside the answers.
    pub(crate) rest: Vec<Said>,
}

/// The exchange of the first places that hold something.
pub(super) fn one(tree: &mut Tree, asked: &[&str], replied: &[&str]) -> Vec<Exchange> {
    let reply = replied.iter().find_map(|path| tree.take(path));
    let request = asked.iter().find_map(|path| tree.take(path));
    exchange(request, reply)
}

/// The exchange of a request and a response.
pub(super) fn exchange(request: Option<Tree>, reply: Option<Tree>) -> Vec<Exchange> {
    let mut rest = vec![];
    let reply = reply.map(|reply| match reply {
        Tree::Text(text) => embedded(&text, LEVELS)
            .filter(is_response)
            .unwrap_or(Tree::Text(text)),
        reply => reply,
    });
    let replies = reply.map_or_else(Vec::new, |reply| replies(reply, &mut rest));
    vec![Exchange {
        asked: request.map_or_else(Vec::new, asked),
        replies,
        rest,
    }]
}

/// Whether a value that stood in a text as JSON is a response: an answer may be JSON and no more.
fn is_response(tree: &Tree) -> bool {
    let is = |tree: &Tree| {
        has(tree, "choices")
            || has(tree, "candidates")
            || tree.text_at("role").is_some() && has(tree, "content")
    };
    is(tree) || !tree.items().is_empty() && tree.items().iter().all(is)
}

/// A chat whose answers stand among its turns.
pub(super) fn whole(before: Option<Tree>, turns: Option<Tree>) -> Vec<Exchange> {
    let turns = match turns {
        Some(Tree::Text(text)) => embedded(&text, LEVELS),
        turns => turns,
    };
    let turns = turns.map(|turns| match turns {
        Tree::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(at, turn)| message(turn, &at.to_string(), Some("user")))
            .collect(),
        other => messages(other, "turns"),
    });
    let reply = |turns| Reply {
        turns,
        is_chat: true,
        ..Reply::default()
    };
    vec![Exchange {
        asked: before.map_or_else(Vec::new, asked),
        replies: turns.map(|turns| turns.map(reply)).into_iter().collect(),
        rest: vec![],
    }]
}

/// Levels of what a text holds.
pub(super) const LEVELS: u32 = 64;

/// Whether a field is there and not null.
pub(super) fn has(tree: &Tree, name: &str) -> bool {
    tree.get(name).is_some()
}
