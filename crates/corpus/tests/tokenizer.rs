//! Tokens are those of the reference implementation, for every kind of `tokenizer.json` that is loaded.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use hallmark_corpus::logprobs::{LogprobRecord, Positions};
use hallmark_corpus::{Origin, Piece, ReadBy, Record, Source, Tokenizer, TokenizerError, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
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

/// A layout of `data/layouts.json`.
struct Layout {
    pair: Pair,
    ids: u64,
    sha256: String,
}

const LAYOUTS: &str = include_str!("data/layouts.json");

/// A committed tokenizer with other parts in the place of its own, by JSON pointer.
fn patched(base: &str, set: &serde_json::Map<String, Value>) -> Value {
    let mut json = parsed(match base {
        "byte-level.json" => BYTE_LEVEL,
        "metaspace.json" => METASPACE,
        "unigram.json" => include_str!("data/unigram.json"),
        "wordpiece.json" => include_str!("data/wordpiece.json"),
        "word-ends.json" => include_str!("data/word-ends.json"),
        other => panic!("{other}: no such file"),
    });
    for (pointer, value) in set {
        let (place, field) = pointer.rsplit_once('/').unwrap();
        json.pointer_mut(place).unwrap()[field] = value.clone();
    }
    json
}

static LAYOUT_PAIRS: LazyLock<Vec<Layout>> = LazyLock::new(|| {
    let layouts = parsed(LAYOUTS);
    let layout = |layout: &Value| {
        let json = patched(
            layout["base"].as_str().unwrap(),
            layout["set"].as_object().unwrap(),
        );
        Layout {
            pair: Pair::new(layout["name"].as_str().unwrap(), &json),
            ids: layout["expected"]["ids"].as_u64().unwrap(),
            sha256: layout["expected"]["sha256"].as_str().unwrap().to_owned(),
        }
    };
    layouts.as_array().unwrap().iter().map(layout).collect()
});

/// What the fast reader takes beyond the layouts.
static FAST: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let with = |name: &str, changes: &[(&str, Value)]| {
        let set = changes
            .iter()
            .map(|(pointer, value)| ((*pointer).to_owned(), value.clone()));
        let pair = Pair::new(name, &patched("byte-level.json", &set.collect()));
        assert_eq!(*pair.ours.read_by(), ReadBy::Splintr, "{name}");
        pair
    };
    let byte_level = |use_regex: bool| json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex});
    let split = |pattern: &str| {
        let split = json!({"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false});
        json!({"type": "Sequence", "pretokenizers": [split, byte_level(false)]})
    };
    let digits = json!({"type": "Digits", "individual_digits": false});
    let digits = json!({"type": "Sequence", "pretokenizers": [digits, byte_level(true)]});
    let mut pairs = vec![
        with("numbers", &[("/pre_tokenizer", digits)]),
        with("ignore_merges", &[("/model/ignore_merges", json!(true))]),
    ];
    let patterns = [
        splintr::LLAMA3_PATTERN,
        splintr::QWEN2_PATTERN,
        splintr::QWEN35_PATTERN,
        splintr::O200K_BASE_PATTERN,
        splintr::MISTRAL_V3_PATTERN,
    ];
    for pattern in patterns {
        pairs.push(with(pattern, &[("/pre_tokenizer", split(pattern))]));
    }
    pairs
});

fn pairs() -> impl Iterator<Item = &'static Pair> {
    LAYOUT_PAIRS
        .iter()
        .map(|layout| &layout.pair)
        .chain(FAST.iter())
}

fn pair(name: &str) -> &'static Pair {
    pairs().find(|pair| pair.name == name).unwrap()
}

fn torture() -> impl Iterator<Item = String> {
    let lines = include_str!("data/torture.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap())
}

/// Every layout gives every line the ids of the Python package.
#[test]
fn tokens_of_every_layout_are_the_references() {
    for Layout { pair, ids, sha256 } in LAYOUT_PAIRS.iter() {
        let (mut count, mut digest) = (0, Sha256::new());
        for text in torture() {
            let tokens = pair.ours.encode(&text);
            count += tokens.len() as u64;
            digest.update(json!(tokens).to_string() + "\n");
        }
        let digest: String = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if (count, &digest) != (*ids, sha256) {
            torture().for_each(|text| pair.assert_equal(&text));
            panic!(
                "{}: not the ids that are expected, and those of the crate",
                pair.name
            );
        }
    }
}

#[test]
fn layouts_of_most_models_are_read_by_the_fast_reader() {
    let slow = [
        "DeepSeek V3",
        "Claude",
        "BLOOM",
        "Falcon",
        "Kimi",
        "T5",
        "BERT",
        "CLIP, GPT",
        "Phi-3: </s> takes white space behind it",
    ];
    for name in slow {
        let ReadBy::Tokenizers { why } = pair(name).ours.read_by() else {
            panic!("{name}");
        };
        assert!(!why.is_empty(), "{name}");
    }
    for name in [
        "GPT-2, OPT, RoBERTa",
        "StarCoder, SmolLM",
        "Command-R",
        "Llama 3",
        "GPT-3.5, GPT-4, Phi-4: inverted",
        "Llama 4, GPT-4o",
        "Qwen 2 and 3",
        "GLM-4",
        "Llama 2",
        "Gemma",
    ] {
        assert_eq!(*pair(name).ours.read_by(), ReadBy::Splintr, "{name}");
    }
    let special = [
        "special tokens that reach into others",
        "an added token with an id that is not the next",
    ];
    for name in special {
        assert_ne!(*pair(name).ours.read_by(), ReadBy::Splintr, "{name}");
    }
}

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
    Source::new("test".into(), 1)
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
        earlier: None,
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
        for pair in pairs() {
            pair.assert_equal(&text);
        }
    }

    #[test]
    fn what_was_shown_has_the_tokens_of_every_start(text in texts(), behind in "[ \n]{0,2}") {
        let text = text + &behind;
        for pair in pairs() {
            let shown = exposure(&pair.ours, &text);
            let tokens: Vec<_> = starts(&text).iter().map(|start| pair.ours.encode(start)).collect();
            prop_assert_eq!(shown, tokens, "{}: {:?}", pair.name, text);
        }
    }

    #[test]
    fn windows_before_strings_are_the_last_tokens(strings in prop::collection::vec("[a-z]{0,3} ?[a-z<>.\n]{0,3}", 0..12), window in 1usize..5) {
        for pair in pairs() {
            let expected: Vec<_> = (0..strings.len())
                .map(|at| pair.ours.encode(&strings[..at].concat()))
                .filter_map(|tokens| Some(tokens[tokens.len().checked_sub(window)?..].to_vec()))
                .collect();
            prop_assert_eq!(windows(&pair.ours, &strings, window), expected, "{}: {:?}", pair.name, strings);
        }
    }

    #[test]
    fn decoding_equals_the_reference_on_any_tokens(tokens in prop::collection::vec(0u32..1210, 0..60)) {
        for pair in [pair("GPT-2, OPT, RoBERTa"), pair("Llama 2"), pair("BERT"), pair("T5"), pair("Claude"), pair("CLIP, GPT")] {
            prop_assert_eq!(pair.ours.decode(&tokens), pair.reference.decode(&tokens, true).unwrap(), "{}", pair.name);
        }
    }

    #[test]
    fn byte_level_text_survives_a_round_trip(text in texts()) {
        let ours = &pair("GPT-2, OPT, RoBERTa").ours;
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
        for pair in pairs() {
            pair.assert_equal(text);
        }
    }
}

#[test]
fn special_tokens_in_text_are_ordinary_text() {
    for pair in pairs().filter(|pair| pair.reference.token_to_id("<|end|>") == Some(1)) {
        let tokens = pair.ours.encode("a<|end|>b<|begin|><unk>");
        // Ids 0 to 2 are special; the third is also what a model without byte fallback knows nothing better for.
        assert!(
            !tokens.contains(&0) && !tokens.contains(&1),
            "{}: {tokens:?}",
            pair.name
        );
    }
    let ours = &pair("GPT-2, OPT, RoBERTa").ours;
    assert_eq!(ours.decode(&ours.encode("a<|end|>b")), "a<|end|>b");
    assert_eq!(ours.decode(&[0, 1, 2]), "", "special tokens have no text");
}

#[test]
fn added_tokens_that_are_not_special_are_recognised() {
    let ours = &pair("GPT-2, OPT, RoBERTa").ours;
    assert_eq!(ours.encode("<tool>"), [1200]);
    assert_eq!(ours.vocab_size(), 1204);
}

#[test]
fn an_empty_text_has_no_tokens() {
    for pair in pairs() {
        assert_eq!(pair.ours.encode(""), [0_u32; 0], "{}", pair.name);
        assert_eq!(pair.reference_tokens(""), [0_u32; 0], "{}", pair.name);
    }
}

#[test]
fn encoding_appends() {
    let ours = &pair("GPT-2, OPT, RoBERTa").ours;
    let mut tokens = vec![7];
    ours.encode_into("the the", &mut tokens);
    assert_eq!((tokens[0], &tokens[1..]), (7, &ours.encode("the the")[..]));
}

#[test]
fn ids_outside_of_the_vocabulary_have_no_text() {
    assert_eq!(
        pair("GPT-2, OPT, RoBERTa").ours.decode(&[u32::MAX, 5000]),
        ""
    );
}

/// The same tokenizer, as files of several versions have it, has one digest.
#[test]
fn the_digest_is_of_what_decides_ids() {
    let open = |json: &Value| Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let json = parsed(BYTE_LEVEL);
    let ours = open(&json);
    assert_eq!(ours.digest().len(), 64);

    let mut other = json.clone();
    let merges = other["model"]["merges"].as_array_mut().unwrap();
    for merge in merges {
        let [first, second] = [&merge[0], &merge[1]].map(|token| token.as_str().unwrap());
        *merge = format!("{first} {second}").into();
    }
    for field in ["ignore_merges", "byte_fallback", "fuse_unk"] {
        other["model"].as_object_mut().unwrap().remove(field);
    }
    other["model"]["continuing_subword_prefix"] = "".into();
    other["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false}]});
    other["normalizer"] = json!({"type": "Sequence", "normalizers": []});
    other["padding"] = json!({"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0, "pad_token": "x"});
    other["post_processor"] = json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true});
    let other = open(&other);
    assert_eq!(other.digest(), ours.digest());
    assert_ne!(other.file_sha256(), ours.file_sha256());
    other.check_digest(&ours.digest().to_uppercase()).unwrap();
    ours.check_digest(ours.file_sha256()).unwrap();
    let error = other.check_digest(ours.file_sha256()).unwrap_err();
    for digest in [ours.file_sha256(), other.file_sha256(), other.digest()] {
        assert!(error.to_string().contains(digest), "{error}");
    }
    assert!(error.hint().contains("model that was marked"));

    let changes: [(&str, Value); 7] = [
        ("/model/ignore_merges", json!(true)),
        ("/model/merges/5", json["model"]["merges"][6].clone()),
        ("/pre_tokenizer/add_prefix_space", json!(true)),
        ("/pre_tokenizer/use_regex", json!(false)),
        ("/normalizer", json!({"type": "NFC"})),
        ("/added_tokens/3/rstrip", json!(true)),
        ("/added_tokens/3/special", json!(true)),
    ];
    for (pointer, value) in changes {
        let mut changed = json.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_ne!(open(&changed).digest(), ours.digest(), "{pointer}");
    }
}

/// A digest is the same for each version of this program, or profiles would name nothing.
#[test]
fn digests_do_not_change() {
    let digests: Vec<String> = [
        "GPT-2, OPT, RoBERTa",
        "T5",
        "BERT",
        "Mistral: Metaspace first, split True",
    ]
    .map(|name| pair(name).ours.digest()[..16].to_owned())
    .to_vec();
    assert_eq!(
        digests,
        [
            "12dc9dfce0bbb8b7",
            "efb6f1b2b17e434a",
            "52170ea2e9891910",
            "1abbe34d09895a55"
        ]
    );
    let metaspace = |name| pair(name).ours.digest();
    assert_eq!(
        metaspace("Metaspace as older files write it"),
        metaspace("Mistral: Metaspace always, split True")
    );
}

#[test]
fn the_built_in_tokenizer_is_the_committed_one_and_exact() {
    let json = parsed(include_str!("../assets/tokenizer.json"));
    let pair = Pair {
        ours: Tokenizer::built_in().unwrap(),
        ..Pair::new("built in", &json)
    };
    assert_eq!(
        pair.ours.digest(),
        "242367bbfe1f12f38d4e174dc8f1990315077d206235d90ea597e7ad2897979e"
    );
    assert_eq!(pair.ours.digest(), pair.ours.file_sha256());
    assert_eq!(pair.ours.vocab_size(), 1024);
    pair.assert_equal(include_str!("tokenizer.rs"));
    pair.assert_equal("“Ô temps” — \u{1f600}\n\ttab");
}

/// What the reference does not read, or not every text with, or not the same way twice, is refused by name.
#[test]
fn what_nobody_could_be_sure_of_is_refused() {
    let wordpiece = include_str!("data/wordpiece.json");
    let unigram = include_str!("data/unigram.json");
    let cases = [
        (BYTE_LEVEL, "/model/type", json!("SuperBPE"), "SuperBPE"),
        (BYTE_LEVEL, "/model/dropout", json!(0.1), "dropout"),
        (
            BYTE_LEVEL,
            "/normalizer",
            json!({"type": "Reverse"}),
            "Reverse",
        ),
        (
            BYTE_LEVEL,
            "/pre_tokenizer",
            json!({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated", "invert": false}),
            "does not read it",
        ),
        (
            BYTE_LEVEL,
            "/model/merges/0",
            json!(["Ġ", "no such token"]),
            "no such token",
        ),
        (wordpiece, "/model/unk_token", json!("[NONE]"), "[NONE]"),
        (unigram, "/model/unk_id", Value::Null, "unknown token"),
        (METASPACE, "/model/unk_token", json!("<none>"), "<none>"),
    ];
    for (base, pointer, value, named) in cases {
        let mut json = parsed(base);
        *json.pointer_mut(pointer).unwrap() = value;
        if base == METASPACE {
            json["model"]["byte_fallback"] = json!(false);
        }
        match Tokenizer::from_json(json.to_string().as_bytes()).unwrap_err() {
            TokenizerError::Refused(what) => assert!(what.contains(named), "{pointer}: {what}"),
            other => panic!("{pointer}: {other}"),
        }
    }
}

/// A text that the reference fails on is an error, never other ids.
#[test]
fn a_text_that_the_reference_fails_on_is_an_error() {
    let mut json = parsed(BYTE_LEVEL);
    json["pre_tokenizer"] = json!({"type": "Split", "pattern": {"Regex": "(a+)+[xy]"}, "behavior": "Isolated", "invert": false});
    let ours = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    assert!(ours.try_encode("aax").is_ok());
    let error = ours.try_encode(&("a".repeat(40) + "bx")).unwrap_err();
    assert!(matches!(error, TokenizerError::Text(_)), "{error}");
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
