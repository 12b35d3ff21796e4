//! Responses of servers and clouds that have a form of their own.

use super::exchange::{Exchange, exchange, has, take_named};
use super::responses::{is_bedrock, is_cohere, is_ollama, is_vllm};
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
    take_named(tree, &REQUESTS)
}

/// Whether a response of this kind is the record, or stands in it beside its request.
fn is_there(tree: &Tree, is: fn(&Tree) -> bool) -> bool {
    is(tree) || tree.get("response").is_some_and(is)
}

/// The exchange of such a response, whose reply is taken out of it.
fn of(
    tree: &mut Tree,
    is: fn(&Tree) -> bool,
    reply: fn(&mut Tree) -> Option<Tree>,
) -> Vec<Exchange> {
    let reply = match is(tree) {
        true => reply(tree),
        false => tree.take("response").and_then(|mut inner| {
            let own = reply(&mut inner);
            tree.put("response", inner);
            own
        }),
    };
    exchange(asked(tree), reply)
}

/// Ollama's chat: a `message`, and `done`.
pub(super) fn has_ollama(tree: &Tree) -> bool {
    is_there(tree, is_ollama)
}

pub(super) fn ollama(tree: &mut Tree) -> Vec<Exchange> {
    of(tree, is_ollama, |tree| tree.take("message"))
}

/// Cohere's chat of today (`message` and `finish_reason`) and of before (`text` and `generation_id`), and its `generations`.
pub(super) fn has_cohere(tree: &Tree) -> bool {
    is_there(tree, is_cohere)
}

pub(super) fn cohere(tree: &mut Tree) -> Vec<Exchange> {
    of(tree, is_cohere, |tree| {
        let is_new = tree.get("message").is_some_and(Tree::is_object);
        let fields: &[&str] = match (is_new, has(tree, "generations")) {
            (true, _) => &["message", "finish_reason"],
            (false, true) => &["generations"],
            (false, false) => &["text", "finish_reason"],
        };
        tree.take_all(fields)
    })
}

/// What vLLM gives offline: a request's `outputs`.
pub(super) fn has_vllm(tree: &Tree) -> bool {
    is_there(tree, is_vllm)
}

pub(super) fn vllm(tree: &mut Tree) -> Vec<Exchange> {
    of(tree, is_vllm, |tree| {
        let prompt_tokens = tree.take("prompt_token_ids");
        tree.take("outputs").map(|outputs| {
            let mut fields = vec![("choices".to_owned(), outputs)];
            fields.extend(prompt_tokens.map(|ids| ("prompt_token_ids".to_owned(), ids)));
            Tree::Object(fields)
        })
    })
}

/// Bedrock's Converse: `output.message`; or its log of a call, with the bodies of request and response.
pub(super) fn has_bedrock(tree: &Tree) -> bool {
    is_there(tree, is_bedrock)
}

pub(super) fn bedrock(tree: &mut Tree) -> Vec<Exchange> {
    let request = tree.take("input.inputBodyJson");
    let mut all = of(tree, is_bedrock, |tree| {
        let logged = tree.take("output.outputBodyJson");
        let is_logged = logged.is_some();
        let mut body = logged.unwrap_or_else(|| {
            let mut fields = vec![];
            for path in ["stopReason", "output.message"] {
                let name = path.rsplit('.').next().unwrap_or(path);
                fields.extend(tree.take(path).map(|value| (name.to_owned(), value)));
            }
            Tree::Object(fields)
        });
        let end = body
            .take("stopReason")
            .map(|end| ("stopReason".to_owned(), end));
        let message = match is_logged {
            true => body.take("output.message").or(Some(body)),
            false => body.take("message"),
        };
        let message = message.map(|message| ("message".to_owned(), message));
        message.map(|message| Tree::Object(end.into_iter().chain([message]).collect()))
    });
    if let (Some(request), Some(first)) = (request, all.first_mut()) {
        let mut turns = crate::talk::asked(request);
        turns.extend(first.asked.iter().cloned());
        first.asked = turns.into();
    }
    all
}
