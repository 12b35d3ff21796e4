//! Responses of servers and clouds that have a form of their own, as they are told.

use crate::tree::Tree;

/// Whether a turn of the assistant stands at that place.
fn speaks(tree: &Tree, place: &str) -> bool {
    tree.at(place)
        .is_some_and(|turn| turn.text_at("role") == Some("assistant") && has(turn, "content"))
}

/// Whether a value is one of these, or says that a request failed.
pub(super) fn is_response(tree: &Tree) -> bool {
    let is_text = |tree: &Tree| tree.text_at("content").is_some() && has(tree, "finish_reason");
    let status = tree
        .get("status_code")
        .is_some_and(|status| matches!(status, Tree::Whole(_)));
    let items = tree.items();
    let is_generated = |item: &Tree| item.text_at("generated_text").is_some();
    is_ollama(tree)
        || is_cohere(tree)
        || is_vllm(tree)
        || is_bedrock(tree)
        || is_text(tree)
        || status && has(tree, "body")
        || tree.at("error.message").is_some() && tree.fields().len() == 1
        || !items.is_empty() && items.iter().all(is_generated)
}

fn has(tree: &Tree, name: &str) -> bool {
    tree.get(name).is_some()
}

/// Ollama's chat, or its completion.
pub(super) fn is_ollama(tree: &Tree) -> bool {
    speaks(tree, "message") && has(tree, "done")
}

/// Cohere's chat of today and of before, and its `generations`.
pub(super) fn is_cohere(tree: &Tree) -> bool {
    let mut generations = tree.get("generations").map_or(&[][..], Tree::items).iter();
    speaks(tree, "message") && has(tree, "finish_reason")
        || has(tree, "generation_id") && tree.text_at("text").is_some()
        || generations.any(|one| one.text_at("text").is_some())
}

/// vLLM's, offline.
pub(super) fn is_vllm(tree: &Tree) -> bool {
    let mut outputs = tree.get("outputs").map_or(&[][..], Tree::items).iter();
    outputs.any(|output| output.text_at("text").is_some())
}

/// Bedrock's Converse, or its log of a call.
pub(super) fn is_bedrock(tree: &Tree) -> bool {
    speaks(tree, "output.message") || tree.at("output.outputBodyJson").is_some()
}
