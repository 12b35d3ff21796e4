//! What stops a run at once, and how it goes on.

use super::server::{Reply, Server};
use super::{answer, assert_whole, collect, exchanges, prompts, result};
use serde_json::json;

const PAGE: &str = "<!DOCTYPE html><html><body>Please log in</body></html>";
const STREAM: &str =
    "data: {\"choices\": [{\"delta\": {\"content\": \"You\"}}]}\n\ndata: [DONE]\n\n";

/// Bodies that come with status 200 and are no answer of any dialect, with words of the error and of the way out.
const SHAPES: [(&str, &str, &str); 4] = [
    (PAGE, "a page (HTML or XML): <!DOCTYPE", "--endpoint"),
    (STREAM, "a stream of events", "{\"stream\":false}"),
    (
        "{\"choices\": []}",
        "no choices[0]: {\"choices\": []}",
        "--dialect",
    ),
    (
        "{\"status\": \"ok\"}",
        "no choices[0]: {\"status\": \"ok\"}",
        "--dialect",
    ),
];

#[test]
fn an_endpoint_that_sends_no_answers_is_asked_twice() {
    for (body, said, way_out) in SHAPES {
        for retries in [0, 6] {
            let server = Server::start(move |_, _| Reply::Status(200, "", body));
            let bench = prompts(30);
            let more = format!("--concurrency 6 --retries {retries}");
            let ran = collect(&bench, &server, &more);
            assert_eq!((ran.status, &*ran.stdout), (2, ""), "{body}");
            for part in [said, way_out, "status 200, and no answer", "0 of 30"] {
                assert!(ran.stderr.contains(part), "{body}: {}", ran.stderr);
            }
            assert_eq!(server.received().len(), 2.min(retries + 1), "{body}");
            assert_eq!(exchanges(&bench).len(), server.received().len(), "{body}");
            // Nothing came, so another way of asking is no mixture.
            server.behave(|received, _| answer(received));
            result(&bench, &server, "--temperature 1", 0);
            assert_whole(&bench, 30, 1);
            let ran = collect(&bench, &server, "--temperature 0.5");
            assert!(ran.stderr.contains("temperature = 1.0"), "{}", ran.stderr);
        }
    }
}

#[test]
fn what_was_collected_stays_where_the_endpoint_later_sends_a_page() {
    for body in [PAGE, STREAM] {
        let server = Server::start(|received, _| match received.prompt() {
            "word4" | "word5" => Reply::Status(400, "", "not today"),
            _ => answer(received),
        });
        let bench = prompts(5);
        result(&bench, &server, "", 2);
        server.behave(move |_, _| Reply::Status(200, "", body));
        let before = server.received().len();
        let ran = collect(&bench, &server, "--concurrency 6");
        assert!(
            ran.status == 2
                && ran
                    .stderr
                    .contains("3 of 5 answers are kept in answers.jsonl"),
            "{}",
            ran.stderr
        );
        assert_eq!(server.received().len() - before, 2);
        server.behave(|received, _| answer(received));
        result(&bench, &server, "", 0);
        assert_whole(&bench, 5, 1);
    }
}

#[test]
fn an_endpoint_of_another_dialect_is_asked_once() {
    let server = Server::start(|received, _| answer(received));
    let bench = prompts(30);
    let ran = collect(&bench, &server, "--dialect completions --concurrency 6");
    for part in ["no text where `completions` puts it", "check --dialect"] {
        assert!(
            ran.status == 2 && ran.stderr.contains(part),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(server.received().len(), 1);
    // The dialect that it speaks goes on in the same file.
    result(&bench, &server, "", 0);
    assert_whole(&bench, 30, 1);
}

/// Where answers came before, a gateway's notice may pass.
#[test]
fn a_page_between_answers_is_asked_past() {
    for (body, ..) in SHAPES {
        let server = Server::start(move |received, count| match count {
            1..=3 => Reply::Status(200, "", body),
            _ => answer(received),
        });
        let bench = prompts(3);
        let done = result(&bench, &server, "--concurrency 1", 0);
        assert_eq!(done["requests"], 6, "{body}");
        assert_whole(&bench, 3, 1);
    }
}

/// A prompt that brings no choices again and again does not keep a later run from asking the others.
#[test]
fn a_prompt_without_choices_is_not_taken_for_the_endpoint_once_answers_are_there() {
    let server = Server::start(|received, _| match received.prompt() {
        "word2" => Reply::Json(json!({"choices": []})),
        "word3" => Reply::Status(400, "", "not today"),
        _ => answer(received),
    });
    let bench = prompts(3);
    result(&bench, &server, "--retries 2", 2);
    server.behave(|received, _| match received.prompt() {
        "word2" => Reply::Json(json!({"choices": []})),
        _ => answer(received),
    });
    let rest = result(&bench, &server, "--retries 2", 2);
    assert_eq!(
        (&rest["already"], &rest["answered"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(rest["failed"][0]["id"], "p2");
}

#[test]
fn credit_that_ends_in_the_middle_stops_at_once_and_the_rest_is_asked_later() {
    for (status, body) in [
        (402, "Payment Required"),
        (
            429,
            r#"{"error": {"message": "no", "type": "insufficient_quota", "code": "insufficient_quota"}}"#,
        ),
        (
            400,
            r#"{"error": {"message": "no", "type": "invalid_request_error", "code": "billing_hard_limit_reached"}}"#,
        ),
        (
            400,
            r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."}}"#,
        ),
        // Within a success, without a number.
        (
            200,
            r#"{"error": {"message": "no", "code": "insufficient_credits"}}"#,
        ),
        (200, r#"{"error": "Insufficient Balance"}"#),
    ] {
        let server = Server::start(move |received, count| match count {
            0..=3 => answer(received),
            _ => Reply::Status(status, "retry-after: 0\r\n", body),
        });
        let bench = prompts(40);
        let ran = collect(&bench, &server, "--concurrency 2");
        assert_eq!((ran.status, &*ran.stdout), (2, ""), "{body}");
        for part in [
            "waiting does not help",
            "the same command goes on",
            "4 of 40 answers are kept in answers.jsonl",
        ] {
            assert!(ran.stderr.contains(part), "{body}: {}", ran.stderr);
        }
        // One that each worker had under way.
        let asked = server.received().len();
        assert!(asked <= 6, "{body}: {asked}");
        assert_eq!(exchanges(&bench).len(), asked, "{body}");
        server.behave(|received, _| answer(received));
        let rest = result(&bench, &server, "", 0);
        assert_eq!(
            (&rest["already"], &rest["answered"]),
            (&json!(4), &json!(36)),
            "{body}"
        );
        assert_whole(&bench, 40, 1);
    }
}
