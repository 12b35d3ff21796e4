//! From tokens in memory to a finding, from text to a finding, and the line-up of decoys, each
//! beside what it cannot do without.
//!
//! Text needs a tokenizer of 49,152 tokens: make it with `benches/fetch-tokenizer DIR` and set
//! `HALLMARK_TOKENIZER=DIR/tokenizer.json`; without it that group is left out.

use std::hint::black_box;
use std::io::Cursor;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hallmark_benches::stream::stream;
use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_corpus::{ReadOptions, Reader, Tokenizer, encode};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::examination::{Examination, Plan};

/// Tokens in a block, as the program reads them.
const BLOCK: usize = 1 << 24;

fn profile(window: usize) -> Profile {
    let tokenizer = TokenizerRef {
        vocab_size: 49_152,
        sha256: None,
    };
    Profile {
        name: "bench".to_owned(),
        scheme: Scheme::GUMBEL,
        window,
        ring: 1,
        tokenizer,
    }
}

/// T1 and T3 under one key.
fn examination(profile: &Profile, decoys: u32) -> Examination {
    let plan = Plan {
        e_process: true,
        decoys,
        ..Plan::default()
    };
    Examination::new(profile, &[Key::from(CohortKey::from_bytes([7; 32]))], plan)
        .expect("the profile is valid")
}

/// The rest of the bench on one thread.
fn on_one_thread(work: impl FnOnce() + Send) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("one thread");
    pool.install(work);
}

/// Tokens to finding (T1 and T3), the same streams as in the `dedup` bench, whose `radix loop` is
/// the floor.
fn tokens(c: &mut Criterion) {
    let mut group = c.benchmark_group("tokens to finding");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (name, len, continuations) in [("1M", 1_750_000, 3.45), ("20M", 35_000_000, 6.2)] {
        let ids = stream(len, continuations);
        let profile = profile(4);
        group.throughput(Throughput::Elements(len as u64));
        group.bench_function(name, |b| {
            let run = || {
                let mut examination = examination(&profile, 0);
                for block in ids.chunks(BLOCK) {
                    let mut raw = RawCells::new(profile.window);
                    for answer in block.chunks(500) {
                        raw.push(answer, Exposure::NOTHING)
                            .expect("few enough tokens");
                    }
                    examination.observe(&raw).expect("few enough cells");
                }
                examination.finish().expect("few enough cells")
            };
            on_one_thread(|| b.iter(|| black_box(run())));
        });
    }
}

/// Decoys × cells on all threads, beside the words of as many cells and nothing else.
fn line_up(c: &mut Criterion) {
    const CELLS: usize = 1 << 20;
    const DECOYS: u32 = 200;
    let mut group = c.benchmark_group("line-up");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(CELLS as u64 * u64::from(DECOYS)));
    let profile = profile(2);
    // Distinct cells: a counter in base 49,152 in every window.
    let ids: Vec<u32> = (0..CELLS as u32 + 2)
        .map(|i| {
            if i % 2 == 0 {
                i / 2 % 49_152
            } else {
                i / 98_304
            }
        })
        .collect();
    let mut raw = RawCells::new(profile.window);
    raw.push(&ids, Exposure::NOTHING)
        .expect("few enough tokens");
    let mut set = DedupKind::Compact.build(profile.window);
    let cells = raw
        .clone()
        .fresh()
        .distinct(&mut *set)
        .expect("one window length");
    println!(
        "{} distinct cells, {DECOYS} decoys, {} threads",
        cells.len(),
        rayon::current_num_threads()
    );
    group.throughput(Throughput::Elements(cells.len() as u64 * u64::from(DECOYS)));
    group.bench_function("words alone", |b| {
        use rayon::prelude::*;
        let keys: Vec<ChaCha12> = (0..DECOYS)
            .map(|key| ChaCha12::new([key as u8; 32]))
            .collect();
        let mut batch = CellBatch::new(2, 1024);
        for cell in ids.windows(3).take(1024) {
            batch.push(&cell[..2], cell[2]);
        }
        b.iter(|| {
            keys.par_iter().for_each_init(
                || [0; 1024],
                |words, key| {
                    for _ in 0..cells.len() / 1024 {
                        key.words(black_box(&batch), words);
                        black_box(&words);
                    }
                },
            );
        });
    });
    // The rest of the examination (de-duplication, T1, T3) is the same with and without decoys.
    for decoys in [0, DECOYS] {
        group.bench_function(format!("examination with {decoys} decoys"), |b| {
            b.iter(|| {
                let mut examination = examination(&profile, decoys);
                examination.observe(&raw).expect("few enough cells");
                black_box(examination.finish().expect("few enough cells"))
            });
        });
    }
}

/// JSON lines in memory to finding on one thread, beside the tokenizer alone.
fn text(c: &mut Criterion) {
    let Some(path) = std::env::var_os("HALLMARK_TOKENIZER") else {
        println!("text to finding: left out, HALLMARK_TOKENIZER is not set");
        return;
    };
    let tokenizer = Tokenizer::open(path).expect("a tokenizer.json");
    let corpus = hallmark_lab::assets::corpus().expect("the built-in corpus");
    let texts: Vec<String> = corpus
        .iter()
        .flat_map(|document| document.text.as_bytes().chunks(2000))
        .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
        .collect();
    let mut log = Vec::new();
    for text in &texts {
        serde_json::to_writer(&mut log, &serde_json::json!({ "text": text })).expect("memory");
        log.push(b'\n');
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut group = c.benchmark_group("text to finding");
    group
        .sample_size(20)
        .throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("tokenizer alone", |b| {
        let mut tokens = vec![];
        on_one_thread(|| {
            b.iter(|| {
                for text in &texts {
                    tokens.clear();
                    tokenizer.encode_into(text, &mut tokens);
                    black_box(&tokens);
                }
            });
        });
    });
    let profile = profile(2);
    group.bench_function("text to finding", |b| {
        let run = || {
            let read = Cursor::new(log.clone());
            let reader =
                Reader::from_read("log.jsonl", read, &ReadOptions::default()).expect("a log");
            let mut examination = examination(&profile, 0);
            let mut raw = RawCells::new(profile.window);
            for record in encode(reader, Some(&tokenizer)) {
                let record = record.expect("a good record");
                raw.push(&record.tokens, Exposure::NOTHING)
                    .expect("few enough tokens");
            }
            examination.observe(&raw).expect("few enough cells");
            examination.finish().expect("few enough cells")
        };
        on_one_thread(|| b.iter(|| black_box(run())));
    });
    // Shown text is tokenised from every start that a copy of it may have.
    let mut shown = Vec::new();
    for text in &texts {
        let record = serde_json::json!({ "prompt": text, "response_tokens": [0] });
        serde_json::to_writer(&mut shown, &record).expect("memory");
        shown.push(b'\n');
    }
    group.bench_function("shown text to tokens", |b| {
        let run = || {
            let read = Cursor::new(shown.clone());
            let reader =
                Reader::from_read("log.jsonl", read, &ReadOptions::default()).expect("a log");
            for record in encode(reader, Some(&tokenizer)) {
                black_box(record.expect("a good record"));
            }
        };
        on_one_thread(|| b.iter(run));
    });
}

criterion_group!(benches, tokens, line_up, text);
criterion_main!(benches);
