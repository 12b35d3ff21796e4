//! What is said of marked text, of other text, of short text, and to whom.
use crate::common::{Folder, GENEROUS, HEAD, Running, TOKEN, text, texts};
use hallmark::detect::Detecting;
use hallmark::progress::silent;
use hallmark::{Inputs, detect, files};
use serde_json::{Value, json};

#[test]
fn the_three_answers() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let (marked, plain) = (texts("marked.jsonl"), texts("plain.jsonl"));
    assert_eq!((marked.len(), plain.len()), (4, 4));
    for (marked, plain) in marked.iter().zip(&plain) {
        assert_eq!(server.detect(&text(marked)), "found");
        // The chance of a false answer is the level, 1e-6 each.
        assert_eq!(server.detect(&text(plain)), "not-found");
        // Of a text that is marked for certain as well: 150 characters are no 200 cells.
        let start: String = marked.chars().take(150).collect();
        assert_eq!(server.detect(&text(&start)), "too-short");
        // Repetition makes a text no longer.
        assert_eq!(server.detect(&text(&start.repeat(20))), "too-short");
    }
    for short in ["", " ", "one", "\u{0}", "\u{10ffff}"] {
        assert_eq!(server.detect(&text(short)), "too-short", "{short:?}");
    }
    assert_eq!(server.detect(&json!({ "tokens": [] })), "too-short");
    server.end();
}

#[test]
fn tokens_have_the_answer_of_their_text() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let tokenizer = hallmark::tokenizers::built_in().unwrap();
    for (name, answer) in [("marked.jsonl", "found"), ("plain.jsonl", "not-found")] {
        let tokens = tokenizer.encode(&texts(name)[0]);
        assert_eq!(server.detect(&json!({ "tokens": tokens })), answer);
    }
    let vocabulary = tokenizer.vocab_size();
    for tokens in [vec![1, vocabulary], vec![u32::MAX]] {
        let response = server.post("/v1/detect", json!({ "tokens": tokens }).to_string(), None);
        assert_eq!((response.status, &*response.code()), (400, "not-an-id"));
    }
    server.end();
}

#[test]
fn outsiders_hear_one_word_and_nothing_else() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let (marked, plain) = (texts("marked.jsonl"), texts("plain.jsonl"));
    let mut heads = vec![];
    for (question, word) in [
        (marked[0].as_str(), "found"),
        (&plain[0], "not-found"),
        ("short", "too-short"),
    ] {
        let response = server.post("/v1/detect", text(question).to_string(), None);
        // Every byte of the body.
        let whole = format!(r#"{{"result":"{word}","schema":"hallmark/public-detect/1"}}"#);
        assert_eq!(response.text(), whole);
        let head: Vec<&str> = response
            .head
            .lines()
            .filter(|line| !line.starts_with("date: "))
            .collect();
        let length = whole.len();
        heads.push(
            head.join("\n")
                .replace(&format!("content-length: {length}"), ""),
        );
        // A token of somebody else's changes nothing.
        let other = server.post(
            "/v1/detect",
            text(question).to_string(),
            Some("f".repeat(40).as_str()),
        );
        assert_eq!(other.text(), whole);
        // Nor does a right one: whole findings have an endpoint of their own.
        let known = server.post("/v1/detect", text(question).to_string(), Some(TOKEN));
        assert_eq!(known.text(), whole);
    }
    assert!(
        heads.iter().all(|head| *head == heads[0]),
        "heads tell answers apart: {heads:?}"
    );
    server.end();
}

#[test]
fn nothing_that_outsiders_can_reach_names_a_key() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let ids = ["marking.key", "other.key"].map(|name| {
        let key = files::keys::read(&folder.0.path().join(name)).unwrap();
        key.marking_key().public_id().to_string()
    });
    let question = text(&texts("marked.jsonl")[0]).to_string();
    let responses = [
        server.get("/v1/info"),
        server.get("/healthz"),
        server.get("/v1/openapi.json"),
        server.get("/nothing"),
        server.post("/v1/detect", &question, None),
        server.post("/v1/detect", "{", None),
        server.post("/v1/examine-text", &question, None),
    ];
    for response in &responses {
        let bytes = format!("{}{}", response.head, response.text());
        for secret in [
            &*ids[0],
            &ids[1],
            "the-marking-key",
            "the-other-key",
            "a-secret-name",
            "the-newsroom",
            "gumbel",
            "log10",
            "marking.key",
        ] {
            let is_the_schema = secret == "log10" && bytes.contains("\"openapi\"");
            assert!(
                is_the_schema || !bytes.contains(secret),
                "{secret} in {bytes}"
            );
        }
    }
    let info = responses[0].json();
    let minimum = info["minimum_cells"].as_u64().unwrap();
    assert!((150..=300).contains(&minimum), "{minimum}");
    assert_eq!(
        info,
        json!({
            "schema": "hallmark/public-info/1", "detects": "Text of a test's model.", "contact": "a test", "level": 1e-6,
            "minimum_cells": minimum, "accepts": ["text", "tokens"], "request_bytes": 262_144
        })
    );
    server.end();
}

#[test]
fn callers_with_a_token_get_what_detect_says() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let marked = texts("marked.jsonl").swap_remove(0);
    let question = text(&marked).to_string();
    for wrong in [
        None,
        Some("short"),
        Some(&*TOKEN.to_uppercase()),
        Some(&TOKEN[1..]),
    ] {
        let response = server.post("/v1/examine-text", &question, wrong);
        assert_eq!(
            (response.status, &*response.code()),
            (401, "unauthorized"),
            "{wrong:?}"
        );
        assert_eq!(response.header("www-authenticate"), Some("bearer"));
    }
    let response = server.post("/v1/examine-text", &question, Some(TOKEN));
    assert_eq!(response.status, 200, "{}", response.text());
    let examination = response.json();
    let keys = examination["keys"].as_array().unwrap();
    let names: Vec<&Value> = keys.iter().map(|key| &key["name"]).collect();
    assert_eq!(names, ["the-other-key", "the-marking-key"]);

    // The same as the program says of a file with this text.
    let file = folder.0.path().join("request");
    std::fs::write(&file, json!({ "text": marked }).to_string()).unwrap();
    let profile = files::profiles::read(&folder.0.path().join("profile.toml")).unwrap();
    for (name, found) in ["other.key", "marking.key"].iter().zip(keys) {
        let key = files::keys::read(&folder.0.path().join(name))
            .unwrap()
            .marking_key();
        let inputs = Inputs {
            format: Some("jsonl".to_owned()),
            ..Inputs::of(vec![file.clone()])
        };
        let detected = detect(&profile, &key, &Detecting::default(), &inputs, &mut silent).unwrap();
        let mut expected = serde_json::to_value(&detected).unwrap();
        let place = &mut expected["documents"][0]["source"];
        assert!(place.as_str().unwrap().ends_with("request:1"));
        *place = "request:1".into();
        assert_eq!(found["detected"], expected);
    }
    // Holm: the smallest is doubled, the other one's own.
    let p = |key: usize, field: &str| keys[key][field].as_f64().unwrap();
    let alone = |key: usize| keys[key]["detected"]["pooled"]["log10_p"].as_f64().unwrap();
    assert!((p(1, "log10_p_adjusted") - alone(1) - 2_f64.log10()).abs() < 1e-9);
    assert!((p(0, "log10_p_adjusted") - alone(0)).abs() < 1e-9);
    assert!(alone(1) < -100.0 && alone(0) > -6.0);
    server.end();
}

/// The threshold is looked for from outside: unmarked tokens are put behind marked ones until the answer turns. It must turn
/// where the p-value is still below the level, by up to the decades of the dither.
#[test]
fn the_answer_turns_below_the_level_and_within_the_dither() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let tokenizer = hallmark::tokenizers::built_in().unwrap();
    let marked = tokenizer.encode(&texts("marked.jsonl")[0]);
    let plain = tokenizer.encode(&texts("plain.jsonl").join("\n"));
    let mut turned = 0;
    for length in 30..80 {
        let tokens = [&marked[..length], &plain[..700]].concat();
        let body = json!({ "tokens": tokens });
        let answer = server.detect(&body);
        let response = server
            .post("/v1/examine-text", body.to_string(), Some(TOKEN))
            .json();
        let least = response["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["detected"]["pooled"]["log10_p"].as_f64().unwrap())
            .fold(0.0, f64::min);
        let level = (1e-6_f64 / 2.0).log10();
        if answer == "found" {
            assert!(least <= level, "{length}: found at {least}");
            turned |= 1;
        } else {
            assert!(least >= level - 2.0, "{length}: not found at {least}");
            turned |= 2;
        }
        // The same text has the same answer.
        assert_eq!(server.detect(&body), answer);
    }
    assert_eq!(turned, 3, "both answers were seen");
    server.end();
}
