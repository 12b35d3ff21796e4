//! Records of log-probabilities: every layout, what was shown, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_corpus::logprobs::{EncodedLogprobs, LogprobReader, LogprobRecord, Positions};
use hallmark_corpus::{CorpusError, Piece, ReadOptions, Tokenizer};
use std::path::Path;

fn read(lines: &str) -> Result<Vec<LogprobRecord>, CorpusError> {
    let options = ReadOptions {
        vocab_size: Some(100),
        ..ReadOptions::default()
    };
    LogprobReader::from_read("l.jsonl", std::io::Cursor::new(lines.to_owned()), &options)?.collect()
}

fn one(line: &str) -> LogprobRecord {
    read(line).unwrap().remove(0)
}

fn refused(line: &str) -> String {
    read(line).unwrap_err().to_string()
}

fn tokenizer() -> Tokenizer {
    Tokenizer::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/byte-level.json"))
        .unwrap()
}

#[test]
fn a_context_is_shown_and_has_one_position() {
    let record = one(r#"{"context_tokens": [5, 6, 7], "top": [[8, -0.5], [9, -9999.0]], "id": 3}"#);
    assert!(record.exposure_known && record.exposure.is_empty());
    let encoded = record.encode(None, 2).unwrap();
    let windows: Vec<_> = encoded
        .steps
        .iter()
        .map(|s| (&s.window[..], s.top.len()))
        .collect();
    assert_eq!(windows, [(&[5, 6][..], 0), (&[6, 7][..], 2)]);
    assert!(
        one(r#"{"context_tokens": [5], "top": []}"#)
            .encode(None, 2)
            .unwrap()
            .steps
            .is_empty()
    );
}

#[test]
fn a_sequence_has_a_position_for_each_token_with_a_full_window() {
    let line = r#"{"prompt_tokens": [1, 2, 3], "response_tokens": [5, 6, 7], "top_logprobs": [[[5, -0.1]], null, [[7, -0.2], [8, -2.0]]]}"#;
    let record = one(line);
    assert_eq!(record.exposure, [Piece::Tokens(vec![1, 2, 3])]);
    assert!(record.exposure_known);
    let EncodedLogprobs {
        steps, exposure, ..
    } = record.encode(None, 1).unwrap();
    assert_eq!(exposure, [[1, 2, 3]]);
    let windows: Vec<_> = steps.iter().map(|s| (&s.window[..], s.top.len())).collect();
    assert_eq!(windows, [(&[5][..], 0), (&[6][..], 2)]);

    let document = one(r#"{"tokens": [5, 6], "top_logprobs": [null, [[6, -0.1]]]}"#);
    assert!(!document.exposure_known);
}

#[test]
fn strings_of_chats_and_completions_become_the_marking_models_tokens() {
    let chat = r#"{"messages": [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": "the then"}],
        "logprobs": {"content": [
            {"token": "the", "logprob": -0.1, "top_logprobs": [{"token": "the", "logprob": -0.1}]},
            {"token": " th", "logprob": -0.7, "top_logprobs": [{"token": " ", "logprob": -1.0}, {"token": " thus and so", "logprob": -2.0}]},
            {"token": "en", "logprob": -0.2, "top_logprobs": null}]}}"#
        .replace('\n', " ");
    let completion = r#"{"prompt": "Say it.", "response": "the then", "logprobs": {"tokens": ["the", " th", "en"],
        "token_logprobs": [-0.1, -0.7, -0.2],
        "top_logprobs": [{"the": -0.1}, {" th": -0.7, " ": -1.0, " thus and so": -2.0}, {"en": -0.2}]}}"#
        .replace('\n', " ");
    let tokenizer = tokenizer();
    for line in [chat, completion] {
        let record = one(&line);
        let Positions::Text { tokens, .. } = &record.positions else {
            panic!("{record:?}")
        };
        assert_eq!(tokens.concat(), "the then");
        assert!(record.exposure_known);
        assert!(
            record.exposure.contains(&Piece::Text("Say it.".into())),
            "{:?}",
            record.exposure
        );
        let answer = Piece::Text("the then".into());
        assert!(
            !record.exposure.contains(&answer),
            "the answer itself was not shown"
        );
        assert!(record.clone().encode(None, 1).is_err());

        let encoded = record.encode(Some(&tokenizer), 1).unwrap();
        // Behind "the" and behind "the th".
        let ends = ["the", "the th"].map(|text| *tokenizer.encode(text).last().unwrap());
        let windows: Vec<u32> = encoded.steps.iter().map(|step| step.window[0]).collect();
        assert_eq!(windows, ends);
        let single = |text: &str| usize::from(tokenizer.encode(text).len() == 1);
        let expected = single(" th") + single(" ");
        assert_eq!(encoded.steps[0].top.len(), expected);
        let unmapped = encoded.unmapped;
        assert_eq!(unmapped.of, 4);
        assert_eq!(unmapped.candidates as usize, 4 - expected - single("en"));
        assert!(unmapped.mass >= (-2.0_f64).exp());
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (line, why) in [
        ("[1]", "not a JSON object"),
        ("{\"context_tokens\": [1", "not valid JSON"),
        (
            r#"{"response": "x", "prompt": "y"}"#,
            "fits no layout: it has `prompt`, `response`; log-prob",
        ),
        (
            r#"{"context_tokens": [1, 200], "top": []}"#,
            "not below the vocabulary's size of 100",
        ),
        (
            r#"{"context_tokens": [1, -2], "top": []}"#,
            "not a whole number",
        ),
        (r#"{"context_tokens": [1]}"#, "`top` is missing"),
        (
            r#"{"context_tokens": [1], "top": [[1, -1, 2]]}"#,
            "pairs of a token id and a logarithm",
        ),
        (
            r#"{"context_tokens": [1], "top": [[1, "x"]]}"#,
            "`top` is a string; a number",
        ),
        (
            r#"{"tokens": [1, 2], "top_logprobs": [null]}"#,
            "1 entries long",
        ),
        (
            r#"{"text": "ab", "top_logprobs": [null]}"#,
            "`tokens` is missing",
        ),
        (
            r#"{"response": "ab", "prompt": "", "logprobs": {"content": [{"logprob": 1}]}}"#,
            "`logprobs.content.token` is null",
        ),
        (
            r#"{"response": "ab", "prompt": "", "logprobs": {"tokens": ["a"], "top_logprobs": []}}"#,
            "0 entries long",
        ),
        (
            r#"{"response": "ab", "prompt": "", "logprobs": 7}"#,
            "`logprobs.tokens` is null; a list",
        ),
    ] {
        let message = refused(line);
        assert!(message.contains(why), "{line}: {message}");
        assert!(message.starts_with("l.jsonl:1: "), "{message}");
    }
    assert!(refused("").contains("holds no record"));
    assert!(refused("PAR1").contains("file"), "{}", refused("PAR1"));
    let good = r#"{"context_tokens": [1], "top": []}"#;
    let error = read(&format!("{good}\n\n{good}\nnull\n{good}")).unwrap_err();
    assert_eq!(error.line, Some(4));
}

/// The same records in columns, written by another program.
#[cfg(feature = "parquet")]
mod parquet {
    use super::*;

    fn data(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name)
    }

    fn columns(name: &str) -> Vec<LogprobRecord> {
        let options = ReadOptions {
            vocab_size: Some(100),
            ..ReadOptions::default()
        };
        let reader = LogprobReader::open_all([data(name)], &options).unwrap();
        reader.collect::<Result<_, _>>().unwrap()
    }

    fn alike(columns: &LogprobRecord, line: &str) {
        let expected = one(line);
        assert_eq!(columns.positions, expected.positions, "{line}");
        assert_eq!(columns.exposure, expected.exposure, "{line}");
        assert_eq!(columns.exposure_known, expected.exposure_known, "{line}");
    }

    #[test]
    fn rows_are_the_records_of_lines() {
        let rows = columns("sequences.parquet");
        assert_eq!(rows.len(), 3);
        let tops = "[[[5, -0.125]], null, [[7, -0.25], [8, -2.0]]]";
        alike(
            &rows[0],
            &format!(
                r#"{{"prompt_tokens": [1, 2, 3], "response_tokens": [5, 6, 7], "top_logprobs": {tops}}}"#
            ),
        );
        // An absent list cannot be told from an empty one, so neither says that nothing was shown.
        for row in &rows[1..] {
            let line = format!(r#"{{"response_tokens": [5, 6, 7], "top_logprobs": {tops}}}"#);
            alike(row, &line);
            assert!(!row.exposure_known);
        }
        assert_eq!(rows[2].source.line, 3);
        alike(
            &columns("strings.parquet")[0],
            r#"{"prompt": "Say it.", "response": "the then", "logprobs": {"content": [
                {"token": "the", "logprob": -0.125, "top_logprobs": [{"token": "the", "logprob": -0.125}]},
                {"token": " th", "logprob": -0.75, "top_logprobs": [{"token": " ", "logprob": -1.0}]},
                {"token": "en", "logprob": -0.25, "top_logprobs": null}]}}"#
                .replace('\n', " ")
                .as_str(),
        );
        let contexts = columns("contexts.parquet");
        alike(
            &contexts[0],
            r#"{"context_tokens": [5, 6, 7], "top": [[8, -0.5], [9, -9999.0]]}"#,
        );
        alike(&contexts[1], r#"{"context_tokens": [5], "top": []}"#);
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        let whole = std::fs::read(data("sequences.parquet")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.parquet");
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let read = LogprobReader::open_all([&path], &ReadOptions::default());
            assert!(
                read.and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .is_err(),
                "cut to {cut} bytes"
            );
        }
        // Any byte may be wrong: an error or another record, never a crash.
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x5a;
            std::fs::write(&path, &bytes).unwrap();
            let read = LogprobReader::open_all([&path], &ReadOptions::default());
            let _ = read.and_then(Iterator::collect::<Result<Vec<_>, _>>);
        }
        let answers = LogprobReader::open_all([data("answers.parquet")], &ReadOptions::default());
        let error = answers.unwrap().next().unwrap().unwrap_err().to_string();
        assert!(
            error.contains("answers.parquet:1: fits no layout"),
            "{error}"
        );
    }
}
