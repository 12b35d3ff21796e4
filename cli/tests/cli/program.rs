//! The program as such: help, completions, man pages, the self-test and the demo.

use crate::bench::Bench;

#[test]
fn help_says_what_each_verb_does() {
    let bench = Bench::new();
    let help = bench.ok("--help").stdout;
    for verb in [
        "keygen",
        "derive",
        "profile",
        "mark",
        "detect",
        "examine",
        "self-test",
        "demo",
    ] {
        assert!(help.contains(verb), "{verb}");
        assert!(
            bench.ok(&format!("{verb} --help")).stdout.len() > 300,
            "{verb}"
        );
    }
    let detect = bench.ok("detect --help").stdout;
    let detect = detect.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        detect.contains("not the chance that the text is innocent"),
        "{detect}"
    );
    assert_eq!(bench.run("detect").status, 2);
    assert_eq!(bench.run("frobnicate").status, 2);
    assert_eq!(bench.run("").status, 2);
}

#[test]
fn completions_and_man_pages_come_from_the_same_definitions() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            bench
                .ok(&format!("completions {shell}"))
                .stdout
                .contains("self-test"),
            "{shell}"
        );
    }
    bench.ok("man pages");
    bench.refused("man pages", 2, &["pages exists already"]);
    assert!(bench.read("pages/hallmark-detect.1").contains("skip"));
}

#[test]
fn a_closed_pipe_is_success() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_hallmark"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stderr.is_empty());
}

/// False-alarm rate of the simulation inside: once in more than 500,000 for new seeds, and the
/// seeds are fixed.
#[test]
fn self_test_passes() {
    let result = Bench::new().json("self-test --keys 200");
    assert_eq!(result["passed"], true, "{result}");
    assert!(
        result["vectors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|v| v["lanes"] == "portable")
    );
}
