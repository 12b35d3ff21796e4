//! Marking a row of logits, beside what the engine does to the row anyway.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use hallmark_benches::sampling::{add, softmax_sample};
use hallmark_benches::top_k::TopK;
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::{Sampler, Scratch};
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::row::{green_row, gumbel_argmax_candidates, gumbel_argmax_row};
use hallmark_core::schemes::Tournament;

const VOCABULARIES: [usize; 3] = [32_768, 131_072, 262_144];
const TOP: usize = 100;
const SURVIVORS: usize = 64;
const LAYERS: u32 = 30;

/// Logits that are nearly normal with a spread of 3, as the sum of six words.
fn logits(tokens: usize) -> Vec<f32> {
    let mut words = vec![0; 6 * tokens];
    ChaCha12::new([2; 32]).row(&[], 0, &mut words);
    let sum = |words: &[u32; 6]| words.iter().map(|&word| word as f32 / 4.3e9).sum::<f32>();
    words
        .as_chunks::<6>()
        .0
        .iter()
        .map(|words| (sum(words) - 3.0) * 4.25)
        .collect()
}

fn survivors(c: &mut Criterion) {
    for tokens in VOCABULARIES {
        let mut group = c.benchmark_group(format!("survivors/{tokens}"));
        let row = logits(tokens);
        let mut top = TopK::new(tokens);
        group.bench_function("top-k 100", |b| {
            b.iter(|| {
                black_box(top.select(black_box(&row), TOP));
            });
        });
        let prf = ChaCha12::new([7; 32]);
        let survivors = top.select(&row, TOP)[..SURVIVORS].to_vec();
        let logits: Vec<f32> = survivors
            .iter()
            .map(|&(_, token)| row[token as usize])
            .collect();
        let mut cells = CellBatch::new(2, SURVIVORS);
        let mut scratch = [0; SURVIVORS];
        let mut position = 0;
        // Filling the batch is part of the step, and every step has another window.
        group.bench_function("gumbel over 64", |b| {
            b.iter(|| {
                position += 1;
                cells.clear();
                for &(_, token) in &survivors {
                    cells.push(&[position, 7], token);
                }
                gumbel_argmax_candidates(&prf, &cells, black_box(&logits), &mut scratch)
                    .expect("finite logits")
            });
        });
        let tournament = Tournament::new(ChaCha12::new([7; 32]), LAYERS);
        let (mut logits, mut scratch) = (logits, Scratch::default());
        group.bench_function("tournament over 64", |b| {
            b.iter(|| {
                position += 1;
                cells.clear();
                for &(_, token) in &survivors {
                    cells.push(&[position, 7], token);
                }
                let logits = black_box(&mut logits);
                let chosen = tournament.choose(&cells, logits, 0.5, &mut scratch);
                chosen.expect("finite logits")
            });
        });
        group.finish();
    }
}

fn whole_row(c: &mut Criterion) {
    for tokens in VOCABULARIES {
        let mut group = c.benchmark_group(format!("whole row/{tokens}"));
        let row = logits(tokens);
        let mut weights = vec![0.0; tokens];
        let mut step = 0u32;
        group.bench_function("softmax and sample", |b| {
            b.iter(|| {
                step = step.wrapping_add(0x9e37_79b9);
                let uniform = (step >> 8) as f32 / 16_777_216.0;
                softmax_sample(black_box(&row), &mut weights, uniform)
            });
        });
        let prf = ChaCha12::new([7; 32]);
        let mut position = 0;
        group.bench_function("gumbel", |b| {
            b.iter(|| {
                position += 1;
                gumbel_argmax_row(&prf, &[position, 7], black_box(&row)).expect("finite logits")
            });
        });
        let mut row = row;
        let tournament = Tournament::new(ChaCha12::new([7; 32]), LAYERS);
        let mut scratch = Scratch::default();
        group.bench_function("tournament", |b| {
            b.iter(|| {
                position += 1;
                let row = black_box(&mut row);
                let chosen = tournament.choose_row(&[position, 7], row, 0.5, &mut scratch);
                chosen.expect("finite logits")
            });
        });
        green(&mut group, &prf, &mut row);
        group.finish();
    }
}

fn green(group: &mut BenchmarkGroup<'_, WallTime>, prf: &ChaCha12, row: &mut [f32]) {
    group.bench_function("one pass", |b| b.iter(|| add(black_box(row), 1e-9)));
    let mut position = 0;
    group.bench_function("green", |b| {
        b.iter(|| {
            position += 1;
            green_row(prf, &[position, 7], 1 << 30, 1e-9, black_box(row)).expect("finite logits");
        });
    });
}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = settings(); targets = survivors, whole_row }
criterion_main!(benches);
