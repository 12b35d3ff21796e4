//! Tails of weighted sums: from ten million weights to p, and the parts of that.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hallmark_core::law::Law;
use hallmark_detector::tail::{Group, group_weights, weighted_upper};

const CELLS: usize = 10_000_000;

fn weighted(c: &mut Criterion) {
    let mut bench = c.benchmark_group("weighted tail");
    bench.sample_size(10);
    let weights = weights(CELLS);

    bench.throughput(Throughput::Elements(CELLS as u64));
    bench.bench_function("group 10M weights", |b| {
        b.iter(|| group_weights(black_box(&weights)).expect("small weights"));
    });
    let green = Law::Bernoulli { threshold: 1 << 30 };
    for (name, law) in [("green", green), ("gumbel", Law::Exponential)] {
        for z in [3.0, 10.0, 30.0] {
            let sum = at(law, &group_weights(&weights).expect("small weights"), z);
            let id = BenchmarkId::new(format!("10M weights to p, {name}"), format!("z = {z}"));
            bench.bench_function(id, |b| {
                b.iter(|| {
                    let groups = group_weights(black_box(&weights)).expect("small weights");
                    weighted_upper(law, &groups, sum).expect("a possible sum")
                });
            });
        }
    }
    drop(bench);

    let mut bench = c.benchmark_group("weighted tail of 64 groups");
    bench.sample_size(10);
    for (name, law) in [("green", green), ("gumbel", Law::Exponential)] {
        for cells in [10_000, 1_000_000, 100_000_000] {
            let groups = group_weights(&weights[..1 << 14]).expect("small weights");
            let groups: Vec<Group> = groups
                .iter()
                .map(|group| Group {
                    cells: (group.cells * cells) >> 14,
                    ..*group
                })
                .collect();
            let sum = at(law, &groups, 10.0);
            let tail = weighted_upper(law, &groups, sum).expect("a possible sum");
            println!("{name}, {cells} cells: {tail:?}");
            bench.bench_function(BenchmarkId::new(name, cells), |b| {
                b.iter(|| weighted_upper(law, black_box(&groups), sum).expect("a possible sum"));
            });
        }
    }
}

/// 64 signed levels, the small ones the most frequent, in an order without pattern.
fn weights(len: usize) -> Vec<i32> {
    let mut state = 1_u64;
    (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let level = ((state >> 33 & 31) * (state >> 41 & 31) / 31 + 1) as i32;
            let size = level * level * 37;
            if state >> 60 < 5 { -size } else { size }
        })
        .collect()
}

/// z standard deviations above the mean.
fn at(law: Law, groups: &[Group], z: f64) -> i128 {
    let unit = law.unit() as f64;
    let rate = law.null_mean();
    let variance = if law == Law::Exponential {
        1.0
    } else {
        rate * (1.0 - rate)
    };
    let (mut mean, mut square) = (0.0, 0.0);
    for group in groups {
        let (weight, cells) = (group.weight as f64, group.cells as f64);
        mean += weight * cells * rate;
        square += weight * weight * cells * variance;
    }
    ((mean + z * square.sqrt()) * unit) as i128
}

criterion_group!(benches, weighted);
criterion_main!(benches);
