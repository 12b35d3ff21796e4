//! The public detector as an operator runs it: a check, a start, a question, an end.

use crate::bench::Bench;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const FILE: &str = "hallmark_public = 1\ndetects = \"Text of a test.\"\ncontact = \"a test\"\n\
                    log = { file = \"asked.jsonl\" }\n\
                    [[key]]\nname = \"public\"\nfile = \"k.key\"\nprofile = \"p.toml\"\n";

fn bench(file: &str) -> Bench {
    let bench = Bench::new();
    bench.key("k.key");
    bench.ok("profile new --out p.toml");
    bench.write("public.toml", file);
    bench
}

#[test]
fn a_check_says_what_would_be_served() {
    let bench = bench(FILE);
    let ran = bench.ok("serve --config public.toml --check");
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr
            .contains("marks: 1; level 1e-6 over all of them; texts of 232 distinct cells or more"),
        "{}",
        ran.stderr
    );
    assert!(!bench.path("asked.jsonl").exists());
    bench.write("bad.toml", FILE.replace("k.key", "none.key"));
    bench.refused(
        "serve --config bad.toml",
        2,
        &["[[key]] \"public\"", "none.key", "hint: "],
    );
    bench.refused(
        "serve --config none.toml",
        2,
        &["none.toml", "docs/public-detector.md"],
    );
}

#[test]
#[cfg(target_os = "linux")]
fn it_answers_until_a_signal_ends_it_and_leaves_no_core() {
    let bench = bench(FILE);
    let child = Command::new(env!("CARGO_BIN_EXE_hallmark"))
        .args([
            "serve",
            "--config",
            "public.toml",
            "--listen",
            "127.0.0.1:0",
        ])
        .current_dir(bench.path("."))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Ends(child);
    let mut stderr = BufReader::new(child.0.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("listening on ") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended");
    }
    let address = line.trim().strip_prefix("listening on http://").unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.0.id()));
    let limits = limits.unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"]);

    let mut stream = TcpStream::connect(address).unwrap();
    let body = "{\"text\": \"short\"}";
    let head = format!(
        "POST /v1/detect HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(
        response.ends_with("{\"result\":\"too-short\",\"schema\":\"hallmark/public-detect/1\"}"),
        "{response}"
    );

    let signal = |name: &str| {
        let id = child.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    };
    std::fs::rename(bench.path("asked.jsonl"), bench.path("asked.old")).unwrap();
    signal("-HUP");
    while !bench.path("asked.jsonl").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    signal("-TERM");
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert!(bench.read("asked.old").contains("too-short"));
}

/// A child that ends with its test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}
