//! Parquet: the same records as in JSON, and errors where a file is damaged.
#![cfg_attr(
    feature = "parquet",
    expect(clippy::unwrap_used, reason = "a test fails by panicking")
)]
#![cfg(feature = "parquet")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hallmark_corpus::{
    CorpusError, FieldMap, LimitKind, Limits, Piece, ReadOptions, Reader, Reason, Record,
};
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArrayType, Int32Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn options(fields: &[&str]) -> ReadOptions {
    ReadOptions {
        fields: FieldMap::parse(fields).unwrap(),
        ..ReadOptions::default()
    }
}

fn read(path: &Path, options: &ReadOptions) -> (Vec<Record>, Option<CorpusError>) {
    let reader = match Reader::open(path, options) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut records = Vec::new();
    for record in reader {
        match record {
            Ok(record) => records.push(record),
            Err(error) => return (records, Some(error)),
        }
    }
    (records, None)
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

#[test]
fn columns_are_fields_and_rows_are_records() {
    let (records, error) = read(&data("answers.parquet"), &options(&[]));
    assert!(error.is_none(), "{error:?}");
    assert_eq!(records.len(), 300);
    for (row, record) in records.iter().enumerate() {
        assert_eq!(record.source.line, row as u64 + 1);
        assert!(
            record
                .source
                .to_string()
                .ends_with(&format!("answers.parquet:{}", row + 1))
        );
        assert_eq!(record.body, text(&format!("answer {row} ").repeat(row % 7)));
        let prompt = (row != 1).then(|| text(&format!("question {row}")));
        assert_eq!(record.exposure_known, prompt.is_some());
        assert_eq!(record.exposure, Vec::from_iter(prompt));
        assert_eq!(record.id.as_deref(), Some(row.to_string().as_str()));
        assert_eq!(record.group.as_deref(), Some(["even", "odd"][row % 2]));
    }
}

#[test]
fn nested_lists_of_tokens_are_mapped_by_path() {
    let mapped = ReadOptions {
        skip_bad: 1,
        ..options(&["tokens=output.ids"])
    };
    let (records, error) = read(&data("answers.parquet"), &mapped);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(records.len(), 299, "row 3 has none");
    for record in &records {
        let row = record.source.line as u32 - 1;
        let tokens = if row == 3 { vec![] } else { (0..row).collect() };
        assert_eq!(record.body, Piece::Tokens(tokens), "{}", record.source);
    }
}

#[test]
fn tokens_outside_of_the_vocabulary_are_named_by_row() {
    let bounded = ReadOptions {
        vocab_size: Some(100),
        ..options(&["tokens=output.ids"])
    };
    let (records, error) = read(&data("answers.parquet"), &bounded);
    let error = error.unwrap().to_string();
    assert!(
        error.contains("answers.parquet:102: `output.ids.list.element` has 100 at position 100"),
        "{error}"
    );
    assert_eq!(records.len(), 100);
}

#[test]
fn messages_are_lists_of_structs() {
    let (records, error) = read(
        &data("chats.parquet"),
        &ReadOptions {
            skip_bad: 4,
            ..options(&["messages=messages"])
        },
    );
    assert!(error.is_none(), "{error:?}");
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].body, text("Teal."));
    let shown = [
        "Be brief.",
        "Name a colour.",
        "user",
        "assistant",
        "text",
        "One.",
        "Two.",
        "Th",
        "ree.",
        "userassistanttexttexttexttextOne.Two.Three.",
        "userassistant",
        "One.Two.Three.",
        "texttexttexttext",
        "Be brief.Name a colour.userassistanttexttexttexttextOne.Two.Three.",
        "Be brief.Name a colour.",
    ];
    assert_eq!(
        records[0].exposure,
        shown.map(text),
        "the column that is not mapped too"
    );
    assert_eq!(
        (
            records[1].source.line,
            &records[1].body,
            records[1].exposure_known
        ),
        (5, &text("Yes."), false)
    );
    assert_eq!(records[1].exposure, []);
}

#[test]
fn bad_rows_are_bad_records() {
    let mut reader = Reader::open(
        data("chats.parquet"),
        &ReadOptions {
            skip_bad: 9,
            ..options(&["messages=messages"])
        },
    )
    .unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 2);
    let reasons: Vec<_> = reader
        .skipped()
        .first
        .iter()
        .map(|error| (error.line.unwrap(), error.reason.to_string()))
        .collect();
    assert_eq!(
        reasons,
        [
            (
                2,
                "`messages` holds no answer: no turn has the role `assistant`; there are `user`"
                    .to_owned()
            ),
            (
                4,
                "`messages` holds no answer: no turn has the role `assistant`".to_owned()
            ),
            (
                6,
                "`messages.0.role` is missing; a string is needed".to_owned()
            ),
        ]
    );
}

#[test]
fn parts_of_a_turn_are_joined() {
    let (records, error) = read(
        &data("chats.parquet"),
        &ReadOptions {
            skip_bad: 5,
            ..options(&["messages=parted"])
        },
    );
    assert!(error.is_none(), "{error:?}");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].body, text("Three."));
    let shown = &records[0].exposure;
    for piece in [
        "One.",
        "Two.",
        "One.Two.",
        "text",
        "Name a colour.",
        "Teal.",
    ] {
        assert!(shown.contains(&text(piece)), "{piece}");
    }
    assert!(!shown.contains(&text("Three.")) && !shown.contains(&text("ree.")));
}

#[test]
fn columns_of_strings_that_are_not_mapped_count_as_shown() {
    let schema = "message m { required binary response (UTF8); optional binary system (UTF8);
        optional group context (LIST) { repeated group list { optional binary element (UTF8); } }
        required binary bytes; required int32 n; }";
    let bytes = written(schema, Compression::SNAPPY, |writer| {
        let mut group = writer.next_row_group().unwrap();
        let mut strings = |values: &[&[u8]], definitions: Option<&[i16]>, repetitions| {
            let values: Vec<_> = values.iter().map(|value| value.to_vec().into()).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, definitions, repetitions)
                .unwrap();
            column.close().unwrap();
        };
        strings(&[b"teal", b"teal"], None, None);
        strings(&[b"s"], Some(&[1, 0]), None);
        strings(&[b"c1", b"c2"], Some(&[3, 2, 3, 0]), Some(&[0, 1, 1, 0]));
        strings(&[b"b", b"\xff"], None, None);
        let mut column = group.next_column().unwrap().unwrap();
        let numbers = column.typed::<Int32Type>();
        numbers.write_batch(&[1, 2], None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    });
    let (records, error) = read(saved(&bytes).path(), &options(&[]));
    assert!(error.is_none(), "{error:?}");
    let shown = ["s", "c1", "c2", "b", "c1c2", "sc1c2b"];
    assert_eq!(records[0].exposure, shown.map(text));
    assert_eq!(records[1].exposure, [], "bytes that are no text");
    assert!(!records[0].exposure_known);
}

#[test]
fn a_column_of_strings_that_is_not_mapped_must_be_utf8_too() {
    let schema = "message m { required binary text (UTF8); required binary url (UTF8); }";
    let bytes = written(schema, Compression::SNAPPY, |writer| {
        let mut group = writer.next_row_group().unwrap();
        for value in [&b"teal"[..], b"\xff"] {
            let mut column = group.next_column().unwrap().unwrap();
            let strings = column.typed::<ByteArrayType>();
            strings
                .write_batch(&[value.to_vec().into()], None, None)
                .unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    });
    let (_, error) = read(saved(&bytes).path(), &options(&[]));
    assert!(matches!(error.unwrap().reason, Reason::Utf8 { at: 0 }));
}

#[test]
fn columns_of_the_wrong_type_are_refused_at_once() {
    let cases: [(&[&str], &str); 5] = [
        (
            &["text=score"],
            "column `score` is double; a column of strings is needed",
        ),
        (
            &["text=output.ids"],
            "column `output.ids.list.element` is a list of int32; a column of strings is needed",
        ),
        (
            &["tokens=response"],
            "column `response` is byte_array; a list of integers is needed",
        ),
        (
            &["messages=response"],
            "column `response` is byte_array; a list of structs with `role` and `content` is needed",
        ),
        (
            &["text=output.ids.0"],
            "column `output.ids` is a list; a column without a list (positions are not mapped)",
        ),
    ];
    for (fields, message) in cases {
        let error = Reader::open(data("answers.parquet"), &options(fields))
            .err()
            .unwrap();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.is_bad_record());
    }
}

#[test]
fn limits_hold() {
    let limited = |limits| ReadOptions {
        limits,
        ..options(&[])
    };
    let (_, error) = read(
        &data("answers.parquet"),
        &limited(Limits {
            max_document_bytes: 40,
            ..Limits::default()
        }),
    );
    assert!(matches!(
        error.unwrap().reason,
        Reason::OverLimit {
            limit: LimitKind::DocumentBytes,
            value: 40
        }
    ));
    let (_, error) = read(
        &data("answers.parquet"),
        &limited(Limits {
            max_total_bytes: 5000,
            ..Limits::default()
        }),
    );
    assert!(matches!(
        error.unwrap().reason,
        Reason::OverLimit {
            limit: LimitKind::TotalBytes,
            value: 5000
        }
    ));
}

/// A file of one row group, as another writer might lay it out.
fn written(
    schema: &str,
    compression: Compression,
    write: impl FnOnce(&mut SerializedFileWriter<Vec<u8>>),
) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    write(&mut writer);
    writer.into_inner().unwrap()
}

fn tokens_file(ids: &[i32], repetitions: &[i16]) -> Vec<u8> {
    written(
        "message m { repeated int32 tokens; }",
        Compression::ZSTD(ZstdLevel::default()),
        |writer| {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<Int32Type>()
                .write_batch(ids, Some(&vec![1; ids.len()]), Some(repetitions))
                .unwrap();
            column.close().unwrap();
            group.close().unwrap();
        },
    )
}

fn saved(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    file
}

#[test]
fn bare_repeated_columns_are_lists() {
    let file = saved(&tokens_file(&[5, 6, 7], &[0, 1, 0]));
    let (records, error) = read(file.path(), &options(&[]));
    assert!(error.is_none(), "{error:?}");
    let bodies: Vec<_> = records.into_iter().map(|record| record.body).collect();
    assert_eq!(bodies, [Piece::Tokens(vec![5, 6]), Piece::Tokens(vec![7])]);
}

#[test]
fn negative_tokens_are_refused() {
    let file = saved(&tokens_file(&[5, -6], &[0, 1]));
    let (_, error) = read(file.path(), &options(&[]));
    assert!(
        error
            .unwrap()
            .to_string()
            .contains(":1: `tokens` has -6 at position 1")
    );
}

#[test]
fn a_run_of_millions_of_tokens_in_a_small_file_is_refused() {
    const TOKENS: usize = 5_000_000;
    let mut repetitions = vec![1; TOKENS];
    repetitions[0] = 0;
    let bytes = tokens_file(&vec![7; TOKENS], &repetitions);
    assert!(bytes.len() < 20_000, "{}", bytes.len());
    let file = saved(&bytes);
    let limits = Limits {
        max_document_bytes: 1 << 20,
        ..Limits::default()
    };
    let (records, error) = read(
        file.path(),
        &ReadOptions {
            limits,
            ..options(&[])
        },
    );
    let error = error.unwrap();
    assert!(
        records.is_empty() && error.to_string().contains("max-document-bytes"),
        "{error}"
    );
}

#[test]
fn strings_that_are_not_utf8_are_bad_records() {
    let bytes = written(
        "message m { required binary text; }",
        Compression::SNAPPY,
        |writer| {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let values = [b"a\xff".to_vec().into(), b"b".to_vec().into()];
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, None, None)
                .unwrap();
            column.close().unwrap();
            group.close().unwrap();
        },
    );
    let file = saved(&bytes);
    let (records, error) = read(
        file.path(),
        &ReadOptions {
            skip_bad: 1,
            ..options(&[])
        },
    );
    assert!(error.is_none(), "{error:?}");
    assert_eq!((records.len(), records[0].source.line), (1, 2));
}

/// Every codec that writers use. A page that unpacks to more than its header says, as a bomb does, is refused before it is unpacked.
#[test]
fn every_codec_is_read_and_no_bomb_is_unpacked() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        let long = "teal ".repeat(200_000);
        let bytes = written(
            "message m { required binary text (UTF8); }",
            codec,
            |writer| {
                let mut group = writer.next_row_group().unwrap();
                let mut column = group.next_column().unwrap().unwrap();
                let values = [long.as_bytes().to_vec().into(), b"b".to_vec().into()];
                let strings = column.typed::<ByteArrayType>();
                strings.write_batch(&values, None, None).unwrap();
                column.close().unwrap();
                group.close().unwrap();
            },
        );
        let (records, error) = read(saved(&bytes).path(), &options(&[]));
        assert!(error.is_none(), "{codec:?}: {error:?}");
        assert_eq!(records[0].body, text(&long), "{codec:?}");
        // Headers that say less than there is.
        let bombs = (4..bytes.len().min(60)).filter_map(|at| {
            let mut bomb = bytes.clone();
            let size = bomb.get(at..at + 3)?;
            let is_size = size[0] & 0x80 != 0 && size[1] & 0x80 != 0;
            is_size.then(|| {
                bomb[at] = 0x82;
                bomb[at + 1] = 0x80;
                bomb[at + 2] = 0;
                bomb
            })
        });
        let mut refused = 0;
        for bomb in bombs {
            let (records, error) = read(saved(&bomb).path(), &options(&[]));
            let whole = records
                .first()
                .is_some_and(|record| record.body == text(&long));
            assert!(whole || error.is_some(), "{codec:?}");
            let said = error.map_or(String::new(), |error| error.to_string());
            refused += u32::from(said.contains("unpacks to more than its header says"));
        }
        let is_checked = matches!(codec, Compression::GZIP(_) | Compression::BROTLI(_));
        assert_eq!(refused > 0, is_checked, "{codec:?}");
    }
}

#[test]
fn a_file_without_rows_is_empty() {
    let file = saved(&written(
        "message m { required binary text; }",
        Compression::SNAPPY,
        |_| {},
    ));
    let (_, error) = read(file.path(), &options(&[]));
    assert!(matches!(error.unwrap().reason, Reason::Empty));
}

#[test]
fn what_is_not_parquet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    for bytes in [
        &b"PAR1"[..],
        b"PAR1PAR1",
        b"{\"text\": \"\"}",
        b"PAR1\0\0\0\0\xff\xff\xff\x7fPAR1",
    ] {
        fs::write(&path, bytes).unwrap();
        let (_, error) = read(&path, &options(&[]));
        assert!(
            matches!(error.unwrap().reason, Reason::Parquet(_)),
            "{bytes:?}"
        );
    }
    let whole = fs::read(data("answers.parquet")).unwrap();
    fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    assert!(matches!(
        read(&path, &options(&[])).1.unwrap().reason,
        Reason::Parquet(_)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn damaged_files_are_records_or_an_error(
        name in prop::sample::select(vec!["answers.parquet", "chats.parquet"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        is_end: bool,
    ) {
        let mut bytes = fs::read(data(name)).unwrap();
        // Half of the damage goes to the last kilobyte, where the schema and the index are.
        let start = if is_end { bytes.len() - 1000 } else { 0 };
        for (at, byte) in damage {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = byte;
        }
        let file = saved(&bytes);
        let limits = Limits { max_document_bytes: 1 << 20, max_total_bytes: 1 << 24, ..Limits::default() };
        read(file.path(), &ReadOptions { skip_bad: 3, limits, ..options(&[]) });
    }
}

/// A number may name a conversation that does not stand in the file.
#[test]
fn numbers_that_point_elsewhere_are_noticed() {
    use parquet::data_type::{ByteArray, Int64Type};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.parquet");
    for (name, is_known) in [("conversation_id", false), ("number", true)] {
        let schema = format!(
            "message log {{ REQUIRED BYTE_ARRAY prompt (UTF8); REQUIRED BYTE_ARRAY response (UTF8); OPTIONAL INT64 {name}; }}"
        );
        let schema = Arc::new(parse_message_type(&schema).unwrap());
        let file = fs::File::create(&path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        for texts in [["q", "q"], ["the end", "another"]] {
            let mut column = group.next_column().unwrap().unwrap();
            let texts = texts.map(ByteArray::from);
            let strings = column.typed::<ByteArrayType>();
            strings.write_batch(&texts, None, None).unwrap();
            column.close().unwrap();
        }
        let mut column = group.next_column().unwrap().unwrap();
        let numbers = column.typed::<Int64Type>();
        numbers.write_batch(&[7], Some(&[1, 0]), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let (records, error) = read(&path, &ReadOptions::default());
        assert!(error.is_none(), "{error:?}");
        let known: Vec<bool> = records.iter().map(|record| record.exposure_known).collect();
        assert_eq!(known, [is_known, true], "{name}");
    }
}

/// Tokens of any tokenizer, and bytes that are no text, may be what was shown.
#[test]
fn tokens_and_bytes_beside_an_answer_are_noticed() {
    use parquet::data_type::{ByteArray, FixedLenByteArray, FixedLenByteArrayType};
    let packed = vec![0xff; 65];
    for (column, is_known) in [
        ("repeated int32 prompt_token_ids", false),
        ("repeated int32 input", false),
        ("repeated int32 scores", true),
        ("optional binary packed", false),
        ("optional binary bson (BSON)", false),
        ("optional fixed_len_byte_array(65) packed", false),
        ("optional fixed_len_byte_array(16) number (UUID)", true),
        ("optional fixed_len_byte_array(16) note", true),
    ] {
        let schema = format!(
            "message log {{ required binary prompt (UTF8); required binary response (UTF8); {column}; }}"
        );
        let bytes = written(&schema, Compression::SNAPPY, |writer| {
            let mut group = writer.next_row_group().unwrap();
            for text in ["q", "the end"] {
                let mut column = group.next_column().unwrap().unwrap();
                let strings = column.typed::<ByteArrayType>();
                strings
                    .write_batch(&[ByteArray::from(text)], None, None)
                    .unwrap();
                column.close().unwrap();
            }
            let mut last = group.next_column().unwrap().unwrap();
            match column.split(' ').nth(1).unwrap() {
                "int32" => {
                    let ids = last.typed::<Int32Type>();
                    ids.write_batch(&[5, 6], Some(&[1, 1]), Some(&[0, 1]))
                        .unwrap();
                }
                "binary" => {
                    let values = [ByteArray::from(packed.clone())];
                    let values =
                        last.typed::<ByteArrayType>()
                            .write_batch(&values, Some(&[1]), None);
                    values.unwrap();
                }
                fixed => {
                    let value = match fixed.contains("16") {
                        true => b"shown, every bit".to_vec(),
                        false => packed.clone(),
                    };
                    let values = [FixedLenByteArray::from(value)];
                    let column = last.typed::<FixedLenByteArrayType>();
                    column.write_batch(&values, Some(&[1]), None).unwrap();
                }
            }
            last.close().unwrap();
            group.close().unwrap();
        });
        let (records, error) = read(saved(&bytes).path(), &options(&[]));
        assert!(error.is_none(), "{error:?}");
        assert_eq!(records[0].exposure_known, is_known, "{column}");
        let is_text = records[0].exposure.contains(&text("shown, every bit"));
        assert_eq!(is_text, column.ends_with("note"), "{column}");
    }
}

#[test]
fn columns_whose_names_say_enough_get_the_exact_flags() {
    let schema = "message log { required binary input (UTF8); required binary output (UTF8); }";
    let bytes = written(schema, Compression::SNAPPY, |writer| {
        let mut group = writer.next_row_group().unwrap();
        for value in ["q", "the end"] {
            let mut column = group.next_column().unwrap().unwrap();
            let strings = column.typed::<ByteArrayType>();
            strings.write_batch(&[value.into()], None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    });
    let file = saved(&bytes);
    let (_, error) = read(file.path(), &options(&[]));
    let hint = error.unwrap().hint();
    assert!(
        hint.contains("`--field response=output --field prompt=input`"),
        "{hint}"
    );
    let (records, error) = read(file.path(), &options(&["response=output", "prompt=input"]));
    assert!(error.is_none() && records[0].exposure_known, "{error:?}");
}

/// A column of chats as JSON, as datasets have it.
#[test]
fn chats_may_be_strings_of_json() {
    use parquet::data_type::ByteArray;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.parquet");
    let schema = "message log { REQUIRED BYTE_ARRAY messages (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = fs::File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let chat = r#"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "the end"}]"#;
    let strings = column.typed::<ByteArrayType>();
    strings
        .write_batch(&[ByteArray::from(chat)], None, None)
        .unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let (records, error) = read(&path, &ReadOptions::default());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].body, text("the end"));
    assert!(records[0].exposure_known && records[0].exposure.contains(&text("q")));
}

/// Turns with calls, as columns: what a tool gave and does not stand in the file leaves what was shown unknown.
#[test]
fn a_call_without_its_result_is_noticed_in_columns() {
    use parquet::data_type::ByteArray;
    const SCHEMA: &str = "message log { repeated group messages { required binary role (UTF8); optional binary content (UTF8);
        repeated group tool_calls { optional binary id (UTF8); optional binary arguments (UTF8); } optional binary tool_call_id (UTF8); } }";
    type Column<'a> = (&'a [&'a str], &'a [i16]);
    let call = "{\"place\": \"the gate\"}";
    let without: [Column<'_>; 5] = [
        (&["user", "assistant", "assistant"], &[1, 1, 1]),
        (&["q", "the end"], &[2, 1, 2]),
        (&["c"], &[1, 3, 1]),
        (&[call], &[1, 3, 1]),
        (&[], &[1, 1, 1]),
    ];
    let with: [Column<'_>; 5] = [
        (&["user", "assistant", "tool", "assistant"], &[1, 1, 1, 1]),
        (&["q", "the result", "the end"], &[2, 1, 2, 2]),
        (&["c"], &[1, 3, 1, 1]),
        (&[call], &[1, 3, 1, 1]),
        (&["c"], &[1, 1, 2, 1]),
    ];
    for (columns, is_known) in [(without, false), (with, true)] {
        let bytes = written(SCHEMA, Compression::SNAPPY, |writer| {
            let mut group = writer.next_row_group().unwrap();
            for (texts, definitions) in columns {
                let mut column = group.next_column().unwrap().unwrap();
                let texts: Vec<ByteArray> =
                    texts.iter().map(|&text| ByteArray::from(text)).collect();
                let repetitions: Vec<i16> =
                    (0..definitions.len()).map(|at| i16::from(at > 0)).collect();
                let strings = column.typed::<ByteArrayType>();
                strings
                    .write_batch(&texts, Some(definitions), Some(&repetitions))
                    .unwrap();
                column.close().unwrap();
            }
            group.close().unwrap();
        });
        let file = saved(&bytes);
        let (records, error) = read(file.path(), &ReadOptions::default());
        assert!(error.is_none(), "{error:?}");
        assert_eq!((records.len(), records[0].exposure_known), (1, is_known));
        assert_eq!(records[0].body, text("the end"));
        let all_turns = ReadOptions {
            all_turns: true,
            ..ReadOptions::default()
        };
        let (records, error) = read(file.path(), &all_turns);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(records.len(), 2, "the call is an answer too");
        assert_eq!(records[0].body, text(call));
    }
}

/// Columns say who speaks, how an answer ended, and what else may be one, as fields of lines do.
#[test]
fn rows_that_are_no_answers_are_told_by_their_columns() {
    use parquet::data_type::ByteArray;
    let file = |columns: &[(&str, [&str; 2])]| {
        let fields = columns
            .iter()
            .map(|(name, _)| format!("required binary {name} (UTF8); "));
        let schema = format!("message log {{ {} }}", fields.collect::<String>());
        saved(&written(&schema, Compression::SNAPPY, |writer| {
            let mut group = writer.next_row_group().unwrap();
            for (_, texts) in columns {
                let mut column = group.next_column().unwrap().unwrap();
                let texts = texts.map(ByteArray::from);
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&texts, None, None)
                    .unwrap();
                column.close().unwrap();
            }
            group.close().unwrap();
        }))
    };
    let answers =
        |columns: &[(&str, [&str; 2])]| read(file(columns).path(), &ReadOptions::default());
    for columns in [
        [
            ("role", ["user", "assistant"]),
            ("text", ["asked", "the end"]),
        ],
        [
            ("status", ["failure", "ok"]),
            ("response", ["half", "the end"]),
        ],
        [
            ("finish_reason", ["content_filter", "stop"]),
            ("response", ["half", "the end"]),
        ],
        [
            ("level", ["ERROR", "DEFAULT"]),
            ("response", ["half", "the end"]),
        ],
    ] {
        let (records, error) = answers(&columns);
        assert!(error.is_none(), "{error:?}");
        let texts: Vec<_> = records.iter().map(|record| record.body.clone()).collect();
        assert_eq!(texts, [text("the end")], "{columns:?}");
    }
    let two = [("response", ["one", "two"]), ("output", ["three", "four"])];
    let why = answers(&two).1.unwrap().to_string();
    assert!(why.contains("fits more than one layout"), "{why}");
    let beside = [
        ("text", ["asked one", "asked two"]),
        ("completion", ["an answer", "another"]),
    ];
    let why = answers(&beside).1.unwrap().to_string();
    assert!(why.contains("fits more than one layout"), "{why}");
}
