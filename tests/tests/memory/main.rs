//! What memory promises: distinct cells are found once for all keys, and a set of a fixed size stays of that size.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(unsafe_code, reason = "counts what is allocated")]

use hallmark::detect::Detecting;
use hallmark::progress::silent;
use hallmark::{Inputs, detect_each};
use hallmark_core::keys::{CohortKey, ForeignKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::{Detection, Documents};
use hallmark_detector::examination::{Examination, Plan};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is the system allocator's own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One measurement at a time: the allocator is the process's.
static ALONE: Mutex<()> = Mutex::new(());

/// The most that was allocated at once by `work`, beyond what was there before; and what it left.
fn most<T>(work: impl FnOnce() -> T) -> (T, usize, usize) {
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let done = work();
    let left = NOW.load(Ordering::Relaxed).saturating_sub(before);
    (done, MOST.load(Ordering::Relaxed) - before, left)
}

const MIB: usize = 1 << 20;

fn profile(scheme: &str) -> Profile {
    let scheme = Scheme::named(scheme).unwrap();
    Profile {
        name: "memory".to_owned(),
        scheme,
        window: 2,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: 50_000,
            sha256: None,
        },
    }
}

fn keys(profile: &Profile, count: u64) -> Vec<Key> {
    (1..=count)
        .map(|number| match profile.scheme.numbers() {
            None => {
                let mut bytes = [0; 32];
                bytes[..8].copy_from_slice(&number.to_le_bytes());
                CohortKey::from_bytes(bytes).into()
            }
            Some((_, count)) => {
                let number = number << 40 | 1 << 62;
                ForeignKey::new(vec![number; count]).unwrap().into()
            }
        })
        .collect()
}

/// Answers of 100 tokens, nearly all cells distinct.
fn raw(tokens: u32, seed: u32) -> RawCells {
    let mut raw = RawCells::new(2);
    let mut state = u64::from(seed) << 32 | 1;
    for _ in 0..tokens / 100 {
        let answer: Vec<u32> = (0..100)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as u32 % 50_000
            })
            .collect();
        raw.push(&answer, Exposure::NOTHING).unwrap();
    }
    raw
}

fn detect(marks: &[Mark], dedup: DedupKind) -> usize {
    let (_, most, _) = most(|| {
        let mut detection = Detection::new(marks, dedup);
        for seed in 0..4 {
            detection.observe(&raw(100_000, seed)).unwrap();
        }
        detection.finish().unwrap().len()
    });
    most
}

/// 400 keys take what one takes, and their sums and a tile of words more.
#[test]
fn four_hundred_keys_take_the_memory_of_one() {
    let _alone = ALONE.lock();
    for scheme in [
        "gumbel",
        "vllm-gumbel-v1",
        "sglang-gumbel-v1",
        "textseal-gumbel",
    ] {
        let profile = profile(scheme);
        let marks = |count| -> Vec<Mark> {
            let keys = keys(&profile, count);
            keys.iter()
                .map(|key| Mark::new(&profile, key).unwrap())
                .collect()
        };
        let (one, many) = (marks(1), marks(400));
        // Warms up tables and threads.
        detect(&one, DedupKind::Compact);
        let (one, many) = (
            detect(&one, DedupKind::Compact),
            detect(&many, DedupKind::Compact),
        );
        println!("{scheme}: {one} bytes for one key, {many} for 400");
        assert!(many < one + 40 * MIB, "{scheme}: {one} {many}");
    }
}

/// A thousand cohorts under examination: some ten kilobytes each, whatever the corpus.
#[test]
fn a_thousand_cohorts_are_examined_in_the_memory_of_their_sums() {
    let _alone = ALONE.lock();
    let profile = profile("gumbel");
    let examine = |keys: &[Key], blocks: u32| {
        let (_, most, _) = most(|| {
            let plan = Plan {
                e_process: true,
                ..Plan::default()
            };
            let mut examination = Examination::new(&profile, keys, plan).unwrap();
            for seed in 0..blocks {
                examination.observe(&raw(50_000, seed)).unwrap();
            }
            examination.finish().unwrap().len()
        });
        most
    };
    let (one, many) = (keys(&profile, 1), keys(&profile, 1000));
    examine(&one, 1);
    let (short, long) = (examine(&many, 1), examine(&many, 4));
    let alone = [examine(&one, 1), examine(&one, 4)];
    println!("one key {alone:?}, a thousand {short} and {long} bytes");
    assert!(short < alone[0] + 1000 * 40_000, "{short}");
    // What a longer corpus takes more is what it takes for one key.
    assert!(
        long - short < alone[1] - alone[0] + 12 * MIB,
        "{short} {long}"
    );
}

/// A Bloom filter's memory is what was said, once for all keys.
#[test]
fn a_bloom_filter_is_there_once_for_all_keys() {
    let _alone = ALONE.lock();
    let budget = 32 * MIB;
    let bloom = DedupKind::Bloom {
        budget_bytes: budget as u64,
        expected_units: budget as u64 / 2,
    };
    let profile = profile("vllm-gumbel-v1");
    let marks: Vec<Mark> = keys(&profile, 200)
        .iter()
        .map(|key| Mark::new(&profile, key).unwrap())
        .collect();
    detect(&marks[..1], bloom);
    let many = detect(&marks, bloom);
    println!("{many} bytes with a filter of {budget}");
    assert!(many < budget + 50 * MIB, "{many}");
}

/// Documents are told block by block, and nothing of them is held but the distinct cells.
#[test]
fn documents_leave_nothing_but_distinct_cells() {
    let _alone = ALONE.lock();
    let profile = profile("gumbel");
    let mark = Mark::new(&profile, &keys(&profile, 1)[0]).unwrap();
    let same = raw(20_000, 1);
    let read = |times: usize| {
        let mut documents = Documents::new(&mark, DedupKind::Compact);
        let (read, _, left) = most(|| {
            let mut read = 0;
            for _ in 0..times {
                read += documents.observe(&same, Some(0.001)).unwrap().len();
            }
            read
        });
        assert_eq!(read, 200 * times);
        left
    };
    read(1);
    let (few, many) = (read(2), read(40));
    println!("{few} bytes are left after 400 documents, {many} after 8,000");
    assert!(many < few + MIB, "{few} {many}");
}

/// `detect` tells documents as they are read: three times as many take no more memory, once a block is full.
#[test]
fn many_documents_are_detected_in_the_memory_of_a_block() {
    let _alone = ALONE.lock();
    let profile = profile("gumbel");
    let key = keys(&profile, 1).remove(0);
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (0..100_u32).map(|i| (i * i % 997).to_string()).collect();
    let line = format!("{{\"tokens\": [{}]}}\n", ids.join(","));
    let read = |documents: usize| {
        let path = folder.path().join(format!("{documents}.jsonl"));
        std::fs::write(&path, line.repeat(documents)).unwrap();
        let inputs = Inputs::of(vec![path]);
        let mut told = 0;
        let (detected, most, _) = most(|| {
            let mut each = |_| {
                told += 1;
                Ok(())
            };
            let how = Detecting::default();
            detect_each(&profile, &key, &how, &inputs, &mut silent, &mut each).unwrap()
        });
        assert_eq!(told, documents);
        assert!(detected.documents.is_empty());
        most
    };
    // A block holds 2²⁴ tokens.
    let (few, many) = (read(200_000), read(600_000));
    println!("{few} bytes for 200,000 documents, {many} for 600,000");
    assert!(many < few + 16 * MIB, "{few} {many}");
}
