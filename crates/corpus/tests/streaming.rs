//! Memory is bounded by a record or a batch, not by the input; threads change nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hallmark_corpus::encode::BATCH_RECORDS;
use hallmark_corpus::{
    CorpusError, Piece, ReadOptions, Reader, Reason, Record, TokenRecord, Tokenizer, encode,
};

const RECORD: &str = "{\"text\": \"the quick brown fox\"}";

/// An endless array or list of lines that counts what was taken from it.
struct Endless {
    repeated: &'static [u8],
    at: usize,
    taken: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *buffer {
            *byte = self.repeated[self.at];
            self.at = (self.at + 1) % self.repeated.len();
        }
        self.taken.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(buffer.len())
    }
}

/// What the reader may hold beyond the record at hand: its buffers.
const AHEAD: u64 = 1 << 18;

#[test]
fn a_reader_takes_little_more_than_it_has_given() {
    for (name, repeated) in [
        ("a.jsonl", "{\"text\": \"the quick brown fox\"}\n"),
        ("a.json", "{\"text\": \"the quick brown fox\"} \n"),
    ] {
        let taken = Arc::new(AtomicU64::new(0));
        let endless = Endless {
            repeated: repeated.as_bytes(),
            at: 0,
            taken: Arc::clone(&taken),
        };
        let reader = Reader::from_read(name, endless, &ReadOptions::default()).unwrap();
        for (index, record) in reader.take(100_000).enumerate() {
            record.unwrap();
            let given = (index as u64 + 1) * repeated.len() as u64;
            assert!(
                taken.load(Ordering::Relaxed) <= given + AHEAD,
                "{name}: record {index}"
            );
        }
    }
}

#[test]
fn a_line_without_end_is_refused_at_the_limit() {
    let limits = hallmark_corpus::Limits {
        max_total_bytes: 1 << 22,
        ..Default::default()
    };
    let taken = Arc::new(AtomicU64::new(0));
    let endless = Endless {
        repeated: b"[",
        at: 0,
        taken: Arc::clone(&taken),
    };
    let options = ReadOptions {
        limits,
        format: Some(hallmark_corpus::Format::Jsonl),
        ..ReadOptions::default()
    };
    let error = Reader::from_read("a", endless, &options)
        .unwrap()
        .next()
        .unwrap()
        .unwrap_err();
    assert!(
        error.to_string().contains("max-total-bytes = 4194304"),
        "{error}"
    );
    assert!(taken.load(Ordering::Relaxed) <= (1 << 22) + AHEAD);
}

#[test]
fn encoding_reads_one_batch_ahead() {
    let taken = Arc::new(AtomicU64::new(0));
    let endless = Endless {
        repeated: b"{\"text\": \"the quick brown fox\"}\n",
        at: 0,
        taken: Arc::clone(&taken),
    };
    let tokenizer = tokenizer();
    let reader = Reader::from_read("a.jsonl", endless, &ReadOptions::default()).unwrap();
    let batch = (BATCH_RECORDS * (RECORD.len() + 1)) as u64;
    for (index, record) in encode(reader, Some(&tokenizer))
        .take(3 * BATCH_RECORDS)
        .enumerate()
    {
        record.unwrap();
        let given = (index as u64 + 1) * (RECORD.len() as u64 + 1);
        assert!(
            taken.load(Ordering::Relaxed) <= given + batch + AHEAD,
            "record {index}"
        );
    }
}

fn tokenizer() -> Tokenizer {
    Tokenizer::from_json(include_bytes!("data/byte-level.json")).unwrap()
}

fn records(count: usize) -> impl Iterator<Item = Result<Record, CorpusError>> {
    let mut lines = String::new();
    for index in 0..count {
        lines += &match index % 5 {
            0 => format!("{{\"text\": \"{}\", \"id\": {index}}}\n", "word ".repeat(index % 97)),
            1 => format!("{{\"tokens\": [{index}], \"group\": \"g\"}}\n"),
            2 => format!("{{\"prompt\": \"question {index}\", \"response\": \"answer {index}\"}}\n"),
            3 => format!("{{\"prompt_tokens\": [1, 2], \"response\": \"{index}\"}}\n"),
            _ => "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}, {\"role\": \"assistant\", \"content\": \"ho\"}]}\n".to_owned(),
        };
    }
    Reader::from_read("a.jsonl", io::Cursor::new(lines), &ReadOptions::default()).unwrap()
}

#[test]
fn encoding_is_that_of_one_thread_in_order() {
    let tokenizer = tokenizer();
    let count = BATCH_RECORDS * 2 + 17;
    let plain: Vec<_> = records(count).map(Result::unwrap).collect();
    let encoded: Vec<_> = encode(records(count), Some(&tokenizer))
        .map(Result::unwrap)
        .collect();
    assert_eq!(encoded.len(), plain.len());
    let tokens = |piece: &Piece| match piece {
        Piece::Text(text) | Piece::Both { text, .. } => tokenizer.encode(text),
        Piece::Tokens(tokens) => tokens.clone(),
    };
    // None of the texts starts or ends with white space.
    let shown = |piece: &Piece| match piece {
        Piece::Tokens(tokens) => vec![tokens.clone()],
        Piece::Text(text) | Piece::Both { text, .. } => ["", " ", "\n"]
            .map(|start| tokenizer.encode(&format!("{start}{text}")))
            .to_vec(),
    };
    for (record, encoded) in plain.iter().zip(&encoded) {
        assert_eq!(
            (&record.source, &record.id, &record.group),
            (&encoded.source, &encoded.id, &encoded.group)
        );
        assert_eq!(encoded.tokens, tokens(&record.body));
        let exposure: Vec<_> = record.exposure.iter().flat_map(shown).collect();
        assert_eq!(encoded.exposure, exposure);
        assert_eq!(encoded.exposure_known, record.exposure_known);
    }
}

fn encoded(line: &'static str, tokenizer: Option<&Tokenizer>) -> Result<TokenRecord, CorpusError> {
    let reader = Reader::from_read("a.jsonl", line.as_bytes(), &ReadOptions::default()).unwrap();
    encode(reader, tokenizer).next().unwrap()
}

#[test]
fn text_is_tokenised_anew_whatever_tokens_stand_beside_it() {
    let tokenizer = tokenizer();
    for line in [
        r#"{"text": "teal", "tokens": [5], "prompt": "colour?", "prompt_tokens": [6]}"#,
        r#"{"response": "teal", "response_tokens": [5], "prompt": "colour?", "prompt_tokens": [6]}"#,
    ] {
        let record = encoded(line, Some(&tokenizer)).unwrap();
        assert_eq!(record.tokens, tokenizer.encode("teal"));
        let mut shown = ["colour?", " colour?", "\ncolour?"]
            .map(|text| tokenizer.encode(text))
            .to_vec();
        shown.push(vec![6]);
        assert_eq!(record.exposure, shown);

        let record = encoded(line, None).unwrap();
        assert_eq!((record.tokens, record.exposure), (vec![5], vec![vec![6]]));
    }
}

#[test]
fn a_copy_that_starts_in_another_way_has_its_tokens_among_the_exposure() {
    let tokenizer = tokenizer();
    let line = r#"{"prompt": "\tthe quick brown fox\n\n", "response": "teal"}"#;
    let record = encoded(line, Some(&tokenizer)).unwrap();
    let starts = [
        "\tthe quick brown fox\n\n",
        "the quick brown fox",
        " the quick brown fox",
        "\nthe quick brown fox",
    ];
    assert_eq!(record.exposure, starts.map(|text| tokenizer.encode(text)));
}

#[test]
fn without_a_tokenizer_no_text_that_was_shown_is_passed_over() {
    let refused = |line| encoded(line, None).unwrap_err().reason;
    for line in [
        r#"{"tokens": [5], "prompt_tokens": [6], "system": "be brief"}"#,
        r#"{"tokens": [5], "prompt": "colour?"}"#,
    ] {
        assert!(matches!(refused(line), Reason::NeedsTokenizer), "{line}");
    }
    let record = encoded(r#"{"tokens": [5], "lang": "en"}"#, None).unwrap();
    assert_eq!((record.tokens, record.exposure), (vec![5], vec![]));
    assert!(!record.exposure_known, "which the reader is told");
}

#[test]
fn an_error_keeps_its_place_among_the_records() {
    let lines = format!("{RECORD}\n{RECORD}\n17\n{RECORD}\n");
    let reader =
        Reader::from_read("a.jsonl", io::Cursor::new(lines), &ReadOptions::default()).unwrap();
    let tokenizer = tokenizer();
    let mut encoded = encode(reader, Some(&tokenizer));
    assert!(encoded.next().unwrap().is_ok() && encoded.next().unwrap().is_ok());
    assert_eq!(encoded.next().unwrap().unwrap_err().line, Some(3));
    assert!(encoded.next().is_none());
}

#[test]
fn skipped_records_are_counted_through_the_encoder() {
    let options = ReadOptions {
        skip_bad: 1,
        ..ReadOptions::default()
    };
    let reader = Reader::from_read(
        "a.jsonl",
        io::Cursor::new(format!("{RECORD}\n17\n")),
        &options,
    )
    .unwrap();
    let tokenizer = tokenizer();
    let mut encoded = encode(reader, Some(&tokenizer));
    assert_eq!(encoded.by_ref().count(), 1);
    assert_eq!(encoded.records().skipped().count, 1);
}

#[test]
fn text_needs_a_tokenizer_and_tokens_do_not() {
    let lines =
        "{\"tokens\": [5], \"prompt_tokens\": [6]}\n{\"tokens\": [5], \"prompt\": \"colour?\"}\n";
    let reader =
        Reader::from_read("a.jsonl", io::Cursor::new(lines), &ReadOptions::default()).unwrap();
    let mut encoded = encode(reader, None);
    let first = encoded.next().unwrap().unwrap();
    assert_eq!((first.tokens, first.exposure), (vec![5], vec![vec![6]]));
    let error = encoded.next().unwrap().unwrap_err();
    assert!(
        matches!(error.reason, Reason::NeedsTokenizer) && error.line == Some(2),
        "{error}"
    );
}

#[test]
fn readers_and_tokenizers_go_to_other_threads() {
    fn can_move<T: Send>() {}
    fn can_be_shared<T: Send + Sync>() {}
    can_move::<Reader>();
    can_be_shared::<Tokenizer>();
}
