//! Global de-duplication on one thread, at 1 and 20 million distinct units of five ids: the sets
//! of the detector beside a straight radix loop without interface, growth or persistence, and
//! beside a general hash set that is given the fingerprints.
//!
//! The stream comes from a small random order-2 language, so that some units are very frequent and
//! about 58 % are distinct, as in real text (57.7 %).

use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hallmark_benches::stream::stream;
use hallmark_core::cells::CellBatch;
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_detector::dedup::{Compact, Dedup, DedupKind, Units, fingerprint};
use memmap2::{Advice, MmapMut};

const WINDOW: usize = 4;

fn sets(c: &mut Criterion) {
    let mut group = c.benchmark_group("dedup");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (name, len, continuations) in [("1M", 1_750_000, 3.45), ("20M", 35_000_000, 6.2)] {
        let ids = stream(len, continuations);
        let at: Vec<u32> = (WINDOW as u32..len as u32).collect();
        let units = Units {
            ids: &ids,
            at: &at,
            window: WINDOW,
        };
        let distinct = describe(name, units);
        group.throughput(Throughput::Elements(at.len() as u64));
        let mut kept = Vec::with_capacity(at.len());

        // First, so that what follows finds the machine's memory as warm as it was for this.
        group.bench_function(BenchmarkId::new("radix loop", name), |b| {
            let mut memory = Memory::new(at.len());
            b.iter(|| assert_eq!(radix_loop(&ids, &mut memory), distinct));
        });
        for kind in [
            DedupKind::Compact,
            DedupKind::Bloom {
                budget_bytes: 2 * distinct,
                expected_units: distinct,
            },
        ] {
            let label = format!("{kind:?}")
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_lowercase();
            group.bench_function(BenchmarkId::new(label, name), |b| {
                b.iter(|| keep(&mut *kind.build(WINDOW), units, usize::MAX, &mut kept));
            });
        }
        group.bench_function(
            BenchmarkId::new("compact, then chacha12 words", name),
            |b| {
                let prf = ChaCha12::new([7; 32]);
                let mut cells = CellBatch::new(WINDOW, 1024);
                let mut words = [0; 1024];
                b.iter(|| {
                    keep(&mut Compact::new(WINDOW), units, usize::MAX, &mut kept);
                    for at in kept.chunks(1024) {
                        cells.fill_at(&ids, at);
                        prf.words(&cells, &mut words[..at.len()]);
                        black_box(&mut words);
                    }
                });
            },
        );
        group.bench_function(BenchmarkId::new("compact, calls of 65,536", name), |b| {
            b.iter(|| keep(&mut Compact::new(WINDOW), units, 1 << 16, &mut kept));
        });
        group.bench_function(BenchmarkId::new("hashbrown of fingerprints", name), |b| {
            b.iter(|| {
                let mut set = hashbrown::HashSet::with_hasher(AsIs);
                ids.windows(WINDOW + 1)
                    .filter(|unit| set.insert(fingerprint(unit)))
                    .count()
            });
        });
        // A quarter of a minute for each pass over the long stream would tell nothing more.
        if len < 10_000_000 {
            group.bench_function(BenchmarkId::new("exact", name), |b| {
                b.iter(|| {
                    let mut exact = DedupKind::Exact.build(WINDOW);
                    keep(&mut *exact, units, usize::MAX, &mut kept);
                });
            });
        }
    }
}

fn keep(set: &mut dyn Dedup, units: Units<'_>, call: usize, kept: &mut Vec<u32>) {
    kept.clear();
    for at in units.at.chunks(call.min(units.at.len())) {
        set.keep_first(Units { at, ..units }, kept)
            .expect("every position has a whole unit");
    }
}

/// Prints what a time means, and returns the number of distinct units.
fn describe(name: &str, units: Units<'_>) -> u64 {
    let mut compact = Compact::new(WINDOW);
    keep(&mut compact, units, usize::MAX, &mut Vec::new());
    let distinct = compact.entries() as f64;
    println!(
        "{name}: {} units, {:.1} % distinct; compact takes {:.2} bytes for each of these, and {:.2} \
         of scratch memory for each unit",
        units.at.len(),
        100.0 * distinct / units.at.len() as f64,
        compact.state_bytes() as f64 / distinct,
        compact.scratch_bytes() as f64 / units.at.len() as f64,
    );
    compact.entries()
}

/// Memory of the straight loop, taken before the clock starts.
struct Memory {
    prints: MmapMut,
    sorted: MmapMut,
    places: MmapMut,
    fresh: Vec<u64>,
}

impl Memory {
    fn new(units: usize) -> Self {
        let map = |bytes| {
            let map = MmapMut::map_anon(bytes).expect("memory for the bench");
            #[cfg(target_os = "linux")]
            map.advise(Advice::HugePage).expect("advice for the bench");
            map
        };
        Self {
            prints: map(units * 8),
            sorted: map(units * 8),
            places: map(units * 4),
            fresh: vec![0; units.div_ceil(64)],
        }
    }
}

/// What cannot be left out: hash, partition, probe tables that lie in the cache, mark what is new.
/// Everything is known in advance, and nothing is there for a second call.
fn radix_loop(ids: &[u32], memory: &mut Memory) -> u64 {
    const BITS: u32 = 11;
    let prints: &mut [u64] = bytemuck::cast_slice_mut(&mut memory.prints);
    let sorted: &mut [u64] = bytemuck::cast_slice_mut(&mut memory.sorted);
    let places: &mut [u32] = bytemuck::cast_slice_mut(&mut memory.places);
    let units = prints.len();
    let mut ends = vec![0; 1 << BITS];
    for (unit, print) in ids.windows(WINDOW + 1).zip(&mut *prints) {
        *print = fingerprint(unit);
        ends[(*print >> (64 - BITS)) as usize] += 1;
    }
    let longest = ends.iter().copied().max().unwrap_or(0);
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    for (place, &print) in prints.iter().enumerate() {
        let end = &mut ends[(print >> (64 - BITS)) as usize];
        sorted[*end] = print;
        places[*end] = place as u32;
        *end += 1;
    }
    let homes = (units >> BITS) * 2;
    let mut table = vec![0; homes + longest];
    memory.fresh.fill(0);
    let mut distinct = 0;
    let mut start = 0;
    for end in ends {
        table.fill(0);
        for (&print, &place) in sorted[start..end].iter().zip(&places[start..end]) {
            let mut slot = ((u128::from(print << BITS) * homes as u128) >> 64) as usize;
            while (table[slot] != 0) & (table[slot] != print) {
                slot += 1;
            }
            let fresh = u64::from(table[slot] == 0);
            table[slot] = print;
            distinct += fresh;
            memory.fresh[place as usize / 64] |= fresh << (place % 64);
        }
        start = end;
    }
    distinct
}

/// Fingerprints are hashes already.
#[derive(Clone, Copy)]
struct AsIs;

struct Taken(u64);

impl BuildHasher for AsIs {
    type Hasher = Taken;

    fn build_hasher(&self) -> Taken {
        Taken(0)
    }
}

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("fingerprints are 64-bit words");
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = word;
    }
}

fn on_one_thread(c: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    pool.build_global().expect("nothing has used the pool yet");
    sets(c);
}

criterion_group!(benches, on_one_thread);
criterion_main!(benches);
