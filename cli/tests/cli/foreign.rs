//! Other engines' marks: `profile`, key files, `detect` and `scan`.

use crate::bench::Bench;
use hallmark_core::cells::CellBatch;
use hallmark_core::keys::ForeignKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::SCHEMES;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

impl Bench {
    /// Another engine's key file.
    pub(crate) fn foreign_key(&self, name: &str, line: &str) {
        self.write(name, format!("# a key of another engine\n{line}\n"));
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.path(name), private).unwrap();
    }

    /// Ten records of 100 tokens, each the best scored of four under the profile and key of these files.
    fn marked_tokens(&self, profile: &str, line: &str, out: &str) {
        let profile = Profile::parse(&self.read(profile)).unwrap();
        assert!(!profile.scheme.is_native(), "another engine's profile");
        let lines = marked(&profile, line, 10, 100, &[], 0)
            .into_iter()
            .map(|tokens| format!("{}\n", serde_json::json!({ "tokens": tokens })));
        self.write(out, lines.collect::<String>());
    }
}

/// Documents whose every token is the best scored of four. `before` stands before each of them, and windows end `late`
/// tokens before the token that is chosen.
pub(crate) fn marked(
    profile: &Profile,
    line: &str,
    documents: usize,
    length: usize,
    before: &[u32],
    late: usize,
) -> Vec<Vec<u32>> {
    let key = ForeignKey::parse(line).unwrap().unwrap();
    let mark = Mark::new(profile, &key.into()).unwrap();
    let mut state = 1_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(99);
        (state >> 33) as u32 % profile.tokenizer.vocab_size
    };
    let mut batch = CellBatch::new(profile.window, 4);
    let mut words = [0; 4];
    let document = |_| {
        let mut tokens = before.to_vec();
        while tokens.len() < before.len() + length {
            let candidates = [draw(), draw(), draw(), draw()];
            let mut scores = [0_u64; 4];
            if let Some(start) = tokens.len().checked_sub(profile.window + late) {
                batch.fill(&tokens[start..start + profile.window], &candidates);
                for part in mark.parts() {
                    part.reading.words(&batch, &mut words);
                    for (score, word) in scores.iter_mut().zip(words) {
                        *score +=
                            u64::from(part.weight) * u64::from(part.reading.law().score(word));
                    }
                }
            }
            let best = (0..4).max_by_key(|&i| scores[i]).unwrap();
            tokens.push(candidates[best]);
        }
        tokens.split_off(before.len())
    };
    (0..documents).map(document).collect()
}

fn log10_p(value: &Value) -> f64 {
    value["log10_p"].as_f64().unwrap()
}

/// Under the wrong key p is at or below 1e-5 once in 100,000 runs for each scheme; keys are fixed.
#[test]
fn every_mark_is_detected_with_its_key_and_found_by_a_scan_of_all() {
    let bench = Bench::new();
    let listed = bench.json("profile list");
    for known in SCHEMES.iter().filter(|known| !known.is_native()) {
        let names = listed["schemes"].as_array().unwrap();
        assert!(names.iter().any(|listed| listed["scheme"] == known.id));
        let line = match known.id {
            "sglang-dual-v1" => "hex:0123456789abcdef,fedcba9876543210".to_owned(),
            "hf-synthid" | "synthid-2025" => {
                let numbers: Vec<String> = (0..30).map(|i| (i * i * 37 + 11).to_string()).collect();
                format!("integers:{}", numbers.join(","))
            }
            _ => "integer:15485863".to_owned(),
        };
        let other = match known.id {
            "sglang-dual-v1" => "hex:1,2".to_owned(),
            "hf-synthid" | "synthid-2025" => {
                let numbers: Vec<String> = (0..30).map(|i| (i * 1009 % 977).to_string()).collect();
                format!("integers:{}", numbers.join(","))
            }
            _ => "integer:42".to_owned(),
        };
        let id = known.id;
        bench.ok(&format!(
            "profile new --scheme {id} --name {id} --vocab-size 1000 --out {id}.toml"
        ));
        let shown = bench.json(&format!("profile show {id}.toml"));
        assert!(
            shown["profile"]["checked"]
                .as_str()
                .unwrap()
                .contains("checked against")
        );
        bench.foreign_key(&format!("{id}.key"), &line);
        bench.foreign_key("other.key", &other);
        bench.marked_tokens(&format!("{id}.toml"), &line, "marked.jsonl");
        let own = bench.json(&format!(
            "detect --key {id}.key --profile {id}.toml marked.jsonl"
        ));
        // One number among 2²⁰ of 32 bits has a rank.
        assert!(log10_p(&own["pooled"]) < -6.0, "{id}: {}", own["pooled"]);
        let related = id.starts_with("textseal") || matches!(id, "hf-synthid" | "synthid-2025");
        assert_eq!(own["pooled"]["decoys"].is_number(), related, "{id}");
        let law = own["pooled"]["log10_p_unmarked"].as_f64().unwrap();
        assert!(law <= log10_p(&own["pooled"]), "{id}: {law}");
        assert_eq!(own["documents"].as_array().unwrap().len(), 10);
        // Where units of a text have a law of their own, the mark is located.
        let local = !related && !id.contains("dual-v1") || id == "sglang-dual-v1";
        let located = &own["documents"][0]["located"];
        assert_eq!(located.is_object(), local, "{id}");
        let wrong = bench.json(&format!(
            "detect --key other.key --profile {id}.toml marked.jsonl"
        ));
        assert!(
            log10_p(&wrong["pooled"]) > -5.0,
            "{id}: {}",
            wrong["pooled"]
        );
        let scanned = bench.json(&format!(
            "scan --scheme all --vocab-size 1000 --key {id}.key --key other.key marked.jsonl"
        ));
        let found = scanned["found"].as_array().unwrap();
        assert_eq!(found[0]["key_id"], own["key_id"], "{id}: {found:?}");
        assert_eq!(found[0]["log10_p"], own["pooled"]["log10_p"]);
        assert!(
            found.iter().any(|found| found["profile"]["scheme"] == id),
            "{id}: {found:?}"
        );
        assert!(found[0]["log10_p_adjusted"].as_f64() > found[0]["log10_p"].as_f64());
    }
}

/// The built-in model marks as the other engine does, prompts and all; what is only read is refused.
#[test]
fn marks_of_engines_are_made_and_found() {
    let bench = Bench::new();
    bench.foreign_key("one.key", "integer:15485863");
    bench.foreign_key("two.key", "hex:0123456789abcdef,fedcba9876543210");
    let numbers: Vec<String> = (0..30).map(|i| (i * i * 37 + 11).to_string()).collect();
    bench.foreign_key("many.key", &format!("integers:{}", numbers.join(",")));
    for (scheme, key) in [
        ("vllm-gumbel-v1", "one.key"),
        ("vllm-dual-v1", "one.key"),
        ("sglang-gumbel-v1", "one.key"),
        ("sglang-dual-v1", "two.key"),
        ("hf-kgw-lefthash", "one.key"),
        ("hf-synthid", "many.key"),
        ("synthid-2025", "many.key"),
    ] {
        bench.ok(&format!(
            "profile new --scheme {scheme} --out {scheme}.toml"
        ));
        bench.ok(&format!(
            "mark --key {key} --profile {scheme}.toml --tokens 2000 --seed 5 --out {scheme}.jsonl"
        ));
        let found = bench.json(&format!(
            "detect --key {key} --profile {scheme}.toml {scheme}.jsonl"
        ));
        assert!(
            log10_p(&found["pooled"]) < -9.0,
            "{scheme}: {}",
            found["pooled"]
        );
    }
    bench.ok("profile new --scheme textseal-gumbel --out seal.toml");
    bench.refused(
        "mark --key one.key --profile seal.toml --tokens 200 --out x.jsonl",
        2,
        &["textseal-gumbel is read and not made here", "profile list"],
    );
    assert!(!bench.path("x.jsonl").exists());
}

#[test]
fn a_scan_says_none_of_these_and_what_it_tried() {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.foreign_key("theirs.key", "integer:42");
    bench.ok("profile new --scheme green --vocab-size 1000 --out green.toml");
    bench.ok("profile new --scheme vllm-gumbel-v1 --vocab-size 1000 --out vllm.toml");
    bench.marked_tokens("vllm.toml", "integer:7", "marked.jsonl");
    let line = "scan --profile green.toml --profile vllm.toml --key mine.key --key theirs.key marked.jsonl";
    let scanned = bench.json(line);
    assert_eq!(scanned["found"].as_array().unwrap().len(), 0);
    assert_eq!(scanned["tried"].as_array().unwrap().len(), 2);
    assert_eq!(scanned["unfit"], 2);
    assert_eq!(scanned["documents"], 10);
    let human = bench.ok(line).stdout;
    assert!(human.contains("None of these marks was found"), "{human}");
    assert!(human.contains("vllm-gumbel-v1"), "{human}");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.foreign_key("theirs.key", "integer:42");
    bench.foreign_key("bad.key", "integer:secret");
    bench.ok("profile new --scheme gumbel --out native.toml");
    bench.ok("profile new --scheme hf-kgw-lefthash --vocab-size 1000 --out kgw.toml");
    bench.ok("profile new --scheme hf-synthid --vocab-size 1000 --out synthid.toml");
    bench.write("text.jsonl", "{\"tokens\": [1, 2, 3]}\n");
    for (line, parts) in [
        (
            "detect --key theirs.key --profile native.toml text.jsonl",
            &["native mark", "another engine's"][..],
        ),
        (
            "detect --key mine.key --profile kgw.toml text.jsonl",
            &["another engine's mark", "integer:42"],
        ),
        (
            "detect --key theirs.key --profile synthid.toml text.jsonl",
            &["30 layers", "1 numbers"],
        ),
        (
            "detect --key bad.key --profile kgw.toml text.jsonl",
            &["line 2", "64-bit"],
        ),
        (
            "examine --key mine.key --profile kgw.toml text.jsonl",
            &["another engine's mark", "integer:42"],
        ),
        (
            "examine --key theirs.key --profile native.toml text.jsonl",
            &["native mark", "another engine's"],
        ),
        (
            "scan --scheme hf-kgw-lefthash --vocab-size 1000 --key mine.key text.jsonl",
            &["no key fits"],
        ),
        ("scan --key mine.key text.jsonl", &["nothing to try"]),
        (
            "profile new --scheme hf-kgw-lefthash --window 3 --vocab-size 9 --out x.toml",
            &["window = 3", "takes 1 to 1"],
        ),
        (
            "profile new --scheme vllm-gumbel-v1 --gamma 0.5 --vocab-size 9 --out x.toml",
            &["--gamma is no parameter"],
        ),
    ] {
        bench.refused(line, 2, parts);
    }
    let refused = bench.run("detect --key bad.key --profile kgw.toml text.jsonl");
    assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
    let cuda = bench
        .read("kgw.toml")
        .replace("device = \"cpu\"", "device = \"cuda\"");
    bench.write("cuda.toml", cuda);
    bench.refused(
        "detect --key theirs.key --profile cuda.toml text.jsonl",
        2,
        &["GPU's generator"],
    );
}

#[test]
fn synthid_has_a_weighted_mean_and_others_do_not() {
    let bench = Bench::new();
    let numbers: Vec<String> = (0..30).map(|i| (i * i * 37 + 11).to_string()).collect();
    let line = format!("integers:{}", numbers.join(","));
    bench.foreign_key("own.key", &line);
    for id in ["hf-synthid", "synthid-2025"] {
        bench.ok(&format!(
            "profile new --scheme {id} --name {id} --vocab-size 1000 --out {id}.toml"
        ));
        bench.marked_tokens(&format!("{id}.toml"), &line, "marked.jsonl");
        let found = bench.json(&format!(
            "detect --key own.key --profile {id}.toml --weighted-mean marked.jsonl"
        ));
        assert_eq!(found["weighted_mean"], true);
        assert!(
            log10_p(&found["pooled"]) < -6.0,
            "{id}: {}",
            found["pooled"]
        );
    }
    bench.foreign_key("one.key", "integer:5");
    bench.ok("profile new --scheme vllm-gumbel-v1 --name v --vocab-size 1000 --out v.toml");
    bench.refused(
        "detect --key one.key --profile v.toml --weighted-mean marked.jsonl",
        2,
        &["--weighted-mean", "no such score", "hf-synthid"],
    );
}

#[test]
fn a_key_that_cannot_be_compared_and_one_that_fits_nothing_are_named() {
    let bench = Bench::new();
    let numbers: Vec<String> = (1..=30).map(|i| i.to_string()).collect();
    let line = format!("integers:{}", numbers.join(","));
    bench.foreign_key("filled.key", &line);
    bench.ok("profile new --scheme synthid-2025 --name s --out s.toml");
    let marked = bench
        .ok("mark --key filled.key --profile s.toml --tokens 1000 --seed 5 --out marked.jsonl");
    assert!(
        marked.stderr.contains("fill their range"),
        "{}",
        marked.stderr
    );
    let found = bench.json("detect --key filled.key --profile s.toml marked.jsonl");
    assert_eq!(found["pooled"]["log10_p"], 0.0);
    assert!(found["pooled"]["log10_p_unmarked"].as_f64().unwrap() < -50.0);
    assert_eq!(found["pooled"]["warnings"][0], "key-not-comparable");

    let numbers: Vec<String> = (1..=33).map(|i| i.to_string()).collect();
    bench.foreign_key("many.key", &format!("integers:{}", numbers.join(",")));
    let line = "scan --profile s.toml --key filled.key --key many.key marked.jsonl";
    let scanned = bench.json(line);
    assert_eq!(scanned["untried"][0]["file"], "many.key");
    let human = bench.ok(line).stdout;
    assert!(
        human.contains("Not tried: many.key: its count of numbers is 33"),
        "{human}"
    );
    assert!(human.contains("Warning: filled.key"), "{human}");
    bench.refused(
        "scan --profile s.toml --key many.key marked.jsonl",
        2,
        &[
            "no key fits any of the profiles",
            "many.key: its count of numbers is 33",
        ],
    );
}

/// A key of one number for each layer says how many layers there are.
#[test]
fn layers_follow_from_the_key() {
    let bench = Bench::new();
    let numbers: Vec<String> = (0..20).map(|i| (i * i * 37 + 11).to_string()).collect();
    bench.foreign_key("twenty.key", &format!("integers:{}", numbers.join(",")));
    bench.ok("profile new --scheme hf-synthid --layers 20 --name s20 --out s20.toml");
    bench.ok("profile new --scheme hf-synthid --name s30 --out s30.toml");
    bench.ok("mark --key twenty.key --profile s20.toml --tokens 2000 --seed 5 --out marked.jsonl");
    let scanned = bench.json("scan --scheme all --key twenty.key marked.jsonl");
    let found = &scanned["found"][0]["profile"];
    assert_eq!(
        (&found["scheme"], &found["layers"]),
        (&"hf-synthid".into(), &20.into())
    );
    let diagnosed = bench.json("doctor --key twenty.key --profile s30.toml marked.jsonl");
    assert_eq!(diagnosed["diagnosis"], "healthy", "{diagnosed}");
    assert_eq!(diagnosed["profile"]["layers"], 20);
    let notes = diagnosed["notes"].to_string();
    assert!(notes.contains("so 20 layers were tried"), "{notes}");
    // `detect` does what the profile says, and names both counts.
    bench.refused(
        "detect --key twenty.key --profile s30.toml marked.jsonl",
        2,
        &["30", "20"],
    );
}

/// What torch draws on a GPU is other than what it draws on a CPU: lists and tables alike.
#[test]
fn a_table_that_a_gpu_drew_is_refused_like_a_list() {
    let bench = Bench::new();
    bench.foreign_key("own.key", "integers:3,1,4,15,92,65");
    bench.ok("profile new --scheme hf-synthid --layers 6 --name s --out s.toml");
    let text = bench.read("s.toml") + "[torch]\ndevice = \"cuda\"\n";
    bench.write("gpu.toml", &text);
    bench.write("t.jsonl", "{\"tokens\": [1, 2, 3]}\n");
    bench.refused(
        "detect --key own.key --profile gpu.toml t.jsonl",
        2,
        &["device = \"cuda\"", "tables"],
    );
    bench.write("cpu.toml", text.replace("cuda", "cpu"));
    bench.ok("profile show cpu.toml");
}
