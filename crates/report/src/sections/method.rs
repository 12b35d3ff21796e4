//! How it was examined: mark, program, tests.

use super::column::words;
use super::not_stated::or_not_stated;
use crate::Tool;
use crate::page::{Block, Table, Text};
use crate::words::{asks, fixed, name};
use hallmark::examine::Examined;
use hallmark::profile::ProfileJson;
use hallmark_detector::finding::{Finding, Test};

/// The mark that was looked for, as facts.
pub(crate) fn profile(profile: &ProfileJson) -> Vec<(Text, Text)> {
    let mut facts: Vec<(Text, Text)> = vec![
        ("Profile".into(), Text::given(&profile.name)),
        ("Scheme".into(), Text::code(&profile.scheme)),
        ("Pseudo-random function".into(), Text::code(&profile.prf)),
        (
            "Window, in tokens".into(),
            profile.window.to_string().into(),
        ),
        (
            "Token ids".into(),
            crate::words::count(u64::from(profile.vocab_size)).into(),
        ),
        (
            "Tokenizer (SHA-256)".into(),
            match &profile.tokenizer_sha256 {
                Some(digest) => Text::code(digest),
                None => "none named: token ids only".into(),
            },
        ),
    ];
    let parameters = [
        ("Share that is green (γ)", profile.gamma.map(fixed)),
        (
            "Added to a green token's logit (δ)",
            profile.delta.map(fixed),
        ),
        ("Layers", profile.layers.map(|layers| layers.to_string())),
        ("Share of one of the two keys", profile.share.map(fixed)),
        (
            "Ring of sub-keys",
            (profile.ring > 1).then(|| profile.ring.to_string()),
        ),
    ];
    for (name, value) in parameters {
        if let Some(value) = value {
            facts.push((name.into(), value.into()));
        }
    }
    if let Some(checked) = &profile.checked {
        facts.push((
            "How the reading of this engine's mark was checked".into(),
            Text::words(checked),
        ));
    }
    facts
}

/// Method, profile, program.
pub(crate) fn method(examined: &Examined, tool: Option<&Tool>) -> Vec<Block> {
    let mut made: Vec<Test> = examined.tests.iter().map(Finding::test).collect();
    made.dedup();
    let mut tests: Vec<Test> = vec![];
    for test in made {
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    let version = tool.map_or(&examined.version, |tool| &tool.version);
    let build = tool.and_then(|tool| tool.build_sha256.as_deref());
    let mut facts = vec![
        ("Program".into(), Text::words("Hallmark ").and_name(version)),
        (
            "Program file (SHA-256)".into(),
            build.map_or_else(|| or_not_stated(None), Text::code),
        ),
    ];
    if tool.is_some_and(|tool| tool.version != examined.version) {
        facts.push((
            "The result was made by version".into(),
            Text::given(&examined.version),
        ));
    }
    facts.extend(profile(&examined.profile));
    vec![
        Block::paragraph(
            "A secret key steered the choice of words in marked text. Under a key that does not matter, the scores of distinct cells (a few tokens and the one that follows) are independent of each other with a law that is known exactly; whatever the suspect wrote, chance is in the key and not in the text. Each test asks whether the scores under a key are larger than that law allows. p-values are exact, or rounded against the accuser.",
        ),
        Block::Facts(facts),
        Table::of(
            "The tests that were made.",
            [words("Test"), words("Name"), words("What it asks")],
            tests,
            |test| {
                vec![
                    test.to_string().into(),
                    name(test).into(),
                    asks(test).into(),
                ]
            },
        )
        .into(),
    ]
}
