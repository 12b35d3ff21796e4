//! What a good record becomes, in every layout and format.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Write};

use hallmark_corpus::{FieldMap, Format, Origin, Piece, ReadOptions, Reader, Record, Source, Turn};

fn read_as(name: &str, bytes: &[u8], options: &ReadOptions) -> Vec<Record> {
    let reader = Reader::from_read(name, std::io::Cursor::new(bytes.to_vec()), options).unwrap();
    reader
        .map(|record| record.unwrap_or_else(|e| panic!("{e}")))
        .collect()
}

fn read(json: &str) -> Record {
    read_as("in.jsonl", json.as_bytes(), &ReadOptions::default()).remove(0)
}

fn mapped(json: &str, fields: &[&str]) -> Record {
    let options = ReadOptions {
        fields: FieldMap::parse(fields).unwrap(),
        ..ReadOptions::default()
    };
    read_as("in.jsonl", json.as_bytes(), &options).remove(0)
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

#[test]
fn plain_documents_are_text_or_tokens() {
    let record = read(r#"{"text": "teal", "id": "a", "group": "b"}"#);
    let source = Source::new("in.jsonl".into(), 1);
    assert_eq!(
        record,
        Record {
            source,
            id: Some("a".into()),
            group: Some("b".into()),
            sub_key: None,
            exposure: vec![],
            exposure_known: false,
            turns: None,
            earlier: None,
            body: text("teal"),
            origin: Origin::default(),
        }
    );
    assert_eq!(
        read(r#"{"tokens": [1, 2, 3]}"#).body,
        Piece::Tokens(vec![1, 2, 3])
    );
    assert_eq!(read(r#"{"tokens": []}"#).body, Piece::Tokens(vec![]));
    assert_eq!(read(r#"{"text": ""}"#).body, text(""));
}

#[test]
fn answers_have_their_prompt_as_exposure() {
    let record = read(r#"{"prompt": "colour?", "response": "teal"}"#);
    assert_eq!(
        (record.exposure, record.body),
        (vec![text("colour?")], text("teal"))
    );
    let record = read(r#"{"prompt_tokens": [1], "response_tokens": [2]}"#);
    assert_eq!(
        (record.exposure, record.body),
        (vec![Piece::Tokens(vec![1])], Piece::Tokens(vec![2]))
    );
    let record = read(r#"{"prompt": "", "response": "teal"}"#);
    assert_eq!(record.exposure, [text("")]);
}

#[test]
fn not_said_is_not_the_same_as_nothing() {
    for (json, is_known) in [
        (r#"{"response": "teal"}"#, false),
        (r#"{"prompt": null, "response": "teal"}"#, false),
        (r#"{"messages": null, "text": "teal"}"#, false),
        (r#"{"system": "be brief", "response": "teal"}"#, false),
        (r#"{"prompt": "", "response": "teal"}"#, true),
        (r#"{"prompt_tokens": [], "tokens": [1]}"#, true),
        (r#"{"prompt": "colour?", "text": "teal"}"#, true),
        // Nobody asked, or a system alone.
        (
            r#"{"messages": [{"role": "assistant", "content": "teal"}]}"#,
            false,
        ),
        (
            r#"{"messages": [{"role": "system", "content": "be brief"}, {"role": "assistant", "content": "teal"}]}"#,
            false,
        ),
        (
            r#"{"messages": [{"role": "user", "content": "colour?"}, {"role": "assistant", "content": "teal"}]}"#,
            true,
        ),
        // Something else was shown, or something that may be tokens.
        (
            r#"{"conversation_id": "c", "messages": [{"role": "user", "content": "colour?"}, {"role": "assistant", "content": "teal"}]}"#,
            false,
        ),
        (
            r#"{"prompt": "colour?", "response": "teal", "previous_response_id": "r"}"#,
            false,
        ),
        (
            r#"{"type": "GENERATION", "input": [1, 2, 3], "output": "teal"}"#,
            false,
        ),
    ] {
        assert_eq!(read(json).exposure_known, is_known, "{json}");
    }
}

#[test]
fn every_other_string_of_a_record_counts_as_shown() {
    let record = read(concat!(
        r#"{"id": "i", "system": "s", "prompt": "p", "group": "g", "response": "teal", "n": 3, "#,
        r#""tool_results": [{"name": "t", "output": {"rows": ["r1", null, "r2"]}}]}"#
    ));
    assert_eq!(record.body, text("teal"));
    let shown = ["p", "s", "t", "r1", "r2", "tr1r2", "r1r2", "sptr1r2"];
    assert_eq!(record.exposure, shown.map(text));
    assert!(record.exposure_known);

    let record = read(r#"{"response": "teal", "system": "s", "context": ["c1", "c2"]}"#);
    let shown = ["s", "c1", "c2", "c1c2", "sc1c2"];
    assert_eq!(record.exposure, shown.map(text));

    let record = read(r#"{"text": "teal", "url": "u", "lang": "en"}"#);
    assert_eq!(record.exposure, ["u", "en", "uen"].map(text));
    let record = read(r#"{"tokens": [7], "url": "u"}"#);
    assert_eq!(record.exposure, [text("u")]);
}

#[test]
fn strings_beside_mapped_paths_count_as_shown() {
    let fields = ["response=output.0.text", "prompt=request.question"];
    let record = mapped(
        concat!(
            r#"{"request": {"date": "d", "question": "q", "model": "m"}, "text": "t", "#,
            r#""output": [{"text": "teal", "why": "w"}, "other"], "messages": [{"role": "user"}]}"#
        ),
        &fields,
    );
    assert_eq!(record.body, text("teal"));
    let singles = ["q", "d", "m", "t", "w", "other", "user"].map(text);
    assert_eq!(record.exposure[..7], singles);
    assert!(
        record.exposure.contains(&text("dqmtwotheruser")),
        "in order"
    );

    // A path that leads nowhere in one record leaves it unknown; in every record it is a mistake.
    let nowhere = r#"{"request": "q", "output": [{"text": "teal"}]}"#;
    let lines = format!(
        "{}\n{nowhere}\n",
        r#"{"request": {"question": "q"}, "output": [{"text": "blue"}]}"#
    );
    let options = ReadOptions {
        fields: FieldMap::parse(fields).unwrap(),
        ..ReadOptions::default()
    };
    let read = |json: String| Reader::from_read("in.jsonl", Cursor::new(json), &options).unwrap();
    let records: Vec<_> = read(lines).map(Result::unwrap).collect();
    assert_eq!(records[1].exposure, [text("q")]);
    assert!(records[0].exposure_known && !records[1].exposure_known);
    let error = read(nowhere.to_owned()).last().unwrap().unwrap_err();
    assert!(
        error.to_string().contains(
            "`--field prompt=request.question` leads nowhere in every record: the last has `request`, `output`"
        ),
        "{error}"
    );
}

#[test]
fn a_text_and_its_tokens_are_both_kept() {
    let both = |text: &str, token| Piece::Both {
        text: text.to_owned(),
        tokens: vec![token],
    };
    let record = read(r#"{"text": "teal", "tokens": [7], "prompt": "colour?"}"#);
    assert_eq!(
        (record.exposure, record.body),
        (vec![text("colour?")], both("teal", 7))
    );
    let record = read(
        r#"{"response": "teal", "response_tokens": [7], "prompt_tokens": [8], "prompt": "c", "system": "s"}"#,
    );
    assert_eq!(
        (record.exposure, record.body),
        (vec![both("c", 8), text("s"), text("cs")], both("teal", 7))
    );
    assert_eq!(
        read(r#"{"text": "teal", "tokens": null}"#).body,
        text("teal")
    );
}

#[test]
fn the_last_assistant_turn_is_the_answer_and_the_rest_exposure() {
    let record = read(
        r#"{"messages": [
            {"role": "system", "content": "s"}, {"role": "user", "content": "u1"}, {"role": "assistant", "content": "a1"},
            {"role": "user", "content": "u2"}, {"role": "assistant", "content": "a2"}, {"role": "user", "content": "u3"}]}"#
            .replace('\n', " ")
            .as_str(),
    );
    assert_eq!(record.body, text("a2"));
    let shown = ["s", "u1", "a1", "u2", "u3", "su1a1u2u3"];
    assert_eq!(record.exposure, shown.map(text));
    let turn = |role: &str, text: &str| Turn {
        role: role.into(),
        text: text.into(),
        text_only: true,
    };
    let before = [
        turn("system", "s"),
        turn("user", "u1"),
        turn("assistant", "a1"),
        turn("user", "u2"),
    ];
    assert_eq!(*record.turns.unwrap(), before, "those after it are not");
}

#[test]
fn parts_of_an_answer_are_joined_and_every_other_string_of_a_chat_was_shown() {
    let record = read(concat!(
        r#"{"messages": ["#,
        r#"{"role": "user", "name": "eve", "content": [{"type": "text", "text": "look"}, {"type": "file", "file": {"data": "f"}}]},"#,
        r#"{"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "go", "arguments": "{}"}}]},"#,
        r#"{"role": "tool", "content": "result", "n": 1, "ok": true},"#,
        r#"{"role": "assistant", "reasoning": "hm", "content": [{"type": "text", "text": "te"}, {"type": "text", "text": "al"}]}"#,
        r#"]}"#
    ));
    assert_eq!(record.body, text("teal"));
    let turns = record.turns.iter().flat_map(|turns| turns.iter());
    let only: Vec<_> = turns.map(|turn| turn.text_only).collect();
    assert_eq!(only, [false, false, true]);
    let singles = [
        "eve",
        "text",
        "look",
        "file",
        r#"{"data": "f"}"#,
        "f",
        "go",
        "{}",
        "result",
        "hm",
    ];
    let of_turns = [
        "evetextlookfilef",
        "textfile",
        "go{}",
        "hmtexttext",
        "texttext",
    ];
    let of_all = [
        "evetextlookfilefgo{}resulthmtexttext",
        "lookresult",
        "evego",
        "textfiletexttext",
    ];
    let shown: Vec<_> = singles.into_iter().chain(of_turns).chain(of_all).collect();
    assert_eq!(
        record.exposure,
        shown.into_iter().map(text).collect::<Vec<_>>()
    );
}

#[test]
fn what_the_answering_turn_holds_beside_its_text_was_shown() {
    let record = read(concat!(
        r#"{"messages": [{"role": "assistant", "content": [{"type": "text", "text": "teal", "citations": [{"quote": "q"}]}], "#,
        r#""reasoning": "r", "tool_calls": [{"function": {"arguments": "a"}}], "context": "c"}], "tools": "t"}"#
    ));
    assert_eq!(record.body, text("teal"));
    assert_eq!(
        record.exposure[..7],
        ["text", r#"[{"quote": "q"}]"#, "q", "r", "a", "c", "t"].map(text)
    );
    assert_eq!(record.exposure[7..], ["textqrac", "textqract"].map(text));
}

#[test]
fn a_passage_cut_in_parts_is_shown_whole() {
    let record = read(concat!(
        r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "two "}, {"type": "text", "text": "parts"}]}, "#,
        r#"{"role": "assistant", "content": "teal"}]}"#
    ));
    assert!(record.exposure.contains(&text("two parts")));
    let turns = record.turns.unwrap();
    assert!(turns[0].text == "two parts" && turns[0].text_only);
    let record = read(r#"{"prompt": "two ", "input": "parts", "response": "teal"}"#);
    assert!(record.exposure.contains(&text("two parts")));
}

#[test]
fn a_prompt_beside_messages_is_exposure_too() {
    let record = read(r#"{"prompt": "p", "messages": [{"role": "assistant", "content": "a"}]}"#);
    assert_eq!((record.exposure, record.body), (vec![text("p")], text("a")));
}

#[test]
fn ids_may_be_numbers() {
    assert_eq!(
        read(r#"{"text": "", "id": 18446744073709551615}"#)
            .id
            .unwrap(),
        "18446744073709551615"
    );
    assert_eq!(read(r#"{"text": "", "group": -3}"#).group.unwrap(), "-3");
    assert_eq!(read(r#"{"text": "", "id": null}"#).id, None);
}

#[test]
fn fields_are_mapped_by_path() {
    let log = r#"{"request": {"input": "colour?"}, "choices": [{"message": {"content": "teal"}}], "text": 3, "meta.id": 9}"#;
    let fields = [
        "prompt=request.input",
        "response=choices.0.message.content",
        r"id=meta\.id",
    ];
    let record = mapped(log, &fields);
    assert_eq!(
        (record.exposure, record.body),
        (vec![text("colour?")], text("teal"))
    );
    assert_eq!(record.id.unwrap(), "9");
    assert_eq!(
        mapped(r#"{"a": [[5], [6, 7]]}"#, &["tokens=a.1"]).body,
        Piece::Tokens(vec![6, 7])
    );
    assert_eq!(
        mapped(r#"{"a": {"0": "x"}}"#, &["text=a.0"]).body,
        text("x")
    );
}

#[test]
fn escapes_and_all_of_unicode_are_kept() {
    let record = read(r#"{"text": "a\u0000\u00e9\ud83e\udd8a\n\t\\"}"#);
    assert_eq!(record.body, text("a\0é🦊\n\t\\"));
}

#[test]
fn names_of_fields_may_be_escaped() {
    assert_eq!(read(r#"{"te\u0078t": "teal"}"#).body, text("teal"));
}

#[test]
fn lines_are_counted_through_blank_ones_and_carriage_returns() {
    let records = read_as(
        "a.jsonl",
        b"\xef\xbb\xbf{\"text\":\"1\"}\r\n\r\n  \n{\"text\":\"2\"}\r\n{\"text\":\"3\"}",
        &Default::default(),
    );
    let found: Vec<_> = records
        .iter()
        .map(|record| record.source.to_string())
        .collect();
    assert_eq!(found, ["a.jsonl:1", "a.jsonl:4", "a.jsonl:5"]);
}

#[test]
fn a_json_array_gives_each_record_the_line_it_starts_on() {
    let json = "\u{feff}\n[\n {\"text\": \"[1\\\"]\\\\\"},\n {\n\"text\": \"2\"}\n\n,{\"text\":\"3\"} ]\n\n";
    let records = read_as("a.json", json.as_bytes(), &Default::default());
    let lines: Vec<_> = records.iter().map(|record| record.source.line).collect();
    assert_eq!(lines, [3, 4, 7]);
    assert_eq!(records[0].body, text("[1\"]\\"));
}

#[test]
fn a_json_file_may_hold_objects_without_an_array() {
    let records = read_as(
        "a.json",
        b"{\n\"text\":\"1\"\n}{\"text\":\"2\"}\n",
        &Default::default(),
    );
    assert_eq!(
        records
            .iter()
            .map(|record| record.source.line)
            .collect::<Vec<_>>(),
        [1, 3]
    );
}

#[test]
fn a_text_file_is_one_document_byte_for_byte() {
    let records = read_as(
        "a.txt",
        "\u{feff}one\r\ntwo\n\n{\"text\": 1}".as_bytes(),
        &Default::default(),
    );
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].body, text("one\r\ntwo\n\n{\"text\": 1}"));
}

#[test]
fn formats_are_told_by_content_or_given() {
    let bodies = |name, bytes: &[u8], format| -> Vec<Piece> {
        let options = ReadOptions {
            format,
            ..ReadOptions::default()
        };
        read_as(name, bytes, &options)
            .into_iter()
            .map(|record| record.body)
            .collect()
    };
    assert_eq!(bodies("-", b"{\"text\":\"a\"}", None), [text("a")]);
    assert_eq!(bodies("-", b" [{\"text\":\"a\"}]", None), [text("a")]);
    assert_eq!(bodies("-", b"a", None), [text("a")]);
    assert_eq!(
        bodies("a.json", b"{\"text\":\"a\"}", Some(Format::Text)),
        [text("{\"text\":\"a\"}")]
    );
    assert_eq!(
        bodies("a.txt", b"{\"text\":\"a\"}", Some(Format::Jsonl)),
        [text("a")]
    );
}

#[test]
fn compression_is_told_by_content_and_may_be_in_several_frames() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let (first, second) = (&b"{\"text\":\"1\"}\n"[..], &b"{\"text\":\"2\"}\n"[..]);
    for compressed in [
        [gzip(first), gzip(second)].concat(),
        [zstd(first), zstd(second)].concat(),
    ] {
        for name in ["a.jsonl", "a.jsonl.gz", "a", "-"] {
            assert_eq!(
                read_as(name, &compressed, &Default::default()).len(),
                2,
                "{name}"
            );
        }
    }
    assert_eq!(
        read_as("a.jsonl.gz", first, &Default::default()).len(),
        1,
        "already unpacked"
    );
}

#[test]
fn several_files_are_one_stream() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.jsonl", "b.txt", "c.json"].map(|name| folder.path().join(name));
    fs::write(&paths[0], "{\"text\":\"1\"}\n{\"text\":\"2\"}").unwrap();
    fs::write(&paths[1], "3").unwrap();
    fs::write(&paths[2], "[{\"text\":\"4\"}]").unwrap();
    let reader = Reader::open_all(&paths, &Default::default()).unwrap();
    let bodies: Vec<_> = reader.map(|record| record.unwrap().body).collect();
    assert_eq!(bodies, ["1", "2", "3", "4"].map(text));
}

/// The tokens of an answer's log-probabilities are the answer again: as exposure they would leave nothing to score.
#[test]
fn log_probabilities_are_the_suspects_own_words() {
    let line = r#"{"prompt": "p", "response": "a b", "logprobs": {"content": [{"token": "a", "top_logprobs": [{"token": "c"}]}]},
        "other": {"logprobs": "shown"}}"#;
    let record = &read_as(
        "l.jsonl",
        line.replace('\n', "").as_bytes(),
        &ReadOptions::default(),
    )[0];
    let shown = format!("{:?}", record.exposure);
    assert!(
        shown.contains("shown") && shown.contains("\"p\""),
        "{shown}"
    );
    assert!(
        !shown.contains("\"a\"") && !shown.contains("\"c\""),
        "{shown}"
    );
    // Another field that is mapped there counts as mapped.
    let fields = FieldMap::parse(&["response=logprobs.text".to_owned()]).unwrap();
    let options = ReadOptions {
        fields,
        ..ReadOptions::default()
    };
    let mapped = &read_as(
        "m.jsonl",
        br#"{"prompt": "p", "logprobs": {"text": "x"}}"#,
        &options,
    )[0];
    assert_eq!(mapped.body, Piece::Text("x".into()));
}

/// Every assistant's turn is an answer of its own, with what stood before it, and nothing behind it, as shown; turns without text are passed
/// over.
#[test]
fn all_turns_of_a_chat_can_be_read() {
    let json = r#"{"id": "c", "note": "kept", "messages": [
        {"role": "system", "content": "be kind"}, {"role": "user", "content": "one?"}, {"role": "assistant", "content": "first"},
        {"role": "user", "content": "two?"}, {"role": "assistant", "content": "second"}, {"role": "user", "content": "three?"},
        {"role": "assistant", "tool_calls": [{"name": "look"}]}]}"#;
    let options = ReadOptions {
        all_turns: true,
        ..ReadOptions::default()
    };
    let read = |json: &str, options: &ReadOptions| -> Vec<Record> {
        let reader = Reader::from_read(
            "in.jsonl",
            std::io::Cursor::new(json.replace('\n', "")),
            options,
        );
        reader.unwrap().map(Result::unwrap).collect()
    };
    let records = read(json, &options);
    let ids: Vec<_> = records
        .iter()
        .map(|record| record.id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["c.2", "c.4"]);
    assert_eq!(
        [&records[0].body, &records[1].body],
        [&text("first"), &text("second")]
    );
    assert!(records.iter().all(|record| record.exposure_known));
    let shown = |record: &Record, said: &str| record.shown().any(|shown| shown == said);
    for said in ["kept", "be kind", "one?"] {
        assert!(records.iter().all(|record| shown(record, said)), "{said}");
    }
    assert!(!shown(&records[0], "first") && !shown(&records[0], "two?"));
    assert!(
        shown(&records[1], "first") && shown(&records[1], "two?") && !shown(&records[1], "three?")
    );
    assert_eq!(records[1].turns.as_ref().unwrap().len(), 4);
    // A long chat is held once, and not for every turn again.
    let turn = format!(
        r#"{{"role": "assistant", "content": "{}"}}"#,
        "a".repeat(10_000)
    );
    let long = format!(r#"{{"messages": [{}]}}"#, vec![turn; 100].join(", "));
    assert_eq!(read(&long, &options).len(), 100);
    let bounded = ReadOptions {
        all_turns: true,
        limits: hallmark_corpus::Limits {
            max_document_bytes: 1_000_000,
            ..hallmark_corpus::Limits::default()
        },
        ..ReadOptions::default()
    };
    let mut reader = Reader::from_read("in.jsonl", std::io::Cursor::new(long), &bounded).unwrap();
    let refused = reader.next().unwrap().unwrap_err().to_string();
    assert!(refused.contains("1000000"), "{refused}");
    // Other layouts are as they were, and a chat without an answer is refused as before.
    assert_eq!(read(r#"{"text": "teal"}"#, &options).len(), 1);
    let none = r#"{"messages": [{"role": "user", "content": "one?"}]}"#;
    let mut reader = Reader::from_read("in.jsonl", std::io::Cursor::new(none), &options).unwrap();
    assert!(
        reader
            .next()
            .unwrap()
            .unwrap_err()
            .to_string()
            .contains("no turn has the role")
    );
}
