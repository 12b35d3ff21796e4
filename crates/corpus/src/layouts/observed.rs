//! What tools that watch models export: observations of Langfuse, payloads of `LiteLLM`.

use std::sync::Arc;

use super::again::Answers;
use super::exchange::{Exchange, answered, exchange, has};
use crate::talk::{Fault, asked};
use crate::tree::Tree;

/// Whether a record is a trace or an observation.
pub(super) fn is_langfuse(tree: &Tree) -> bool {
    const MARKS: [&str; 8] = [
        "traceId",
        "trace_id",
        "observations",
        "parentObservationId",
        "parent_observation_id",
        "projectId",
        "project_id",
        "completionStartTime",
    ];
    let kind = tree.text_at("type").unwrap_or_default().to_uppercase();
    let is_kind = KINDS.contains(&kind.as_str()) || kind == GENERATION;
    let is_marked = MARKS.iter().any(|mark| has(tree, mark));
    let holds = has(tree, "input") || has(tree, "output") || tree.get("observations").is_some();
    holds && (is_marked || is_kind)
}

/// An observation of a model.
const GENERATION: &str = "GENERATION";

/// Observations of something else.
const KINDS: [&str; 9] = [
    "SPAN",
    "EVENT",
    "TOOL",
    "RETRIEVER",
    "CHAIN",
    "AGENT",
    "EMBEDDING",
    "EVALUATOR",
    "GUARDRAIL",
];

/// An observation; or a trace, whose observations of models have the answers where it lists them.
pub(super) fn langfuse(tree: &mut Tree) -> Vec<Exchange> {
    let kind = tree.text_at("type").unwrap_or_default().to_uppercase();
    if KINDS.contains(&kind.as_str()) {
        let failure = format!("no generation, but {kind}");
        return vec![Exchange {
            replies: vec![Err(Fault::Failed(failure))],
            ..Exchange::default()
        }];
    }
    let observations = match tree.take("observations") {
        Some(Tree::List(observations)) => observations,
        _ => vec![],
    };
    let is_generation = |one: &Tree| {
        let kind = one.text_at("type").unwrap_or_default().to_uppercase();
        kind == GENERATION && (has(one, "output") || has(one, "level"))
    };
    let (generations, others): (Vec<Tree>, Vec<Tree>) =
        observations.into_iter().partition(is_generation);
    if generations.is_empty() {
        let (input, output) = (tree.take("input"), tree.take("output"));
        tree.put("observations", Tree::List(others));
        return exchange(input, output);
    }
    let own = Arc::new(tree.take("input").map_or_else(Vec::new, asked));
    let mut all = vec![];
    let mut rest = vec![];
    for mut one in generations {
        let input = one.take("input").map(|input| Arc::new(asked(input)));
        all.extend(answered(
            input.unwrap_or_else(|| Arc::clone(&own)),
            one.take("output"),
        ));
        rest.push(one);
    }
    // What went into any step, and what tools and searches gave, may have been shown; what the trace and steps of several gave may be an
    // answer again.
    let answers = Answers::of(&all);
    for mut other in others {
        let kind = other.text_at("type").unwrap_or_default().to_uppercase();
        if matches!(kind.as_str(), "SPAN" | "CHAIN" | "AGENT")
            && let Some(mut output) = other.take("output")
        {
            answers.take_out_of(&mut output);
            other.put("output", output);
        }
        rest.push(other);
    }
    if let Some(mut output) = tree.take("output") {
        answers.take_out_of(&mut output);
        rest.push(output);
    }
    let said = own.iter().flat_map(|turn| &turn.strings);
    rest.extend(said.map(|(said, _)| Tree::Text(said.text.clone())));
    tree.put("observations", Tree::List(rest));
    all
}

/// Whether a record is what the gateway logs of a call.
pub(super) fn is_litellm(tree: &Tree) -> bool {
    const MARKS: [&str; 8] = [
        "litellm_call_id",
        "litellm_params",
        "call_type",
        "model_group",
        "spend",
        "response_cost",
        "proxy_server_request",
        "hidden_params",
    ];
    let asked = ["messages", "input", "prompt"]
        .iter()
        .any(|name| has(tree, name));
    has(tree, "response") && asked && MARKS.iter().any(|mark| has(tree, mark))
}

/// Makes an object of a response that is one without anything in it, written as text: the gateway keeps that where it keeps no answers.
pub(super) fn empty_response(tree: &mut Tree) {
    let is_empty = |text: &str| text.trim() == "{}";
    if tree.text_at("response").is_some_and(is_empty) {
        tree.put("response", Tree::Object(vec![]));
    }
}
