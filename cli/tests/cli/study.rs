//! `study`: a plan small enough for a test, through every action.

use crate::bench::{Bench, check_schema};
use serde_json::Value;

const PLAN: &str = r#"
study = 1
world = "shakespeare"
prefixes = [500, 1500]
decoys = 49

[[arms]]
name = "test"
schemes = ["gumbel"]
windows = [2]
shares = [0.5]
seeds = [1]
variants = ["marked", "clean"]
training_answers = 160
training_prompts = 160
passes = 4
batch = 16
learning_rate = 3e-3
harvest_answers = 60
generic_answers = 30
background_answers = 30
"#;

/// A plan of one arm that is made in a moment.
pub(crate) const SMALLEST: &str = r#"
study = 1
world = "shakespeare"
prefixes = [200]
decoys = 9

[[arms]]
name = "test"
schemes = ["gumbel"]
windows = [2]
shares = [0.5]
seeds = [1]
variants = ["marked"]
training_answers = 16
training_prompts = 16
passes = 1
batch = 16
learning_rate = 3e-3
harvest_answers = 4
generic_answers = 4
background_answers = 4
"#;

const MARKED: &str = "test-gumbel-h2-50pct-s1-marked";
const CLEAN: &str = "test-gumbel-h2-50pct-s1-clean";

#[test]
fn a_plan_runs_once_and_its_arms_are_examined_as_examine_would() {
    let bench = Bench::new();
    bench.write("plan.toml", PLAN);
    let list = bench.ok("study run --plan plan.toml --out results --list");
    assert_eq!(list.stdout, format!("open {MARKED}\nopen {CLEAN}\n"));
    bench.ok("--quiet study run --plan plan.toml --out results --only marked");
    let list = bench.ok("study run --plan plan.toml --out results --list");
    assert_eq!(list.stdout, format!("done {MARKED}\nopen {CLEAN}\n"));
    let arm = bench.read(&format!("results/{MARKED}/arm.json"));
    check_schema(&serde_json::from_str(&arm).unwrap());
    bench.ok("--quiet study run --plan plan.toml --out results");
    assert_eq!(
        bench.read(&format!("results/{MARKED}/arm.json")),
        arm,
        "an arm that is there is left alone"
    );

    for (arm, kind) in [(MARKED, "harvest"), (MARKED, "generic"), (CLEAN, "harvest")] {
        let folder = format!("results/{arm}");
        let again = bench.json(&format!(
            "examine --decoys 49 --key {folder}/tested.key --profile {folder}/profile.toml {folder}/answers-{kind}.jsonl.zst"
        ));
        let examined = json(&bench, &format!("{folder}/examined.json"));
        check_schema(&examined);
        let points = examined["prompts"][kind].as_array().unwrap();
        let last = points.last().unwrap();
        assert_eq!(last["scored"], again["counts"]["scored"]);
        assert_eq!(last["tokens"], again["counts"]["tokens"]);
        for test in again["tests"].as_array().unwrap() {
            let name = test["test"].as_str().unwrap();
            assert_eq!(
                last["log10_p"][name], test["log10_p"],
                "{arm} {kind} {name}"
            );
        }
        assert!(points[0]["tokens"].as_u64() < last["tokens"].as_u64());
        assert!(last["log10_p"]["T2r same-key"].is_number());
        assert!(last["log10_p"]["T9r"].is_number());
    }

    let tables = bench.json("study tables results");
    let rows = tables["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "two arms, two kinds of prompts");
    let text = bench.ok("study tables results").stdout;
    assert!(
        text.contains("| gumbel h=2, 50%, marked, harvest prompts |"),
        "{text}"
    );

    // 25 random keys on each student's answers to both kinds of prompts and on real text, twice. In an exact test p ≤ 0.001 occurs more
    // than seven times in 150 with probability 6e-12: the false-alarm rate of this test is below 2e-10 for its twenty tests.
    let nulls = bench.json("study nulls results --keys 25 --tokens 1000");
    assert_eq!(nulls["examinations"], 150);
    for test in nulls["tests"].as_array().unwrap() {
        assert!(
            test["levels"][2]["observed"].as_u64().unwrap() <= 7,
            "{test}"
        );
    }
}

#[test]
fn quality_has_a_row_for_every_mark() {
    let bench = Bench::new();
    let table = bench.json("study quality --prompts 6 --answers 2");
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 17);
    assert_eq!(rows[0]["scheme"], "unmarked");
    for row in rows {
        assert_eq!(row["answers"], 12);
        assert!(row["perplexity"].as_f64().unwrap() > 1.0);
        assert!(row["similarity"].is_number());
    }
}

#[test]
fn a_plan_that_makes_no_sense_is_refused() {
    let bench = Bench::new();
    for (from, to, said) in [
        ("study = 1", "study = 2", "this program reads 1"),
        ("[500, 1500]", "[1500, 500]", "prefixes must rise"),
        ("\"gumbel\"", "\"pink\"", "scheme \"pink\""),
        ("\"clean\"", "\"second\"", "needs a number"),
        ("\"clean\"", "\"marked\"", "twice"),
        ("batch = 16", "batches = 16", "batches"),
        ("batch = 16", "batch = 0", "positive"),
        ("shares = [0.5]", "shares = [1.5]", "share 1.5"),
        ("\"shakespeare\"", "\"corpora\"", "--corpora"),
    ] {
        assert!(PLAN.contains(from));
        bench.write("plan.toml", PLAN.replacen(from, to, 1));
        bench.refused("study run --plan plan.toml --out results", 2, &[said]);
    }
    bench.write("plan.toml", PLAN);
    bench.refused(
        "study run --plan plan.toml --out results --only pink",
        2,
        &["--list"],
    );
    std::fs::create_dir_all(bench.path("empty")).unwrap();
    bench.refused("study tables empty", 2, &["no arm"]);
}

#[expect(clippy::unwrap_used, reason = "a test stops here")]
fn json(bench: &Bench, name: &str) -> Value {
    serde_json::from_str(&bench.read(name)).unwrap()
}
