//! The log: who asked what, and nothing of the text.
use crate::common::{Folder, GENEROUS, HEAD, Running, Stub, TOKEN, log, text, texts};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn every_request_has_a_line_and_no_line_has_a_word_of_it() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let marked = texts("marked.jsonl").swap_remove(0);
    let question = text(&marked).to_string();
    server.post("/v1/detect", &question, None);
    server.post("/v1/detect", text("short").to_string(), None);
    server.post("/v1/detect", "{", None);
    server.post("/v1/examine-text", &question, None);
    server.post("/v1/examine-text", &question, Some(TOKEN));
    server.get("/v1/info?a-name=of-mine");
    server.get("/a-path-of-mine");
    server.get("/healthz");
    server.end();
    let lines = folder.log();
    let of = |line: &serde_json::Value| {
        let fields = ["endpoint", "result", "status", "bytes"].map(|field| line[field].to_string());
        fields.join(" ")
    };
    let found: Vec<String> = lines[1..].iter().map(of).collect();
    let bytes = question.len();
    assert_eq!(
        found,
        [
            format!(r#""/v1/detect" "found" 200 {bytes}"#),
            r#""/v1/detect" "too-short" 200 16"#.to_owned(),
            r#""/v1/detect" "not-a-question" 400 1"#.to_owned(),
            r#""/v1/examine-text" "unauthorized" 401 0"#.to_owned(),
            format!(r#""/v1/examine-text" "examined" 200 {bytes}"#),
            r#""/v1/info" "info" 200 0"#.to_owned(),
            r#""other" "no-such-endpoint" 404 0"#.to_owned(),
        ]
    );
    for (number, line) in lines[1..].iter().enumerate() {
        let mut fields: Vec<&str> = line
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        fields.retain(|field| *field != "caller");
        assert_eq!(
            fields,
            [
                "bytes", "client", "endpoint", "result", "status", "time", "took"
            ]
        );
        let caller = line["caller"].as_str();
        assert_eq!(caller, (number == 4).then_some("the-newsroom"));
        assert_eq!(line["client"].as_str().unwrap().len(), 16);
        assert_eq!(line["client"], lines[1]["client"], "one client");
    }
    let raw = std::fs::read_to_string(folder.0.path().join("log.jsonl")).unwrap();
    for word in [
        "127.0.0.1",
        "of-mine",
        "short\"}",
        "log10",
        "-key",
        TOKEN,
        &marked[..20],
    ] {
        assert!(!raw.contains(word), "{word}");
    }
}

#[test]
fn a_client_that_leaves_has_a_line() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::with(&folder.config(), Arc::new(Stub));
    let mut client = server.connect();
    let body = text("sleep 500").to_string();
    client
        .write(format!(
            "POST /v1/detect HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .unwrap();
    std::thread::sleep(Duration::from_millis(150));
    drop(client);
    wait_for(|| folder.log().len() == 2);
    server.end();
    let log = folder.log();
    assert_eq!(
        (&log[1]["result"], &log[1]["status"]),
        (&"client-gone".into(), &0.into())
    );
}

#[test]
fn the_log_is_opened_anew_after_it_was_moved() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::with(&folder.config(), Arc::new(Stub));
    server.detect(&text("a"));
    let (now, old) = (
        folder.0.path().join("log.jsonl"),
        folder.0.path().join("log.old"),
    );
    std::fs::rename(&now, &old).unwrap();
    server.detect(&text("b"));
    server.handle.reopen_log();
    wait_for(|| now.exists());
    server.detect(&text("c"));
    server.end();
    let results = |path| {
        log(path)
            .iter()
            .filter(|line| line["result"] == "found")
            .count()
    };
    assert_eq!((results(&old), results(&now)), (2, 1));
}

#[cfg(target_os = "linux")]
mod full {
    use super::*;

    /// A log that takes a few lines and no other: a limit on the size of files, in a child of its own.
    fn under_a_limit(name: &str) {
        let exe = std::env::current_exe().unwrap();
        let script = format!(
            "ulimit -f 1; exec {} --exact log::full::{name} --nocapture",
            exe.display()
        );
        // Through pipes: the limit is on files, and the test's own words may go to one.
        let output = std::process::Command::new("bash")
            .args(["-c", &format!("trap '' XFSZ; {script}")])
            .env("UNDER_A_LIMIT", name)
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{words}");
        assert!(words.contains("1 passed"), "{words}");
    }

    fn ask_until_full(head: &str) -> (u16, String) {
        let folder = Folder::new(head, GENEROUS);
        let server = Running::with(&folder.config(), Arc::new(Stub));
        let mut client = server.connect();
        let mut last = (0, String::new());
        // Some 160 bytes a line, and 1024 may be written.
        for _ in 0..20 {
            let response = client.post("/v1/detect", text("a").to_string(), None);
            last = (response.status, response.text());
        }
        server.end();
        last
    }

    #[test]
    fn without_a_line_there_is_no_answer() {
        if std::env::var_os("UNDER_A_LIMIT").is_none() {
            return under_a_limit("without_a_line_there_is_no_answer");
        }
        let (status, body) = ask_until_full(HEAD);
        assert_eq!(status, 503);
        assert!(
            body.contains("unavailable") && !body.contains("found"),
            "{body}"
        );
    }

    #[test]
    fn unless_the_file_says_otherwise() {
        if std::env::var_os("UNDER_A_LIMIT").is_none() {
            return under_a_limit("unless_the_file_says_otherwise");
        }
        let head = HEAD.replace("\"log.jsonl\" }", "\"log.jsonl\", fail_closed = false }");
        assert_eq!(ask_until_full(&head).0, 200);
    }
}

fn wait_for(condition: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < until, "it did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
