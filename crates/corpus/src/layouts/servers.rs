//! Responses of servers and clouds that have a form of their own.

use super::exchange::{Exchange, exchange, has};
use crate::tree::Tree;

/// Where requests may stand beside these responses.
const REQUESTS: [&str; 7] = [
    "request",
    "chat_history",
    "preamble",
    "system",
    "messages",
    "message",
    "prompt",
];

/// Takes what was asked out of a record.
fn asked(tree: &mut Tree) -> Option<Tree> {
    let requests: Vec<Tree> = REQUESTS.iter().filter_map(|name| tree.take(name)).collect();
    (!requests.is_empty()).then_some(Tree::List(requests))
}

/// Whether a turn of the assistant stands at that place.
fn speaks(tree: &Tree, place: &str) -> bool {
    tree.at(place)
        .is_some_and(|turn| turn.text_at("role") == Some("assistant") && has(turn, "content"))
}

/// Ollama's chat: a `message`, and `done`.
pub(super) fn is_ollama(tree: &Tree) -> bool {
    speaks(tree, "message") && has(tree, "done")
}

pub(super) fn ollama(tree: &mut Tree) -> Vec<Exchange> {
    let reply = tree.take("message");
    exchange(asked(tree), reply)
}

/// Cohere's chat of today (`message` and `finish_reason`) and of before (`text` and `generation_id`), and its `generations`.
pub(super) fn is_cohere(tree: &Tree) -> bool {
    let mut generations = tree.get("generations").map_or(&[][..], Tree::items).iter();
    speaks(tree, "message") && has(tree, "finish_reason")
        || has(tree, "generation_id") && tree.text_at("text").is_some()
        || generations.any(|one| one.text_at("text").is_some())
}

pub(super) fn cohere(tree: &mut Tree) -> Vec<Exchange> {
    let is_new = tree.get("message").is_some_and(Tree::is_object);
    let fields: &[&str] = match (is_new, has(tree, "generations")) {
        (true, _) => &["message", "finish_reason"],
        (false, true) => &["generations"],
        (false, false) => &["text", "finish_reason"],
    };
    let reply = tree.take_all(fields);
    exchange(asked(tree), reply)
}

/// What vLLM gives offline: a request's `outputs`.
pub(super) fn is_vllm(tree: &Tree) -> bool {
    let mut outputs = tree.get("outputs").map_or(&[][..], Tree::items).iter();
    outputs.any(|output| output.text_at("text").is_some())
}

pub(super) fn vllm(tree: &mut Tree) -> Vec<Exchange> {
    let prompt_tokens = tree.take("prompt_token_ids");
    let reply = tree.take("outputs").map(|outputs| {
        let mut fields = vec![("choices".to_owned(), outputs)];
        fields.extend(prompt_tokens.map(|ids| ("prompt_token_ids".to_owned(), ids)));
        Tree::Object(fields)
    });
    exchange(asked(tree), reply)
}

/// Bedrock's Converse: `output.message`; or its log of a call, with the bodies of request and response.
pub(super) fn is_bedrock(tree: &Tree) -> bool {
    speaks(tree, "output.message") || tree.at("output.outputBodyJson").is_some()
}

pub(super) fn bedrock(tree: &mut Tree) -> Vec<Exchange> {
    let logged = tree.take("output.outputBodyJson");
    let request = tree.take("input.inputBodyJson");
    let mut fields = vec![];
    match logged {
        Some(mut body) => {
            fields.extend(
                body.take("stopReason")
                    .map(|end| ("stopReason".to_owned(), end)),
            );
            let message = body.take("output.message").unwrap_or(body);
            fields.push(("message".to_owned(), message));
        }
        None => {
            fields.extend(
                tree.take("stopReason")
                    .map(|end| ("stopReason".to_owned(), end)),
            );
            fields.extend(
                tree.take("output.message")
                    .map(|turn| ("message".to_owned(), turn)),
            );
        }
    }
    let requests: Vec<Tree> = request.into_iter().chain(asked(tree)).collect();
    let is_answered = fields.iter().any(|(name, _)| name == "message");
    exchange(
        (!requests.is_empty()).then_some(Tree::List(requests)),
        is_answered.then_some(Tree::Object(fields)),
    )
}
