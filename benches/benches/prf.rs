//! `chacha12-v1` on every vector unit: independent cells beside the bare rounds and two other
//! implementations, and rows beside their key streams.

use std::hint::black_box;
use std::time::Duration;

use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hallmark_benches::{has_avx2, has_avx512, straight};
use hallmark_core::cells::CellBatch;
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::simd::Lanes;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const KEY: [u8; 32] = [7; 32];

fn cells(c: &mut Criterion) {
    const CELLS: usize = 4096;
    let mut words = vec![0; 3 * CELLS];
    ChaCha12::new([1; 32]).row(&[], 0, &mut words);
    let mut batch = CellBatch::new(2, CELLS);
    for cell in words.as_chunks::<3>().0 {
        let [a, b, token] = cell.map(|word| word >> 15);
        batch.push(&[a, b], token);
    }
    let columns = [batch.slot(0), batch.slot(1)];
    let tokens = batch.tokens();
    let key = [7; 8];
    let mut out = vec![0; CELLS];

    let mut group = c.benchmark_group("cells");
    group.throughput(Throughput::Elements(CELLS as u64));
    if has_avx512() {
        group.bench_function("bare rounds, avx512", |b| {
            b.iter(|| straight::avx512(&key, black_box(columns), tokens, black_box(&mut out)));
        });
    }
    if has_avx2() {
        group.bench_function("bare rounds, avx2", |b| {
            b.iter(|| straight::avx2(&key, black_box(columns), tokens, black_box(&mut out)));
        });
    }
    for lanes in Lanes::available() {
        let prf = ChaCha12::with_lanes(KEY, lanes);
        group.bench_function(format!("words, {}", lanes.name()), |b| {
            b.iter(|| prf.words(black_box(&batch), black_box(&mut out)));
        });
    }
    let prf = ChaCha12::new(KEY);
    group.bench_function("word, one by one", |b| {
        b.iter(|| {
            for (i, out) in out.iter_mut().enumerate() {
                *out = prf.word(&[columns[0][i], columns[1][i]], tokens[i]);
            }
            black_box(&mut out);
        });
    });
    group.bench_function("rand_chacha, seek", |b| {
        let mut rng = ChaCha12Rng::from_seed(KEY);
        b.iter(|| {
            for (i, out) in out.iter_mut().enumerate() {
                rng.set_stream(u64::from(columns[0][i]));
                rng.set_word_pos(u128::from(columns[1][i]) << 36 | u128::from(tokens[i]));
                *out = rng.next_u32();
            }
            black_box(&mut out);
        });
    });
    group.bench_function("chacha20, new and seek", |b| {
        b.iter(|| {
            for (i, out) in out.iter_mut().enumerate() {
                let mut nonce = [0; 12];
                nonce[..4].copy_from_slice(&columns[0][i].to_le_bytes());
                nonce[4..8].copy_from_slice(&columns[1][i].to_le_bytes());
                let mut stream = chacha20::ChaCha12::new(&KEY.into(), &nonce.into());
                stream.seek(u64::from(tokens[i]) * 4);
                let mut word = [0; 4];
                stream.apply_keystream(&mut word);
                *out = u32::from_le_bytes(word);
            }
            black_box(&mut out);
        });
    });
    group.finish();
}

fn row(c: &mut Criterion) {
    const TOKENS: usize = 131_072;
    let mut out = vec![0; TOKENS];
    let mut bytes = vec![0; 4 * TOKENS];
    let mut group = c.benchmark_group("row of 131072");
    group.throughput(Throughput::Bytes(4 * TOKENS as u64));
    for lanes in Lanes::available() {
        let prf = ChaCha12::with_lanes(KEY, lanes);
        group.bench_function(lanes.name(), |b| {
            b.iter(|| prf.row(black_box(&[5, 6]), 0, black_box(&mut out)));
        });
    }
    group.bench_function("rand_chacha", |b| {
        let mut rng = ChaCha12Rng::from_seed(KEY);
        b.iter(|| rng.fill_bytes(black_box(&mut bytes)));
    });
    group.bench_function("chacha20", |b| {
        b.iter(|| {
            let mut stream = chacha20::ChaCha12::new(&KEY.into(), &[3; 12].into());
            stream.apply_keystream(black_box(&mut bytes));
        });
    });
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = settings(); targets = cells, row }
criterion_main!(benches);
