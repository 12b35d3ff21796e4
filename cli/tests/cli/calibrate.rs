//! `calibrate`: rates on text of one's own.

use crate::bench::Bench;
use serde_json::Value;

/// Letters that were filled into one frame, unmarked.
const LETTERS: &str = include_str!("../data/letters.jsonl");

/// The row of a length (0: whole texts) at a level.
fn level(calibrated: &Value, tokens: u64, level: f64) -> Value {
    let lengths = calibrated["lengths"].as_array().unwrap();
    let of = |length: &&Value| length["tokens"].as_u64().unwrap_or(0) == tokens;
    let length = lengths.iter().find(of).unwrap();
    let levels = length["levels"].as_array().unwrap();
    let at = |row: &&Value| row["level"].as_f64() == Some(level);
    levels.iter().find(at).unwrap().clone()
}

/// Texts from one frame share most of their cells, so that under one key they are found together or not at all: the rate over keys
/// must hold all the same, and is given limits by keys and not by letters. Small keys are what people choose.
#[test]
fn letters_from_one_frame_hold_their_levels() {
    let bench = Bench::new();
    bench.write("letters.jsonl", LETTERS);
    let mut unlucky = 0;
    for (scheme, keys) in [
        ("textseal-green", 20),
        ("textseal-gumbel", 20),
        ("vllm-gumbel-v1", 400),
        ("vllm-red-green-v1", 400),
        ("vllm-synthid-v1", 400),
        ("sglang-gumbel-v1", 400),
        ("hf-kgw-lefthash", 20),
    ] {
        bench.ok(&format!(
            "profile new --scheme {scheme} --out {scheme}.toml"
        ));
        let mut alone = [0; 2];
        for key in [1, 2, 3, 42, 999] {
            bench.foreign_key(&format!("{key}.key"), &format!("integer:{key}"));
            let calibrated = bench.json(&format!(
                "calibrate --key {key}.key --profile {scheme}.toml --length 100 --level 0.01 --keys {keys} letters.jsonl"
            ));
            for (tokens, found) in [100, 0].into_iter().zip(&mut alone) {
                let row = level(&calibrated, tokens, 0.01);
                *found += row["key_new"]["count"].as_u64().unwrap();
                for what in ["random_keys", "pooled"] {
                    let low = row[what]["low"].as_f64().unwrap();
                    assert!(low <= 0.01, "{scheme}, key {key}, {what}: {row}");
                }
                unlucky += u32::from(row["key"]["low"].as_f64().unwrap() > 0.01);
            }
            std::fs::remove_file(bench.path(&format!("{key}.key"))).unwrap();
        }
        // Of 120, by what each letter has alone: 1.2 are expected, and 8 or more come once in 30,000.
        assert!(alone[0] < 8 && alone[1] < 8, "{scheme}: {alone:?}");
    }
    // Each letter by itself is not held to it: what they share scores high under one key in a hundred.
    assert!(unlucky > 0);
}

/// Of 24 innocent letters 13 have p ≤ 0.01 under this key: the result says that they share their wording, and what each says alone.
#[test]
fn documents_that_share_their_wording_are_no_separate_evidence() {
    let bench = Bench::new();
    bench.write("letters.jsonl", LETTERS);
    bench.foreign_key("ts.key", "integer:999");
    bench.ok("profile new --scheme textseal-green --out ts.toml");
    let detected = bench.json("detect --key ts.key --profile ts.toml letters.jsonl");
    let shared = detected["shared"].as_f64().unwrap();
    assert!(shared > 0.8 && shared < 0.95, "{shared}");
    let documents = detected["documents"].as_array().unwrap();
    let below = |p: &Value| p.as_f64().unwrap() <= -2.0;
    let by_itself = documents.iter().filter(|d| below(&d["log10_p"]));
    assert!(by_itself.count() >= 10);
    let alone = documents.iter().filter(|d| {
        let new = &d["new"];
        below(if new.is_null() {
            &d["log10_p"]
        } else {
            &new["log10_p"]
        })
    });
    assert!(alone.count() <= 2);
    assert_eq!(detected["verdict"]["outcome"], "not-found");
    let said = bench
        .ok("detect --key ts.key --profile ts.toml letters.jsonl")
        .stdout;
    let share = format!("share {:.0}% of their cells", 100.0 * shared);
    assert!(said.contains(&share) && said.contains("; alone "), "{said}");
}

fn own_text() -> Bench {
    let bench = Bench::new();
    for key in ["own.key", "other.key"] {
        bench.key(key);
    }
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key own.key --profile p.toml --tokens 20000 --seed 1 --out marked.jsonl");
    // Marked under another key: innocent of this one.
    bench.ok("mark --key other.key --profile p.toml --tokens 20000 --seed 2 --out clean.jsonl");
    bench
}

#[test]
fn longer_answers_are_found_more_often_and_innocent_ones_as_seldom_as_the_level_says() {
    let bench = own_text();
    let line = "calibrate --key own.key --profile p.toml --marked marked.jsonl --length 10 --length 40 --length 150 --keys 300 clean.jsonl";
    let calibrated = bench.json(line);
    assert_eq!(calibrated, bench.json(line), "the same again");
    assert_eq!(calibrated["keys"], 300);
    let rate = |tokens, at, what: &str| {
        level(&calibrated, tokens, at)[what]["rate"]
            .as_f64()
            .unwrap()
    };
    let found = [10, 40, 150].map(|tokens| rate(tokens, 1e-6, "found"));
    assert!(found[0] < found[1] && found[1] < found[2], "{found:?}");
    assert!(found[2] > 0.9, "{found:?}");
    for tokens in [10, 40, 150, 0] {
        for at in [0.05, 0.01, 0.001] {
            let row = level(&calibrated, tokens, at);
            for what in ["key", "random_keys", "pooled"] {
                assert!(
                    row[what]["low"].as_f64().unwrap() <= at,
                    "{tokens}, {what}: {row}"
                );
            }
            let (rate, high) = (&row["random_keys"]["rate"], &row["random_keys"]["high"]);
            assert!(rate.as_f64() < high.as_f64());
        }
    }
    // Of marked text taken for unmarked, the count says so.
    let line = "calibrate --key own.key --profile p.toml --length 150 --keys 50 marked.jsonl";
    assert!(
        level(&bench.json(line), 150, 0.01)["key"]["low"]
            .as_f64()
            .unwrap()
            > 0.5
    );
    let said = bench.ok(line).stdout;
    assert!(
        said.contains("the texts know the key (they are marked"),
        "{said}"
    );
}

#[test]
fn detect_quotes_a_calibration_of_its_own_key_only() {
    let bench = own_text();
    let ran = bench.ok(
        "--format json calibrate --key own.key --profile p.toml --marked marked.jsonl --length 50 --length 100 --keys 50 clean.jsonl",
    );
    bench.write("own.json", &ran.stdout);
    let detected =
        bench.json("detect --key own.key --profile p.toml --calibration own.json marked.jsonl");
    assert_eq!(detected["calibration"]["length"]["tokens"], 100);
    assert_eq!(detected["calibration"]["file"]["role"], "calibration");
    let said = bench
        .ok("detect --key own.key --profile p.toml --calibration own.json marked.jsonl")
        .stdout;
    assert!(
        said.contains("unmarked texts of 100 tokens (own.json)"),
        "{said}"
    );
    let lines = bench
        .ok("--format jsonl detect --key own.key --profile p.toml --calibration own.json marked.jsonl")
        .stdout;
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["calibration"], detected["calibration"]);
    bench.write("detected.json", detected.to_string());
    bench.ok("report detected.json --out detected.html");
    let page = bench.read("detected.html");
    assert!(
        page.contains("Calibrated on one's own text")
            || page.contains("Calibrated on one&#39;s own text")
    );
    assert!(page.contains("The first 100 tokens") && page.contains("own.json"));
    bench.refused(
        "detect --key other.key --profile p.toml --calibration own.json marked.jsonl",
        2,
        &["own.json", "this calibration is of another key"],
    );
    bench.ok("profile new --window 3 --out three.toml");
    bench.refused(
        "detect --key own.key --profile three.toml --calibration own.json marked.jsonl",
        2,
        &["this calibration is of another profile"],
    );
    bench.write("none.json", "{}");
    bench.refused(
        "detect --key own.key --profile p.toml --calibration none.json marked.jsonl",
        2,
        &["none.json", "hallmark --format json calibrate"],
    );
    bench.ok("report own.json --out page.html");
    let page = bench.read("page.html");
    assert!(page.contains("How often is unmarked text called marked?"));
}

#[test]
fn what_cannot_be_calibrated_is_said() {
    let bench = own_text();
    bench.write("short.jsonl", "{\"tokens\": [1, 2]}\n");
    for (line, said) in [
        ("short.jsonl", "no text to calibrate with"),
        ("--level 1 clean.jsonl", "a level is above 0 and below 1"),
        ("--keys 0 clean.jsonl", "give 1 to"),
        ("--length 0 clean.jsonl", "0 is not in"),
        ("absent.jsonl", "absent.jsonl"),
    ] {
        bench.refused(
            &format!("calibrate --key own.key --profile p.toml {line}"),
            2,
            &[said],
        );
    }
}
