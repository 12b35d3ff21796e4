//! `keygen`, `derive`, `profile`: what they make, and every way in which they say no.

use crate::bench::Bench;
use std::os::unix::fs::PermissionsExt;

#[test]
fn keygen_makes_a_private_file_and_prints_only_the_public_id() {
    let bench = Bench::new();
    let made = bench.json("keygen --out root.key");
    let file = bench.read("root.key");
    let secret = file
        .lines()
        .last()
        .unwrap()
        .split(':')
        .nth(1)
        .unwrap()
        .to_owned();
    assert_eq!(secret.len(), 64);
    assert!(!made.to_string().contains(&secret));
    assert!(file.contains(&format!(
        "# public id: {}",
        made["key_id"].as_str().unwrap()
    )));
    let mode = std::fs::metadata(bench.path("root.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_ne!(
        bench.json("keygen --out other.key")["key_id"],
        made["key_id"]
    );
    bench.refused(
        "keygen --out root.key",
        2,
        &["root.key exists already", "hint:"],
    );
    bench.refused(
        "keygen --out no/such/folder/key",
        2,
        &["no/such/folder/key"],
    );
}

#[test]
fn derive_is_repeatable_and_separates_epochs_and_cohorts() {
    let bench = Bench::new();
    bench.ok("keygen --out root.key");
    let id = |epoch: &str, cohort: &str, out: &str| {
        bench.json(&format!(
            "derive --key root.key --epoch {epoch} --cohort {cohort} --out {out}"
        ))["key_id"]
            .clone()
    };
    let a = id("2026q4", "partners", "a.key");
    assert_eq!(a, id("2026q4", "partners", "b.key"));
    assert_ne!(a, id("2026q4", "public", "c.key"));
    assert_ne!(a, id("2027q1", "partners", "d.key"));
    assert!(
        bench
            .read("a.key")
            .contains("# of: epoch 2026q4, cohort partners")
    );
    let root = bench.json("derive --key root.key --default-cohort --out leaf.key");
    bench.ok("profile new --out p.toml");
    bench.ok("mark --key root.key --profile p.toml --tokens 400 --out m.jsonl");
    let found = bench.json("detect --key leaf.key --profile p.toml m.jsonl");
    assert_eq!(
        found["key_id"], root["key_id"],
        "a leaf replays what its root marked"
    );
    assert!(found["pooled"]["log10_p"].as_f64().unwrap() < -20.0);
    bench.refused(
        "derive --key root.key --epoch e --out g.key",
        2,
        &["--cohort"],
    );
    bench.refused(
        "derive --key a.key --epoch e --cohort c --out e.key",
        2,
        &["a.key holds a cohort key", "pass the root key"],
    );
    let ran = bench.run_args([
        "derive", "--key", "root.key", "--epoch", "", "--cohort", "c", "--out", "f.key",
    ]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("the epoch name \"\" is empty"),
        "{}",
        ran.stderr
    );
    assert!(!bench.path("f.key").exists());
}

#[test]
fn keys_that_others_can_read_or_that_are_damaged_are_refused() {
    let bench = Bench::new();
    bench.ok("keygen --out root.key");
    bench.ok("profile new --out p.toml");
    let detect = "detect --key root.key --profile p.toml x.jsonl";
    std::fs::set_permissions(bench.path("root.key"), PermissionsExt::from_mode(0o640)).unwrap();
    bench.refused(detect, 2, &["mode 0640", "chmod 600"]);
    std::fs::set_permissions(bench.path("root.key"), PermissionsExt::from_mode(0o600)).unwrap();

    let good = bench.read("root.key");
    let line = good.lines().last().unwrap().to_owned();
    let flip = if line.ends_with('0') { "1" } else { "0" };
    let damaged = format!("{}{flip}", &line[..line.len() - 1]);
    for (text, status, expected) in [
        (damaged.as_bytes(), 3, "does not match its checksum"),
        (b"# nothing\n".as_slice(), 2, "holds no key line"),
        (format!("{line}\n{line}").as_bytes(), 2, "second key line"),
        (b"hello", 2, "not a key of a known kind"),
        (&[0xff, 0xfe, 0], 2, "not a key file"),
    ] {
        bench.write("root.key", text);
        let ran = bench.run(detect);
        assert_eq!(ran.status, status, "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert!(
            !ran.stderr.contains(&line[20..60]),
            "an error shows key digits"
        );
    }
    bench.refused(
        "detect --key none.key --profile p.toml x.jsonl",
        2,
        &["none.key", "keygen"],
    );
}

#[test]
fn profiles_are_made_shown_and_checked() {
    let bench = Bench::new();
    bench.ok("profile new --name prod-2026q4 --out p.toml");
    let shown = bench.json("profile show p.toml");
    assert_eq!(shown["profile"]["scheme"], "gumbel");
    assert_eq!(shown["profile"]["window"], 2);
    assert_eq!(
        bench.json("profile check p.toml")["tokenizer_matches"],
        true
    );
    bench.ok("profile new --scheme green --gamma 0.5 --delta 1.5 --window 1 --vocab-size 49152 --out g.toml");
    let green = bench.json("profile show g.toml");
    assert_eq!(green["profile"]["gamma"], 0.5);
    assert!(green["profile"].get("tokenizer_sha256").is_none());
    bench.ok("profile new --scheme tournament --ngram-len 5 --out t.toml");
    assert_eq!(bench.json("profile show t.toml")["profile"]["window"], 4);
    let human = bench.ok("profile show g.toml").stdout;
    assert!(human.contains("a keyed share 0.5"), "{human}");
}

#[test]
fn bad_profiles_and_flags_are_refused_with_the_place() {
    let bench = Bench::new();
    bench.refused(
        "profile new --gamma 0.5 --out p.toml",
        2,
        &["--gamma is no parameter of --scheme gumbel"],
    );
    bench.refused(
        "profile new --scheme green --gamma 2 --out p.toml",
        2,
        &["green.gamma = 2"],
    );
    bench.refused(
        "profile new --window 5 --out p.toml",
        2,
        &["window = 5", "1 to 4"],
    );
    bench.refused(
        "profile new --window 2 --ngram-len 3 --out p.toml",
        2,
        &["cannot be used with"],
    );
    bench.refused(
        "profile new --tokenizer none.json --out p.toml",
        2,
        &["none.json"],
    );
    assert!(
        !bench.path("p.toml").exists(),
        "nothing is left by a refused command"
    );
    bench.ok("profile new --out p.toml");
    let text = bench.read("p.toml");
    bench.write("bad.toml", text.replace("window = 2", "window = 9"));
    bench.refused("profile show bad.toml", 2, &["bad.toml", "window = 9"]);
    bench.write("bad.toml", format!("{text}\nsecret = 1\n"));
    bench.refused(
        "profile show bad.toml",
        2,
        &["bad.toml: line", "unknown field"],
    );
    bench.write("bad.toml", text.replace("hallmark = 1", "hallmark = 7"));
    bench.refused("profile show bad.toml", 2, &["hallmark = 7", "hint:"]);
    bench.write("other.json", "{}");
    bench.refused(
        "profile check p.toml --tokenizer other.json",
        2,
        &["tokenizer.json"],
    );
}
