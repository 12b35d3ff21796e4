//! Fields of a record that may each be the answer: which it is would be a guess.

use super::name::Layout;
use crate::tree::{Tree, embedded};

/// Fields that hold an answer in one layout or another.
const TEXTS: [&str; 9] = [
    "response",
    "responses",
    "completions",
    "completion",
    "output",
    "generated_text",
    "output_text",
    "chosen",
    "rejected",
];

/// Fields that hold turns.
const TURNS: [&str; 7] = [
    "conversation_a",
    "conversation_b",
    "messages",
    "conversations",
    "conversation",
    "dialog",
    "dialogue",
];

/// Fields that hold several answers, and the layout that reads them.
const CHOICES: [(&str, &str); 2] = [("choices", "openai-chat"), ("candidates", "gemini")];

/// Whether a field of that name may be the answer's text.
pub(super) fn may_answer(name: &str) -> bool {
    TEXTS.contains(&name)
}

/// A field that may be the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// The flag that says that it is.
    pub(crate) flag: String,
    /// Its text, where it is one.
    text: Option<String>,
}

/// The fields at the top of a record that may be the answer.
pub(crate) fn contenders(tree: &Tree) -> Vec<Contender> {
    let of = |name: &'static str, flag: String| Contender {
        name,
        flag,
        text: tree.text_at(name).map(|text| text.trim().to_owned()),
    };
    let texts = TEXTS
        .into_iter()
        .filter(|name| tree.get(name).is_some_and(says));
    let turns = TURNS
        .into_iter()
        .filter(|name| tree.get(name).is_some_and(is_answered));
    let choices = CHOICES
        .into_iter()
        .filter(|(name, _)| !tree.get(name).map_or(&[][..], Tree::items).is_empty());
    texts
        .map(|name| of(name, format!("--field response={name}")))
        .chain(turns.map(|name| of(name, format!("--field messages={name}"))))
        .chain(choices.map(|(name, layout)| of(name, format!("--layout {layout}"))))
        .collect()
}

/// Whether a record of these fields may have answers by other names beside a text, or one that is read.
#[cfg(feature = "parquet")]
pub(crate) fn may_be_beside(tree: &Tree) -> bool {
    let is = |name: &str| tree.get(name).is_some();
    let mut others = TEXTS.into_iter().chain(OTHERS).chain(LABELS);
    is("text") && others.any(is)
}

/// Fields that may be an answer of some length, or a label.
const LABELS: [&str; 8] = [
    "result",
    "solution",
    "prediction",
    "summary",
    "translation",
    "assistant",
    "bot",
    "ai",
];
/// Further names of answers.
const OTHERS: [&str; 6] = [
    "answer",
    "reply",
    "generation",
    "generated",
    "model_output",
    "model_response",
];

/// A text that would be read as a document, and answers by other names beside it; nothing where there are none.
pub(crate) fn beside_text(tree: &Tree) -> Vec<Contender> {
    const LONG: usize = 40;
    let own = ["text", "tokens"]
        .into_iter()
        .find(|name| tree.get(name).is_some_and(says));
    let is_read = ["response", "messages"]
        .iter()
        .any(|name| tree.get(name).is_some());
    let Some(own) = own.filter(|_| !is_read) else {
        return vec![];
    };
    let of = |name: &'static str| Contender {
        name,
        flag: match name {
            "text" | "tokens" => format!("--field {name}={name}"),
            _ => format!("--field response={name}"),
        },
        text: tree.text_at(name).map(|text| text.trim().to_owned()),
    };
    let differs = |name: &&str| {
        let text = tree.text_at(name).map(str::trim);
        text.is_some_and(|text| !text.is_empty() && Some(text) != tree.text_at(own).map(str::trim))
    };
    let is_long = |name: &&str| tree.text_at(name).is_some_and(|text| text.len() >= LONG);
    let others = TEXTS.into_iter().chain(OTHERS).filter(differs);
    let labels = LABELS.into_iter().filter(differs).filter(is_long);
    let others: Vec<Contender> = others.chain(labels).map(of).collect();
    match others.is_empty() {
        true => vec![],
        false => std::iter::once(of(own)).chain(others).collect(),
    }
}

/// Those that were not read, where another was and says something else: an answer that stands twice is one.
pub(crate) fn rivals(before: &[Contender], after: &[Contender]) -> Vec<Contender> {
    let is_left = |one: &&Contender| after.iter().any(|other| other.name == one.name);
    let read: Vec<&Contender> = before.iter().filter(|one| !is_left(one)).collect();
    let differs = |other: &&Contender| {
        !read
            .iter()
            .any(|one| one.text.is_some() && one.text == other.text)
    };
    let others: Vec<&Contender> = after.iter().filter(differs).collect();
    match read.is_empty() || others.is_empty() {
        true => vec![],
        false => read.into_iter().chain(others).cloned().collect(),
    }
}

/// Whether a layout has its answer in one field of several that other layouts have too.
pub(crate) fn may_have_rivals(layout: Layout) -> bool {
    use Layout as L;
    matches!(
        layout,
        L::Completion
            | L::Alpaca
            | L::GeneratedText
            | L::OpenAiChat
            | L::OpenAiCompletions
            | L::OpenAiResponses
            | L::Gemini
            | L::ShareGpt
    )
}

/// Whether a value says something: a text or ids, or a list or an object with one.
pub(crate) fn says(value: &Tree) -> bool {
    match value {
        Tree::Ids(_) => true,
        Tree::Text(text) => !text.trim().is_empty(),
        Tree::List(items) => items.iter().any(says),
        Tree::Object(fields) => fields.iter().any(|(_, value)| says(value)),
        _ => false,
    }
}

/// Whether turns end with the assistant's.
pub(super) fn is_answered(turns: &Tree) -> bool {
    let inner;
    let turns = match turns {
        Tree::Text(text) => {
            inner = embedded(text, 64).unwrap_or_default();
            &inner
        }
        turns => turns,
    };
    let speaker = turns
        .items()
        .last()
        .and_then(|turn| turn.text_at("role").or_else(|| turn.text_at("from")));
    speaker.is_some_and(|speaker| {
        ["assistant", "gpt", "model", "bot"].contains(&speaker.to_lowercase().as_str())
    })
}
