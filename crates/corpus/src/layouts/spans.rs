//! OpenTelemetry's spans, events and attributes of generative models: `gen_ai.…`.

use std::collections::HashMap;

use super::again::Answers;
use super::exchange::{Exchange, LEVELS, exchange};
use super::inference;
use crate::exposure::Said;
use crate::strings::strings;
use crate::talk::{Fault, is_withheld};
use crate::tree::{Tree, embedded};

/// Whether a record has such attributes, is an event of that name, or an export of spans or log records.
pub(super) fn is(tree: &Tree) -> bool {
    tree.get("resourceSpans").is_some()
        || tree.get("resourceLogs").is_some()
        || is_event(tree)
        || has_attributes(tree)
        || inference::is(tree)
}

/// The beginning of every name.
const PREFIX: &str = "gen_ai.";

fn has_attributes(tree: &Tree) -> bool {
    let named = |tree: &Tree| {
        let mut fields = tree.fields().iter();
        fields.any(|(name, _)| name.starts_with(PREFIX))
    };
    let keyed = |tree: &Tree| {
        let mut items = tree.items().iter();
        items.any(|item| {
            item.text_at("key")
                .is_some_and(|key| key.starts_with(PREFIX))
        })
    };
    let within = |tree: &Tree| {
        tree.get("attributes")
            .is_some_and(|all| named(all) || keyed(all))
    };
    let mut events = tree.get("events").map_or(&[][..], Tree::items).iter();
    named(tree) || within(tree) || events.any(|event| is_event(event) || within(event))
}

/// Whether this is an event of a model.
fn is_event(tree: &Tree) -> bool {
    event_name(tree).is_some_and(|name| name.starts_with(PREFIX))
}

fn event_name(tree: &Tree) -> Option<&str> {
    let names = ["name", "event_name", "eventName", "event.name"];
    let at_top = names.iter().find_map(|name| tree.get(name)?.text());
    at_top.filter(|name| name.starts_with(PREFIX)).or_else(|| {
        let attributes = tree.get("attributes")?;
        let mut keyed = attributes.items().iter();
        let keyed = keyed.find(|item| item.text_at("key") == Some("event.name"));
        let fields = attributes.fields().iter();
        let mut named = fields.filter(|(name, _)| name == "event.name");
        keyed
            .and_then(|item| item.text_at("value.stringValue"))
            .or_else(|| named.next()?.1.text())
    })
}

/// Every call of a model in it.
pub(super) fn read(tree: &mut Tree) -> Vec<Exchange> {
    let mut calls = vec![];
    let mut beside = vec![];
    let all = inference::renamed(std::mem::take(tree));
    walk(all, &mut calls, &mut beside);
    let answers = Answers::of(&calls);
    beside.iter_mut().for_each(|span| take_out(span, &answers));
    for call in &mut calls {
        for mut output in std::mem::take(&mut call.outputs) {
            answers.take_out_of(&mut output);
            strings(output, &"output".into(), &mut call.rest);
        }
    }
    // What other spans say was shown, or may have been.
    *tree = Tree::Object(vec![("spans".to_owned(), Tree::List(beside))]);
    calls
}

/// The place of the span of an event that says what was asked, and is by itself: its answer is another event.
pub(crate) fn asks_alone(tree: &Tree) -> Option<&'static str> {
    const TURNS: [&str; 4] = [
        "gen_ai.system.message",
        "gen_ai.user.message",
        "gen_ai.assistant.message",
        "gen_ai.tool.message",
    ];
    let asks = event_name(tree).is_some_and(|name| TURNS.contains(&name));
    let mut places = SPANS.into_iter();
    places.find(|place| asks && tree.at(place).is_some())
}

/// Where events name their span.
const SPANS: [&str; 4] = ["spanId", "span_id", "context.span_id", "context.spanId"];

/// The span of an event.
fn span_of(event: &Tree) -> Option<String> {
    let span = SPANS.iter().find_map(|place| event.text_at(place));
    let span = span.filter(|span| is_event(event) && !span.is_empty());
    span.map(str::to_owned)
}

/// Where exports nest.
const NESTING: [&str; 8] = [
    "resourceSpans",
    "scopeSpans",
    "instrumentationLibrarySpans",
    "spans",
    "resourceLogs",
    "scopeLogs",
    "logRecords",
    "data",
];

fn walk(tree: Tree, calls: &mut Vec<Exchange>, beside: &mut Vec<Tree>) {
    let mut tree = match tree {
        Tree::List(items) => {
            // Events of one span are one call, wherever they stand in the list.
            let mut spans: Vec<Call> = vec![];
            let mut places = HashMap::new();
            for mut item in items {
                let Some(span) = span_of(&item) else {
                    walk(item, calls, beside);
                    continue;
                };
                let place = *places.entry(span).or_insert(spans.len());
                if place == spans.len() {
                    spans.push(Call::default());
                }
                spans[place].see(&mut item);
            }
            return calls.extend(spans.into_iter().flat_map(exchange_of));
        }
        Tree::Object(_) => tree,
        _ => return,
    };
    if let Some(inner) = NESTING.iter().find_map(|name| tree.take(name)) {
        walk(inner, calls, beside);
        beside.push(tree);
        return;
    }
    if !speaks(&tree) {
        beside.push(tree);
        return;
    }
    let mut call = Call::default();
    call.see(&mut tree);
    calls.extend(exchange_of(call));
}

/// Whether a span, an event or a log record says what a model was asked or answered.
fn speaks(tree: &Tree) -> bool {
    const NAMES: [&str; 6] = [
        "gen_ai.system_instructions",
        "gen_ai.tool.definitions",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.prompt",
        "gen_ai.completion",
    ];
    let is = |name: &str| {
        NAMES.contains(&name)
            || ["gen_ai.prompt.", "gen_ai.completion."]
                .iter()
                .any(|prefix| name.starts_with(prefix))
    };
    let named = |tree: &Tree| tree.fields().iter().any(|(name, _)| is(name));
    let keyed = |tree: &Tree| {
        let mut items = tree.items().iter();
        items.any(|item| item.text_at("key").is_some_and(is))
    };
    let mut events = tree.get("events").map_or(&[][..], Tree::items).iter();
    let inner = ["attributes", "body"].iter();
    let mut inner = inner.filter_map(|name| tree.get(name));
    is_event(tree) || named(tree) || inner.any(|all| named(all) || keyed(all)) || events.any(speaks)
}

/// Takes answers out of what a span beside them gave.
fn take_out(span: &mut Tree, answers: &Answers) {
    match span {
        Tree::Object(fields) => {
            let key = fields.iter().find(|(name, _)| name == "key");
            let key = key.and_then(|(_, key)| key.text()).is_some_and(is_reply);
            for (name, value) in fields {
                match is_reply(name) || key && name == "value" {
                    true => answers.take_out_of(value),
                    false => take_out(value, answers),
                }
            }
        }
        Tree::List(items) => items.iter_mut().for_each(|item| take_out(item, answers)),
        _ => {}
    }
}

/// Whether a name says that an answer may stand there again.
fn is_reply(name: &str) -> bool {
    let names = ["output", "completion", "response"];
    names.iter().any(|is| name.contains(is))
}

/// What an event says of its turn.
const TURN: [&str; 4] = ["role", "message", "content", "tool_calls"];

/// What attributes and events of one span say.
#[derive(Default)]
struct Call {
    asked: Vec<Tree>,
    replied: Vec<Tree>,
    /// Strings beside them.
    rest: Vec<Said>,
    /// Values under names that an answer may stand under again.
    outputs: Vec<Tree>,
    /// How each of its answers ended.
    ends: Vec<String>,
    /// Whether its status says that it failed.
    has_failed: bool,
}

impl Call {
    /// Looks at a span, an event or a log record.
    fn see(&mut self, tree: &mut Tree) {
        let name = event_name(tree).map(str::to_owned);
        let body = tree.take("body").map(plain);
        let attributes = tree.take("attributes").map(attributes);
        let events = tree.take("events");
        let named = |(name, value): (String, Tree)| (name, plain(value));
        let own = match std::mem::take(tree) {
            Tree::Object(fields) => fields.into_iter().map(named).collect(),
            _ => vec![],
        };
        let mut all: Vec<(String, Tree)> = own;
        let status = all.iter().find(|(name, _)| name == "status");
        self.has_failed |= status.is_some_and(|(_, status)| {
            let code = status.get("code").or_else(|| status.get("status_code"));
            let code = code.unwrap_or(status);
            *code == Tree::Whole(2)
                || code
                    .text()
                    .is_some_and(|code| ["ERROR", "STATUS_CODE_ERROR"].contains(&code))
        });
        all.extend(attributes.into_iter().flatten());
        let mut body = match body {
            Some(Tree::Object(fields)) => Some(fields),
            Some(other) => {
                strings(other, &"body".into(), &mut self.rest);
                None
            }
            None => None,
        };
        if let Some(name) = name {
            let says = body.as_mut().unwrap_or(&mut all);
            if self.event(&name, Tree::Object(says.clone())) {
                // They stand at the turn's own place, and an answer there is no part of what was shown.
                says.retain(|(name, _)| !TURN.contains(&name.as_str()));
            }
        }
        self.attributes(all);
        self.attributes(body.into_iter().flatten().collect());
        if let Some(Tree::List(events)) = events {
            for mut event in events {
                self.see(&mut event);
            }
        }
    }

    /// An event that is one turn; says whether it is.
    fn event(&mut self, name: &str, body: Tree) -> bool {
        let role = match name {
            "gen_ai.system.message" => "system",
            "gen_ai.user.message" => "user",
            "gen_ai.assistant.message" => "assistant",
            "gen_ai.tool.message" => "tool",
            "gen_ai.choice" => {
                let said = body.get("message").is_some() || body.get("content").is_some();
                if said {
                    let choices = Tree::List(vec![unfolded(body)]);
                    let response = vec![("choices".to_owned(), choices)];
                    self.replied.push(Tree::Object(response));
                }
                return said;
            }
            _ => return false,
        };
        if let Tree::Object(mut fields) = unfolded(body) {
            if !fields.iter().any(|(name, _)| name == "role") {
                fields.push(("role".to_owned(), Tree::Text(role.to_owned())));
            }
            self.asked.push(Tree::Object(fields));
        }
        true
    }

    fn attributes(&mut self, all: Vec<(String, Tree)>) {
        let mut numbered = Numbered::default();
        for (name, value) in all {
            match name.as_str() {
                "gen_ai.system_instructions"
                | "gen_ai.tool.definitions"
                | "gen_ai.input.messages"
                | "gen_ai.prompt" => self.asked.push(json(value)),
                "gen_ai.output.messages" | "gen_ai.completion" => {
                    self.replied.push(choices_of(json(value)));
                }
                "gen_ai.response.finish_reasons" => {
                    let ends = json(value);
                    let ends = match &ends {
                        Tree::List(ends) => ends.iter().filter_map(Tree::text).collect(),
                        end => end.text().into_iter().collect::<Vec<_>>(),
                    };
                    self.ends.extend(ends.into_iter().map(str::to_owned));
                }
                // Whatever else it says may have been shown.
                name => match numbered.see(name, value) {
                    Some(said) if is_reply(name) => self.outputs.push(said),
                    Some(said) => strings(said, &name.into(), &mut self.rest),
                    None => {}
                },
            }
        }
        self.asked
            .extend(numbered.prompts.into_iter().map(Turn::tree));
        let replies = numbered.completions.into_iter().map(Turn::tree);
        let replies: Vec<Tree> = replies.collect();
        if !replies.is_empty() {
            let choices = Tree::List(replies);
            self.replied
                .push(Tree::Object(vec![("choices".to_owned(), choices)]));
        }
    }
}

/// A list of output messages, each of which is a choice.
fn choices_of(output: Tree) -> Tree {
    match output {
        Tree::List(messages) => {
            let choice = |message| Tree::Object(vec![("message".to_owned(), message)]);
            let choices = messages.into_iter().map(choice).collect();
            Tree::Object(vec![("choices".to_owned(), Tree::List(choices))])
        }
        output => output,
    }
}

/// The exchange of a span, whose answers may have been withheld.
fn exchange_of(call: Call) -> Vec<Exchange> {
    let (ends, has_failed) = (call.ends.clone(), call.has_failed);
    let mut exchanges = exchange_as_told(call);
    let replies = exchanges
        .iter_mut()
        .flat_map(|exchange| &mut exchange.replies);
    for (at, reply) in replies.enumerate() {
        let end = ends.get(at).filter(|end| is_withheld(end));
        let failure = end.map(|end| end.to_lowercase());
        let failure = failure.or_else(|| has_failed.then(|| "the span failed".to_owned()));
        if let Some(failure) = failure {
            *reply = Err(Fault::Failed(failure));
        }
    }
    exchanges
}

fn exchange_as_told(call: Call) -> Vec<Exchange> {
    let asked = (!call.asked.is_empty()).then_some(Tree::List(call.asked));
    if call.replied.is_empty() {
        let mut exchanges = exchange(asked, None);
        if let Some(only) = exchanges.first_mut() {
            only.rest.extend(call.rest);
            only.outputs = call.outputs;
        }
        return exchanges;
    }
    let mut all = call.replied.into_iter();
    let first = all.next();
    let mut exchanges = exchange(asked, first);
    if let Some(only) = exchanges.first_mut() {
        only.rest.extend(call.rest);
        only.outputs = call.outputs;
    }
    for more in all {
        let more = exchange(None, Some(more));
        if let (Some(into), Some(from)) = (exchanges.first_mut(), more.into_iter().next()) {
            into.replies.extend(from.replies);
            into.rest.extend(from.rest);
        }
    }
    exchanges
}

/// `gen_ai.prompt.0.role`, `gen_ai.completion.0.content` and the like.
#[derive(Default)]
struct Numbered {
    prompts: Vec<Turn>,
    completions: Vec<Turn>,
}

#[derive(Default)]
struct Turn(Vec<(String, Tree)>);

impl Turn {
    fn tree(self) -> Tree {
        Tree::Object(self.0)
    }
}

/// Turns that attributes number, at most.
const MOST: usize = 4096;

impl Numbered {
    /// Gives back what is no turn.
    fn see(&mut self, name: &str, value: Tree) -> Option<Tree> {
        let kinds = [
            ("gen_ai.prompt.", &mut self.prompts),
            ("gen_ai.completion.", &mut self.completions),
        ];
        for (prefix, turns) in kinds {
            let Some((number, field)) = name
                .strip_prefix(prefix)
                .and_then(|rest| rest.split_once('.'))
            else {
                continue;
            };
            let Some(number) = number.parse().ok().filter(|number| *number < MOST) else {
                continue;
            };
            if turns.len() <= number {
                turns.resize_with(number + 1, Turn::default);
            }
            turns[number].0.push((field.to_owned(), value));
            return None;
        }
        Some(value)
    }
}

/// A value that may be JSON in a string, as attributes have to be.
fn json(value: Tree) -> Tree {
    match value {
        Tree::Text(text) => embedded(&text, LEVELS).unwrap_or(Tree::Text(text)),
        value => value,
    }
}

/// The same of `content` and `message`, which some exporters fold.
fn unfolded(body: Tree) -> Tree {
    match json(body) {
        Tree::Object(fields) => {
            let field = |(name, value): (String, Tree)| match name.as_str() {
                "message" => (name, json(value)),
                _ => (name, value),
            };
            Tree::Object(fields.into_iter().map(field).collect())
        }
        body => body,
    }
}

/// Attributes as fields, whether they are an object or a list of keys and values.
fn attributes(tree: Tree) -> Vec<(String, Tree)> {
    match tree {
        Tree::Object(fields) => {
            let fields = fields.into_iter();
            fields.map(|(name, value)| (name, plain(value))).collect()
        }
        Tree::List(items) => {
            let items = items.into_iter().filter_map(|mut item| {
                let key = item.take("key")?;
                Some((key.text()?.to_owned(), plain(item.take("value")?)))
            });
            items.collect()
        }
        _ => vec![],
    }
}

/// OTLP's wrapped values unwrapped: `{"stringValue": "…"}`.
fn plain(value: Tree) -> Tree {
    let Tree::Object(mut fields) = value else {
        return value;
    };
    let [(name, inner)] = &mut fields[..] else {
        return Tree::Object(fields);
    };
    match name.as_str() {
        "stringValue" | "intValue" | "doubleValue" | "boolValue" => std::mem::take(inner),
        "arrayValue" => match inner.take("values") {
            Some(Tree::List(items)) => Tree::List(items.into_iter().map(plain).collect()),
            _ => Tree::List(vec![]),
        },
        "kvlistValue" => Tree::Object(inner.take("values").map_or_else(Vec::new, attributes)),
        _ => Tree::Object(fields),
    }
}
