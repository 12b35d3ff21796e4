//! Hostile and hurried callers, and the end.
use crate::common::{Folder, GENEROUS, HEAD, Running, Stub, TOKEN, text};
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn stub(limits: &str) -> (Folder, Running) {
    let folder = Folder::new(HEAD, &format!("{GENEROUS}{limits}"));
    let server = Running::with(&folder.config(), Arc::new(Stub));
    (folder, server)
}

#[test]
fn a_client_has_its_rate_and_wrong_tokens_count() {
    let folder = Folder::new(
        HEAD,
        "[limits]\nclient_per_second = 0.01\nclient_burst = 3\n",
    );
    let server = Running::with(&folder.config(), Arc::new(Stub));
    assert_eq!(server.detect(&text("a")), "found");
    assert_eq!(
        server
            .post("/v1/examine-text", "{}", Some("g".repeat(40).as_str()))
            .status,
        401
    );
    assert_eq!(server.get("/v1/info").status, 200);
    for _ in 0..3 {
        let response = server.post("/v1/detect", text("a").to_string(), None);
        assert_eq!((response.status, &*response.code()), (429, "too-many"));
        let wait: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=100).contains(&wait), "{wait}");
    }
    // A guess at a token is not free either, and who has one is not held up by others.
    assert_eq!(
        server
            .post("/v1/examine-text", "{}", Some("g".repeat(40).as_str()))
            .status,
        429
    );
    assert_eq!(
        server
            .post("/v1/detect", text("a").to_string(), Some(TOKEN))
            .status,
        200
    );
    assert_eq!(server.get("/healthz").status, 200);
    server.end();
    let log = folder.log();
    let shed: u64 = log.iter().filter_map(|line| line["shed"].as_u64()).sum();
    assert_eq!(shed, 4);
}

#[test]
fn beyond_the_queue_the_answer_is_busy_at_once() {
    let (_folder, server) = stub("detections = 1\nqueue = 1\nwait_seconds = 30\n");
    let ask = |body: &str| {
        let (body, mut client) = (text(body).to_string(), server.connect());
        std::thread::spawn(move || client.post("/v1/detect", body, None))
    };
    // One is worked on, one waits.
    let first = ask("sleep 1500");
    std::thread::sleep(Duration::from_millis(300));
    let second = ask("sleep 1");
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    for _ in 0..20 {
        let response = server.post("/v1/detect", text("a").to_string(), None);
        assert_eq!((response.status, &*response.code()), (503, "busy"));
        assert_eq!(response.header("retry-after"), Some("1"));
    }
    assert!(
        asked.elapsed() < Duration::from_millis(800),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(first.join().unwrap().status, 200);
    assert_eq!(second.join().unwrap().status, 200);
    assert_eq!(server.detect(&text("a")), "found");
    server.end();
}

#[test]
fn who_waits_too_long_is_told_to_come_again() {
    let (_folder, server) = stub("detections = 1\nqueue = 4\nwait_seconds = 1\n");
    let mut slow = server.connect();
    let slow =
        std::thread::spawn(move || slow.post("/v1/detect", text("sleep 2500").to_string(), None));
    std::thread::sleep(Duration::from_millis(200));
    let response = server.post("/v1/detect", text("a").to_string(), None);
    assert_eq!((response.status, &*response.code()), (503, "busy"));
    assert_eq!(slow.join().unwrap().status, 503);
    server.end();
}

#[test]
fn a_panic_is_one_requests_own() {
    let (folder, server) = stub("detections = 1\n");
    for _ in 0..3 {
        let response = server.post("/v1/detect", text("panic a-secret-text").to_string(), None);
        assert_eq!((response.status, &*response.code()), (500, "failed"));
        assert!(!response.text().contains("secret"));
    }
    let response = server.post("/v1/detect", text("fail it").to_string(), None);
    assert_eq!((response.status, &*response.code()), (500, "failed"));
    assert_eq!(server.detect(&text("a")), "found");
    server.end();
    let log = std::fs::read_to_string(folder.0.path().join("log.jsonl")).unwrap();
    assert!(!log.contains("secret"));
}

#[test]
fn bodies_that_are_no_question_are_refused() {
    let (_folder, server) = stub("request_bytes = 10000\n");
    let deep = format!("{{\"text\": {}", "[".repeat(9000));
    for body in [
        &b""[..],
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"{\"text\": \"\xff\"}",
        b"{\"text\": 5}",
        b"{\"text\": [[[[\"a\"]]]]}",
        b"{\"text\": \"a\", \"level\": 1}",
        b"{\"tokens\": [1, -1]}",
        b"{\"tokens\": \"abc\"}",
        deep.as_bytes(),
    ] {
        let response = server.post("/v1/detect", body, None);
        assert_eq!(
            (response.status, &*response.code()),
            (400, "not-a-question")
        );
    }
    let kind = "POST /v1/detect HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(server.connect().send(kind).code(), "not-json");
    let response = server.get("/v1/detect");
    assert_eq!((response.status, &*response.code()), (405, "method"));
    for path in [
        "/",
        "/v1",
        "/v1/detect/",
        "/v1/../v1/detect",
        "/%00",
        "/admin?x=y",
    ] {
        let response = server.get(path);
        assert_eq!(
            (response.status, &*response.code()),
            (404, "no-such-endpoint"),
            "{path}"
        );
    }
    server.end();
}

#[test]
fn too_much_is_refused_before_it_is_held() {
    let (_folder, server) = stub("request_bytes = 10000\n");
    let head = |length: &str| format!("POST /v1/detect HTTP/1.1\r\nhost: x\r\n{length}\r\n\r\n");
    // 100 MB that are said, and never sent.
    let mut client = server.connect();
    let response = client.send(head("content-length: 100000000"));
    assert_eq!((response.status, &*response.code()), (413, "too-large"));
    // Chunks without end.
    let mut client = server.connect();
    client.write(head("transfer-encoding: chunked")).unwrap();
    let chunk = format!("400\r\n{}\r\n", "a".repeat(1024));
    let mut sent = 0;
    while sent < 100_000 && client.write(&chunk).is_ok() {
        sent += 1024;
    }
    let response = client.read();
    // The server may close while chunks are on their way.
    assert!(response.is_err() || response.unwrap().status == 413);
    // What is no HTTP at all.
    for bytes in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}",
        "POST /v1/detect HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    ] {
        let mut client = server.connect();
        client.write(bytes).unwrap();
        client
            .0
            .get_ref()
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        let mut rest = String::new();
        let _ = client.0.read_to_string(&mut rest);
        assert!(
            rest.is_empty() || rest.starts_with("HTTP/1.1 400"),
            "{rest}"
        );
    }
    let long = format!(
        "GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n",
        "a".repeat(100_000)
    );
    let mut client = server.connect();
    let _ = client.write(long);
    assert!(client.read().is_ok_and(|response| response.status == 431));
    assert_eq!(server.detect(&text("a")), "found");
    server.end();
}

#[test]
fn slow_clients_are_not_waited_for() {
    let (_folder, server) = stub("read_seconds = 1\n");
    let began = Instant::now();
    let mut body = server.connect();
    body.write("POST /v1/detect HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{\"t")
        .unwrap();
    let mut head = server.connect();
    head.write("POST /v1/detect HT").unwrap();
    let mut idle = server.connect();
    let response = body.read().unwrap();
    assert_eq!((response.status, &*response.code()), (408, "timeout"));
    for client in [&mut head, &mut idle] {
        let mut rest = vec![];
        let _ = client.0.read_to_end(&mut rest);
    }
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    server.end();
}

#[test]
fn connections_are_counted_and_end_by_age() {
    let (_folder, server) = stub("connections = 3\nconnection_seconds = 2\n");
    let mut held: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for client in &mut held {
        assert_eq!(
            client
                .post("/v1/detect", text("a").to_string(), None)
                .status,
            200
        );
    }
    let mut rest = String::new();
    let _ = server.connect().0.read_to_string(&mut rest);
    assert!(
        rest.starts_with("HTTP/1.1 503") && rest.ends_with("later\"}}"),
        "{rest}"
    );
    for client in &mut held {
        let mut rest = vec![];
        client.0.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty());
    }
    assert_eq!(server.detect(&text("a")), "found");
    server.end();
}

#[test]
fn requests_in_flight_finish_and_new_ones_find_nobody() {
    let (folder, server) = stub("detections = 1\n");
    let (address, mut client, mut idle) = (server.address, server.connect(), server.connect());
    assert_eq!(
        idle.post("/v1/detect", text("a").to_string(), None).status,
        200
    );
    let slow =
        std::thread::spawn(move || client.post("/v1/detect", text("sleep 1000").to_string(), None));
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    server.handle.stop();
    std::thread::sleep(Duration::from_millis(200));
    assert!(std::net::TcpStream::connect(address).is_err());
    assert!(!server.has_ended());
    assert_eq!(slow.join().unwrap().status, 200);
    server.end();
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(folder.log().last().unwrap()["status"], 200);
}

#[test]
fn answers_leave_at_fixed_times() {
    let head = HEAD.replace("quantum_ms = 0", "quantum_ms = 400");
    let folder = Folder::new(&head, GENEROUS);
    let server = Running::with(&folder.config(), Arc::new(Stub));
    for body in ["a", "sleep 50", "sleep 200"] {
        let asked = Instant::now();
        server.detect(&text(body));
        // From the first byte to the last it is a little more.
        assert!(
            asked.elapsed() >= Duration::from_millis(400),
            "{body}: {:?}",
            asked.elapsed()
        );
    }
    server.end();
}
