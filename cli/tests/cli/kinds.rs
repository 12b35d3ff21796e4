//! Files of another kind than is wanted, pairs that are given twice, and levels that no key reaches.

use crate::bench::Bench;
use std::os::unix::fs::PermissionsExt;

const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n";
const SIGNING: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n";

fn integer_key(bench: &Bench, name: &str) {
    bench.write(name, "integer:918273645546372819\n");
    std::fs::set_permissions(bench.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_file_of_another_kind_is_named_with_what_is_wanted() {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --name p --out p.toml");
    bench.write(
        "text.jsonl",
        "{\"text\": \"the gate is shut\"}\n{\"text\": \"at noon\"}\n",
    );
    bench.write("case.pub", PUBLIC);
    bench.write("case.key", SIGNING);
    for (file, kind) in [
        ("p.toml", "it is a profile"),
        ("case.pub", "it is a public key"),
        ("case.key", "it is a signing key"),
        ("text.jsonl", "it is JSON"),
    ] {
        let line = format!("detect --key {file} --profile p.toml text.jsonl");
        bench.refused(&line, 2, &["is no key of a mark", kind, "hallmark keygen"]);
    }
    bench.refused(
        "report text.jsonl --out page.html",
        2,
        &["holds JSON lines", "--format json"],
    );
    bench.refused(
        "report p.toml --out page.html",
        2,
        &["is no result: it is a profile"],
    );
}

#[test]
fn a_pair_that_is_given_twice_is_tried_once() {
    let bench = Bench::new();
    bench.key("a.key");
    bench.key("b.key");
    std::fs::copy(bench.path("a.key"), bench.path("again.key")).unwrap();
    bench.ok("profile new --name p --out p.toml");
    bench.ok("profile new --name q --out q.toml");
    bench.ok("mark --key a.key --profile p.toml --tokens 400 --out marked.jsonl");
    let scanned = bench.json(
        "scan --key a.key --key again.key --key b.key --profile p.toml --profile q.toml marked.jsonl",
    );
    assert_eq!(scanned["tried"].as_array().unwrap().len(), 2, "{scanned}");
    let untried = scanned["untried"].to_string();
    assert!(
        untried.contains("the same key as in a.key") && untried.contains("the same as profile p"),
        "{untried}"
    );
}

#[test]
fn all_schemes_are_native_ones_too_where_a_key_is() {
    let bench = Bench::new();
    bench.key("a.key");
    integer_key(&bench, "k.key");
    bench.ok("profile new --name p --out p.toml");
    bench.ok("mark --key a.key --profile p.toml --tokens 400 --out marked.jsonl");
    let with = bench.json("scan --key a.key --scheme all marked.jsonl");
    assert_eq!(with["found"][0]["profile"]["scheme"], "gumbel", "{with}");
    let without = bench.json("scan --key k.key --scheme all marked.jsonl");
    assert!(
        !without["tried"].to_string().contains("chacha12"),
        "{without}"
    );
}

#[test]
fn no_level_is_planned_that_no_key_reaches() {
    let bench = Bench::new();
    bench.ok("profile new --name v --scheme vllm-gumbel-v1 --out v.toml");
    bench.refused(
        "power --profile v.toml --lift 0.05 --alpha 5e-20",
        2,
        &["--alpha 5e-20", "64 bits in effect"],
    );
    // Just above it, nearly all of the level is the chance of an equal key.
    let near = bench.json("power --profile v.toml --lift 0.05 --alpha 5.43e-20");
    let native = bench.json("power --scheme gumbel --lift 0.05 --alpha 5.43e-20");
    assert!(
        near["cells"].as_u64() > native["cells"].as_u64(),
        "{near} {native}"
    );
}
