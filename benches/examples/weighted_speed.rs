//! How long T1, T2, T2r, weighted T3 and T3r take on many answers with a large index, on synthetic tokens.
//!
//! ```text
//! cargo run --release -p hallmark-benches --example weighted_speed -- 100 10
//! ```
//!
//! Arguments: millions of windows in the index, and millions of answer tokens (and as many of the control sample).
//! Half of the answers' windows are the harvest's. Prints seconds by stage, and the peak of memory.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]

use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::Expectation;
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_detector::weights::{WeightRule, WindowWeights};
use hallmark_harvest::{Builder, Counting, Index, Limits, MarkedBy, Reading, Visits};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;
use std::time::Instant;

const VOCABULARY: u32 = 131_072;

/// Tokens in a document.
const LENGTH: usize = 512;

fn main() {
    let arguments: Vec<f64> = std::env::args()
        .skip(1)
        .map(|a| a.parse().unwrap())
        .collect();
    let [windows, answers] = arguments[..] else {
        panic!("arguments: millions of windows, millions of answer tokens")
    };
    let documents = |millions: f64| (millions * 1e6) as usize / LENGTH;
    let keys = [Key::from(CohortKey::from_bytes([1; 32]))];
    let folder = tempfile::tempdir().unwrap();
    let indexed = |name: &str, marked_by: MarkedBy, counting: Counting| {
        let path = folder.path().join(name);
        let since = Instant::now();
        let builder = Builder::new(2, None, marked_by, Limits::default()).unwrap();
        let mut builder = builder.counting(counting);
        for index in 0..documents(windows) {
            builder.push(&document(index as u64)).unwrap();
        }
        builder.finish(&path).unwrap();
        let index = Index::open(&path).unwrap();
        println!(
            "index of {counting} of {} distinct windows: {:.1} s",
            index.header().distinct,
            since.elapsed().as_secs_f64()
        );
        index
    };
    let index = Arc::new(indexed("counts", MarkedBy::Unmarked, Counting::Occurrences));
    let as_sampled = Counting::FirstVisits(Reading {
        as_sampled: true,
        in_order: true,
        sub_keys: 1,
        missing: 0,
    });
    let log = indexed("first", MarkedBy::Key(keys[0].public_id()), as_sampled);
    let log = Visits::of(log).unwrap();
    let logs = Some(Logs {
        logs: vec![Arc::new(log)],
        background: Some(index.clone()),
    });
    let half = documents(answers) as u64 / 2;
    let suspect: Vec<Vec<u32>> = (0..half)
        .chain(1 << 40..(1 << 40) + half)
        .map(document)
        .collect();
    let control: Vec<Vec<u32>> = (half / 2..half + half / 2)
        .chain(1 << 41..(1 << 41) + half)
        .map(document)
        .collect();
    let profile = Profile {
        name: "speed".to_owned(),
        scheme: Scheme::GUMBEL,
        window: 2,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY,
            sha256: None,
        },
    };
    let weights = WindowWeights::new(vec![index], None, WeightRule::default()).unwrap();
    let weights = Some(Arc::new(weights));
    let residual = Some(Expectation::Reference);
    for (name, weights, residual, first_visits) in [
        ("T1, T3", None, None, None),
        ("T1, T2, T3 weighted", weights.clone(), None, None),
        ("T1, T2, T2r, T3 weighted", weights, residual, None),
        (
            "T1, T3, T3r, expected from shorter windows",
            None,
            None,
            logs.clone(),
        ),
        ("T1, T2r, T3, T3r, a control sample", None, residual, logs),
    ] {
        let plan = Plan {
            e_process: true,
            weights,
            residual,
            first_visits,
            ..Plan::default()
        };
        let raw = |documents: &[Vec<u32>]| {
            let mut raw = RawCells::new(2);
            for document in documents {
                raw.push(document, Exposure::NOTHING).unwrap();
            }
            raw
        };
        let since = Instant::now();
        let mut examination = Examination::new(&profile, &keys, plan).unwrap();
        examination.observe(&raw(&suspect)).unwrap();
        if residual.is_some() {
            examination.observe_reference(&raw(&control)).unwrap();
        }
        let read = since.elapsed().as_secs_f64();
        let scored = examination.counts().scored;
        let findings = examination.finish().unwrap();
        println!(
            "{name}: {:.2} s ({read:.2} s until all answers were read), {} tokens, {scored} cells, {} findings",
            since.elapsed().as_secs_f64(),
            suspect.len() * LENGTH,
            findings.len()
        );
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{peak}");
    }
}

/// Tokens of a document with this number: frequent ones are much more frequent than rare ones.
fn document(number: u64) -> Vec<u32> {
    let mut rng = ChaCha12Rng::seed_from_u64(number);
    (0..LENGTH)
        .map(|_| {
            let uniform = f64::from(rng.next_u32()) / 4_294_967_296.0;
            (f64::from(VOCABULARY) * uniform.powi(4)) as u32
        })
        .collect()
}
