//! A request with its answers, out of the places where they stand.

use std::sync::Arc;

use super::responses;
use crate::exposure::Said;
use crate::talk::{Message, Replied, Reply, asked, messages, replies, turns as in_turns};
use crate::tree::{Tree, embedded};

/// A request, and every answer to it.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// Shared by the exchanges that have the same.
    pub(crate) asked: Arc<Vec<Message>>,
    /// Nothing where the place of answers is empty.
    pub(crate) replies: Vec<Replied>,
    /// Strings beside the answers.
    pub(crate) rest: Vec<Said>,
    /// Values beside them that may hold an answer again.
    pub(super) outputs: Vec<Tree>,
    /// Whether what was asked stands in another exchange too, with its answers.
    pub(crate) is_branch: bool,
}

/// The exchange of the first places that hold something.
pub(super) fn one(tree: &mut Tree, asked: &[&str], replied: &[&str]) -> Vec<Exchange> {
    let reply = replied.iter().find_map(|path| tree.take(path));
    let request = asked.iter().find_map(|path| tree.take(path));
    exchange(request, reply)
}

/// Takes what was asked out of a record, each field under its name: that says whose words they are.
pub(super) fn take_named(tree: &mut Tree, paths: &[&str]) -> Option<Tree> {
    let named = paths.iter().filter_map(|path| {
        let name = match path.split_once('.') {
            Some((name, _)) => name,
            None => path,
        };
        Some((name.to_owned(), tree.take(path)?))
    });
    let named: Vec<(String, Tree)> = named.collect();
    (!named.is_empty()).then_some(Tree::Object(named))
}

/// The exchange of a request and a response.
pub(super) fn exchange(request: Option<Tree>, reply: Option<Tree>) -> Vec<Exchange> {
    answered(Arc::new(request.map_or_else(Vec::new, asked)), reply)
}

/// The same of a request that was read.
pub(super) fn answered(asked: Arc<Vec<Message>>, reply: Option<Tree>) -> Vec<Exchange> {
    let mut rest = vec![];
    let reply = reply.map(|reply| match reply {
        Tree::Text(text) => embedded(&text, LEVELS)
            .filter(is_response)
            .unwrap_or(Tree::Text(text)),
        reply => reply,
    });
    let replies = reply.map_or_else(Vec::new, |reply| replies(reply, &mut rest));
    let asked = without_answer(asked, &replies);
    vec![Exchange {
        asked,
        replies,
        rest,
        ..Exchange::default()
    }]
}

/// What was asked, without the answer behind it: a history may be written down when the answer is in it already.
fn without_answer(mut asked: Arc<Vec<Message>>, replies: &[Replied]) -> Arc<Vec<Message>> {
    let [Ok(Reply { turns, .. })] = replies else {
        return asked;
    };
    let ([answer], [_, .., last]) = (&turns[..], &asked[..]) else {
        return asked;
    };
    let role = last.role.as_deref().unwrap_or_default().to_lowercase();
    let is_own = ["assistant", "chatbot", "model"].contains(&role.as_str());
    if is_own && answer.has_text() && last.text() == answer.text() && last.strings.len() == 1 {
        Arc::make_mut(&mut asked).pop();
    }
    asked
}

/// Whether a value that stood in a text as JSON is a response: an answer may be JSON and no more.
fn is_response(tree: &Tree) -> bool {
    let is = |tree: &Tree| {
        responses::is_response(tree)
            || has(tree, "choices")
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
        Tree::List(items) => in_turns(items, "turns", Some("user")),
        other => messages(other, "turns"),
    });
    let reply = |turns| Reply {
        turns,
        ..Reply::default()
    };
    vec![Exchange {
        asked: Arc::new(before.map_or_else(Vec::new, asked)),
        replies: turns.map(|turns| turns.map(reply)).into_iter().collect(),
        rest: vec![],
        ..Exchange::default()
    }]
}

/// Levels of what a text holds.
pub(super) const LEVELS: u32 = 64;

/// Whether a field is there and not null.
pub(super) fn has(tree: &Tree, name: &str) -> bool {
    tree.get(name).is_some()
}
