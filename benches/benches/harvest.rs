//! The harvest index: from tokens to a file, with and without a scratch file, beside hashing and
//! scattering alone; and look-ups in an index of 100 million windows, beside bare random reads.
//!
//! Prints bytes a window and the sizes of files. The large index takes about 450 MB in the system's
//! folder for temporary files, and about 1.2 GB of memory; `HALLMARK_BENCH_WINDOWS` sets another
//! number of windows than 100 million.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hallmark_benches::stream::stream;
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_harvest::{Builder, Built, Index, Limits, MarkedBy};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const WINDOW: usize = 2;
const ANSWER: usize = 500;

fn builds(c: &mut Criterion) {
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one_thread = one_thread.expect("a thread for the bench");
    let ids = stream(20_000_000, 6.2);
    let mut group = c.benchmark_group("harvest index");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(ids.len() as u64));
    group.bench_function("hash and scatter alone", |b| {
        let mut memory = vec![0; ids.len()];
        b.iter(|| black_box(scatter(&ids, &mut memory)));
    });
    for (name, mebibytes) in [("in memory", 256), ("64 MiB, spilled", 64)] {
        let folder = tempfile::tempdir().expect("a folder for the bench");
        let build = || {
            let path = folder.path().join("bench.index");
            let built = one_thread.install(|| build(&path, mebibytes, ids.chunks(ANSWER)));
            std::fs::remove_file(&path).expect("the file was just written");
            built
        };
        describe(name, &build());
        group.bench_function(BenchmarkId::new("tokens to file", name), |b| b.iter(build));
    }
}

fn lookups(c: &mut Criterion) {
    let windows: usize = std::env::var("HALLMARK_BENCH_WINDOWS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(100_000_000);
    let folder = tempfile::tempdir().expect("a folder for the bench");
    let path = folder.path().join("large.index");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    // Nearly all pairs of random ids are distinct.
    let answers = std::iter::from_fn(|| {
        Some(std::array::from_fn::<u32, 1002, _>(|_| {
            random.next_u32() >> 9
        }))
    });
    let start = Instant::now();
    let built = build(&path, 1024, answers.take(windows / 1000));
    describe("large", &built);
    println!(
        "built in {:.1} s; {:.2} bytes a window",
        start.elapsed().as_secs_f64(),
        std::fs::metadata(&path).map_or(0, |file| file.len()) as f64 / built.header.distinct as f64
    );
    let index = Index::open(&path).expect("the file was just written");
    let start = Instant::now();
    index.verify().expect("the file was just written");
    println!("verified in {:.2} s", start.elapsed().as_secs_f64());

    const ASKED: usize = 10_000_000;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut ids: Vec<u32> = (0..ASKED / 2).map(|_| random.next_u32() >> 9).collect();
    let mut absent = ChaCha8Rng::seed_from_u64(2);
    ids.extend((0..ASKED / 2).map(|_| absent.next_u32() >> 9));
    // Half of them are there, in an order of its own.
    let mut asked: Vec<WindowHash> = ids.windows(WINDOW).map(WindowHash::of).collect();
    for place in (1..asked.len()).rev() {
        asked.swap(place, random.next_u64() as usize % place);
    }
    let mut counts = vec![0; asked.len()];
    let mut group = c.benchmark_group("harvest look-up, 10 M");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(asked.len() as u64));
    group.bench_function("bare random reads", |b| {
        let memory = vec![1_u64; index.bytes() as usize / 8];
        b.iter(|| {
            let places = asked
                .iter()
                .map(|window| (window.0 as u128 * memory.len() as u128) >> 64);
            black_box(places.map(|place| memory[place as usize]).sum::<u64>())
        });
    });
    group.bench_function("one thread", |b| {
        b.iter(|| {
            for (asked, counts) in asked.chunks(4096).zip(counts.chunks_mut(4096)) {
                index.counts(asked, counts);
            }
        });
    });
    group.bench_function("all threads", |b| {
        b.iter(|| index.counts(&asked, &mut counts));
    });
    let found = counts.iter().filter(|&&count| count > 0).count();
    println!("{found} of {} were found", asked.len());
}

fn build<A: AsRef<[u32]>>(
    path: &Path,
    mebibytes: u64,
    answers: impl IntoIterator<Item = A>,
) -> Built {
    let limits = Limits {
        memory: mebibytes << 20,
        ..Limits::default()
    };
    let mut builder =
        Builder::new(WINDOW, None, MarkedBy::Unmarked, limits).expect("memory for the bench");
    for answer in answers {
        builder.push(answer.as_ref()).expect("room for the bench");
    }
    builder.finish(path).expect("room for the bench")
}

fn describe(name: &str, built: &Built) {
    println!(
        "{name}: {} windows, {} distinct; {:.1} MB of scratch file",
        built.header.total,
        built.header.distinct,
        built.scratch_bytes as f64 / 1e6
    );
}

/// What cannot be left out: the hash of each window, and its way to one of 1,024 partitions.
fn scatter(ids: &[u32], memory: &mut [u64]) -> usize {
    const BITS: u32 = 10;
    let mut ends = vec![0; 1 << BITS];
    let windows = || ids.array_windows::<WINDOW>().map(|w| WindowHash::of(w).0);
    for hash in windows() {
        ends[(hash >> (64 - BITS)) as usize] += 1;
    }
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    for hash in windows() {
        let end = &mut ends[(hash >> (64 - BITS)) as usize];
        memory[*end] = hash;
        *end += 1;
    }
    start
}

criterion_group!(benches, builds, lookups);
criterion_main!(benches);
