//! The case: commitments, plan, a recorded run, bundle, verification, replay.

use crate::authority;
use crate::bench::{Bench, check_schema};
use serde_json::Value;

/// A case with two keys, answers marked with the first, planned and examined.
fn examined(bench: &Bench) {
    bench.key("root.key");
    bench.key("unused.key");
    bench.ok("profile new --name trial --out trial.toml");
    bench.ok("mark --key root.key --profile trial.toml --tokens 3000 --seed 1 --out answers.jsonl");
    bench.ok("keygen --signing --out signer.key");
    bench.ok("keygen --signing --out log.key");
    bench.ok(
        "commit --key tested=root.key --never-used unused=unused.key --profile trial.toml --decoy-seed 3 \
         --tlog log --tlog-key log.key --out commitments",
    );
    bench.ok(&format!("{PLAN} --case case"));
    bench.ok("examine --plan case --key root.key --key unused.key answers.jsonl");
}

/// Somebody who may read a map of accounts.
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

const PLAN: &str = "plan --commitments commitments/commitments.json --key tested --key unused --profile trial.toml \
     --decoys 99 --decoy-seed 3 --signer signer.key --tlog log --tlog-key log.key --operator Ada --reviewer Bo --answers 15";

fn checks<'a>(verified: &'a Value, verdict: &str) -> Vec<&'a str> {
    let checks = verified["checks"].as_array().unwrap().iter();
    let of = checks.filter(|check| check["verdict"] == verdict);
    of.map(|check| check["what"].as_str().unwrap()).collect()
}

#[test]
fn a_stranger_verifies_a_bundle_without_a_key_and_replays_it_with_the_keys() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("bundle --case case --signer signer.key --with-items --out bundle");
    let verified = bench.json("verify bundle --signer signer.key.pub --tlog-public log/log.pub");
    assert_eq!(verified["holds"], true);
    let not_checked = checks(&verified, "not-checked");
    let needs_more =
        |what: &&str| what.contains("counts: answers") || what.contains("smallest share");
    assert!(not_checked.iter().all(needs_more), "{not_checked:?}");
    let holding = checks(&verified, "holds");
    for what in [
        "manifest.json: signature by a signer that you named",
        "plan.toml: in the log",
        "the log has the commitments before the plan",
        "run 1 does what was planned",
    ] {
        assert!(holding.contains(&what), "{what}: {holding:#?}");
    }
    let replayed = bench.json(
        "replay bundle --key root.key --key unused.key --opening commitments/openings/tested.opening \
         --opening commitments/openings/unused.opening",
    );
    assert_eq!(replayed["holds"], true);
    assert_eq!(checks(&replayed, "holds").len(), 4);
    // Every run that ended is made again, and not the last alone.
    bench.ok("examine --plan case --key root.key --key unused.key answers.jsonl");
    bench.ok("bundle --case case --signer signer.key --with-items --out later");
    let replayed = bench.json("replay later --key root.key --key unused.key");
    let again = checks(&replayed, "holds");
    for what in [
        "runs/1/findings.json: the same bytes again",
        "runs/1/cells.bin: the same bytes again",
        "runs/2/findings.json: the same bytes again",
        "runs/2/cells.bin: the same bytes again",
    ] {
        assert!(again.contains(&what), "{what}: {again:?}");
    }
    assert_eq!(checks(&replayed, "not-checked").len(), 2);
    let said = bench
        .ok("replay later --key root.key --key unused.key")
        .stdout;
    assert!(
        said.contains(
            "Yes, as far as it could be checked: 4 checks hold, 0 fail, 2 could not be made"
        ),
        "{said}"
    );
}

#[test]
fn a_bundle_is_the_same_bytes_again_and_an_archive_says_the_same() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("bundle --case case --signer signer.key --out one.tar");
    bench.ok("bundle --case case --signer signer.key --out two.tar");
    let bytes = |name| std::fs::read(bench.path(name)).unwrap();
    assert_eq!(bytes("one.tar"), bytes("two.tar"));
    assert_eq!(bench.json("verify one.tar")["holds"], true);
    let replayed =
        bench.json("replay one.tar --key root.key --key unused.key --items answers.jsonl");
    assert_eq!(replayed["holds"], true);
    bench.refused(
        "replay one.tar --key root.key --key unused.key",
        2,
        &["items/answers.jsonl", "is not in the bundle", "--items"],
    );
    bench.refused(
        "bundle --case case --signer signer.key --out one.tar",
        2,
        &["exists already"],
    );
}

#[test]
fn what_a_case_fixes_cannot_be_done_otherwise_without_a_note() {
    let bench = Bench::new();
    examined(&bench);
    let again = "examine --plan case --key root.key --key unused.key answers.jsonl";
    bench.refused(
        &format!("{again} --decoys 199"),
        5,
        &["not as planned: decoys", "--deviation"],
    );
    bench.refused(
        "examine --plan case --key root.key --key unused.key answers.jsonl answers.jsonl",
        5,
        &["fixes 15 answers"],
    );
    bench.key("other.key");
    bench.refused(
        &format!("{again} --key other.key"),
        5,
        &["is not in the plan"],
    );
    bench.refused(
        "examine --plan case --key root.key answers.jsonl",
        2,
        &["the plan names key"],
    );
    bench.write(
        "why.txt",
        "The line-up was made larger, as the other side asked.\n",
    );
    bench.ok(&format!("{again} --decoys 199 --deviation why.txt"));
    bench.ok("bundle --case case --signer signer.key --out bundle");
    let verified = bench.run("verify bundle");
    assert_eq!(verified.status, 0, "{}", verified.stdout);
    assert!(
        verified
            .stdout
            .contains("deviates in decoys: The line-up was made larger"),
        "{}",
        verified.stdout
    );
    assert!(
        verified
            .stdout
            .contains("run 2 is accounted for (not as planned: decoys)")
    );
    let log = bench.read("case/case-log.jsonl");
    let kinds: Vec<String> = log
        .lines()
        .map(|line| {
            let entry: Value = serde_json::from_str(line).unwrap();
            entry["event"]["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    let failed = kinds.iter().filter(|kind| *kind == "failed").count();
    assert_eq!(failed, 4, "{kinds:?}");
}

/// Who changes the plan afterwards, with or without the flags, deviates from what was signed.
#[test]
fn a_plan_that_was_edited_is_a_deviation_and_fails_verification() {
    let bench = Bench::new();
    examined(&bench);
    let plan = bench
        .read("case/plan.toml")
        .replace("decoys = 99", "decoys = 9");
    bench.write("case/plan.toml", plan);
    bench.refused(
        "examine --plan case --key root.key --key unused.key answers.jsonl",
        5,
        &["not as planned: plan.toml"],
    );
    bench.ok("bundle --case case --signer signer.key --out bundle");
    let verified = bench.run("--format json verify bundle");
    assert_eq!(verified.status, 1);
    let verified: Value = serde_json::from_str(&verified.stdout).unwrap();
    check_schema(&verified);
    let failing = checks(&verified, "fails");
    assert!(
        failing.contains(&"plan.toml: signature by the bundle's own key"),
        "{failing:?}"
    );
    assert!(
        failing.contains(&"run 1 began with this plan"),
        "{failing:?}"
    );
}

#[test]
fn another_signer_another_log_and_a_changed_file_are_refused() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("bundle --case case --signer signer.key --out bundle");
    bench.ok("keygen --signing --out other.key");
    bench.refused(
        "bundle --case case --signer other.key --out others",
        2,
        &["is not the one who signed the plan"],
    );
    assert_eq!(bench.run("verify bundle --signer other.key.pub").status, 1);
    let wrong = bench.run("verify bundle --tlog-public log/log.pub --signer signer.key.pub");
    assert_eq!(wrong.status, 0, "{}", wrong.stdout);
    let log = bench.read("bundle/case-log.jsonl").replace("Ada", "Eve") + "\n";
    bench.write("bundle/case-log.jsonl", log);
    let changed = bench.run("verify bundle");
    assert_eq!(changed.status, 1);
    assert!(
        changed.stdout.contains("FAILS        case-log.jsonl"),
        "{}",
        changed.stdout
    );
    bench.write("bundle/more.txt", "more");
    let more = bench.run("verify bundle");
    assert!(
        more.stdout
            .contains("no file is there that the manifest does not name (more.txt)")
    );
}

/// Text changed for its looks is undone where the plan says so, and nowhere else.
#[test]
fn what_is_done_to_text_is_planned() {
    let bench = Bench::new();
    examined(&bench);
    let dressed = bench.read("answers.jsonl").replace(' ', "\u{a0}");
    bench.write("dressed.jsonl", dressed);
    bench.ok(&format!("{PLAN} --normalise --case undone"));
    let plan = bench.read("undone/plan.toml");
    assert!(
        plan.contains("normalisation = \"characters that programs change for looks are undone"),
        "{plan}"
    );
    assert!(plan.contains("normalise = true"), "{plan}");
    assert!(
        bench
            .read("case/plan.toml")
            .contains("normalisation = \"none")
    );
    let keys = "--key root.key --key unused.key";
    let undone = bench.json(&format!("examine --plan undone {keys} dressed.jsonl"));
    assert_eq!(undone["outcome"], "found");
    assert_eq!(undone["reading"]["dressed_answers"], 15);
    let plain = bench.json(&format!("examine --plan case {keys} answers.jsonl"));
    let t1 = |examined: &Value| examined["tests"][0]["log10_p"].as_f64().unwrap();
    assert!(
        (t1(&undone) - t1(&plain)).abs() < 1e-9,
        "the same text again"
    );
    bench.refused(
        &format!("examine --plan case {keys} --normalise answers.jsonl"),
        5,
        &["not as planned: answers.normalise", "--deviation"],
    );
    bench.ok("bundle --case undone --signer signer.key --with-items --out bundle");
    assert_eq!(bench.json("verify bundle")["holds"], true);
    assert_eq!(bench.json(&format!("replay bundle {keys}"))["holds"], true);
}

/// An opening belongs to its key; the key file alone opens nothing.
#[test]
fn a_key_opens_its_own_commitment_alone() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("bundle --case case --signer signer.key --with-items --out bundle");
    let opening = bench.read("commitments/openings/tested.opening");
    let nonce = opening.trim_end().rsplit(':').next().unwrap();
    let other = opening.replace(nonce, &"0".repeat(64));
    bench.write("forged.opening", other);
    std::fs::set_permissions(
        bench.path("forged.opening"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let replayed =
        bench.run("replay bundle --key root.key --key unused.key --opening forged.opening");
    assert_eq!(replayed.status, 1, "{}", replayed.stdout);
    assert!(
        replayed
            .stdout
            .contains("key and opening do not give the commitment")
    );
}

/// The identity of age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj.
pub(crate) fn identity(bench: &Bench) {
    let identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    bench.write("identity.txt", identity);
    std::fs::set_permissions(
        bench.path("identity.txt"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
}

#[test]
fn cohorts_are_drawn_sealed_and_opened() {
    let bench = Bench::new();
    let recipient = RECIPIENT;
    identity(&bench);
    let list: String = (0..500).map(|n| format!("acct-{n}\n")).collect();
    bench.write("accounts.txt", list);
    bench.write("staff.txt", "acct-1\nacct-2\n");
    let drawn = bench.json(&format!(
        "cohorts draw accounts.txt --count 4 --innocent-control staff --innocent staff.txt --never-used decoy \
         --recipient {recipient} --out drawn"
    ));
    let cohorts = drawn["cohorts"].as_array().unwrap();
    assert_eq!(cohorts.len(), 6);
    assert_eq!(cohorts[4]["accounts"], 2);
    assert_eq!(cohorts[5]["accounts"], 0);
    let opened = bench.json("cohorts open drawn --identity identity.txt --out table.tsv");
    assert_eq!(opened, drawn);
    assert!(bench.read("table.tsv").contains("acct-1\tstaff\n"));
    let changed = bench
        .read("drawn/cohorts.json")
        .replace("\"weight\": 1", "\"weight\": 2");
    std::fs::write(bench.path("drawn/cohorts.json"), changed).unwrap();
    bench.refused(
        "cohorts open drawn --identity identity.txt",
        3,
        &["what was published is of another map, or its list of cohorts was changed"],
    );
}

/// A real authority on this machine stamps commitments and plan; the tokens are verified offline.
#[test]
fn an_authority_says_when_commitments_and_plan_were_there() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --name trial --out trial.toml");
    bench.ok("mark --key root.key --profile trial.toml --tokens 1000 --seed 1 --out answers.jsonl");
    bench.ok("keygen --signing --out signer.key");
    let Some(address) = authority::start(&bench, 2) else {
        return;
    };
    bench.ok(&format!(
        "commit --key tested=root.key --tsa {address} --out commitments"
    ));
    bench.ok(&format!(
        "plan --case case --commitments commitments/commitments.json --key tested --profile trial.toml --decoys 0 \
         --signer signer.key --tsa {address}"
    ));
    bench.ok("examine --plan case --key root.key answers.jsonl");
    bench.ok("bundle --case case --signer signer.key --out bundle");
    let verified = bench.json("verify bundle --tsa-root ca.pem");
    let holding = checks(&verified, "holds");
    for what in ["commitments.json: timestamp", "plan.toml: timestamp"] {
        assert!(holding.contains(&what), "{what}: {holding:#?}");
    }
    let unnamed = bench.json("verify bundle");
    assert!(checks(&unnamed, "not-checked").contains(&"plan.toml: timestamp"));
    bench.ok("keygen --signing --out other.key");
    let exchanged = std::fs::read(bench.path("bundle/commitments.tsr")).unwrap();
    bench.write("bundle/plan.tsr", exchanged);
    assert_eq!(bench.run("verify bundle --tsa-root ca.pem").status, 1);
    bench.refused(
        "commit --key tested=root.key --tsa http://127.0.0.1:9 --out again",
        2,
        &["http://127.0.0.1:9", "without --tsa"],
    );
    assert!(!bench.path("again").exists());
}

/// The page is one file with the verifier in it, and the drafts hold what the bundle says.
#[test]
fn a_bundle_has_a_report_and_drafts() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("bundle --case case --signer signer.key --out bundle");
    bench.ok("report bundle --out report.html");
    let page = bench.read("report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.len() > 900_000);
    for outside in ["src=\"http", "href=\"http", "<link", "@import", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    bench.ok("report bundle --out report.md");
    assert!(bench.read("report.md").contains("does not show"));
    let report = bench.json("report bundle --out -");
    assert_eq!(report["schema"], "hallmark/report/1");
    for template in ["disclosure-notice", "certification", "opposing-expert"] {
        let draft = bench
            .ok(&format!("report bundle --template {template}"))
            .stdout;
        let manifest = bench.read("bundle/manifest.json");
        let digest = hallmark_verify::digest::sha256(manifest.as_bytes());
        assert!(
            !draft.contains("{{") && !draft.contains("[not stated]"),
            "{draft}"
        );
        if template != "opposing-expert" {
            assert!(draft.contains(&digest), "{draft}");
        }
    }
    let findings = "case/runs/1/findings.json";
    bench.ok(&format!("report {findings} --out short.html"));
    bench.refused("report trial.toml --out x.html", 2, &["trial.toml"]);
}

/// A log that somebody else keeps: entries go there and proofs come back as files.
#[test]
fn proofs_by_a_log_elsewhere_are_checked_kept_and_verified() {
    let bench = Bench::new();
    examined(&bench);
    bench.ok("keygen --signing --out notary.key");
    for (file, name, origin) in [
        (
            "commitments.json",
            "commitments",
            " --tlog-origin notary.example/log",
        ),
        ("plan.toml", "plan", ""),
    ] {
        let entry = bench.run(&format!("tlog entry case/{file}"));
        assert_eq!(entry.status, 0, "{}", entry.stderr);
        assert_eq!(entry.stdout.lines().count(), 3);
        bench.write(&format!("{name}.entry"), &entry.stdout);
        bench.ok(&format!(
            "tlog add {name}.entry --tlog notary --tlog-key notary.key{origin} --out {name}.proof"
        ));
    }
    bench.refused(
        "tlog entry answers.jsonl",
        2,
        &["neither commitments nor a plan"],
    );
    let bundle = "bundle --case case --signer signer.key";
    bench.refused(
        &format!("{bundle} --external-proof plan.proof --external-log log/log.pub --out none"),
        3,
        &["plan.proof proves neither", "hallmark tlog entry"],
    );
    bench.ok(&format!(
        "{bundle} --external-proof commitments.proof --external-proof plan.proof --external-log notary/log.pub --out bundle"
    ));
    let place = |verified: &Value, what: &str| {
        let checks = verified["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["what"] == what);
        let check = check.unwrap_or_else(|| panic!("{what}: {checks:#?}"));
        check["verdict"].as_str().unwrap().to_owned()
    };
    let external = "plan.toml: in the external log";
    let own = bench.json("verify bundle");
    assert_eq!(own["holds"], true);
    assert_eq!(place(&own, external), "holds");
    assert_eq!(
        place(&own, "the external log has the commitments before the plan"),
        "holds"
    );
    // Who knows the other log only does not need the case's own, and the other way round.
    let by_notary = bench.json("verify bundle --tlog-public notary/log.pub");
    assert_eq!(by_notary["holds"], true);
    assert_eq!(place(&by_notary, external), "holds");
    assert_eq!(place(&by_notary, "plan.toml: in the log"), "not-checked");
    let by_both =
        bench.json("verify bundle --tlog-public notary/log.pub --tlog-public log/log.pub");
    assert_eq!(place(&by_both, "plan.toml: in the log"), "holds");
    // A log that neither has is not enough.
    bench.ok("keygen --signing --out third.key");
    bench.ok("tlog add plan.entry --tlog third --tlog-key third.key --out third.proof");
    let by_third = bench.run("verify bundle --tlog-public third/log.pub --format json");
    assert_eq!(by_third.status, 1, "{}", by_third.stdout);
    // The proofs stay with the case, and another log's do not take their place.
    bench.ok(&format!("{bundle} --out again"));
    assert!(bench.path("again/plan.external.tlog-proof").is_file());
    bench.refused(
        &format!(
            "{bundle} --external-proof third.proof --external-log third/log.pub --out third-bundle"
        ),
        2,
        &["is there with another content"],
    );
    let page = bench.run("report bundle --out -");
    assert!(page.stdout.contains("notary.example/log"));
}

/// Sizes come from the table that `cohorts draw` publishes; dates from whoever commits.
#[test]
fn the_report_shows_cohorts_sizes_and_when_keys_mark() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --name trial --out trial.toml");
    bench.ok("mark --key root.key --profile trial.toml --tokens 2000 --seed 1 --out answers.jsonl");
    bench.ok("keygen --signing --out signer.key");
    bench.write(
        "accounts.txt",
        (0..12).map(|n| format!("u{n}\n")).collect::<String>(),
    );
    bench.ok(&format!(
        "cohorts draw accounts.txt --cohort tested --recipient {RECIPIENT} --out drawn"
    ));
    let commit = "commit --key tested=root.key --profile trial.toml --cohorts drawn/cohorts.json";
    bench.refused(
        &format!("{commit} --issued-from 2026-13-01 --out none"),
        2,
        &["is no date", "2026-12-01"],
    );
    bench.refused(
        &format!("{commit} --issued-from 2026-12-02 --issued-to 2026-12-01 --out none"),
        2,
        &["do not end before that"],
    );
    bench.ok(&format!(
        "{commit} --issued-from 2098-12-01 --issued-to 2099-01-31 --out commitments"
    ));
    bench.ok("plan --commitments commitments/commitments.json --key tested --profile trial.toml --decoys 99 --signer signer.key --case case");
    bench.ok("examine --plan case --key root.key answers.jsonl");
    bench.ok("bundle --case case --signer signer.key --out bundle");
    let verified = bench.json("verify bundle");
    assert_eq!(verified["holds"], true);
    let table = "cohorts.json is the table that was committed to";
    assert!(checks(&verified, "holds").contains(&table));
    let report = bench.run("report bundle --out - --format json");
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let tested = &report["commitments"][0];
    assert_eq!(tested["cohort_size"], 12);
    assert_eq!(tested["issued"], "2098-12-01 to 2099-01-31");
    // All answers are of one file.
    assert_eq!(report["sources_are"], "tenths-of-one");
}
