//! Tokens are those of the reference implementation, for every kind of `tokenizer.json` that is loaded.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use hallmark_corpus::logprobs::{LogprobRecord, Positions};
use hallmark_corpus::{Origin, Piece, Record, Source, Tokenizer, TokenizerError, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokenizers::Tokenizer as Reference;

const BYTE_LEVEL: &str = include_str!("data/byte-level.json");
const METASPACE: &str = include_str!("data/metaspace.json");

/// A tokenizer beside its reference.
struct Pair {
    name: String,
    ours: Tokenizer,
    reference: Reference,
}

impl Pair {
    fn new(name: &str, json: &Value) -> Self {
        let text = json.to_string();
        let ours = Tokenizer::from_json(text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut reference: Reference = text.parse().unwrap_or_else(|e| panic!("{name}: {e}"));
        reference.set_encode_special_tokens(true);
        Self {
            name: name.to_owned(),
            ours,
            reference,
        }
    }

    fn reference_tokens(&self, text: &str) -> Vec<u32> {
        self.reference
            .encode_fast(text, false)
            .unwrap()
            .get_ids()
            .to_vec()
    }

    fn assert_equal(&self, text: &str) {
        assert_eq!(
            self.ours.encode(text),
            self.reference_tokens(text),
            "{}: {text:?}",
            self.name
        );
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The committed tokenizers, and each again with every other part that is loaded.
static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let with = |base: &str, changes: &[(&str, Value)]| {
        let mut json = parsed(base);
        for (pointer, value) in changes {
            *json.pointer_mut(pointer).unwrap() = value.clone();
        }
        json
    };
    let byte_level = |use_regex: bool, add_prefix_space: bool| json!({"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": true, "use_regex": use_regex});
    let sequence =
        |first: Value, second: Value| json!({"type": "Sequence", "pretokenizers": [first, second]});
    let digits = |individual: bool| json!({"type": "Digits", "individual_digits": individual});
    let split = |pattern: &str| json!({"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false});
    let metaspace = |scheme: &str, split: bool| json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split});
    let replace = json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"});

    let mut pairs = vec![
        Pair::new("byte-level", &parsed(BYTE_LEVEL)),
        Pair::new("metaspace", &parsed(METASPACE)),
        Pair::new(
            "prefix space",
            &with(BYTE_LEVEL, &[("/pre_tokenizer", byte_level(true, true))]),
        ),
        Pair::new(
            "NFC",
            &with(BYTE_LEVEL, &[("/normalizer", json!({"type": "NFC"}))]),
        ),
        Pair::new(
            "digits",
            &with(
                BYTE_LEVEL,
                &[(
                    "/pre_tokenizer",
                    sequence(digits(true), byte_level(true, false)),
                )],
            ),
        ),
        Pair::new(
            "numbers",
            &with(
                BYTE_LEVEL,
                &[(
                    "/pre_tokenizer",
                    sequence(digits(false), byte_level(true, false)),
                )],
            ),
        ),
        Pair::new(
            "ignore_merges",
            &with(BYTE_LEVEL, &[("/model/ignore_merges", json!(true))]),
        ),
        Pair::new(
            "no fallback",
            &with(METASPACE, &[("/model/byte_fallback", json!(false))]),
        ),
        Pair::new(
            "no fusing",
            &with(
                METASPACE,
                &[
                    ("/model/byte_fallback", json!(false)),
                    ("/model/fuse_unk", json!(false)),
                ],
            ),
        ),
        Pair::new(
            "gemma",
            &with(
                METASPACE,
                &[
                    ("/normalizer", replace),
                    (
                        "/pre_tokenizer",
                        json!({"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false}),
                    ),
                ],
            ),
        ),
    ];
    for (index, pattern) in [
        splintr::LLAMA3_PATTERN,
        splintr::QWEN2_PATTERN,
        splintr::QWEN35_PATTERN,
        splintr::O200K_BASE_PATTERN,
        splintr::MISTRAL_V3_PATTERN,
    ]
    .into_iter()
    .enumerate()
    {
        let pre_tokenizer = sequence(split(pattern), byte_level(false, false));
        pairs.push(Pair::new(
            &format!("split {index}"),
            &with(BYTE_LEVEL, &[("/pre_tokenizer", pre_tokenizer)]),
        ));
    }
    for scheme in ["always", "first", "never"] {
        for split in [true, false] {
            let json = with(
                METASPACE,
                &[
                    ("/normalizer", Value::Null),
                    ("/pre_tokenizer", metaspace(scheme, split)),
                ],
            );
            pairs.push(Pair::new(&format!("metaspace {scheme} {split}"), &json));
        }
    }
    pairs
});

/// Text of the kinds that pre-tokenizers treat apart.
fn texts() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        4 => "[a-zA-Z]{1,12}",
        2 => " {1,6}",
        2 => prop::sample::select(vec!["\n", "\n\n\n", "\r\n", "\t", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\0"])
            .prop_map(str::to_owned),
        2 => "[0-9]{1,8}",
        2 => r"[!-/:-@\[-`{-~]{1,4}",
        1 => prop::sample::select(vec!["'s", "'LL", "n't", "’s", "<tool>", "</tool>", "<|end|>", "<|begin|>", "<unk>", "<0x41>", "▁", "Ġ"])
            .prop_map(str::to_owned),
        2 => "\\PC{1,6}",
        1 => any::<char>().prop_map(String::from),
        1 => prop::sample::select(vec!["é", "e\u{301}", "ﬁ", "Ω", "\u{2126}", "한국어", "जि", "ٱلْ", "👩‍👩‍👧", "²½Ⅷ", "İı", "ǅ"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(fragment, 0..24).prop_map(|fragments| fragments.concat())
}

fn source() -> Source {
    Source {
        file: "test".into(),
        line: 1,
    }
}

/// The tokens of a text that was shown.
fn exposure(tokenizer: &Tokenizer, text: &str) -> Vec<Vec<u32>> {
    let record = Record {
        source: source(),
        id: None,
        group: None,
        sub_key: None,
        exposure: vec![Piece::Text(text.to_owned())],
        exposure_known: true,
        turns: None,
        body: Piece::Tokens(vec![]),
        origin: Origin::default(),
    };
    let encoded = encode([Ok(record)], Some(tokenizer)).next();
    encoded.unwrap().unwrap().exposure
}

/// A text as it is, trimmed, behind a space and behind a line break.
fn starts(text: &str) -> Vec<String> {
    let mut starts = vec![text.to_owned()];
    let trimmed = text.trim();
    for start in ["", " ", "\n"] {
        let other = format!("{start}{trimmed}");
        if !trimmed.is_empty() && other != text {
            starts.push(other);
        }
    }
    starts
}

/// The windows of a record of strings.
fn windows(tokenizer: &Tokenizer, strings: &[String], window: usize) -> Vec<Vec<u32>> {
    let record = LogprobRecord {
        source: source(),
        exposure: vec![],
        exposure_known: true,
        positions: Positions::Text {
            tokens: strings.to_vec(),
            tops: vec![vec![]; strings.len()],
        },
    };
    let encoded = record.encode(Some(tokenizer), window).unwrap();
    encoded.steps.into_iter().map(|step| step.window).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn tokens_equal_the_reference_on_any_text(text in texts()) {
        for pair in PAIRS.iter() {
            pair.assert_equal(&text);
        }
    }

    #[test]
    fn what_was_shown_has_the_tokens_of_every_start(text in texts(), behind in "[ \n]{0,2}") {
        let text = text + &behind;
        for pair in PAIRS.iter() {
            let shown = exposure(&pair.ours, &text);
            let tokens: Vec<_> = starts(&text).iter().map(|start| pair.ours.encode(start)).collect();
            prop_assert_eq!(shown, tokens, "{}: {:?}", pair.name, text);
        }
    }

    #[test]
    fn windows_before_strings_are_the_last_tokens(strings in prop::collection::vec("[a-z]{0,3} ?[a-z<>.\n]{0,3}", 0..12), window in 1usize..5) {
        for pair in PAIRS.iter() {
            let expected: Vec<_> = (0..strings.len())
                .map(|at| pair.ours.encode(&strings[..at].concat()))
                .filter_map(|tokens| Some(tokens[tokens.len().checked_sub(window)?..].to_vec()))
                .collect();
            prop_assert_eq!(windows(&pair.ours, &strings, window), expected, "{}: {:?}", pair.name, strings);
        }
    }

    #[test]
    fn decoding_equals_the_reference_on_any_tokens(tokens in prop::collection::vec(0u32..1210, 0..60)) {
        for pair in &PAIRS[..2] {
            prop_assert_eq!(pair.ours.decode(&tokens), pair.reference.decode(&tokens, true).unwrap(), "{}", pair.name);
        }
    }

    #[test]
    fn byte_level_text_survives_a_round_trip(text in texts()) {
        let ours = &PAIRS[0].ours;
        prop_assert_eq!(ours.decode(&ours.encode(&text)), text);
    }

    #[test]
    fn any_bytes_are_a_tokenizer_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Tokenizer::from_json(&bytes);
    }
}

#[test]
fn tokens_equal_the_reference_on_prose_and_code() {
    for text in [
        include_str!("tokenizer.rs"),
        include_str!("data/train-tokenizers"),
    ] {
        for pair in PAIRS.iter() {
            pair.assert_equal(text);
        }
    }
}

#[test]
fn special_tokens_in_text_are_ordinary_text() {
    for pair in PAIRS.iter() {
        let tokens = pair.ours.encode("a<|end|>b<|begin|><unk>");
        // Ids 0 to 2 are special; the third is also what a model without byte fallback knows nothing better for.
        assert!(
            !tokens.contains(&0) && !tokens.contains(&1),
            "{}: {tokens:?}",
            pair.name
        );
    }
    let ours = &PAIRS[0].ours;
    assert_eq!(ours.decode(&ours.encode("a<|end|>b")), "a<|end|>b");
    assert_eq!(ours.decode(&[0, 1, 2]), "", "special tokens have no text");
}

#[test]
fn added_tokens_that_are_not_special_are_recognised() {
    let ours = &PAIRS[0].ours;
    assert_eq!(ours.encode("<tool>"), [1200]);
    assert_eq!(ours.vocab_size(), 1204);
}

#[test]
fn encoding_appends() {
    let ours = &PAIRS[0].ours;
    let mut tokens = vec![7];
    ours.encode_into("the the", &mut tokens);
    assert_eq!((tokens[0], &tokens[1..]), (7, &ours.encode("the the")[..]));
}

#[test]
fn ids_outside_of_the_vocabulary_have_no_text() {
    assert_eq!(PAIRS[0].ours.decode(&[u32::MAX, 5000]), "");
}

#[test]
fn the_digest_is_that_of_the_file() {
    let ours = Tokenizer::from_json(BYTE_LEVEL.as_bytes()).unwrap();
    assert_eq!(ours.sha256().len(), 64);
    ours.check_digest(&ours.sha256().to_uppercase()).unwrap();
    let other = "0".repeat(64);
    let error = ours.check_digest(&other).unwrap_err();
    assert!(
        error.to_string().contains(&other) && error.to_string().contains(ours.sha256()),
        "{error}"
    );
    assert!(error.hint().contains("model that was marked"));
}

#[test]
fn the_built_in_tokenizer_is_the_committed_one_and_exact() {
    let json = parsed(include_str!("../assets/tokenizer.json"));
    let pair = Pair {
        ours: Tokenizer::built_in().unwrap(),
        ..Pair::new("built in", &json)
    };
    assert_eq!(
        pair.ours.sha256(),
        "242367bbfe1f12f38d4e174dc8f1990315077d206235d90ea597e7ad2897979e"
    );
    assert_eq!(pair.ours.vocab_size(), 1024);
    pair.assert_equal(include_str!("tokenizer.rs"));
    pair.assert_equal("“Ô temps” — \u{1f600}\n\ttab");
}

/// Each kind that is not compared with the reference is refused, by name.
#[test]
fn unproven_kinds_are_refused() {
    let refused = |pointer: &str, value: Value| {
        let mut json = parsed(BYTE_LEVEL);
        *json.pointer_mut(pointer).unwrap() = value;
        match Tokenizer::from_json(json.to_string().as_bytes()).unwrap_err() {
            TokenizerError::Unproven(what) => what,
            other => panic!("{pointer}: {other}"),
        }
    };
    let cases = [
        ("/model/type", json!("WordPiece"), "WordPiece"),
        ("/model/type", json!("Unigram"), "Unigram"),
        ("/model/type", Value::Null, "without a type"),
        ("/model/dropout", json!(0.1), "dropout"),
        (
            "/model/continuing_subword_prefix",
            json!("##"),
            "continuing_subword_prefix",
        ),
        (
            "/model/end_of_word_suffix",
            json!("</w>"),
            "end_of_word_suffix",
        ),
        ("/normalizer", json!({"type": "Lowercase"}), "Lowercase"),
        (
            "/normalizer",
            json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}]}),
            "NFKC",
        ),
        (
            "/normalizer",
            json!({"type": "Replace", "pattern": {"Regex": " "}, "content": "x"}),
            "Replace",
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Whitespace"}),
            "Whitespace",
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Split", "pattern": {"Regex": "a|b"}, "behavior": "Isolated", "invert": false}),
            "unknown pattern",
        ),
        ("/added_tokens/3/single_word", json!(true), "whole words"),
        ("/added_tokens/3/lstrip", json!(true), "white space around"),
        ("/added_tokens/3/rstrip", json!(true), "white space around"),
    ];
    for (pointer, value, named) in cases {
        let what = refused(pointer, value);
        assert!(what.contains(named), "{pointer}: {what}");
    }
    let mut json = parsed(BYTE_LEVEL);
    json["normalizer"] = json!({"type": "NFC"});
    json["added_tokens"][3]["normalized"] = json!(true);
    let error = Tokenizer::from_json(json.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("normalised text"), "{error}");
}

#[test]
fn what_is_no_tokenizer_is_refused() {
    for bytes in [
        "",
        "{}",
        "[]",
        "{\"model\": 3}",
        "{\"model\": {\"type\": \"BPE\"}}",
        &BYTE_LEVEL[..5000],
    ] {
        let error = Tokenizer::from_json(bytes.as_bytes()).unwrap_err();
        assert!(
            matches!(error, TokenizerError::Malformed(_)),
            "{bytes:.40}: {error}"
        );
    }
    let error = Tokenizer::open("no/such/tokenizer.json").unwrap_err();
    assert!(
        error.to_string().contains("no/such/tokenizer.json"),
        "{error}"
    );
}
