//! `power`: the planning of an examination, from a lift or a share.

use crate::bench::Bench;
use serde_json::Value;

fn number(value: &Value, field: &str) -> f64 {
    value[field]
        .as_f64()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

#[test]
fn published_numbers_of_cells_are_met() {
    let bench = Bench::new();
    for (lift, anchor) in [
        (0.01, 6.9e4),
        (0.005, 2.7e5),
        (0.002, 1.7e6),
        (0.001, 6.8e6),
    ] {
        let planned = bench.json(&format!("power --gamma 0.25 --lift {lift}"));
        let ratio = number(&planned, "cells") / anchor;
        assert!((ratio - 1.0).abs() < 0.03, "{planned}");
        assert!(number(&planned, "reached") >= 0.9, "{planned}");
        assert!(
            number(&planned, "tokens") > number(&planned, "cells"),
            "{planned}"
        );
    }
}

#[test]
fn a_share_is_planned_by_a_study_that_is_named() {
    let bench = Bench::new();
    let planned = bench.json("power --gamma 0.25 --share 0.1 --tokens-per-answer 500");
    assert_eq!(planned["lift"], 0.0025);
    assert_eq!(planned["calibration"]["status"], "published");
    assert_eq!(planned["calibration"]["outside"], serde_json::json!([]));
    let answers = (number(&planned, "tokens") / 500.0).ceil();
    assert_eq!(number(&planned, "answers"), answers);
    let less = bench.json("power --gamma 0.25 --share 0.001");
    assert_eq!(less["calibration"]["outside"], serde_json::json!(["share"]));
    let human = bench.ok("power --gamma 0.25 --share 0.001").stdout;
    assert!(human.contains("outside what was calibrated"), "{human}");
    let harvest = bench.json("power --gamma 0.25 --share 0.01 --prompts harvest");
    assert!(number(&harvest, "cells") < number(&planned, "cells"));
    let small = bench.json("power --scheme gumbel --window 1 --share 1");
    let large = bench.json("power --scheme gumbel --window 4 --share 1");
    assert!(number(&small, "cells") < number(&large, "cells"));
    assert!(
        small["tokens"].is_null(),
        "nothing is assumed of window 1: {small}"
    );
}

#[test]
fn what_was_not_studied_is_exit_status_4() {
    let bench = Bench::new();
    bench.refused(
        "power --scheme tournament --share 0.1",
        4,
        &["outside what was calibrated", "--calibration"],
    );
    bench.refused("power --gamma 0.25 --window 3 --share 0.1", 4, &["outside"]);
}

#[test]
fn another_table_and_a_profile_are_taken() {
    let bench = Bench::new();
    bench.write(
        "own.toml",
        "hallmark-calibration = 1\nedition = \"ours\"\n[[row]]\nname = \"t\"\nscheme = \"tournament\"\nwindow = 3\n\
         access = \"closed\"\nprompts = \"harvest\"\nstudent = \"small\"\nstatus = \"measured\"\nsource = \"a study\"\n\
         exponent = 0.9\npoints = [{ share = 0.1, lift = 0.004 }]\n",
    );
    bench.ok("profile new --scheme tournament --layers 30 --window 3 --out p.toml");
    let planned = bench.json(
        "power --profile p.toml --share 0.1 --prompts harvest --calibration own.toml --alpha 0.001",
    );
    assert_eq!(planned["calibration"]["edition"], "ours");
    assert_eq!(planned["layers"], 30);
    assert_eq!(planned["lift"], 0.004);
    bench.write(
        "bad.toml",
        "hallmark-calibration = 1\nedition = \"x\"\nrow = 3\n",
    );
    bench.refused(
        "power --gamma 0.25 --share 0.1 --calibration bad.toml",
        2,
        &["bad.toml", "line 3", "hint:"],
    );
    bench.refused(
        "power --gamma 0.25 --share 0.1 --calibration none.toml",
        2,
        &["none.toml"],
    );
}

#[test]
fn impossible_plans_are_refused() {
    let bench = Bench::new();
    for (line, part) in [
        ("power --gamma 0.25 --lift 0.9", "lift = 0.9"),
        ("power --gamma 0.25 --lift 0", "lift = 0"),
        ("power --gamma 2 --lift 0.1", "--gamma 2"),
        ("power --gamma 0.25 --lift 0.1 --alpha 0", "alpha = 0"),
        ("power --gamma 0.25 --lift 0.1 --power 1", "power = 1"),
        ("power --gamma 0.25 --lift 0.000001", "more than"),
        ("power --gamma 0.25 --share 0", "--share 0"),
        ("power --scheme gumbel --gamma 0.25 --lift 0.1", "--gamma"),
        (
            "power --scheme gumbel --lift 0.1 --cells-per-token 3",
            "cells-per-token",
        ),
        ("power --lift 0.1", "--scheme"),
        ("power --gamma 0.25", "--lift"),
        ("power --gamma 0.25 --lift 0.1 --share 0.1", "--share"),
    ] {
        bench.refused(line, 2, &[part]);
    }
}

/// A pilot says how cells grow and what weighing by a harvest would gain; no key is needed.
#[test]
fn a_pilot_and_an_index_predict_tokens_answers_and_the_gain_of_weights() {
    let bench = Bench::new();
    bench.key("mine.key");
    bench.ok("profile new --scheme green --out p.toml");
    bench.ok("mark --key mine.key --profile p.toml --tokens 6000 --seed 1 --out harvest.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 4000 --seed 2 --out pilot.jsonl");
    bench.ok("mark --unmarked --profile p.toml --tokens 6000 --seed 3 --out plain.jsonl");
    bench.ok("index make --key mine.key --profile p.toml --out h.index harvest.jsonl");
    bench.ok("index make --unmarked --profile p.toml --out b.index plain.jsonl");
    let line = "power --profile p.toml --lift 0.002 --pilot pilot.jsonl";
    let plain = bench.json(line);
    assert_eq!(plain["growth"]["source"], "pilot");
    assert_eq!(
        (&plain["pilot"]["answers"], &plain["pilot"]["tokens"]),
        (&20.into(), &4000.into())
    );
    let exponent = number(&plain["growth"], "exponent");
    assert!((0.5..=1.0).contains(&exponent), "{plain}");
    assert!(number(&plain, "answers") >= number(&plain, "tokens") / 200.0);
    assert!(plain["weighted"].is_null());
    let weighed = bench.json(&format!("{line} --harvest h.index --background b.index"));
    assert_eq!(weighed["cells"], plain["cells"], "T1 is planned as before");
    let gain = number(&weighed["weighted"], "gain");
    assert!(gain > 1.0, "{weighed}");
    let fewer = number(&weighed, "normal_cells") / number(&weighed["weighted"], "cells");
    assert!((fewer / gain - 1.0).abs() < 0.01, "{weighed}");
    assert!(number(&weighed["weighted"], "answers") < number(&weighed, "answers"));
    let cells: u64 = weighed["weighted"]["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["cells"].as_u64().unwrap())
        .sum();
    assert_eq!(cells, weighed["pilot"]["cells"].as_u64().unwrap());
    let human = bench.ok(&format!("{line} --harvest h.index")).stdout;
    assert!(
        human.contains("T2") && human.contains("prediction"),
        "{human}"
    );
    bench.refused(
        "power --gamma 0.25 --lift 0.002 --pilot pilot.jsonl",
        2,
        &["--profile"],
    );
    bench.refused(
        "power --profile p.toml --lift 0.002 --harvest h.index",
        2,
        &["--pilot"],
    );
    bench.ok("profile new --scheme green --window 3 --out p3.toml");
    bench.refused(
        "power --profile p3.toml --lift 0.002 --pilot pilot.jsonl --harvest h.index",
        2,
        &["h.index", "windows of 2"],
    );
}

#[test]
fn the_studies_own_calibration_can_be_planned_with() {
    let bench = Bench::new();
    let file = format!(
        "{}/../docs/studies/calibration.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let planned = bench.json(&format!(
        "power --calibration {file} --scheme gumbel --window 2 --share 0.05 --prompts harvest"
    ));
    assert_eq!(planned["calibration"]["status"], "measured");
    assert_eq!(planned["lift"], 0.0279);
    assert!(planned["cells"].as_u64().unwrap() > 10_000);
}

#[test]
fn a_cohort_of_half_of_the_harvest_costs_four_times_as_much() {
    let bench = Bench::new();
    let planned = bench.json("power --gamma 0.25 --lift 0.01 --cohorts 1,0.5,0.1");
    let cohorts = planned["cohorts"].as_array().unwrap();
    let cells: Vec<f64> = cohorts.iter().map(|one| number(one, "cells")).collect();
    for (cells, times) in cells.iter().zip([1.0, 4.0, 100.0]) {
        assert!(
            (cells / (times * number(&cohorts[0], "cells")) - 1.0).abs() < 0.03,
            "{planned}"
        );
    }
    assert!(
        number(&cohorts[0], "cells") > number(&planned, "cells"),
        "three share the level"
    );
    let human = bench
        .ok("power --gamma 0.25 --lift 0.01 --cohorts 0.5")
        .stdout;
    assert!(human.contains("share 0.5: lift 0.0050"), "{human}");
    bench.refused(
        "power --gamma 0.25 --lift 0.01 --cohorts 0.5,2",
        2,
        &["--cohorts 2"],
    );
}
