//! Records that stand together in one value: a list in an object, a page of a list, a list by itself.

use super::exchange::has;
use super::rows::is_known_tree;
use crate::tree::Tree;

/// Names under which exports wrap their records into one object.
const WRAPPERS: [&str; 8] = [
    "data",
    "rows",
    "records",
    "items",
    "examples",
    "results",
    "conversations",
    "traces",
];

/// The name of the list of records that an object is nothing but a wrapper of: its objects are of a layout, or have an answer.
pub(crate) fn wrapped(tree: &Tree, is_record: impl Fn(&Tree) -> bool) -> Option<&'static str> {
    WRAPPERS.into_iter().find(|name| {
        let items = tree.get(name).map_or(&[][..], Tree::items);
        let row = |item: &Tree| {
            item.get("row")
                .is_some_and(|row| is_known_tree(row) || is_record(row))
        };
        let is = |item: &Tree| is_known_tree(item) || is_record(item) || row(item);
        items.iter().all(Tree::is_object) && items.iter().any(is)
    })
}

/// A page of a thread's messages, as a chat.
pub(crate) fn of_page(tree: &mut Tree) {
    let messages = tree.get("data").map_or(&[][..], Tree::items);
    let is_message = |one: &Tree| one.text_at("object") == Some("thread.message");
    if !messages.is_empty()
        && messages.iter().all(is_message)
        && !has(tree, "messages")
        && let Some(messages) = tree.take("data")
    {
        tree.put("messages", messages);
    }
}

/// A list that is a record by itself: the turns of a chat, or what a pipeline generated, in lists of each prompt's or not.
pub(crate) fn of_list(tree: &mut Tree) -> Option<Tree> {
    let is_turn = |item: &Tree| item.text_at("role").is_some() && item.fields().len() > 1;
    let is_generated = |item: &Tree| has(item, "generated_text");
    let inner: Vec<&Tree> = tree.items().iter().flat_map(Tree::items).collect();
    let items = tree.items();
    let name = match () {
        () if items.is_empty() => return None,
        () if items.iter().all(is_turn) => "messages",
        () if items.iter().all(is_generated) => "generated_text",
        () if !inner.is_empty() && items.iter().all(Tree::is_list) => {
            let is_all = inner.iter().all(|item| is_generated(item));
            is_all.then_some("generated_text")?
        }
        () => return None,
    };
    let items = match std::mem::take(tree) {
        Tree::List(items) => items,
        _ => vec![],
    };
    let items = items.into_iter().flat_map(|item| match item {
        Tree::List(inner) => inner,
        item => vec![item],
    });
    Some(Tree::Object(vec![(
        name.to_owned(),
        Tree::List(items.collect()),
    )]))
}
