//! `campaign` on the shipped traffic: the harvest found, everybody else cleared, and nothing raw in anything that is written.

use crate::bench::{Bench, check_schema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn traffic(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/traffic")
        .join(name)
}

/// A bench with a root key and the result of a scan of the shipped traffic.
fn scanned() -> (Bench, Value) {
    let bench = Bench::new();
    bench.key("root.key");
    let line = format!(
        "campaign scan --key root.key --attributes {} --clusters clusters.jsonl {}",
        traffic("attributes.csv").display(),
        traffic("requests.csv.zst").display()
    );
    let scanned = bench.json(&line);
    bench.write("scan.json", scanned.to_string());
    (bench, scanned)
}

/// Accounts of a role, as they stand in the logs.
fn accounts(is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let truth = std::fs::read_to_string(traffic("truth.csv")).unwrap();
    let rows = truth
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap());
    rows.filter(|(_, role)| is_wanted(role))
        .map(|(account, _)| account.to_owned())
        .collect()
}

fn listed(scanned: &Value, list: &[&str]) -> BTreeSet<String> {
    let campaigns = scanned["campaigns"].as_array().unwrap().iter();
    let members = campaigns.flat_map(|own| own["members"].as_array().unwrap());
    members
        .filter(|member| list.contains(&member["list"].as_str().unwrap()))
        .map(|member| member["account"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_harvest_is_found_and_the_campus_is_cleared() {
    let (bench, scanned) = scanned();
    bench.write("harvest", accounts(|role| role == "harvest").join("\n"));
    let harvest = bench
        .ok("campaign pseudonyms --key root.key harvest")
        .stdout;
    let harvest: BTreeSet<String> = harvest.lines().map(str::to_owned).collect();
    assert_eq!(harvest.len(), 40);
    let cohort = listed(&scanned, &["cohort", "named"]);
    assert!(
        cohort.is_subset(&harvest),
        "an innocent account is on the list"
    );
    assert!(cohort.len() >= 38, "{}", cohort.len());
    assert!(listed(&scanned, &["named"]).len() >= 30);
    assert_eq!(scanned["campaigns"].as_array().unwrap().len(), 1);
    assert!(scanned["cleared_accounts"].as_u64().unwrap() > 200);
    let visible = scanned["visible"].as_array().unwrap();
    assert!(visible.iter().any(|own| {
        own["smallest_share"]
            .as_f64()
            .is_some_and(|share| share <= 0.2)
    }));

    let name = scanned["campaigns"][0]["campaign"].as_str().unwrap();
    let human = bench
        .ok(&format!("campaign explain scan.json {name}"))
        .stdout;
    for part in ["COORDINATED", "share one card", "What clears an account"] {
        assert!(human.contains(part), "{human}");
    }
    let line = bench.read("clusters.jsonl");
    let line: Value = serde_json::from_str(line.trim_end()).unwrap();
    assert_eq!(line, scanned["campaigns"][0]);
    bench.refused(
        "campaign explain scan.json c-none",
        2,
        &["no campaign or group is called", name],
    );

    // Why the campus is cleared: by an account of it, and by the group's name.
    bench.write("campus", accounts(|role| role == "campus").join("\n"));
    let campus = bench.ok("campaign pseudonyms --key root.key campus").stdout;
    let explained = campus.lines().map(|account| {
        let text = bench
            .ok(&format!("campaign explain scan.json {account}"))
            .stdout;
        assert!(
            text.contains("CLEARED") || text.contains("NOT KNOWN"),
            "{text}"
        );
        text
    });
    let groups: BTreeSet<String> = explained.take(20).collect();
    let campus = groups.iter().find(|text| text.contains("share one ip"));
    let campus = campus.expect("the campus has one address");
    for part in [
        "CLEARED",
        "habits lead to expect",
        "evidence 10^",
        "could be exchanged",
    ] {
        assert!(campus.contains(part), "{campus}");
    }
    let group = campus.split(':').next().unwrap();
    assert_eq!(
        &bench
            .ok(&format!("campaign explain scan.json {group}"))
            .stdout,
        campus
    );
    bench.refused(
        &format!("campaign explain scan.json {group} --html page.html"),
        2,
        &["a page is of a campaign"],
    );
    bench.refused(
        &format!("campaign explain scan.json {}", "0".repeat(32)),
        4,
        &["in no group", "pseudonyms"],
    );
}

#[test]
fn a_campaign_gets_keys_that_nobody_used() {
    let (bench, scanned) = scanned();
    let made = bench.json(
        "campaign cohorts scan.json --key root.key --epoch e1 --halves --none-in-use --out keys",
    );
    let cohorts = made["cohorts"].as_array().unwrap();
    assert_eq!(cohorts.len(), 3);
    assert_eq!(cohorts[2]["label"], "matched");
    assert_eq!(cohorts[2]["role"], "innocent-control");
    let size = |at: usize| cohorts[at]["accounts"].as_u64().unwrap();
    let cohort = listed(&scanned, &["cohort", "named"]);
    assert_eq!(size(0) + size(1), cohort.len() as u64);
    assert!(size(0) > 5 && size(1) > 5);
    assert!(size(2) > 30, "{}", size(2));
    assert_eq!(cohorts[0]["role"], "cohort");

    let ring = bench.read("keys/ring.tsv");
    let ring: Vec<(&str, &str)> = ring
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .collect();
    let own = ring.iter().filter(|(_, label)| *label != "matched");
    let own: BTreeSet<String> = own.map(|(account, _)| (*account).to_owned()).collect();
    assert_eq!(own, cohort);
    for cohort in cohorts {
        let label = cohort["label"].as_str().unwrap();
        let derived = bench.json(&format!(
            "derive --key root.key --epoch e1 --cohort {label} --out {label}.key"
        ));
        assert_eq!(derived["key_id"], cohort["key_id"]);
        assert_eq!(
            ring.iter().filter(|(_, own)| *own == label).count() as u64,
            cohort["accounts"].as_u64().unwrap()
        );
    }
    // The table is committed to, and then its keys are in use.
    let label = cohorts[0]["label"].as_str().unwrap();
    bench.ok(&format!(
        "commit --key {label}=keys/keys/{label}.key --cohorts keys/cohorts.json --out commitments"
    ));
    bench.refused(
        "campaign cohorts scan.json --key root.key --epoch e1 --halves --in-use commitments/commitments.json --out again",
        2,
        &["is in use already", "new epoch"],
    );
    bench.ok("campaign cohorts scan.json --key root.key --epoch e2 --in-use commitments/commitments.json --out again");
    bench.refused(
        "campaign cohorts scan.json --key root.key --epoch e3 --out x",
        2,
        &["--in-use"],
    );
}

/// What the logs hold is in nothing that is written.
#[test]
fn nothing_raw_is_written() {
    let (bench, scanned) = scanned();
    let name = scanned["campaigns"][0]["campaign"].as_str().unwrap();
    bench.ok("campaign cohorts scan.json --key root.key --epoch e --none-in-use --out keys");
    let mut written = vec![
        bench.read("scan.json"),
        bench.read("clusters.jsonl"),
        bench
            .ok(&format!("campaign explain scan.json {name}"))
            .stdout,
        bench.read("keys/cohorts.json"),
        bench.read("keys/map.txt"),
        bench.read("keys/ring.tsv"),
    ];
    let human = format!(
        "campaign scan --key root.key --attributes {} {}",
        traffic("attributes.csv").display(),
        traffic("requests.csv.zst").display()
    );
    written.push(bench.ok(&human).stdout);
    let page = format!("campaign explain scan.json {name} --html page.html");
    assert_eq!(
        bench.ok(&page).stdout,
        written[2],
        "the page comes beside the result"
    );
    let page = bench.read("page.html");
    for part in ["What would clear an account", "<svg", "default-src 'none'"] {
        assert!(page.contains(part), "{part}");
    }
    // The name of SVG's vocabulary is no address that is fetched.
    let own = page.replace("http://www.w3.org/2000/svg", "");
    assert!(
        ["<script", "http://", "https://", " src="]
            .iter()
            .all(|part| !own.contains(part))
    );
    let printed = bench.ok(&format!("campaign explain scan.json {name} --html -"));
    assert_eq!(printed.stdout, page);
    bench.refused(
        &format!("campaign explain scan.json {name} --html page.html"),
        2,
        &["page.html", "exists already"],
    );
    written.push(page);
    let raw = accounts(|_| true);
    let cards = std::fs::read_to_string(traffic("attributes.csv")).unwrap();
    let cards = cards
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().to_owned());
    let raw: Vec<String> = raw.into_iter().chain(cards).collect();
    assert!(raw.len() > 1400);
    for text in &written {
        for secret in &raw {
            assert!(!text.contains(secret.as_str()), "{secret} is in {text}");
        }
        // Addresses, user agents and templates of requests.
        let mut numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
        let is_address = |own: &str| own.split('.').filter(|part| !part.is_empty()).count() >= 4;
        assert!(!numbers.any(is_address), "an address is in {text}");
        for part in ["agent-", "template-"] {
            let shown = text.match_indices(part).any(|(at, _)| match part {
                // A property of style sheets.
                "template-" => !text[..at].ends_with("grid-"),
                _ => true,
            });
            assert!(!shown, "{part} is in {text}");
        }
    }
    // Another domain has other pseudonyms.
    bench.write("one", "acct-00001\n");
    let here = bench.ok("campaign pseudonyms --key root.key one").stdout;
    let there = bench
        .ok("campaign pseudonyms --key root.key --domain other one")
        .stdout;
    assert_ne!(here, there);
}

#[test]
fn what_cannot_be_scanned_says_so() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("derive --key root.key --epoch e --cohort c --out c.key");
    bench.write(
        "log.jsonl",
        "{\"time\":1767603605,\"account\":\"a\"}\n{\"time\":\"noon\",\"account\":\"b\"}\n",
    );
    let scan = "campaign scan --key root.key";
    bench.refused(
        &format!("{scan} log.jsonl"),
        2,
        &["log.jsonl:2: has a time that cannot be read", "--skip-bad"],
    );
    bench.refused(
        &format!("{scan} --skip-bad 1 log.jsonl"),
        4,
        &["a scan needs 2"],
    );
    bench.refused(&format!("{scan} none.jsonl"), 2, &["none.jsonl"]);
    bench.refused(
        &format!("{scan} --layout other log.jsonl"),
        2,
        &["no layout is called", "litellm"],
    );
    bench.refused(
        &format!("{scan} --field who=x log.jsonl"),
        2,
        &["maps none of"],
    );
    bench.refused(
        "campaign scan --key c.key log.jsonl",
        2,
        &["holds no root key"],
    );
    bench.write("scan.json", "{}");
    bench.refused(
        "campaign explain scan.json c",
        2,
        &["scan.json", "campaign scan"],
    );
}

#[test]
fn worlds_are_made_scanned_and_written() {
    let bench = Bench::new();
    bench.write(
        "plan.toml",
        "innocents = 150\nweeks = 9\nrequests = 90\noutages = 1\nreleases = 1\n[[harvests]]\npattern = \"fan-out\"\naccounts = 20\nrequests = 300\ncover = 0.5\nper_card = 10\nper_ip = 10\ntemplate = true\n",
    );
    let line =
        "campaign worlds --plan plan.toml --worlds 2 --seed 3 --surrogates 199 --window-weeks 2";
    let made = bench.json(line);
    assert_eq!(made["accounts"], 340);
    assert_eq!(made["worlds_named_wrong"], 0);
    assert!(made["recall"][0][0].as_f64().unwrap() > 0.9, "{made}");
    assert_eq!(made, bench.json(line));
    bench.ok("campaign worlds --plan plan.toml --seed 3 --out world");
    assert!(
        bench
            .read("world/requests.csv")
            .starts_with("time,account,attr.ip")
    );
    bench.write("bad.toml", "innocents = 150\n");
    bench.refused("campaign worlds --plan bad.toml", 2, &["bad.toml"]);
    let ran = bench.run(&format!("--format json {line}"));
    check_schema(&serde_json::from_str(&ran.stdout).unwrap());
}

/// Requests of a small made world before and from a day on, in the order of time.
fn world_in_two(bench: &Bench) {
    bench.write(
        "plan.toml",
        "innocents = 150\nweeks = 9\nrequests = 90\noutages = 1\nreleases = 1\n[[harvests]]\npattern = \"fan-out\"\naccounts = 20\nrequests = 300\ncover = 0.5\nper_card = 10\nper_ip = 10\ntemplate = true\n",
    );
    bench.ok("campaign worlds --plan plan.toml --seed 3 --out world");
    let requests = bench.read("world/requests.csv");
    let (head, rows) = requests.split_once('\n').unwrap();
    // Times are written so that their order is that of their letters.
    let cut = "2026-02-06";
    let (before, behind): (Vec<&str>, Vec<&str>) = rows.lines().partition(|row| *row < cut);
    assert!(before.len() > 1_000 && behind.len() > 1_000);
    for (name, rows) in [("one.csv", before), ("two.csv", behind)] {
        bench.write(name, format!("{head}\n{}\n", rows.join("\n")));
    }
}

#[test]
fn files_that_follow_one_another_are_scanned_as_if_given_at_once() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.key("other.key");
    world_in_two(&bench);
    let how = "--key root.key --propose-weeks 2 --window-weeks 1 --surrogates 199";
    let attributes = "--attributes world/attributes.csv";
    let follow = |more: &str| bench.json(&format!("campaign scan {how} --follow state {more}"));
    let at_once = |more: &str| {
        bench.json(&format!(
            "campaign scan {how} --whole-windows {attributes} {more}"
        ))
    };
    // All but which files were read in this run.
    let said = |mut scanned: Value| {
        scanned.as_object_mut().unwrap().remove("files").unwrap();
        let traffic = scanned["traffic"].as_object_mut().unwrap();
        traffic.remove("files_taken_before").unwrap();
        scanned
    };
    let first = follow(&format!("{attributes} one.csv"));
    assert_eq!(first["files"].as_array().unwrap().len(), 2);
    assert_eq!(said(first.clone()), said(at_once("one.csv")));
    let both = follow("two.csv");
    assert_eq!(both["files"].as_array().unwrap().len(), 1);
    assert_eq!(said(both.clone()), said(at_once("one.csv two.csv")));
    assert!(both["traffic"]["weeks"].as_u64() > first["traffic"]["weeks"].as_u64());
    assert!(!both["campaigns"].as_array().unwrap().is_empty());
    // What was taken is passed over, in whatever order it is given again.
    let again = follow(&format!("{attributes} two.csv one.csv"));
    assert_eq!(again["files"], Value::Array(vec![]));
    assert_eq!(again["traffic"]["files_taken_before"], 3);
    assert_eq!(said(again), said(both));

    // A state is of one key, one domain and so many weeks that propose.
    for (other, part) in [
        ("--key other.key --propose-weeks 2", "another root key"),
        (
            "--key root.key --propose-weeks 2 --domain other",
            "another domain",
        ),
        (
            "--key root.key --propose-weeks 1",
            "another number of weeks that propose",
        ),
        // Three unless told otherwise.
        ("--key root.key", "another number of weeks that propose"),
    ] {
        bench.refused(
            &format!("campaign scan {other} --follow state two.csv"),
            2,
            &[part, "state", "give what it was made with, or a new path"],
        );
    }
    // Requests of weeks that were looked at come too late, and leave the state as it is.
    let late = bench.read("one.csv");
    bench.write(
        "late.csv",
        late.lines().take(9).collect::<Vec<_>>().join("\n"),
    );
    bench.refused(
        &format!("campaign scan {how} --follow state late.csv"),
        2,
        &[
            "late.csv",
            "weeks that were looked at already",
            "begin a new state",
        ],
    );
    assert_eq!(said(follow("two.csv")), said(at_once("one.csv two.csv")));
    let mode = std::fs::metadata(bench.path("state"))
        .unwrap()
        .permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );
}

/// A result that somebody changed gives nobody a key, nor does another root key; a campaign's name is no path.
#[test]
fn keys_are_given_by_whole_results_alone() {
    let (bench, scanned) = scanned();
    bench.key("other.key");
    let cohorts = |result: &str, key: &str| {
        format!("campaign cohorts {result} --key {key} --epoch e --none-in-use --out keys")
    };
    bench.refused(
        &cohorts("scan.json", "other.key"),
        2,
        &["under root key", "the scan was made with"],
    );
    let changed: [fn(&mut Value); 4] = [
        |campaign| campaign["campaign"] = "../../evil".into(),
        |campaign| campaign["members"] = Value::Array(vec![]),
        |campaign| campaign["members"][0]["group"] = 7.into(),
        |campaign| campaign["groups"] = Value::Array(vec![]),
    ];
    for change in changed {
        let mut own = scanned.clone();
        change(&mut own["campaigns"][0]);
        bench.write("changed.json", own.to_string());
        bench.refused(
            &cohorts("changed.json", "root.key"),
            3,
            &["changed.json", "scan again"],
        );
    }
    assert!(!bench.path("keys").exists());
}

/// No window is over: nothing was tested, and nobody is cleared.
#[test]
fn nothing_is_cleared_that_was_not_tested() {
    let bench = Bench::new();
    bench.key("root.key");
    let lines = (0..28 * 24).map(|hour| {
        let time = 1_767_571_200 + hour * 3600 + hour % 50 * 60;
        format!("{{\"time\":{time},\"account\":\"a{}\"}}\n", hour % 9)
    });
    bench.write("log.jsonl", lines.collect::<String>());
    bench.refused(
        "campaign scan --key root.key --whole-windows --propose-weeks 2 log.jsonl",
        4,
        &["nothing was tested yet", "more logs"],
    );
    bench.refused(
        "campaign scan --key root.key --follow state --propose-weeks 2 log.jsonl",
        4,
        &["nothing was tested yet", "are in the state"],
    );
    bench.refused(
        "campaign scan --key root.key --follow state --propose-weeks 2 --cap 10 log.jsonl",
        2,
        &["way to look at it"],
    );
    let scan = bench.ok("campaign scan --key root.key log.jsonl");
    assert!(
        scan.stdout.contains("no attribute was read"),
        "{}",
        scan.stdout
    );
}

#[test]
fn worlds_that_cannot_be_made_are_refused() {
    let bench = Bench::new();
    let plan = |weeks: &str, cover: &str| {
        format!(
            "innocents = 10\nweeks = {weeks}\nrequests = 5\noutages = 0\nreleases = 0\n[[harvests]]\npattern = \"queue\"\naccounts = 5\nrequests = 5\ncover = {cover}\nper_card = 0\nper_ip = 0\ntemplate = true\n"
        )
    };
    for (weeks, cover, wanted) in [
        ("0", "0.5", "weeks is 0"),
        ("9", "2.0", "cover of harvest 1 is 2"),
        ("9", "nan", "cover of harvest 1 is NaN"),
        ("nine", "0.5", "line 2"),
    ] {
        bench.write("plan.toml", plan(weeks, cover));
        bench.refused(
            "campaign worlds --plan plan.toml",
            2,
            &["plan.toml", wanted],
        );
    }
    bench.write("plan.toml", plan("3", "0.5"));
    bench.ok("campaign worlds --plan plan.toml --out world");
}
