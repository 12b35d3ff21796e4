//! Every malformed input by name: where it is said to be bad, why, and what to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use hallmark_corpus::{CorpusError, LimitKind, Limits, ReadOptions, Reader, Reason, Skipped};
use proptest::prelude::*;

/// Reads to the end or the first error.
fn read(name: &str, bytes: &[u8], options: &ReadOptions) -> (u64, Option<CorpusError>, u64) {
    let mut reader = match Reader::from_read(name, Cursor::new(bytes.to_vec()), options) {
        Ok(reader) => reader,
        Err(error) => return (0, Some(error), 0),
    };
    let mut records = 0;
    while let Some(next) = reader.next() {
        match next {
            Ok(_) => records += 1,
            Err(error) => {
                assert!(reader.next().is_none(), "nothing follows an error");
                return (records, Some(error), reader.skipped().count);
            }
        }
    }
    (records, None, reader.skipped().count)
}

fn small() -> ReadOptions {
    let limits = Limits {
        max_record_bytes: 2000,
        max_nesting: 8,
        max_document_bytes: 1000,
        max_total_bytes: 100_000,
    };
    ReadOptions {
        limits,
        vocab_size: Some(100),
        ..ReadOptions::default()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Bad records: file, content, and the message. One good record stands before and one behind, and with one bad record
/// allowed both are read.
#[test]
fn bad_records() {
    let deep = format!(
        "{{\"x\": {}1{}, \"text\": \"\"}}",
        "[".repeat(8),
        "]".repeat(8)
    );
    let bottomless = "[".repeat(1500);
    let deep_turn = format!(
        r#"{{"messages": [{{"role": "user", "content": {}1{}}}]}}"#,
        "[".repeat(6),
        "]".repeat(6)
    );
    let long = format!("{{\"text\": \"\", \"x\": \"{}\"}}", "y".repeat(2000));
    let large = format!(
        "{{\"prompt\": \"{}\", \"response\": \"{}\"}}",
        "y".repeat(501),
        "z".repeat(500)
    );
    let shown = format!(
        "{{\"context\": [\"{0}\", \"{0}\"], \"response\": \"\"}}",
        "y".repeat(501)
    );
    let both = format!(
        "{{\"text\": \"{}\", \"tokens\": [{}0]}}",
        "y".repeat(501),
        "0,".repeat(124)
    );
    let many_tokens = format!("{{\"tokens\": [{}0]}}", "0,".repeat(250));
    #[rustfmt::skip]
    let cases: &[(&str, &[u8], &str)] = &[
        // Not JSON.
        ("cut line", br#"{"text": "te"#, "is not valid JSON: EOF while parsing a string (byte 12 of its line)"),
        ("cut object", br#"{"text": "a""#, "is not valid JSON: EOF while parsing an object"),
        ("two objects on a line", br#"{"text": "a"} {"text": "b"}"#, "is not valid JSON: trailing characters"),
        ("trailing comma", br#"{"text": "a",}"#, "is not valid JSON: trailing comma"),
        ("single quotes", br#"{'text': 'a'}"#, "is not valid JSON: key must be a string"),
        ("bare word", b"hello", "is not valid JSON"),
        ("raw control character", b"{\"text\": \"a\x01b\"}", "is not valid JSON: control character"),
        ("raw tab in a string", b"{\"text\": \"a\tb\"}", "is not valid JSON: control character"),
        ("NUL byte", b"{\"text\": \"a\0b\"}", "is not valid JSON: control character"),
        ("bad escape", br#"{"text": "\x41"}"#, "is not valid JSON: invalid escape"),
        ("a cut escape where nothing is read", br#"{"text": "", "x": ["\u12"]}"#, "is not valid JSON"),
        ("not UTF-8", b"{\"text\": \"a\xff\"}", "is not UTF-8 from byte 11 of the record"),
        ("half a character", b"{\"text\": \"\xf0\x9f\xa6\"}", "is not UTF-8 from byte 10"),
        ("a surrogate in UTF-8", b"{\"text\": \"\xed\xa0\x80\"}", "is not UTF-8 from byte 10"),
        ("NaN", br#"{"text": "", "x": NaN}"#, "is not valid JSON: NaN is no JSON value; null is"),
        ("Infinity", br#"{"text": "", "x": -Infinity}"#, "is not valid JSON: Infinity is no JSON value"),
        ("lines that end with a carriage return alone", b"{\"text\": \"\"}\r{\"text\": \"\"}", "is not valid JSON: a carriage return alone ends no line"),
        ("leading zero", br#"{"tokens": [01]}"#, "is not valid JSON"),
        // Not an object.
        ("a string", br#""text""#, "is a string, not a JSON object"),
        ("a number", b"17", "is a number, not a JSON object"),
        ("null", b"null", "is null, not a JSON object"),
        ("a list", br#"[{"text": "a"}]"#, "is a list, not a JSON object"),
        // No layout, or two.
        ("empty object", b"{}", "fits no layout: the record is empty"),
        ("unknown fields", br#"{"output": "a", "score": 1}"#, "fits no layout: it has `output`, `score`, and none"),
        ("only a prompt", br#"{"prompt": "a"}"#, "fits no layout: it has `prompt`, and none"),
        ("two layouts", br#"{"text": "a", "response": "b"}"#, "fits more than one layout: it has `text` and `response`"),
        ("three layouts", br#"{"tokens": [1], "response": "b", "messages": []}"#, "it has `tokens` and `response` and `messages`"),
        ("duplicate field", br#"{"text": "a", "text": "b"}"#, "has the field `text` twice"),
        ("duplicate null", br#"{"text": null, "text": "b"}"#, "has the field `text` twice"),
        // Wrong kinds.
        ("text is a number", br#"{"text": 3}"#, "`text` is a number; a string, or a list of parts with text, is needed"),
        ("text is a list", br#"{"text": ["a"]}"#, "`text` is a list; a string, or a list of parts with text, is needed"),
        ("prompt is an object", br#"{"prompt": {}, "text": ""}"#, "`prompt` is an object; a string, or a list of turns is needed"),
        ("response is true", br#"{"response": true}"#, "`response` is true or false; a string"),
        ("id is a fraction", br#"{"text": "", "id": 1.5}"#, "`id` is a fraction"),
        ("tokens is a string", br#"{"tokens": "1 2"}"#, "`tokens` is a string; a list of token ids is needed"),
        ("tokens is an object", br#"{"tokens": {}}"#, "`tokens` is an object; a list of token ids"),
        // Tokens.
        ("negative token", br#"{"tokens": [1, -1]}"#, "`tokens` has -1 at position 1, which is not a whole number from 0"),
        ("fraction", br#"{"tokens": [1.0]}"#, "`tokens` has a fraction or a number of more than 64 bits at position 0, which is not a whole number from 0"),
        ("token is null", br#"{"response_tokens": [null]}"#, "`response_tokens` has null at position 0"),
        ("token is a string", br#"{"tokens": ["1"]}"#, "`tokens` has a string at position 0"),
        ("nested tokens", br#"{"tokens": [[1]]}"#, "`tokens` has a list at position 0"),
        ("over 32 bits", br#"{"tokens": [4294967296]}"#, "which is more than a 32-bit token id can be"),
        ("over 64 bits", br#"{"tokens": [18446744073709551616]}"#, "has a fraction or a number of more than 64 bits at position 0"),
        ("outside the vocabulary", br#"{"prompt_tokens": [100], "text": ""}"#, "not below the vocabulary's size of 100"),
        // Chats.
        ("messages is a string", br#"{"messages": "a"}"#, "`messages` is a string; a list of"),
        ("a turn is a string", br#"{"messages": ["a"]}"#, "`messages.0` is a string; an object with `role`"),
        ("a turn without a role", br#"{"messages": [{"content": "a"}]}"#, "`messages.0.role` is missing"),
        ("a role that is a number", br#"{"messages": [{"role": 1}]}"#, "`messages.0.role` is a number"),
        ("two roles", br#"{"messages": [{"role": "user", "role": "assistant"}]}"#, "has the field `messages.0.role` twice"),
        ("no turns", br#"{"messages": []}"#, "`messages` holds no answer: no turn has the role `assistant`"),
        ("no answer", br#"{"messages": [{"role": "user", "content": "a"}]}"#, "no turn has the role `assistant`"),
        // Limits.
        ("too deep", deep.as_bytes(), "exceeds max-nesting = 8"),
        ("bottomless", bottomless.as_bytes(), "is a list, not a JSON object"),
        ("too deep in a turn", deep_turn.as_bytes(), "exceeds max-nesting = 8"),
        ("too long", long.as_bytes(), "exceeds max-record-bytes = 2000"),
        ("too large", large.as_bytes(), "exceeds max-document-bytes = 1000"),
        ("too much shown", shown.as_bytes(), "exceeds max-document-bytes = 1000"),
        ("too large with its tokens", both.as_bytes(), "exceeds max-document-bytes = 1000"),
        ("too many tokens", many_tokens.as_bytes(), "exceeds max-document-bytes = 1000"),
    ];
    for (case, bad, message) in cases {
        let lines = [b"{\"text\": \"\"}\n", *bad, b"\n{\"text\": \"\"}\n"].concat();
        let (records, error, _) = read("in.jsonl", &lines, &small());
        let error = error.unwrap_or_else(|| panic!("{case}: accepted"));
        assert!(
            error.to_string().starts_with("in.jsonl:2: "),
            "{case}: {error}"
        );
        assert!(error.to_string().contains(message), "{case}: {error}");
        assert!(
            error.is_bad_record() && !error.hint().is_empty() && records == 1,
            "{case}"
        );

        let (records, error, skipped) = read(
            "in.jsonl",
            &lines,
            &ReadOptions {
                skip_bad: 1,
                ..small()
            },
        );
        assert!(
            (records, skipped) == (2, 1) && error.is_none(),
            "{case}: {error:?}"
        );
    }
}

/// Files of which nothing can be trusted, so that no number of bad records allows them.
#[test]
fn bad_files() {
    let line = &b"{\"text\": \"abc\"}\n"[..];
    let many = line.repeat(500);
    let bomb = b" ".repeat(1 << 20);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 9].to_vec();
    let with = |mut bytes: Vec<u8>, at: usize| {
        bytes[at] ^= 0x55;
        bytes
    };
    #[rustfmt::skip]
    let cases: &[(&str, &str, Vec<u8>, &str)] = &[
        ("empty file", "in.jsonl", vec![], "in.jsonl: holds no record"),
        ("empty text", "in.txt", vec![], "in.txt: holds no record"),
        ("blank lines", "in.jsonl", b"\n \r\n".to_vec(), "in.jsonl: holds no record"),
        ("empty array", "in.json", b"[]".to_vec(), "in.json: holds no record"),
        ("only a byte order mark", "in.jsonl", b"\xef\xbb\xbf".to_vec(), "in.jsonl: holds no record"),
        ("empty gzip", "in.jsonl", gzip(b""), "in.jsonl: holds no record"),
        ("UTF-16, little endian", "in.jsonl", b"\xff\xfe{\0}\0".to_vec(), "in.jsonl: starts with a UTF-16"),
        ("UTF-16, big endian", "in.txt", b"\xfe\xff\0a".to_vec(), "in.txt: starts with a UTF-16"),
        ("cut gzip", "in.jsonl", cut(gzip(&many)), "the gzip stream ends too early"),
        ("cut zstd", "in.jsonl", cut(zstd(&many)), "the zstd stream ends too early"),
        ("damaged gzip", "in.jsonl", with(gzip(&many), 15), "the gzip stream is damaged"),
        ("damaged zstd", "in.jsonl", with(zstd(&many), 4), "the zstd stream"),
        ("junk behind gzip", "in.jsonl", [gzip(line), b"junk".to_vec()].concat(), "the gzip stream"),
        ("junk behind zstd", "in.jsonl", [zstd(line), b"junk".to_vec()].concat(), "the zstd stream"),
        ("a bomb", "in.jsonl", gzip(&bomb), "exceeds max-total-bytes = 100000"),
        ("too much", "in.jsonl", line.repeat(10_000), "exceeds max-total-bytes = 100000"),
        ("array not closed", "in.json", b"[{\"text\": \"\"}".to_vec(), "in.json:1: the JSON around the records is broken: the array is not closed"),
        ("record not closed", "in.json", b"[\n{\"text\": \"".to_vec(), "in.json:2: the JSON around the records is broken: the last record is not closed"),
        ("no comma", "in.json", b"[{\"text\": \"\"} {}]".to_vec(), "a comma is missing between two records"),
        ("two commas", "in.json", b"[{\"text\": \"\"},,{}]".to_vec(), "a comma or bracket stands where a record should"),
        ("comma at the end", "in.json", b"[{\"text\": \"\"},]".to_vec(), "a comma or bracket stands where a record should"),
        ("two arrays", "in.json", b"[{\"text\": \"\"}]\n[]".to_vec(), "in.json:2: the JSON around the records is broken: something follows the array"),
        ("a brace too many", "in.json", b"[}]".to_vec(), "in.json:1: "),
        ("a JSON string", "in.json", b"\"text\"".to_vec(), "neither an array nor an object stands here"),
        ("text in JSON", "in.json", b"Once upon".to_vec(), "neither an array nor an object stands here"),
        ("Parquet from a pipe", "in.parquet", b"PAR1....PAR1".to_vec(), "must be an uncompressed file on disk"),
        ("Parquet in gzip", "in.gz", gzip(b"PAR1....PAR1"), "must be an uncompressed file on disk"),
    ];
    for (case, name, bytes, message) in cases {
        let (_, error, _) = read(
            name,
            bytes,
            &ReadOptions {
                skip_bad: u64::from(*case == "a brace too many"),
                ..small()
            },
        );
        let error = error.unwrap_or_else(|| panic!("{case}: accepted"));
        assert!(error.to_string().contains(message), "{case}: {error}");
        assert!(
            !error.is_bad_record() && !error.hint().is_empty(),
            "{case}: {error}"
        );
    }
}

#[test]
fn bad_text_files_are_bad_records_of_one_document() {
    #[rustfmt::skip]
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("NUL", b"ab\0c".to_vec(), "in.txt:1: holds a NUL at byte 2, so it is not a text file"),
        ("not UTF-8", b"ab\xe9c".to_vec(), "in.txt:1: is not UTF-8 from byte 2"),
        ("too large", b"a".repeat(1001), "in.txt:1: exceeds max-document-bytes = 1000"),
    ];
    for (case, bytes, message) in cases {
        let (_, error, _) = read("in.txt", bytes, &small());
        assert!(error.unwrap().to_string().starts_with(message), "{case}");
        let (records, error, skipped) = read(
            "in.txt",
            bytes,
            &ReadOptions {
                skip_bad: 1,
                ..small()
            },
        );
        assert!(
            (records, skipped) == (0, 1) && error.is_none(),
            "{case}: {error:?}"
        );
    }
}

#[test]
fn bad_elements_of_an_array_are_bad_records() {
    let long = "y".repeat(2000);
    let json = format!(
        "[{{\"text\": \"\"}},\n17, {{\"a\":\n}}, \"[\",\n{{\"text\": \"{long}\"}}, nonsense, {{\"text\": \"\"}}]"
    );
    let (records, error, skipped) = read(
        "in.json",
        json.as_bytes(),
        &ReadOptions {
            skip_bad: 5,
            ..small()
        },
    );
    assert!((records, skipped) == (2, 5) && error.is_none(), "{error:?}");
}

#[test]
fn one_bad_record_too_many_ends_the_run_and_the_first_are_kept() {
    let lines = b"{\"text\": \"\"}\n17\n".repeat(9);
    let options = ReadOptions {
        skip_bad: 7,
        ..small()
    };
    let mut reader = Reader::from_read("in.jsonl", Cursor::new(lines), &options).unwrap();
    let error = reader.by_ref().find_map(Result::err).unwrap();
    assert_eq!(
        error.to_string(),
        "in.jsonl:16: is a number, not a JSON object (and 7 bad records before it were skipped, as many as allowed)"
    );
    assert!(error.hint().contains("--skip-bad"));
    assert!(matches!(
        error.reason,
        Reason::TooManyBad { allowed: 7, .. }
    ));
    assert_eq!(
        (reader.skipped().count, reader.skipped().first.len()),
        (7, Skipped::KEPT)
    );
    assert_eq!(reader.skipped().first[1].line, Some(4));
    assert!(reader.next().is_none());
}

#[test]
fn the_allowance_is_for_all_files_together() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.jsonl", "b.jsonl"].map(|name| folder.path().join(name));
    for path in &paths {
        std::fs::write(path, "17\n{\"text\": \"\"}\n").unwrap();
    }
    let ends = |skip_bad| {
        let options = ReadOptions {
            skip_bad,
            ..ReadOptions::default()
        };
        Reader::open_all(&paths, &options)
            .unwrap()
            .find_map(Result::err)
    };
    assert!(ends(1).unwrap().to_string().contains("b.jsonl:1: "));
    assert!(ends(2).is_none());
}

#[test]
fn a_path_that_cannot_be_opened_is_named() {
    let error = Reader::open("no/such/file.jsonl", &ReadOptions::default())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("no/such/file.jsonl: cannot be opened: "),
        "{error}"
    );
    assert_eq!(error.hint(), "check the path");
    let folder = tempfile::tempdir().unwrap();
    let error = Reader::open(folder.path(), &ReadOptions::default())
        .err()
        .unwrap();
    assert!(
        matches!(error.reason, Reason::Read(_) | Reason::Open(_)),
        "{error}"
    );
}

#[test]
fn nesting_beyond_what_the_parser_can_take_is_refused_whatever_the_limit() {
    let limits = Limits {
        max_nesting: u32::MAX,
        ..Limits::default()
    };
    let options = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    let nested = |levels: usize| {
        format!(
            "{{\"text\": \"\", \"x\": {}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let (records, error, _) = read("in.jsonl", nested(125).as_bytes(), &options);
    assert!(records == 1 && error.is_none(), "{error:?}");
    for levels in [126, 127, 128, 200, 100_000] {
        let (_, error, _) = read("in.jsonl", nested(levels).as_bytes(), &options);
        let error = error.unwrap();
        assert!(
            matches!(
                error.reason,
                Reason::OverLimit {
                    limit: LimitKind::Nesting,
                    value: 126
                }
            ),
            "{levels}: {error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_records_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        name in prop::sample::select(vec!["a.jsonl", "a.json", "a.txt", "a"]),
        skip_bad in 0u64..3,
    ) {
        read(name, &bytes, &ReadOptions { skip_bad, ..small() });
        read(name, &gzip(&bytes), &ReadOptions { skip_bad, ..small() });
        read(name, &zstd(&bytes), &ReadOptions { skip_bad, ..small() });
    }

    #[test]
    fn damaged_records_are_records_or_an_error(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", " ", "\"text\"", "\"tokens\"", "\"messages\"", "\"role\"",
                "\"assistant\"", "\"content\"", "1", "-2", "4294967296", "null", "true", "\\u", "d83e", "é", "\"prompt\":",
                "{\"text\": \"a\"}", "[1,2]", "\"x\":{\"y\":",
            ]),
            0..30,
        ),
        name in prop::sample::select(vec!["a.jsonl", "a.json"]),
    ) {
        let text = pieces.concat();
        let (records, error, skipped) = read(name, text.as_bytes(), &ReadOptions { skip_bad: 2, ..small() });
        prop_assert!(records + skipped > 0 || error.is_some());
    }

    #[test]
    fn damaged_streams_are_records_or_an_error(at in 0usize..200, flip in 1u8.., is_zstd: bool) {
        let lines = b"{\"text\": \"abc\", \"id\": 17}\n".repeat(40);
        let mut bytes = if is_zstd { zstd(&lines) } else { gzip(&lines) };
        let at = at % bytes.len();
        bytes[at] ^= flip;
        read("a.jsonl", &bytes, &small());
    }
}
