//! What was answered: a text, turns, or a service's response with choices, candidates or items in it.

use std::sync::Arc;

use super::fault::Fault;
use super::message::{Message, message};
use super::part::{Within, collect};
use super::withheld::is_withheld;
use crate::exposure::Said;
use crate::tree::Tree;

/// One answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// Its turns, mostly one.
    pub(crate) turns: Vec<Message>,
    /// The tokens that were sampled, where the response has them.
    pub(crate) tokens: Option<Vec<u32>>,
    /// The tokens of the prompt, likewise.
    pub(crate) prompt_tokens: Option<Vec<u32>>,
}

/// A reply, or why there is none.
pub(crate) type Replied = Result<Reply, Fault>;

/// Why a response has no answer, where it says nothing of it.
const NOTHING: &str = "no answer";

/// Every answer of a response, each by itself: several were asked for with one request. Strings beside them go to `rest`.
pub(crate) fn replies(tree: Tree, rest: &mut Vec<Said>) -> Vec<Replied> {
    match tree {
        Tree::Text(text) => vec![Ok(Reply::of(Message::of("assistant", text)))],
        Tree::List(items) => list(items, rest),
        Tree::Object(fields) => object(fields, rest),
        _ => vec![nothing()],
    }
}

/// A reply that is none and says nothing of it.
fn nothing() -> Replied {
    failed(NOTHING)
}

fn failed(failure: &str) -> Replied {
    Err(Fault::Failed(failure.to_owned()))
}

/// Fields of a response that hold every answer of it, one of them.
const CHOICES: [&str; 4] = ["choices", "candidates", "generations", "results"];

/// Fields that hold a response within a response.
const INNER: [&str; 14] = [
    "message",
    "generation",
    "outputText",
    "generated_text",
    "response",
    "body",
    "result",
    "output",
    "outputs",
    "predictions",
    "completion",
    "chosen",
    "text",
    "messages",
];

fn object(mut fields: Vec<(String, Tree)>, rest: &mut Vec<Said>) -> Vec<Replied> {
    let mut take = |name: &str| {
        let field = fields.iter_mut().find(|(key, _)| key == name)?;
        match std::mem::take(&mut field.1) {
            Tree::Null => None,
            value => Some(value),
        }
    };
    take("logprobs");
    let prompt_tokens = ids(take("prompt_token_ids"));
    let failure = withheld(&mut take);
    let mut found = None;
    for name in CHOICES {
        if let Some(choices) = take_list(&mut fields, name) {
            let choices = choices.into_iter();
            found = Some(choices.flat_map(|choice| choice_of(choice, rest)).collect());
            break;
        }
    }
    if found.is_none()
        && let Some(output) = take_list(&mut fields, "output")
    {
        // The same again, as clients add it.
        fields.retain(|(name, _)| name != "output_text");
        found = Some(items(Tree::List(output)));
    }
    let is_turn = |name: &str| {
        fields
            .iter()
            .any(|(key, value)| key == name && *value != Tree::Null)
    };
    if found.is_none() && (is_turn("content") || is_turn("parts") || is_turn("tool_calls")) {
        let turn = message(
            Tree::Object(std::mem::take(&mut fields)),
            "",
            Some("assistant"),
        );
        found = Some(vec![turn.map(Reply::of)]);
    }
    if found.is_none() {
        found = inner(&mut fields, rest);
    }
    for (key, value) in fields {
        let mut strings = vec![];
        collect(value, &Arc::from(&*key), Within::Other, &mut strings);
        rest.extend(strings.into_iter().map(|(said, _)| said));
    }
    let mut found = found.unwrap_or_else(|| vec![nothing()]);
    for reply in &mut found {
        if let Some(failure) = &failure {
            *reply = failed(failure);
        }
        if let Ok(reply) = reply {
            let tokens = reply.prompt_tokens.take();
            reply.prompt_tokens = tokens.or_else(|| prompt_tokens.clone());
        }
    }
    found
}

/// The list of that name, taken out of a response; what is no list stays.
fn take_list(fields: &mut [(String, Tree)], name: &str) -> Option<Vec<Tree>> {
    let mut fields = fields.iter_mut();
    let (_, value) = fields.find(|(key, value)| key == name && value.is_list())?;
    match std::mem::take(value) {
        Tree::List(items) => Some(items),
        _ => None,
    }
}

fn inner(fields: &mut [(String, Tree)], rest: &mut Vec<Said>) -> Option<Vec<Replied>> {
    // A message that is a text is a service's own word, not the model's.
    let is_said = |name: &str, value: &Tree| name != "message" || value.is_object();
    let at = INNER.iter().find_map(|name| {
        let mut fields = fields.iter();
        fields.position(|(key, value)| key == name && *value != Tree::Null && is_said(name, value))
    })?;
    Some(replies(std::mem::take(&mut fields[at].1), rest))
}

/// One of several answers.
fn choice_of(choice: Tree, rest: &mut Vec<Said>) -> Vec<Replied> {
    let Tree::Object(mut fields) = choice else {
        return replies(choice, rest);
    };
    let mut take = |name: &str| {
        let field = fields.iter_mut().find(|(key, _)| key == name)?;
        Some(std::mem::take(&mut field.1)).filter(|value| *value != Tree::Null)
    };
    let tokens = ids(take("token_ids"));
    let prompt_tokens = ids(take("prompt_token_ids"));
    let failure = withheld(&mut take);
    let said = ["message", "delta", "text", "content"].into_iter();
    let said = said.clone().find_map(&mut take);
    take("logprobs");
    let found = match said {
        Some(said) => replies(said, rest),
        None => inner(&mut fields, rest).unwrap_or_else(|| vec![nothing()]),
    };
    // What a search found and the like; the answer may stand here again.
    let answer = found.iter().flatten().flat_map(|reply| &reply.turns);
    let answer: Vec<String> = answer.filter_map(Message::text).collect();
    let mut beside = vec![];
    for (key, value) in fields {
        collect(value, &Arc::from(&*key), Within::Other, &mut beside);
    }
    let beside = beside.into_iter().map(|(said, _)| said);
    rest.extend(beside.filter(|said| !answer.contains(&said.text)));
    let found = found.into_iter().map(|reply| match (&failure, reply) {
        (Some(failure), _) => failed(failure),
        (None, reply) => reply.map(|reply| Reply {
            tokens: tokens.clone().or(reply.tokens),
            prompt_tokens: prompt_tokens.clone().or(reply.prompt_tokens),
            ..reply
        }),
    });
    found.collect()
}

/// How an answer was withheld, if it was.
fn withheld(take: &mut impl FnMut(&str) -> Option<Tree>) -> Option<String> {
    let ends = [
        "finish_reason",
        "finishReason",
        "stop_reason",
        "stopReason",
        "status",
    ];
    let ends: Vec<Tree> = ends.into_iter().filter_map(&mut *take).collect();
    let named = ends
        .iter()
        .filter_map(|end| end.text().or_else(|| end.text_at("type")));
    let named = named.clone().find(|end| is_withheld(end));
    if let Some(named) = named {
        return Some(named.to_lowercase());
    }
    let incomplete = take("incomplete_details")?;
    let why = incomplete.text_at("reason")?.to_owned();
    is_withheld(&why).then_some(why)
}

/// A list: of answers, of turns, or of one turn's parts.
fn list(list: Vec<Tree>, rest: &mut Vec<Said>) -> Vec<Replied> {
    let any = |name: &str| list.iter().any(|item| item.get(name).is_some());
    if any("generated_text") || list.iter().all(|item| item.text().is_some()) {
        return list
            .into_iter()
            .flat_map(|item| replies(item, rest))
            .collect();
    }
    if any("choices") || any("candidates") || any("message") {
        return list
            .into_iter()
            .flat_map(|item| replies(item, rest))
            .collect();
    }
    items(Tree::List(list))
}

/// Turns, or items of a response, of one answer; or the parts of one turn.
fn items(list: Tree) -> Vec<Replied> {
    let Tree::List(items) = list else {
        return vec![];
    };
    let is_part = |item: &Tree| item.get("role").is_none() && item.get("from").is_none();
    if items.iter().all(is_part) && items.iter().any(|item| item.get("text").is_some()) {
        let mut strings = vec![];
        let name = Arc::from("content");
        collect(Tree::List(items), &name, Within::Content, &mut strings);
        let role = Some("assistant".to_owned());
        return vec![Ok(Reply::of(Message {
            role,
            strings,
            ..Message::default()
        }))];
    }
    let mut turns = vec![];
    let mut failure = None;
    for (at, item) in items.into_iter().enumerate() {
        if let Tree::Object(fields) = &item {
            let end = fields.iter().find(|(key, _)| key.starts_with("finish"));
            let end = end.and_then(|(_, end)| end.text()).map(str::to_lowercase);
            failure = failure.or(end.filter(|end| is_withheld(end)));
        }
        match message(item, &at.to_string(), Some("assistant")) {
            Ok(turn) => turns.push(turn),
            Err(reason) => return vec![Err(reason)],
        }
    }
    match failure {
        Some(failure) => vec![failed(&failure)],
        None => vec![Ok(Reply {
            turns,
            ..Reply::default()
        })],
    }
}

fn ids(tree: Option<Tree>) -> Option<Vec<u32>> {
    match tree {
        Some(Tree::Ids(ids)) => Some(ids),
        _ => None,
    }
}

impl Reply {
    /// An answer of one turn.
    pub(crate) fn of(turn: Message) -> Self {
        Self {
            turns: vec![turn],
            ..Self::default()
        }
    }
}
