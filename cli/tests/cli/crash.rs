//! Killed while it writes: what is left is whole, or has a name that says that it is unfinished.
//!
//! `HALLMARK_CRASHES=1000` kills as often over all verbs; a few times each is the rule.

use crate::bench::Bench;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Verbs that write, what they write, and how it is found whole.
const VERBS: [(&str, &str, Whole); 9] = [
    ("keygen --out OUT", "", Whole::KeyFile),
    ("keygen --signing --out OUT", "", Whole::SigningKey),
    (
        "commit --key tested=root.key --tlog log --tlog-key log.key --out OUT",
        "",
        Whole::Commitments,
    ),
    (
        "cohorts draw accounts.txt --count 3 --recipient age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj --out OUT",
        "",
        Whole::Folder("accounts.age"),
    ),
    (
        "plan --case OUT --commitments commitments/commitments.json --key tested --profile trial.toml --decoys 9 \
         --signer signer.key --tlog log --tlog-key log.key",
        "",
        Whole::Case,
    ),
    (
        "examine --plan case --key root.key answers.jsonl",
        "case",
        Whole::Case,
    ),
    (
        "bundle --case done --signer signer.key --with-items --out OUT",
        "",
        Whole::Bundle,
    ),
    (
        "bundle --case done --signer signer.key --out OUT.tar",
        ".tar",
        Whole::Bundle,
    ),
    ("report bundle --out OUT", "", Whole::Page),
];

#[derive(Clone, Copy)]
enum Whole {
    KeyFile,
    SigningKey,
    Commitments,
    Folder(&'static str),
    Case,
    Bundle,
    Page,
}

#[test]
fn what_a_killed_program_leaves_is_whole_or_recognised_as_unfinished() {
    let times: u32 = std::env::var("HALLMARK_CRASHES")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(54);
    let bench = prepared();
    // A fixed sequence, so that a failure comes again; when a kill falls is the machine's.
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from((state >> 33) as u32) / f64::from(u32::MAX >> 1)
    };
    let took: Vec<Duration> = VERBS
        .iter()
        .map(|verb| uninterrupted(&bench, verb.0))
        .collect();
    let (mut killed, mut finished) = (0, 0);
    for round in 0..times {
        let at = round as usize % VERBS.len();
        let (line, suffix, whole) = VERBS[at];
        let name = format!("out-{round}");
        let line = line.replace("OUT", &name);
        let after = took[at].mul_f64(1.1 * random());
        match kill(&bench, &line, after) {
            true => killed += 1,
            false => finished += 1,
        }
        let out = match suffix {
            "case" => "case".to_owned(),
            suffix => format!("{name}{suffix}"),
        };
        let path = bench.path(&out);
        if path.exists() {
            check(&bench, &out, whole);
        }
        strays(&bench.path(""), round);
    }
    assert!(
        killed > times / 3,
        "{killed} of {times} were killed, {finished} had finished"
    );
    // The log and the case go on.
    bench.ok("commit --key tested=root.key --tlog log --tlog-key log.key --out after");
    bench.ok("examine --plan case --key root.key answers.jsonl");
    bench.ok("bundle --case case --signer signer.key --with-items --out after-bundle");
    check(&bench, "after-bundle", Whole::Bundle);
    println!("{times} runs, {killed} killed while they ran");
}

fn prepared() -> Bench {
    let bench = Bench::new();
    bench.key("root.key");
    bench.ok("profile new --name trial --out trial.toml");
    bench.ok("mark --key root.key --profile trial.toml --tokens 1500 --seed 1 --out answers.jsonl");
    bench.ok("keygen --signing --out signer.key");
    bench.ok("keygen --signing --out log.key");
    let accounts: String = (0..200).map(|n| format!("acct-{n}\n")).collect();
    bench.write("accounts.txt", accounts);
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

fn uninterrupted(bench: &Bench, line: &str) -> Duration {
    let begun = Instant::now();
    bench.ok(&line.replace("OUT", &format!("whole-{}", line.len())));
    begun.elapsed()
}

/// Whether the program was still running when it was killed.
fn kill(bench: &Bench, line: &str, after: Duration) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hallmark"))
        .args(line.split_whitespace())
        .current_dir(bench.path(""))
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

fn check(bench: &Bench, out: &str, whole: Whole) {
    match whole {
        Whole::KeyFile => {
            bench.ok(&format!(
                "derive --key {out} --default-cohort --out {out}-cohort"
            ));
        }
        Whole::SigningKey => assert!(bench.read(out).ends_with("-----END PRIVATE KEY-----\n")),
        Whole::Commitments => {
            bench.ok(&format!(
                "plan --case {out}-case --commitments {out}/commitments.json --key tested --profile trial.toml --signer signer.key"
            ));
        }
        Whole::Folder(file) => assert!(bench.path(out).join(file).is_file()),
        Whole::Case => {
            let log = bench.read(&format!("{out}/case-log.jsonl"));
            hallmark_verify::formats::CaseLog::read(&log).unwrap();
        }
        Whole::Bundle => {
            let ran = bench.run(&format!("verify {out} --brief"));
            assert_eq!(ran.status, 0, "{out}: {}", ran.stdout);
        }
        Whole::Page => assert!(bench.read(out).trim_end().ends_with("</html>")),
    }
}

/// Nothing is left under a name that somebody gave but what is whole: all else begins as unfinished files do.
fn strays(folder: &Path, round: u32) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = ["out-", "whole-", ".hallmark-"];
        let prepared = [
            "root.key",
            "trial.toml",
            "answers.jsonl",
            "signer.key",
            "log.key",
            "accounts.txt",
            "commitments",
            "case",
            "done",
            "bundle",
            "log",
            "signer.key.pub",
            "log.key.pub",
        ];
        let is_known = known.iter().any(|start| name.starts_with(start));
        assert!(
            is_known || prepared.contains(&&name[..]),
            "round {round}: {name}"
        );
    }
}
