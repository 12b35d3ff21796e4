//! Runs of `LangSmith`: `inputs` and `outputs` of a chain's steps, with the messages of its library written out as constructors.

use super::exchange::{Exchange, exchange, has};
use crate::talk::Fault;
use crate::tree::Tree;

/// Whether a record is a run.
pub(super) fn is(tree: &Tree) -> bool {
    tree.text_at("run_type").is_some() && (has(tree, "inputs") || has(tree, "outputs"))
}

/// The answers of a model's run; other steps may hold them again, and have none of their own.
pub(super) fn read(tree: &mut Tree) -> Vec<Exchange> {
    let kind = tree.text_at("run_type").unwrap_or_default();
    if !matches!(kind, "llm" | "chat_model") {
        let failure = format!("no run of a model, but of `{kind}`");
        return vec![Exchange {
            replies: vec![Err(Fault::Failed(failure))],
            ..Exchange::default()
        }];
    }
    let asked = tree.take("inputs").map(plain);
    let replied = tree.take("outputs").map(plain);
    exchange(asked, replied.map(one_list))
}

/// Generations without the list around those of each prompt, of which a run has one.
fn one_list(mut outputs: Tree) -> Tree {
    if let Some(Tree::List(lists)) = outputs.take("generations") {
        let flat = lists.into_iter().flat_map(|list| match list {
            Tree::List(generations) => generations,
            other => vec![other],
        });
        // A generation says its text by itself and as a message.
        let flat = flat.map(|mut generation| {
            if has(&generation, "message") {
                generation.take("text");
            }
            generation
        });
        outputs.put("generations", Tree::List(flat.collect()));
    }
    outputs
}

/// Messages as turns: `{"lc": 1, "id": […, "HumanMessage"], "kwargs": {"content": …}}`, and lists of lists as lists.
fn plain(value: Tree) -> Tree {
    match value {
        Tree::List(items) => {
            let items = items.into_iter().map(plain).flat_map(|item| match item {
                Tree::List(inner) => inner,
                item => vec![item],
            });
            Tree::List(items.collect())
        }
        Tree::Object(mut fields) => {
            let tree = Tree::Object(fields);
            let class = tree.get("id").map_or(&[][..], Tree::items).last();
            let class = class.and_then(Tree::text).map(str::to_owned);
            fields = tree.into_fields();
            let kwargs = fields.iter().position(|(name, _)| name == "kwargs");
            if let (Some(class), Some(at)) = (class, kwargs) {
                let (_, inner) = fields.swap_remove(at);
                let mut turn = inner.into_fields();
                turn.retain(|(name, _)| name != "type");
                turn.push(("role".to_owned(), Tree::Text(class)));
                return plain(Tree::Object(turn));
            }
            let fields = fields.into_iter();
            Tree::Object(fields.map(|(name, value)| (name, plain(value))).collect())
        }
        value => value,
    }
}
