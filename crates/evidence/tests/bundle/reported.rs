//! What a report says of a bundle, field by field.

use crate::fixture::{Memory, bundle, bundle_of};
use hallmark_evidence::case::words;
use hallmark_evidence::reported::reported;
use hallmark_evidence::templates::Template;
use hallmark_verify::digest::sha256;
use hallmark_verify::formats::{CaseLog, Event};
use serde_json::{Value, json};

fn of(bundle: &Memory) -> Value {
    serde_json::to_value(reported(bundle).unwrap()).unwrap()
}

/// The finding of a test under a key.
fn finding<'v>(case: &'v Value, test: &str, key_id: &Value) -> &'v Value {
    let tests = case["examined"]["tests"].as_array().unwrap();
    let mut own = tests
        .iter()
        .filter(|own| own["test"] == test && own["key_id"] == *key_id);
    own.next().unwrap()
}

#[test]
fn words_and_commitments_are_those_of_the_case() {
    let bundle = bundle();
    let case = of(&bundle);
    assert_eq!(case["name"], "trial");
    assert_eq!(case["question"], words::QUESTION);
    assert_eq!(case["operator"], "Ada");
    assert_eq!(case.get("reviewer").unwrap_or(&Value::Null), &Value::Null);
    let said: Vec<(String, String)> = words::propositions()
        .into_iter()
        .map(|one| (one.id, one.text))
        .collect();
    assert!(said.len() > 1);
    for (at, (id, text)) in said.iter().enumerate() {
        assert_eq!(case["propositions"][at], json!({"id": id, "text": text}));
    }
    let committed: Value = serde_json::from_str(bundle.text("commitments.json")).unwrap();
    let made = committed["made"].as_str().unwrap();
    let rows = [
        ("tested", "tested", Some(30)),
        ("unused", "never-used", Some(0)),
        ("public", "public", None),
    ];
    for (at, (name, role, size)) in rows.into_iter().enumerate() {
        let row = &case["commitments"][at];
        assert_eq!((&row["name"], &row["role"]), (&json!(name), &json!(role)));
        assert_eq!(row.get("cohort_size").and_then(Value::as_u64), size);
        assert_eq!(row["commitment"], committed["keys"][at]["commitment"]);
        let issued = row["issued"].as_str().unwrap();
        let is_late = "2026-12-01" < &made[..10];
        let late = ", which begins before the commitments were made";
        assert_eq!(
            issued,
            format!(
                "2026-12-01 to 2027-01-31{}",
                if is_late { late } else { "" }
            )
        );
        assert_eq!(row["logged"][0]["origin"], "log.example/evidence");
        assert_eq!(
            (&row["logged"][0]["index"], &row["logged"][0]["tree_size"]),
            (&json!(0), &json!(1))
        );
    }
}

#[test]
fn what_was_done_is_that_of_the_log() {
    let bundle = bundle();
    let case = of(&bundle);
    assert_eq!(
        case["plan"]["sha256"],
        sha256(bundle.text("plan.toml").as_bytes())
    );
    assert_eq!(case["plan"]["text"], bundle.text("plan.toml"));
    assert_eq!(case["plan"]["logged"][0]["index"], 1);
    let items = case["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    for item in items {
        let kept = &bundle.0[item["file"].as_str().unwrap()];
        assert_eq!(item["sha256"], sha256(kept));
        assert_eq!(item["bytes"], kept.len());
        let acquired = item["acquired"].as_str().unwrap();
        assert!(acquired.starts_with("copied into the case from "));
    }
    let runs = case["runs"].as_array().unwrap();
    let what: Vec<&str> = runs
        .iter()
        .map(|run| run["what"].as_str().unwrap())
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let came = items
        .iter()
        .map(|item| format!("{} came into the case", item["file"].as_str().unwrap()));
    let began = format!("run 1 began, with hallmark {version}");
    let mut sorted = what.clone();
    sorted.sort_unstable();
    let mut expected: Vec<String> = came
        .chain(["the plan was made and signed", &began, "run 1 ended"].map(str::to_owned))
        .collect();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(
        (what[0], what[what.len() - 1]),
        ("the plan was made and signed", "run 1 ended")
    );
    let run_of = |name: &str| runs.iter().find(|run| run["what"] == name).unwrap();
    let ended = &run_of("run 1 ended")["digests"];
    assert_eq!(
        ended[0]["sha256"],
        sha256(bundle.text("runs/1/findings.json").as_bytes())
    );
    assert_eq!(ended[1]["sha256"], sha256(&bundle.0["runs/1/cells.bin"]));
    assert_eq!(
        (&case["run"], &case["tool"]["version"]),
        (&json!(1), &json!(version))
    );
    assert_eq!(
        case["tool"].get("build_sha256"),
        run_of(&began)["digests"][0].get("sha256")
    );
    for none in ["other_runs", "deviations"] {
        let list = match none {
            "deviations" => case["plan"].get(none),
            _ => case.get(none),
        };
        assert!(list.is_none_or(|list| list == &json!([])), "{none}");
    }
    assert_eq!(
        case["bundle"]["manifest_sha256"],
        sha256(bundle.text("manifest.json").as_bytes())
    );
    assert_eq!(case["bundle"]["signers"].as_array().unwrap().len(), 1);
    let keys = ["tested", "unused", "public"]
        .map(|name| format!(" --key {name}.key --opening {name}.opening"));
    let replay = format!("hallmark replay BUNDLE{}", keys.concat());
    assert_eq!(
        case["replay"],
        json!(["hallmark verify BUNDLE --signer PUBLISHED.pub", replay])
    );
}

/// Pictures show the numbers that the findings have.
#[test]
fn pictures_are_of_the_findings() {
    let case = of(&bundle());
    let keys = case["examined"]["keys"].as_array().unwrap();
    let line_ups = case["line_ups"].as_array().unwrap();
    assert_eq!((keys.len(), line_ups.len()), (2, 2));
    for (key, line_up) in keys.iter().zip(line_ups) {
        let id = &key["key_id"];
        assert_eq!(&line_up["key_id"], id);
        let decoys: Vec<f64> = line_up["decoys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|sum| sum.as_f64().unwrap())
            .collect();
        let most = decoys.iter().copied().fold(0.0, f64::max);
        let named = finding(&case, "T5", id)["best_decoy"].as_f64().unwrap();
        let own = finding(&case, "T1", id)["statistic"].as_f64().unwrap();
        assert_eq!(decoys.len(), 99);
        assert!((most - named).abs() < 1e-6 * named, "{most} {named}");
        assert!((line_up["own"].as_f64().unwrap() - own).abs() < 1e-6 * own);
    }
    for evidence in case["evidence"].as_array().unwrap() {
        let points = evidence["points"].as_array().unwrap();
        let found = finding(&case, "T3", &evidence["key_id"]);
        let cells: Vec<u64> = points
            .iter()
            .map(|point| point["cells"].as_u64().unwrap())
            .collect();
        assert!(
            cells.len() > 2 && cells.is_sorted_by(|a, b| a < b),
            "{cells:?}"
        );
        let end = points.last().unwrap();
        let [shown, named] = [&end["log10_e"], &found["log10_e"]].map(|e| e.as_f64().unwrap());
        assert!((shown - named).abs() < 1e-9, "{shown} {named}");
    }
    assert_eq!(case["evidence"].as_array().unwrap().len(), 2);
    let rates = case["error_rates"].as_array().unwrap();
    assert!(rates.iter().all(|rate| rate["in_scope"] == true));
    assert_eq!(rates[0]["tried"], 60);
    assert!(
        rates
            .iter()
            .any(|rate| rate["what"] == "T1" && rate["wrong"] == 7)
    );
}

/// Drafts have what the bundle says, and leave no name unfilled.
#[test]
fn drafts_are_filled_from_the_bundle() {
    let bundle = bundle();
    let manifest = sha256(bundle.text("manifest.json").as_bytes());
    for draft in [
        Template::DisclosureNotice,
        Template::Certification,
        Template::OpposingExpert,
    ] {
        let text = draft.fill(&bundle).unwrap();
        assert!(
            !text.contains("{{") && !text.contains("}}") && !text.contains("[not stated]"),
            "{text}"
        );
        let names_it = text.contains(&manifest) || draft == Template::OpposingExpert;
        assert!(text.contains("trial") && names_it, "{text}");
    }
    let notice = Template::DisclosureNotice.fill(&bundle).unwrap();
    assert!(
        notice.contains(", entry 0 of the log log.example/evidence"),
        "{notice}"
    );
    assert!(
        notice.contains(", entry 1 of the log log.example/evidence"),
        "{notice}"
    );
}

/// The bundle with an event before all others of its log, and others before the last.
fn with_events(earliest: Event, events: &[Event]) -> Memory {
    let mut bundle = bundle();
    let entries = CaseLog::read(bundle.text(CaseLog::FILE)).unwrap().entries;
    let time = entries[0].time.clone();
    let (last, before) = entries.split_last().unwrap();
    let own = before.iter().map(|entry| entry.event.clone());
    let own = std::iter::once(earliest).chain(own);
    let mut log = String::new();
    for event in own
        .chain(events.iter().cloned())
        .chain([last.event.clone()])
    {
        let so_far = CaseLog::read(&log).unwrap();
        log += &so_far.next(time.clone(), event).unwrap();
        log.push('\n');
    }
    bundle.0.insert(CaseLog::FILE.to_owned(), log.into_bytes());
    bundle
}

/// Runs that failed or ended otherwise, and what was not as planned, are on the page: hiding them is what the log is there against.
#[test]
fn other_runs_and_deviations_are_told() {
    let deviated = |run, field: &str, note: &str| Event::Deviated {
        run,
        fields: vec![field.to_owned(), "answers".to_owned()],
        note: note.to_owned(),
    };
    let began = |run, version: &str| Event::Began {
        run,
        plan_sha256: "0".repeat(64),
        version: version.to_owned(),
        program_sha256: "f".repeat(64),
    };
    let bundle = with_events(
        began(4, "8.8.8"),
        &[
            began(2, "9.9.9"),
            deviated(1, "window", "the log came late"),
            deviated(2, "alpha", "another run's"),
            Event::Failed {
                run: 2,
                status: 2,
                error: "the disk was full".to_owned(),
            },
            Event::Ended {
                run: 3,
                status: 0,
                outcome: "not-found".to_owned(),
                findings_sha256: "0".repeat(64),
                cells_sha256: None,
            },
        ],
    );
    let case = of(&bundle);
    assert_eq!(case["run"], 1);
    assert_eq!(
        case["other_runs"],
        json!(["run 2 failed: the disk was full", "run 3 ended: not-found"])
    );
    let deviations = &case["plan"]["deviations"];
    assert_eq!(
        deviations,
        &json!([{"what": "window, answers", "note": "the log came late"}])
    );
    assert_eq!(
        case["tool"]["version"],
        env!("CARGO_PKG_VERSION"),
        "of the run that is shown"
    );
    let asked = Template::OpposingExpert.fill(&bundle).unwrap();
    assert!(
        asked.contains(
            "run 1, in window, answers: the log came late; run 2, in alpha, answers: another run's"
        ),
        "{asked}"
    );
    assert!(asked.contains("`case-log.jsonl`: 3 runs"), "{asked}");
    let certification = Template::Certification.fill(&bundle).unwrap();
    let ran = format!(
        "version 9.9.9; SHA-256 of the program that ran: {}",
        "f".repeat(64)
    );
    assert!(
        certification.contains(&ran),
        "the last that began: {certification}"
    );
}

/// Lists of a draft have every name, and what a finding does not show stands in the notice line by line.
#[test]
fn drafts_have_every_name_and_what_is_not_shown() {
    let bundle = bundle();
    let asked = Template::OpposingExpert.fill(&bundle).unwrap();
    let tested: Value = serde_json::from_str(bundle.text("runs/1/findings.json")).unwrap();
    assert!(
        asked.contains("All keys committed to: tested; unused; public; tested: "),
        "{asked}"
    );
    assert!(asked.contains("where there is one: public |"), "{asked}");
    assert!(
        asked.contains("| Were there deviations? | none |"),
        "{asked}"
    );
    let notice = Template::DisclosureNotice.fill(&bundle).unwrap();
    let lines = tested["does_not_show"].as_array().unwrap();
    assert!(!lines.is_empty());
    for line in lines {
        assert!(
            notice.contains(&format!("- {}", line.as_str().unwrap())),
            "{notice}"
        );
    }
    let version = format!("version {};", env!("CARGO_PKG_VERSION"));
    assert!(
        Template::Certification
            .fill(&bundle)
            .unwrap()
            .contains(&version)
    );
}

/// The program that ran is named by its bytes.
#[test]
fn the_program_that_ran_is_named_by_its_bytes() {
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(of(&bundle())["tool"]["build_sha256"], sha256(&program));
}

/// Rates of error are those of tests that were made.
#[test]
fn rates_of_error_are_of_the_tests_that_were_made() {
    let mut bundle = bundle();
    let name = "runs/1/findings.json";
    let mut findings: Value = serde_json::from_str(bundle.text(name)).unwrap();
    findings["tests"]
        .as_array_mut()
        .unwrap()
        .retain(|test| test["test"] == "T1");
    let text = findings.to_string();
    bundle.0.insert(name.to_owned(), text.into_bytes());
    let case = of(&bundle);
    let rates = case["error_rates"].as_array().unwrap();
    let what: Vec<&str> = rates
        .iter()
        .map(|rate| rate["what"].as_str().unwrap())
        .collect();
    assert!(
        what.len() == 2 && what[0].starts_with("a whole examination") && what[1] == "T1",
        "{what:?}"
    );
}

/// Sums of a key of several parts are in the unit of one.
#[test]
fn a_ring_has_its_sums_in_the_unit_of_one_key() {
    let case = of(&bundle_of("gumbel", "ring = 2"));
    for line_up in case["line_ups"].as_array().unwrap() {
        let named = finding(&case, "T1", &line_up["key_id"])["statistic"]
            .as_f64()
            .unwrap();
        let own = line_up["own"].as_f64().unwrap();
        assert!((own - named).abs() < 1e-6 * own, "{own} {named}");
    }
}
