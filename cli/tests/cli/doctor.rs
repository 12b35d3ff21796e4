//! `doctor`: each diagnosis is made where exactly that is broken.

use crate::bench::Bench;
use crate::foreign::marked;
use hallmark_core::profile::Profile;
use serde_json::{Value, json};

/// A sample that is marked as `made.toml` says, and a key file for it.
struct Patient {
    bench: Bench,
    profile: Profile,
}

const KEY: &str = "integer:15485863";

impl Patient {
    fn new(scheme: &str) -> Self {
        let bench = Bench::new();
        bench.foreign_key("key", KEY);
        bench.ok(&format!("profile new {scheme} --out made.toml"));
        let profile = Profile::parse(&bench.read("made.toml")).unwrap();
        assert!(!profile.scheme.is_native(), "another engine's profile");
        Self { bench, profile }
    }

    fn tokens(&self) -> Vec<Vec<u32>> {
        marked(&self.profile, KEY, 10, 150, &[], 0)
    }

    fn sample(&self, records: impl IntoIterator<Item = Value>) {
        let lines = records.into_iter().map(|record| format!("{record}\n"));
        self.bench.write("sample.jsonl", lines.collect::<String>());
    }

    fn plain_sample(&self) {
        self.sample(
            self.tokens()
                .into_iter()
                .map(|tokens| json!({ "tokens": tokens })),
        );
    }

    fn diagnose(&self, profile: &str, key: &str) -> Value {
        self.bench.json(&format!(
            "doctor --key {key} --profile {profile} sample.jsonl"
        ))
    }

    fn cured_by(&self, profile: &str, key: &str, change: &str, what: &str) {
        let diagnosed = self.diagnose(profile, key);
        assert_eq!(diagnosed["diagnosis"], "curable", "{diagnosed}");
        assert_eq!(diagnosed["cure"]["change"], change, "{}", diagnosed["cure"]);
        let said = diagnosed["cure"]["what"].as_str().unwrap();
        assert!(said.contains(what), "{said}");
        let human = self
            .bench
            .ok(&format!(
                "doctor --key {key} --profile {profile} sample.jsonl"
            ))
            .stdout;
        assert!(
            human.contains(&format!("with this change: {said}")),
            "{human}"
        );
    }
}

#[test]
fn a_healthy_sample_needs_no_cure() {
    for scheme in [
        "--scheme vllm-gumbel-v1 --vocab-size 1000",
        "--scheme hf-kgw-lefthash --vocab-size 1000",
    ] {
        let patient = Patient::new(scheme);
        patient.plain_sample();
        let diagnosed = patient.diagnose("made.toml", "key");
        assert_eq!(diagnosed["diagnosis"], "healthy");
        assert_eq!(diagnosed["tried"][0]["change"], "nothing");
        assert_eq!(diagnosed["notes"], json!([]));
    }
}

#[test]
fn another_window_is_found() {
    let patient = Patient::new("--scheme vllm-gumbel-v1 --vocab-size 1000 --window 4");
    patient.plain_sample();
    patient
        .bench
        .ok("profile new --scheme vllm-gumbel-v1 --vocab-size 1000 --window 2 --out given.toml");
    patient.cured_by(
        "given.toml",
        "key",
        "window",
        "a window of 4 tokens instead of 2",
    );
}

#[test]
fn another_vocabulary_is_found_and_larger_ids_are_named() {
    let patient = Patient::new("--scheme hf-kgw-lefthash --vocab-size 1000");
    patient.plain_sample();
    patient
        .bench
        .ok("profile new --scheme hf-kgw-lefthash --vocab-size 995 --out given.toml");
    patient.cured_by("given.toml", "key", "vocabulary", "1000 ids instead of 995");
    let notes = patient.diagnose("given.toml", "key")["notes"].to_string();
    assert!(notes.contains("vocabulary ends at 994"), "{notes}");
}

/// What tokenizers count, and what their models' embeddings are padded to, in either direction.
#[test]
fn vocabularies_of_public_models_are_tried() {
    for (made, given) in [
        (50_272, 50_265),
        (32_001, 32_000),
        (128_256, 128_000),
        (151_936, 151_643),
        (262_208, 262_145),
        (151_643, 151_936),
    ] {
        let patient = Patient::new(&format!("--scheme hf-kgw-lefthash --vocab-size {made}"));
        patient.plain_sample();
        patient.bench.ok(&format!(
            "profile new --scheme hf-kgw-lefthash --vocab-size {given} --out given.toml"
        ));
        let what = format!("{made} ids instead of {given}");
        patient.cured_by("given.toml", "key", "vocabulary", &what);
    }
}

#[test]
fn another_share_of_the_second_key_is_found() {
    let patient = Patient::new("--scheme vllm-dual-v1 --vocab-size 1000 --share 0.9");
    patient.plain_sample();
    patient
        .bench
        .ok("profile new --scheme vllm-dual-v1 --vocab-size 1000 --share 0.1 --out given.toml");
    let diagnosed = patient.diagnose("given.toml", "key");
    assert_eq!(diagnosed["diagnosis"], "weak", "{diagnosed}");
    assert_eq!(diagnosed["cure"]["what"], "a share of 0.9");
}

#[test]
fn another_gamma_is_found() {
    let patient = Patient::new("--scheme hf-kgw-lefthash --vocab-size 1000 --gamma 0.5");
    patient.plain_sample();
    patient
        .bench
        .ok("profile new --scheme hf-kgw-lefthash --vocab-size 1000 --gamma 0.1 --out given.toml");
    // Lists of one seed lie within one another, so that a wrong gamma finds something.
    let diagnosed = patient.diagnose("given.toml", "key");
    assert_eq!(diagnosed["diagnosis"], "weak", "{diagnosed}");
    assert_eq!(diagnosed["cure"]["what"], "gamma 0.5");
}

#[test]
fn a_key_read_in_another_order_is_found() {
    let patient = Patient::new("--scheme vllm-gumbel-v1 --vocab-size 1000");
    patient.plain_sample();
    let number = 15_485_863_u64;
    for (given, what) in [
        (
            number.swap_bytes().to_string(),
            "eight bytes in the opposite order",
        ),
        (number.rotate_left(32).to_string(), "halves of 32 bits"),
        (
            format!("{}", u64::from((number as u32).swap_bytes())),
            "low four bytes",
        ),
        (
            u64::from_str_radix("15485863", 16).unwrap().to_string(),
            "hexadecimal digits read as decimal",
        ),
    ] {
        patient
            .bench
            .foreign_key("given", &format!("integer:{given}"));
        patient.cured_by("made.toml", "given", "key-order", what);
    }
}

/// Answers too short for a window of their own.
#[test]
fn a_context_that_begins_before_the_text_is_found() {
    let patient = Patient::new("--scheme sglang-gumbel-v1 --vocab-size 1000");
    let prompt = [5, 6, 7, 8, 9];
    let answers = marked(&patient.profile, KEY, 400, 4, &prompt, 0);
    patient.sample(
        answers
            .into_iter()
            .map(|tokens| json!({ "prompt_tokens": prompt, "response_tokens": tokens })),
    );
    patient.cured_by("made.toml", "key", "prompt", "the prompt before the answer");

    let answers = marked(&patient.profile, KEY, 400, 4, &[2; 4], 0);
    patient.sample(
        answers
            .into_iter()
            .map(|tokens| json!({ "tokens": tokens })),
    );
    patient.cured_by(
        "made.toml",
        "key",
        "first-token",
        "token 2 stands before the text",
    );
}

#[test]
fn windows_that_are_off_by_one_are_found() {
    let patient = Patient::new("--scheme textseal-gumbel --vocab-size 1000");
    let late = marked(&patient.profile, KEY, 10, 150, &[], 1);
    patient.sample(late.into_iter().map(|tokens| json!({ "tokens": tokens })));
    patient.cured_by("made.toml", "key", "offset", "off by one");
}

/// The text is of other tokens than the record's: another tokenizer, or a text that was changed.
#[test]
fn text_that_has_other_tokens_than_its_record_is_found() {
    let patient = Patient::new("--scheme vllm-gumbel-v1");
    let records = patient.tokens().into_iter().map(|tokens| {
        json!({ "text": "What is here is not what was written there, by and large.", "tokens": tokens })
    });
    patient.sample(records.collect::<Vec<_>>());
    patient.cured_by(
        "made.toml",
        "key",
        "record-tokens",
        "the record's own tokens",
    );
    let notes = patient.diagnose("made.toml", "key")["notes"].to_string();
    assert!(
        notes.contains("in 10 of 10 records the text has other tokens"),
        "{notes}"
    );
}

#[test]
fn what_no_change_cures_is_said_to_be_unknown() {
    let patient = Patient::new("--scheme hf-kgw-lefthash --vocab-size 1000");
    patient.plain_sample();
    patient.bench.foreign_key("other", "integer:77");
    let diagnosed = patient.diagnose("made.toml", "other");
    assert_eq!(diagnosed["diagnosis"], "unknown", "{diagnosed}");
    let human = patient
        .bench
        .ok("doctor --key other --profile made.toml sample.jsonl")
        .stdout;
    assert!(human.contains("a GPU, whose generator"), "{human}");
    assert!(human.contains("little choice"), "{human}");
    patient.sample([json!({ "text": "no tokens" })]);
    patient.bench.refused(
        "doctor --key key --profile made.toml sample.jsonl",
        2,
        &["sample.jsonl:1", "--tokenizer FILE"],
    );
}

/// Two nearly equal numbers on two sides of a level are no diagnosis.
#[test]
fn a_mark_that_is_weakly_found_is_not_called_cured_by_what_changes_nothing() {
    let patient = Patient::new("--scheme vllm-gumbel-v1 --vocab-size 1000");
    let tokens = patient.tokens().remove(0);
    let borderline = (20..150).find_map(|length| {
        patient.sample([json!({ "tokens": tokens[..length] })]);
        let diagnosed = patient.diagnose("made.toml", "key");
        assert_ne!(diagnosed["diagnosis"], "curable", "{length}: {diagnosed}");
        (diagnosed["diagnosis"] == "borderline").then_some(diagnosed)
    });
    let diagnosed = borderline.unwrap();
    assert!(diagnosed["cure"].is_null());
    let human = patient
        .bench
        .ok("doctor --key key --profile made.toml sample.jsonl")
        .stdout;
    assert!(human.contains("weakly found as things are"), "{human}");
}

/// Numbers below 2^16 are all 0 to hf-synthid once their bytes are turned round: twenty layers would be one, twenty times counted, and
/// found 7 of 60 unmarked texts (p to 1e-21). Such a change is not tried; the key itself is.
#[test]
fn a_change_that_makes_all_layers_one_is_not_tried() {
    let bench = Bench::new();
    let numbers: Vec<String> = (0..20_u64)
        .map(|at| (1000 + 3001 * at).to_string())
        .collect();
    bench.foreign_key("k.key", &format!("integers:{}", numbers.join(",")));
    bench.ok("profile new --scheme hf-synthid --window 4 --layers 20 --out p.toml");
    for seed in 1..4 {
        bench.ok(&format!(
            "mark --unmarked --profile p.toml --tokens 1000 --seed {seed} --out {seed}.jsonl"
        ));
        let diagnosed = bench.json(&format!("doctor --key k.key --profile p.toml {seed}.jsonl"));
        assert_eq!(diagnosed["diagnosis"], "unknown", "{diagnosed}");
        let tried = diagnosed["tried"].to_string();
        assert!(
            !tried.contains("eight bytes in the opposite order"),
            "{tried}"
        );
    }
}
