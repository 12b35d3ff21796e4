//! Killed while it writes: what is left is whole, or has a name that says that it is unfinished.
//!
//! `HALLMARK_CRASHES=1000` kills as often over all verbs; a few times each is the rule. Of the verbs that write, `demo --keep`, which takes a minute,
//! and `serve`, which runs until it is ended, are not here: the one writes as `cohorts draw` does, the other's ledgers have tests of their own.

use crate::bench::Bench;
use crate::collect::{answer, server::Server};
use crate::{case, ledger, study};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A verb that writes.
struct Verb {
    /// Its line; OUT is a new name each time, ENDPOINT that of a model on this machine.
    line: &'static str,
    /// What it writes, and how that is found whole.
    writes: &'static [(&'static str, Whole)],
}

const fn verb(line: &'static str, writes: &'static [(&'static str, Whole)]) -> Verb {
    Verb { line, writes }
}

const VERBS: [Verb; 19] = [
    verb("keygen --out OUT", &[("OUT", Whole::RootKey)]),
    verb(
        "keygen --signing --out OUT",
        &[("OUT", Whole::SigningKey), ("OUT.pub", Whole::PublicKey)],
    ),
    verb(
        "derive --key root.key --epoch e --cohort team7 --out OUT",
        &[("OUT", Whole::CohortKey)],
    ),
    verb(
        "profile new --name trial --out OUT",
        &[("OUT", Whole::Same)],
    ),
    verb(
        "mark --key root.key --profile trial.toml --tokens 1500 --seed 1 --out OUT",
        &[("OUT", Whole::Same)],
    ),
    verb(
        "index make --key root.key --profile trial.toml --out OUT answers.jsonl",
        &[("OUT", Whole::Index)],
    ),
    verb(
        "probe --log asked.jsonl --index own.index --count 3 --out OUT.jsonl",
        &[
            ("OUT.jsonl", Whole::Same),
            ("OUT.selection.json", Whole::Json),
        ],
    ),
    verb("ledger ledger.jsonl --out OUT", &[("OUT", Whole::Same)]),
    verb(
        "collect --endpoint ENDPOINT --model m --prompts prompts.jsonl --concurrency 1 --out OUT.jsonl",
        &[
            ("OUT.jsonl", Whole::Answers),
            ("OUT.log.jsonl", Whole::Lines),
        ],
    ),
    verb(
        "cohorts draw accounts.txt --count 3 --recipient age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj --out OUT",
        &[("OUT", Whole::Cohorts)],
    ),
    verb(
        "cohorts open drawn --identity identity.txt --out OUT",
        &[("OUT", Whole::Same)],
    ),
    verb(
        "commit --key tested=root.key --tlog log --tlog-key log.key --out OUT",
        &[("OUT", Whole::Commitments)],
    ),
    verb(
        "plan --case OUT --commitments commitments/commitments.json --key tested --profile trial.toml --decoys 9 \
         --signer signer.key --tlog log --tlog-key log.key",
        &[("OUT", Whole::Case)],
    ),
    verb(
        "examine --plan case --key root.key answers.jsonl",
        &[("case", Whole::Case)],
    ),
    verb(
        "bundle --case done --signer signer.key --with-items --out OUT",
        &[("OUT", Whole::Bundle)],
    ),
    verb(
        "bundle --case done --signer signer.key --out OUT.tar",
        &[("OUT.tar", Whole::Bundle)],
    ),
    verb("report bundle --out OUT", &[("OUT", Whole::Same)]),
    verb(
        "study run --plan study.toml --answers-only --out OUT",
        &[("OUT", Whole::Study)],
    ),
    verb("man OUT", &[("OUT", Whole::Same)]),
];

/// How what is there is found whole.
#[derive(Clone, Copy)]
enum Whole {
    /// The bytes that were written where nothing was killed.
    Same,
    RootKey,
    CohortKey,
    SigningKey,
    PublicKey,
    Index,
    Json,
    /// Lines of JSON, the last of which may be torn: a log that is added to.
    Lines,
    /// The same command goes on, and every prompt is answered once.
    Answers,
    Cohorts,
    Commitments,
    Case,
    Bundle,
    /// The same command goes on.
    Study,
}

#[test]
fn what_a_killed_program_leaves_is_whole_or_recognised_as_unfinished() {
    let times: u32 = std::env::var("HALLMARK_CRASHES")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(57);
    let server = Server::start(|received, _| answer(received));
    let crash = Crash {
        bench: prepared(),
        endpoint: server.endpoint(),
    };
    // A fixed sequence, so that a failure comes again; when a kill falls is the machine's.
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from((state >> 33) as u32) / f64::from(u32::MAX >> 1)
    };
    let took: Vec<Duration> = (0..VERBS.len()).map(|at| crash.uninterrupted(at)).collect();
    let mut killed = [0_u32; VERBS.len()];
    for round in 0..times {
        let at = round as usize % VERBS.len();
        let name = format!("out-{round}");
        killed[at] += u32::from(crash.kill(at, &name, took[at].mul_f64(1.1 * random())));
        for &(out, whole) in VERBS[at].writes {
            let found = out.replace("OUT", &name);
            if crash.bench.path(&found).exists() {
                crash.check(at, out, &found, whole);
            }
        }
        strays(&crash.bench.path(""), round);
        crash.remove(&name);
    }
    for (at, killed) in killed.iter().enumerate() {
        let runs = (times as usize + VERBS.len() - 1 - at) / VERBS.len();
        println!("{runs} runs, {killed} killed: {}", VERBS[at].line);
    }
    let killed: u32 = killed.iter().sum();
    println!("{times} runs, {killed} killed while they ran");
    assert!(killed > times / 3, "{killed} of {times} were killed");
    // The log and the case go on.
    let bench = &crash.bench;
    bench.ok("commit --key tested=root.key --tlog log --tlog-key log.key --out after");
    bench.ok("examine --plan case --key root.key answers.jsonl");
    bench.ok("bundle --case case --signer signer.key --with-items --out after-bundle");
    assert_eq!(bench.run("verify after-bundle --brief").status, 0);
}

/// Everything that the verbs read.
fn prepared() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --name trial --out trial.toml");
    bench.ok("mark --key root.key --profile trial.toml --tokens 1500 --seed 1 --out answers.jsonl");
    bench.ok("index make --key root.key --profile trial.toml --out own.index answers.jsonl");
    let asked = |(at, line): (usize, &str)| {
        let record: Value = serde_json::from_str(line).unwrap();
        json!({"prompt": format!("Question {at}?"), "response": record["text"]}).to_string() + "\n"
    };
    let asked: String = bench
        .read("answers.jsonl")
        .lines()
        .enumerate()
        .map(asked)
        .collect();
    bench.write("asked.jsonl", asked);
    let prompts = (0..20)
        .map(|at| json!({"id": at.to_string(), "prompt": format!("word{at}")}).to_string() + "\n");
    bench.write("prompts.jsonl", prompts.collect::<String>());
    let key = bench.json("derive --key root.key --epoch e --cohort team7 --out team7.key");
    bench.write(
        "ledger.jsonl",
        ledger::ledger(key["key_id"].as_str().unwrap()),
    );
    bench.write("study.toml", study::SMALLEST);
    bench.ok("keygen --signing --out signer.key");
    bench.ok("keygen --signing --out log.key");
    let accounts: String = (0..200).map(|n| format!("acct-{n}\n")).collect();
    bench.write("accounts.txt", accounts);
    case::identity(&bench);
    bench.ok(&VERBS[9].line.replace("OUT", "drawn"));
    bench.ok("commit --key tested=root.key --tlog log --tlog-key log.key --out commitments");
    for case in ["case", "done"] {
        bench.ok(&format!(
            "plan --case {case} --commitments commitments/commitments.json --key tested --profile trial.toml --decoys 9 \
             --signer signer.key --tlog log --tlog-key log.key"
        ));
    }
    bench.ok("examine --plan done --key root.key answers.jsonl");
    bench.ok("bundle --case done --signer signer.key --with-items --out bundle");
    bench
}

/// What is killed, and where.
struct Crash {
    bench: Bench,
    endpoint: String,
}

impl Crash {
    fn line(&self, at: usize, name: &str) -> String {
        let line = VERBS[at].line.replace("OUT", name);
        line.replace("ENDPOINT", &self.endpoint)
    }

    /// How long the verb takes; what it writes is there to be compared with.
    fn uninterrupted(&self, at: usize) -> Duration {
        let begun = Instant::now();
        self.bench.ok(&self.line(at, &format!("whole-{at}")));
        begun.elapsed()
    }

    /// Whether the program was still running when it was killed.
    fn kill(&self, at: usize, name: &str, after: Duration) -> bool {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hallmark"))
            .args(self.line(at, name).split_whitespace())
            .current_dir(self.bench.path(""))
            .env("NO_PROXY", "*")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(after);
        let running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        running
    }

    fn check(&self, at: usize, out: &str, found: &str, whole: Whole) {
        let bench = &self.bench;
        let again = || bench.ok(&self.line(at, found.strip_suffix(".jsonl").unwrap_or(found)));
        match whole {
            Whole::Same => {
                let expected = contents(&bench.path(&out.replace("OUT", &format!("whole-{at}"))));
                assert!(
                    contents(&bench.path(found)) == expected,
                    "{found}: {}",
                    VERBS[at].line
                );
            }
            Whole::RootKey => {
                bench.ok(&format!(
                    "derive --key {found} --default-cohort --out {found}-cohort"
                ));
            }
            Whole::CohortKey => {
                bench.ok(&format!(
                    "mark --key {found} --profile trial.toml --tokens 10 --seed 1 --out {found}-marked"
                ));
            }
            Whole::SigningKey => {
                assert!(bench.read(found).ends_with("-----END PRIVATE KEY-----\n"));
            }
            Whole::PublicKey => assert!(bench.read(found).ends_with("-----END PUBLIC KEY-----\n")),
            Whole::Index => drop(bench.ok(&format!("index show {found}"))),
            Whole::Json => drop(serde_json::from_str::<Value>(&bench.read(found)).unwrap()),
            Whole::Lines => {
                for line in bench
                    .read(found)
                    .split_inclusive('\n')
                    .filter(|line| line.ends_with('\n'))
                {
                    serde_json::from_str::<Value>(line).unwrap();
                }
            }
            Whole::Answers => {
                again();
                let answers = bench.read(found);
                let ids: BTreeSet<&str> = answers.lines().collect();
                assert_eq!((answers.lines().count(), ids.len()), (20, 20), "{found}");
            }
            Whole::Cohorts => {
                bench.ok(&format!("cohorts open {found} --identity identity.txt"));
            }
            Whole::Commitments => {
                bench.ok(&format!(
                    "plan --case {found}-case --commitments {found}/commitments.json --key tested --profile trial.toml --signer signer.key"
                ));
            }
            Whole::Case => {
                let log = bench.read(&format!("{found}/case-log.jsonl"));
                hallmark_verify::formats::CaseLog::read(&log).unwrap();
            }
            Whole::Bundle => {
                let ran = bench.run(&format!("verify {found} --brief"));
                assert_eq!(ran.status, 0, "{found}: {}", ran.stdout);
            }
            Whole::Study => {
                again();
                let list = bench.ok(&format!("{} --list", self.line(at, found))).stdout;
                assert!(list.lines().all(|line| line.starts_with("done ")), "{list}");
            }
        }
    }

    /// What a round left goes, so that a thousand do not fill the disk.
    fn remove(&self, name: &str) {
        for entry in std::fs::read_dir(self.bench.path("")).unwrap() {
            let entry = entry.unwrap();
            let file = entry.file_name().into_string().unwrap();
            if file.starts_with(name) || file.starts_with(".hallmark-") {
                let path = entry.path();
                let removed = match path.is_dir() {
                    true => std::fs::remove_dir_all(path),
                    false => std::fs::remove_file(path),
                };
                removed.unwrap();
            }
        }
    }
}

/// A file's bytes, or those of all files of a folder, by their names in it.
fn contents(path: &Path) -> BTreeMap<String, Vec<u8>> {
    if path.is_file() {
        return BTreeMap::from([(String::new(), std::fs::read(path).unwrap())]);
    }
    let entries = std::fs::read_dir(path).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Nothing is left under a name that somebody gave but what is whole: all else begins as unfinished files do.
fn strays(folder: &Path, round: u32) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = ["out-", "whole-", ".hallmark-"];
        let prepared = [
            "accounts.txt",
            "answers.jsonl",
            "asked.jsonl",
            "bundle",
            "case",
            "commitments",
            "done",
            "drawn",
            "identity.txt",
            "ledger.jsonl",
            "log",
            "log.key",
            "log.key.pub",
            "own.index",
            "prompts.jsonl",
            "root.key",
            "signer.key",
            "signer.key.pub",
            "study.toml",
            "team7.key",
            "trial.toml",
        ];
        let is_known = known.iter().any(|start| name.starts_with(start));
        assert!(
            is_known || prepared.contains(&&name[..]),
            "round {round}: {name}"
        );
    }
}
