//! A student of text that vLLM's own choice marked, from files to finding: it is found by `examine` with vLLM's key file, and a
//! student of unmarked text is not.

use crate::bench::Bench;
use hallmark_core::keys::{ForeignKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_lab::{Exchange, Marked, assets};
use hallmark_study::story::{self, Settings, Size};
use serde_json::{Value, json};

const KEY: &str = "hex:9f0c2a7716e5b3d4";

/// T1 and T3 under the wrong key are at or below 1e-3 once in 1,000 runs for each student; seeds are fixed.
#[test]
fn a_student_of_vllms_marked_text_is_found_with_vllms_key_file() {
    let bench = Bench::new();
    bench.foreign_key("vllm.key", KEY);
    bench.foreign_key("other.key", "hex:0123456789abcdef");
    bench.ok("profile new --scheme vllm-gumbel-v1 --window 2 --out vllm.toml");
    let profile = Profile::parse(&bench.read("vllm.toml")).unwrap();
    let key: Key = ForeignKey::parse(KEY).unwrap().unwrap().into();
    let mark = Mark::new(&profile, &key).unwrap();

    // A teacher answers as vLLM would choose, a student learns from its answers, another from unmarked ones.
    let mut chooser = Marked::new(&mark, vec![]).unwrap();
    let told = story::tell(
        11,
        &Settings::of(Size::Default),
        &mut chooser,
        &mut |_, _, _| {},
    );
    let told = told.unwrap();
    let tokenizer = assets::tokenizer().unwrap();
    let records = |answers: &[Exchange]| -> String {
        let line = |Exchange { prompt, answer }: &Exchange| {
            let text = |tokens: &[u32]| tokenizer.decode(tokens);
            format!(
                "{}\n",
                json!({ "prompt": text(prompt), "response": text(answer) })
            )
        };
        answers.iter().map(line).collect()
    };
    for student in &told.students {
        bench.write(
            &format!("{}.jsonl", student.name),
            records(&student.answers),
        );
    }
    bench.write("harvest.jsonl", records(&told.marked));
    bench.write("background.jsonl", records(&told.clean));

    let examine = |name: &str, more: &str| {
        bench.json(&format!(
            "examine --key vllm.key --profile vllm.toml --decoys 99 --shape --control other.key {more} {name}.jsonl"
        ))
    };
    let log10_p = |examined: &Value, test: &str| -> f64 {
        let tests = examined["tests"].as_array().unwrap();
        let finding = tests
            .iter()
            .find(|finding| finding["test"] == test)
            .unwrap();
        finding["log10_p"].as_f64().unwrap()
    };
    let (marked, clean) = (examine("marked", ""), examine("clean", ""));
    assert_eq!(marked["outcome"], "found");
    assert_eq!(clean["outcome"], "not-found");
    for (test, most) in [
        ("T1", -15.0),
        ("T3", -12.0),
        ("T5", -1.9),
        ("T6", -6.0),
        ("T8", -3.0),
    ] {
        let (found, innocent) = (log10_p(&marked, test), log10_p(&clean, test));
        println!("{test}: {found} {innocent}");
        assert!(found < most, "{test}: {found}");
        assert!(innocent > -3.0, "{test}: {innocent}");
    }

    // The logs of that cohort, of vLLM's own windows, weigh the cells.
    bench.ok("index make --profile vllm.toml --key vllm.key --out harvest.idx harvest.jsonl");
    bench.ok("index make --profile vllm.toml --unmarked --out background.idx background.jsonl");
    let weighted = "--harvest harvest.idx --background background.idx --assumed-share 0.9 --reference clean.jsonl";
    let marked = examine("marked", weighted);
    for test in ["T2", "T2r"] {
        let found = log10_p(&marked, test);
        println!("{test}: {found}");
        assert!(found < -15.0, "{test}: {found}");
    }

    // The same log as it was sampled, token by token and in order: exact, though it is the key's own.
    let sampled = told.marked.iter().zip(1..).map(|(exchange, id)| {
        let record = json!({ "id": id, "response_tokens": exchange.answer });
        format!("{record}\n")
    });
    bench.write("log.jsonl", sampled.collect::<String>());
    bench.ok("index make --first --profile vllm.toml --key vllm.key --out log.first log.jsonl");
    for (name, is_found) in [("marked", true), ("clean", false)] {
        let examined = examine(
            name,
            "--first-visits log.first --reference background.jsonl",
        );
        let found = log10_p(&examined, "T3r");
        println!("{name} T3r: {found}");
        assert_eq!(found < -15.0, is_found, "{name}: {found}");
        assert!(is_found || found > -3.0, "{name}: {found}");
    }
}
