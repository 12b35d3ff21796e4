//! Data that was shown: its names and numbers are read by a model like its texts.

use std::fmt::Write;

use crate::tree::Tree;

/// The name under which such texts are kept.
pub(crate) const SPELLED: &str = "names and numbers";

/// Fields that hold data of which prompts are made, in records that show it beside the prompt.
const DATA: [&str; 14] = [
    "body",
    "context",
    "contexts",
    "documents",
    "functions",
    "input",
    "inputs",
    "kwargs",
    "params",
    "query",
    "question",
    "request",
    "tools",
    "variables",
];

/// Bytes of a text that is left to stand by itself, at least: it may be a picture.
const LONG: usize = 1024;

/// Whether a field of that name, beside a prompt, holds data of which prompts are made.
pub(crate) fn is_data(name: &str) -> bool {
    DATA.contains(&name)
}

/// A value as programs write it into a prompt: names, texts and numbers in their order. Nothing where no object in it has names of its own:
/// a list of texts, or parts that say their `type`.
pub(crate) fn spelled(value: &Tree) -> Option<String> {
    has_names(value).then(|| {
        let mut text = String::new();
        spell(value, &mut text);
        text
    })
}

fn has_names(value: &Tree) -> bool {
    let fields = value.fields();
    let own = !fields.is_empty() && value.get("type").is_none();
    let within = |(_, value): &(String, Tree)| has_names(value);
    own || fields.iter().any(within) || value.items().iter().any(has_names)
}

fn spell(value: &Tree, text: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        Tree::Null => write!(text, "null"),
        Tree::Bool(value) => write!(text, "{value}"),
        Tree::Whole(number) => write!(text, "{number}"),
        Tree::Number(number) => write!(text, "{number}"),
        Tree::Text(value) if value.len() > LONG => write!(text, "\"\""),
        Tree::Text(value) => write!(text, "\"{value}\""),
        Tree::Ids(ids) => write!(text, "{ids:?}"),
        Tree::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                spell(item, text);
            }
            write!(text, "]")
        }
        Tree::Object(fields) => {
            text.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                let _ = write!(text, "{comma}\"{name}\": ");
                spell(value, text);
            }
            write!(text, "}}")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::spelled;
    use crate::tree::parse;

    #[test]
    fn names_and_numbers_are_spelled() {
        for (json, text) in [
            (
                r#"{"city":"Oslo","temp":12,"more":[{"wind":1.5,"ok":true}],"days":[1,2],"x":null}"#,
                Some(
                    r#"{"city": "Oslo", "temp": 12, "more": [{"wind": 1.5, "ok": true}], "days": [1, 2], "x": null}"#,
                ),
            ),
            (r#"["a", "b"]"#, None),
            (r#"[{"type": "text", "text": "a"}]"#, None),
        ] {
            let tree = parse(json.as_bytes(), 9).unwrap().tree;
            assert_eq!(spelled(&tree).as_deref(), text, "{json}");
        }
    }
}
