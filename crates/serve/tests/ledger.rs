//! The ledger: written while requests come and go, read back in order.

use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_serve::ledger::Ledgers;
use hallmark_serve::{Asked, Request, Serving, Unmarked};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write(
        "profile.toml",
        "hallmark = 1\nname = \"test\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 1\n[tokenizer]\nvocab_size = 9\n",
    );
    write(
        "serving.toml",
        "hallmark_serving = 1\nprofile = \"profile.toml\"\n[cohorts]\nteam7 = \"one.key\"\nother = \"two.key\"\n[ledger]\nfile = \"ledger.jsonl\"\n",
    );
    for (name, byte) in [("one.key", 1), ("two.key", 2)] {
        let key = KeyFile::Root(RootKey::from_bytes([byte; 32]));
        hallmark::files::keys::write(&folder.path().join(name), &key, &[]).expect("a key file");
    }
    folder
}

fn begin(serving: &Serving, cohort: &str, tokens: &[i64]) -> Request {
    let mut request = serving
        .begin(&Asked {
            cohort: Some(cohort),
            ..Asked::default()
        })
        .expect("served");
    request.sync(tokens, 0).expect("tokens");
    request
}

fn path(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

fn load(folder: &TempDir) -> Serving {
    Serving::load(&path(folder, "serving.toml")).expect("a serving file")
}

#[test]
fn answers_stand_in_the_order_in_which_requests_began() {
    let folder = folder();
    let serving = load(&folder);
    let first = begin(&serving, "team7", &[1, 2]);
    let second = begin(&serving, "team7", &[3]);
    let third = begin(&serving, "other", &[4]);
    assert_eq!(second.id().as_deref(), Some("team7-1"));
    third.finish("stop", true).expect("written");
    second.finish("length", false).expect("written");
    first.finish("stop", true).expect("written");
    drop(serving);

    let ledgers = Ledgers::read(&[path(&folder, "ledger.jsonl")]).expect("a ledger");
    let summary = ledgers.summary();
    assert_eq!(summary.keys.len(), 2);
    let key = summary
        .keys
        .iter()
        .find(|key| key.cohort == "team7")
        .expect("the cohort");
    assert_eq!(
        (
            key.answers,
            key.tokens,
            key.unsent,
            key.missing,
            key.unfinished
        ),
        (2, 3, 1, 0, 0)
    );
    let several = ledgers
        .write(None, &path(&folder, "log.jsonl"))
        .expect_err("which key?");
    assert!(several.hint.expect("a hint").contains(&key.key_id));
    ledgers
        .write(Some(&key.key_id), &path(&folder, "log.jsonl"))
        .expect("written");
    let log = fs::read_to_string(path(&folder, "log.jsonl")).expect("read");
    assert_eq!(
        log,
        "{\"id\":\"team7-0\",\"response_tokens\":[1,2]}\n{\"id\":\"team7-1\",\"response_tokens\":[3]}\n"
    );
}

#[test]
fn numbers_go_on_after_a_restart_and_a_torn_line() {
    let folder = folder();
    let serving = load(&folder);
    begin(&serving, "team7", &[1])
        .finish("stop", true)
        .expect("written");
    let lost = begin(&serving, "team7", &[2]);
    // As when the process is killed: neither is dropped.
    std::mem::forget(lost);
    std::mem::forget(serving);
    let copy = path(&folder, "copy.jsonl");
    fs::copy(path(&folder, "ledger.jsonl"), &copy).expect("copied");
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(&copy)
        .expect("open");
    file.write_all(b"{\"event\":\"end\",\"id\":\"tea")
        .expect("torn");
    let text = fs::read_to_string(path(&folder, "serving.toml")).expect("read");
    fs::write(
        path(&folder, "serving.toml"),
        text.replace("ledger.jsonl", "copy.jsonl"),
    )
    .expect("written");

    let serving = load(&folder);
    let next = begin(&serving, "team7", &[3]);
    assert_eq!(next.id().as_deref(), Some("team7-2"));
    next.finish("stop", true).expect("written");
    drop(serving);
    let summary = Ledgers::read(&[copy]).expect("a ledger").summary();
    assert_eq!(
        (
            summary.keys[0].answers,
            summary.keys[0].unfinished,
            summary.torn_lines
        ),
        (2, 1, 1)
    );
}

#[test]
fn two_processes_do_not_write_one_ledger() {
    let folder = folder();
    let _first = load(&folder);
    let second = Serving::load(&path(&folder, "serving.toml"))
        .err()
        .expect("refused");
    assert!(second.to_string().contains("another process"), "{second}");
}

#[test]
fn unmarked_requests_are_counted_and_hold_no_tokens() {
    let folder = folder();
    let serving = load(&folder);
    begin(&serving, "nobody", &[1, 2, 3])
        .finish("stop", true)
        .expect("written");
    drop(serving);
    let summary = Ledgers::read(&[path(&folder, "ledger.jsonl")])
        .expect("a ledger")
        .summary();
    assert_eq!(summary.unmarked.get("unknown-cohort"), Some(&1));
    let text = fs::read_to_string(path(&folder, "ledger.jsonl")).expect("read");
    assert!(
        text.contains("\"tokens\":3") && !text.contains("response_tokens"),
        "{text}"
    );
}

#[test]
fn what_was_marked_before_it_was_given_up_is_kept() {
    let folder = folder();
    let serving = load(&folder);
    let mut request = begin(&serving, "team7", &[1, 2]);
    request.give_up(Unmarked::Failed("the engine's rows were NaN".into()));
    request.accept(5).expect("counted");
    request.finish("stop", true).expect("written");
    drop(serving);
    let text = fs::read_to_string(path(&folder, "ledger.jsonl")).expect("read");
    assert!(
        text.contains("\"tokens\":3") && text.contains("\"response_tokens\":[1,2]"),
        "{text}"
    );
}

#[test]
fn a_dropped_request_is_in_the_ledger() {
    let folder = folder();
    let serving = load(&folder);
    drop(begin(&serving, "team7", &[1]));
    drop(serving);
    let text = fs::read_to_string(path(&folder, "ledger.jsonl")).expect("read");
    assert!(
        text.contains("\"reason\":\"dropped\",\"sent\":false"),
        "{text}"
    );
}

#[test]
fn the_gateways_numbers_may_overtake_each_other_and_come_once() {
    let folder = folder();
    let serving = load(&folder);
    let numbered = |number| {
        serving
            .begin(&Asked {
                cohort: Some("team7"),
                number: Some(number),
                ..Asked::default()
            })
            .expect("served")
    };
    for number in [40, 42, 41] {
        let request = numbered(number);
        assert_eq!(request.id(), Some(format!("team7-{number}")));
        request.finish("stop", true).expect("written");
    }
    let again = numbered(41);
    assert!(
        !again.is_marked(),
        "marked text without a place in the ledger would be a hole"
    );
    assert_eq!(
        begin(&serving, "team7", &[]).id().as_deref(),
        Some("team7-43")
    );
    let summary = Ledgers::read(&[path(&folder, "ledger.jsonl")])
        .expect("a ledger")
        .summary();
    assert_eq!((summary.keys[0].answers, summary.keys[0].missing), (4, 0));
}

#[test]
fn what_is_taken_back_is_counted_and_copies_are_not_marked() {
    let folder = folder();
    let serving = load(&folder);
    let mut request = begin(&serving, "team7", &[1, 2, 3, 4]);
    request.rollback(1).expect("taken back");
    request.sync(&[1, 2, 5], 0).expect("another token");
    let copy = request.fork().expect("a copy");
    assert!(!copy.is_marked(), "it has no place in the ledger");
    request.end("stop", true).expect("written");
    assert!(!request.is_marked(), "it has ended");
    request.end("again", true).expect("nothing to write");
    drop(serving);
    let summary = Ledgers::read(&[path(&folder, "ledger.jsonl")])
        .expect("a ledger")
        .summary();
    assert_eq!(
        (
            summary.keys[0].answers,
            summary.keys[0].taken_back,
            summary.keys[0].tokens
        ),
        (1, 2, 3)
    );
}

#[test]
fn a_file_that_is_no_ledger_is_not_written_to() {
    for text in ["hallmark-root-1:", "{\"text\": 1}\n"] {
        let folder = folder();
        fs::write(path(&folder, "ledger.jsonl"), text).expect("written");
        let refused = Serving::load(&path(&folder, "serving.toml"))
            .err()
            .expect("refused");
        assert!(!refused.to_string().contains("root-1"), "{refused}");
        assert_eq!(
            fs::read_to_string(path(&folder, "ledger.jsonl")).expect("read"),
            text
        );
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    fs::write(path(&folder, "ledger.jsonl"), "").expect("readable by all");
    let _serving = load(&folder);
    let mode = fs::metadata(path(&folder, "ledger.jsonl"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn numbers_that_nobody_can_have_counted_are_summed() {
    let folder = folder();
    let ledger = path(&folder, "made-up.jsonl");
    let end = |number: u64| {
        format!(
            "{{\"event\": \"end\", \"id\": \"a\", \"number\": {number}, \"time\": 0, \"key\": \"k\", \"tokens\": {most}, \"reason\": \"stop\", \"sent\": true, \"taken_back\": {most}}}\n",
            most = usize::MAX
        )
    };
    fs::write(&ledger, end(0) + &end(u64::MAX)).expect("a file");
    let log = Ledgers::read(&[ledger]).expect("a ledger").summary();
    assert_eq!(log.keys[0].tokens, u64::MAX);
    assert_eq!(log.keys[0].taken_back, u64::MAX);
    assert_eq!(log.keys[0].missing, u64::MAX - 1);
}
