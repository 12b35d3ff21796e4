//! `OpenInference`'s names for what a span says of a model (`llm.input_messages…`), as those of OpenTelemetry.

use crate::tree::Tree;

/// The beginnings of names, and what they are called there: of one message each, and of all.
const NAMES: [(&str, &str, &str); 2] = [
    (
        "llm.input_messages",
        "gen_ai.prompt",
        "gen_ai.input.messages",
    ),
    (
        "llm.output_messages",
        "gen_ai.completion",
        "gen_ai.output.messages",
    ),
];

/// What every span of it says.
const KIND: &str = "openinference.span.kind";

/// Whether a record is such a span.
pub(super) fn is(tree: &Tree) -> bool {
    let is_name = |name: &str| name.ends_with(KIND) || renamed_name(name).is_some();
    let within = |all: &Tree| {
        let mut keyed = all.items().iter().filter_map(|item| item.text_at("key"));
        let mut fields = all.fields().iter();
        let nested = ["llm.input_messages", "llm.output_messages"];
        keyed.any(is_name)
            || fields.any(|(name, _)| is_name(name))
            || nested.iter().any(|path| all.at(path).is_some())
            || all.at(KIND).is_some()
    };
    within(tree) || tree.get("attributes").is_some_and(within)
}

/// The same record under the other names.
pub(super) fn renamed(tree: Tree) -> Tree {
    match tree {
        Tree::List(items) => Tree::List(items.into_iter().map(renamed).collect()),
        Tree::Object(fields) => {
            let mut all = vec![];
            for (name, value) in fields {
                match (renamed_name(&name), name.as_str(), value) {
                    (_, "key", Tree::Text(key)) => {
                        let key = renamed_name(&key).unwrap_or(key);
                        all.push((name, Tree::Text(key)));
                    }
                    (_, "llm", Tree::Object(inner)) => {
                        let inner = inner.into_iter();
                        let inner = inner.map(|(name, value)| (format!("llm.{name}"), value));
                        all.extend(renamed(Tree::Object(inner.collect())).into_fields());
                    }
                    (Some(other), _, value) => all.push((other, messages(value))),
                    (None, _, value) => all.push((name, renamed(value))),
                }
            }
            Tree::Object(all)
        }
        value => value,
    }
}

/// The other name, if it has one: `llm.input_messages.0.message.role`, in a table's column behind `attributes.`.
fn renamed_name(name: &str) -> Option<String> {
    let name = name.strip_prefix("attributes.").unwrap_or(name);
    NAMES.iter().find_map(|(of, one, all)| {
        let rest = name.strip_prefix(of)?;
        if rest.is_empty() {
            return Some((*all).to_owned());
        }
        let (number, field) = rest.strip_prefix('.')?.split_once('.')?;
        let field = field.strip_prefix("message.").unwrap_or(field);
        Some(format!("{one}.{number}.{field}"))
    })
}

/// Messages as turns: `{"message": {"role": …}}` and `{"message.role": …}`.
fn messages(value: Tree) -> Tree {
    let turn = |message: Tree| match message {
        Tree::Object(fields) => {
            let fields = fields.into_iter().flat_map(|(name, value)| match value {
                Tree::Object(inner) if name == "message" => inner,
                value => {
                    let field = name.strip_prefix("message.").unwrap_or(&name);
                    vec![(field.to_owned(), value)]
                }
            });
            Tree::Object(fields.collect())
        }
        other => other,
    };
    match value {
        Tree::List(items) => Tree::List(items.into_iter().map(turn).collect()),
        other => other,
    }
}
