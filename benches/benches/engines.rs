//! Other engines' functions beside the native one: words of independent cells, and a row of a vocabulary.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hallmark_core::cells::CellBatch;
use hallmark_core::foreign::kgw::KgwSeeds;
use hallmark_core::foreign::lists::{GreenLists, GreenWords};
use hallmark_core::foreign::murmur::SglangMurmur;
use hallmark_core::foreign::philox::VllmPhilox;
use hallmark_core::foreign::synthid::{HfSynthId, SynthId2025, TurnedTable};
use hallmark_core::foreign::textseal::TextSeal;
use hallmark_core::foreign::torch::{LANES, TorchLanes};
use hallmark_core::prf::{ChaCha12, Prf};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::hint::black_box;

const WINDOW: usize = 4;
const CELLS: usize = 4096;
const VOCABULARY: u32 = 32_768;

fn batch(window: usize) -> CellBatch {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let mut batch = CellBatch::new(window, CELLS);
    let mut slots = vec![0; window];
    for _ in 0..CELLS {
        slots.fill_with(|| random.next_u32() % VOCABULARY);
        batch.push(&slots, random.next_u32() % VOCABULARY);
    }
    batch
}

fn words(c: &mut Criterion) {
    let mut group = c.benchmark_group("words of a cell");
    group.throughput(Throughput::Elements(CELLS as u64));
    let keys: Vec<i64> = (1..=30).collect();
    let functions: [(&str, Box<dyn Prf>); 6] = [
        ("chacha12-v1", Box::new(ChaCha12::new([7; 32]))),
        ("vllm", Box::new(VllmPhilox::new(42, WINDOW, 0))),
        ("sglang", Box::new(SglangMurmur::new(42))),
        ("textseal", Box::new(TextSeal::new(42))),
        ("hf-synthid", Box::new(HfSynthId::new(&keys, WINDOW + 1))),
        (
            "synthid-2025",
            Box::new(SynthId2025::new(&keys, WINDOW + 1)),
        ),
    ];
    let cells = batch(WINDOW);
    let mut out = vec![0; CELLS];
    for (name, function) in functions {
        group.bench_function(name, |b| {
            b.iter(|| function.words(black_box(&cells), black_box(&mut out)));
        });
    }
    // Each window its own list, none kept: the dearest case.
    let cells = batch(1);
    let lists = GreenLists::new(VOCABULARY, VOCABULARY / 4, 0);
    let function = GreenWords::new(KgwSeeds::hf_left_hash(15_485_863), lists);
    group.sample_size(10);
    group.bench_function("hf-kgw-lefthash, no list kept", |b| {
        b.iter(|| function.words(black_box(&cells), black_box(&mut out)));
    });
}

fn rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("row of 32,768 tokens");
    group.throughput(Throughput::Elements(u64::from(VOCABULARY)));
    let mut out = vec![0; VOCABULARY as usize];
    let functions: [(&str, Box<dyn Prf>); 3] = [
        ("chacha12-v1", Box::new(ChaCha12::new([7; 32]))),
        ("vllm", Box::new(VllmPhilox::new(42, WINDOW, 0))),
        ("sglang", Box::new(SglangMurmur::new(42))),
    ];
    for (name, function) in functions {
        group.bench_function(name, |b| {
            b.iter(|| function.row(black_box(&[1, 2, 3, 4]), 0, black_box(&mut out)));
        });
    }
}

/// Membership of one token in each list, beside one token followed after another, and beside what no way
/// around can be had: the generators' words.
fn members(c: &mut Criterion) {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let seeds: Vec<u64> = (0..CELLS).map(|_| random.next_u64()).collect();
    for vocabulary in [14_880, 128_256] {
        let green = vocabulary / 4;
        let lists = GreenLists::new(vocabulary, green, 0);
        let tokens: Vec<u32> = seeds
            .iter()
            .map(|_| random.next_u32() % vocabulary)
            .collect();
        let mut group = c.benchmark_group(format!("lists of {green} tokens, one cell each"));
        group.throughput(Throughput::Elements(CELLS as u64));
        group.sample_size(10);
        group.bench_function("lanes", |b| {
            b.iter(|| {
                lists.members(&seeds, &tokens, |at, green| {
                    black_box((at, green));
                });
            });
        });
        group.bench_function("one after another", |b| {
            b.iter(|| {
                for (&seed, &token) in seeds.iter().zip(&tokens) {
                    black_box(lists.contains(seed, token));
                }
            });
        });
        group.bench_function("the words alone, in lanes", |b| {
            b.iter(|| {
                for seeds in seeds.as_chunks::<LANES>().0 {
                    let mut rng = TorchLanes::new(&seeds.map(|seed| seed as u32));
                    let mut words = [[0; LANES]; 16];
                    for _ in 0..green.div_ceil(16) {
                        rng.next_words(&mut words);
                        black_box(&words);
                    }
                }
            });
        });
    }
}

/// The law of one layer of `hf-synthid` for documents of some sizes, over all keys.
fn layers(c: &mut Criterion) {
    let table = TurnedTable::new();
    let mut group = c.benchmark_group("hf-synthid, sums under all keys");
    for count in [300_u16, 3000, 30_000] {
        let states: Vec<u16> = (0..count).map(|i| i.wrapping_mul(40_503)).collect();
        group.throughput(Throughput::Elements(count.into()));
        group.bench_function(format!("{count} states"), |b| {
            b.iter(|| table.sums(black_box(&states)));
        });
    }
}

criterion_group!(benches, words, rows, members, layers);
criterion_main!(benches);
