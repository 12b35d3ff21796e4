//! Laws of global de-duplication: every set against a plain model, for every way of cutting the
//! stream and every number of threads.

use std::collections::HashSet;

use hallmark_detector::dedup::{Dedup, DedupError, DedupKind, Units};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const ROOMY_BLOOM: DedupKind = DedupKind::Bloom {
    budget_bytes: 1 << 20,
    expected_units: 1 << 17,
};
/// Laid out for so many units that each sets one bit only.
const TIGHT_BLOOM: DedupKind = DedupKind::Bloom {
    budget_bytes: 0,
    expected_units: 1 << 40,
};

fn model(ids: &[u32], at: &[u32], window: usize) -> Vec<u32> {
    let mut seen = HashSet::new();
    at.iter()
        .copied()
        .filter(|&at| seen.insert(&ids[at as usize - window..=at as usize]))
        .collect()
}

/// What a set keeps of a stream that arrives in calls of the given lengths, repeated.
fn kept(kind: DedupKind, ids: &[u32], at: &[u32], window: usize, calls: &[usize]) -> Vec<u32> {
    let mut set = kind.build(window);
    let mut kept = Vec::new();
    feed(&mut *set, Units { ids, at, window }, calls, &mut kept);
    assert_eq!(set.entries(), kept.len() as u64);
    kept
}

fn feed(set: &mut dyn Dedup, units: Units<'_>, calls: &[usize], kept: &mut Vec<u32>) {
    let mut rest = units.at;
    for &call in calls.iter().cycle() {
        if rest.is_empty() {
            return;
        }
        let (at, later) = rest.split_at(call.min(rest.len()));
        set.keep_first(Units { at, ..units }, kept)
            .expect("few units");
        rest = later;
    }
}

/// A stream in which about half of the units of five ids are repeats, some of them very frequent.
fn repetitive(len: usize, seed: u64) -> Vec<u32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut ids: Vec<u32> = Vec::with_capacity(len + 64);
    while ids.len() < len {
        let word = random.next_u32();
        match word % 8 {
            0 => ids.extend([7; 24]),
            1..=4 if ids.len() > 64 => {
                let from = random.next_u32() as usize % (ids.len() - 32);
                ids.extend_from_within(from..from + 32);
            }
            _ => ids.extend((0..16).map(|_| random.next_u32() % 50_000)),
        }
    }
    ids.truncate(len);
    ids
}

fn positions(ids: &[u32], window: usize) -> Vec<u32> {
    (window as u32..ids.len() as u32).collect()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads start").install(work)
}

prop_compose! {
    /// Ids of a small vocabulary, a window, positions in any order with repeats, and calls.
    fn streams()(window in 0usize..8, vocabulary in prop_oneof![Just(2u32), Just(9), Just(u32::MAX)])(
        ids in prop::collection::vec(0..=vocabulary, window + 1..400),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 0..600),
        calls in prop::collection::vec(1usize..200, 1..5),
        window in Just(window),
    ) -> (Vec<u32>, Vec<u32>, usize, Vec<usize>) {
        let at = choices
            .iter()
            .map(|choice| (window + choice.index(ids.len() - window)) as u32)
            .collect();
        (ids, at, window, calls)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exact_and_compact_sets_keep_the_first_of_each_unit((ids, at, window, calls) in streams()) {
        let expected = model(&ids, &at, window);
        prop_assert_eq!(&kept(DedupKind::Exact, &ids, &at, window, &calls), &expected);
        prop_assert_eq!(&kept(DedupKind::Compact, &ids, &at, window, &calls), &expected);
    }

    #[test]
    fn a_bloom_filter_keeps_only_firsts((ids, at, window, calls) in streams()) {
        let expected = model(&ids, &at, window);
        for expected_units in [1, 400_000, 1 << 40] {
            let kind = DedupKind::Bloom { budget_bytes: 0, expected_units };
            let some = kept(kind, &ids, &at, window, &calls);
            // The positions may repeat, so this is about the sequence, not the set.
            let mut firsts = expected.iter();
            prop_assert!(some.iter().all(|at| firsts.any(|first| first == at)));
            prop_assert_eq!(&kept(kind, &ids, &at, window, &[at.len().max(1)]), &some);
        }
    }

    #[test]
    fn a_position_without_a_whole_unit_is_refused_and_changes_nothing(
        (ids, mut at, window, _) in streams(),
        place in any::<prop::sample::Index>(),
        early in any::<bool>(),
    ) {
        let bad = if early && window > 0 { window as u32 - 1 } else { ids.len() as u32 };
        let index = place.index(at.len() + 1);
        at.insert(index, bad);
        for kind in [DedupKind::Compact, DedupKind::Exact, TIGHT_BLOOM] {
            let mut set = kind.build(window);
            let mut kept = vec![42];
            let refusal = set.keep_first(Units { ids: &ids, at: &at, window }, &mut kept);
            let error = DedupError::Position { index, at: bad, window, ids: ids.len() };
            prop_assert_eq!(refusal, Err(error));
            prop_assert_eq!((set.entries(), kept.as_slice()), (0, &[42][..]));
        }
    }
}

#[test]
fn units_of_another_window_are_refused() {
    for kind in [DedupKind::Compact, DedupKind::Exact, TIGHT_BLOOM] {
        let mut set = kind.build(2);
        let units = Units {
            ids: &[1, 2, 3, 4],
            at: &[3],
            window: 3,
        };
        let error = DedupError::Window { held: 2, given: 3 };
        assert_eq!(set.keep_first(units, &mut Vec::new()), Err(error));
    }
}

#[test]
fn neither_threads_nor_cuts_change_what_is_kept() {
    let ids = repetitive(150_000, 1);
    for window in [1, 4] {
        let at = positions(&ids, window);
        let expected = model(&ids, &at, window);
        let share = expected.len() as f64 / at.len() as f64;
        assert!(
            (0.2..0.8).contains(&share),
            "the stream has repeats and fresh units: {share}"
        );
        for kind in [DedupKind::Compact, ROOMY_BLOOM, TIGHT_BLOOM] {
            let whole = with_threads(1, || kept(kind, &ids, &at, window, &[at.len()]));
            if kind == DedupKind::Compact {
                assert_eq!(whole, expected);
            }
            for threads in [1, 2, 4] {
                // Many at once; few into much; a mixture of both.
                for calls in [
                    &[at.len()][..],
                    &[100_000, 700],
                    &[997],
                    &[40_000, 3, 20_000],
                ] {
                    let cut = with_threads(threads, || kept(kind, &ids, &at, window, calls));
                    assert_eq!(
                        cut, whole,
                        "{kind:?}, {threads} threads, calls of {calls:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_is_kept_twice_under_any_number_of_threads() {
    let ids = repetitive(120_000, 2);
    let at = positions(&ids, 3);
    let units = Units {
        ids: &ids,
        at: &at,
        window: 3,
    };
    for kind in [
        DedupKind::Compact,
        DedupKind::Exact,
        ROOMY_BLOOM,
        TIGHT_BLOOM,
    ] {
        let mut set = kind.build(3);
        let mut kept = Vec::new();
        for threads in [1, 4, 2] {
            let before = kept.len();
            with_threads(threads, || feed(&mut *set, units, &[50_000], &mut kept));
            // A repeat of the whole stream brings nothing new.
            assert!(before == 0 || kept.len() == before, "{kind:?}");
        }
        assert_eq!(model(&ids, &kept, 3), kept, "{kind:?}");
    }
}

#[test]
fn expected_drops_of_a_bloom_filter_match_what_it_drops() {
    // Drops are close to Poisson with the stated mean m, and m itself is estimated from the units
    // kept with less spread than √m. Six standard deviations of their difference: a false alarm
    // less than once in 10^8 seeds, and the seed is fixed.
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let ids: Vec<u32> = (0..(1 << 18) + 2).map(|_| random.next_u32()).collect();
    let at = positions(&ids, 2);
    for (bits_per_unit, ceiling) in [(4, 0.08), (8, 0.01), (16, 0.0006)] {
        let expected_units = at.len() as u64;
        let budget_bytes = expected_units * bits_per_unit / 8;
        let mut set = DedupKind::Bloom {
            budget_bytes,
            expected_units,
        }
        .build(2);
        let mut kept = Vec::new();
        feed(
            &mut *set,
            Units {
                ids: &ids,
                at: &at,
                window: 2,
            },
            &[30_000],
            &mut kept,
        );
        let dropped = (at.len() - kept.len()) as f64;
        let expected = set.expected_drops();
        assert!(
            (dropped - expected).abs() <= 6.0 * (2.0 * expected).sqrt() + 6.0,
            "{bits_per_unit} bits: dropped {dropped}, expected {expected}"
        );
        let rate = dropped / at.len() as f64;
        assert!(rate < ceiling, "{bits_per_unit} bits: {rate}");
        assert_eq!(set.state_bytes(), budget_bytes);
    }
}

#[test]
fn expected_drops_do_not_depend_on_cuts_or_threads() {
    let ids = repetitive(100_000, 4);
    let at = positions(&ids, 4);
    let drops = |threads, calls: &[usize]| {
        let mut set = TIGHT_BLOOM.build(4);
        with_threads(threads, || {
            feed(
                &mut *set,
                Units {
                    ids: &ids,
                    at: &at,
                    window: 4,
                },
                calls,
                &mut Vec::new(),
            );
        });
        set.expected_drops().to_bits()
    };
    let once = drops(1, &[at.len()]);
    assert!(f64::from_bits(once) > 0.0);
    assert_eq!(drops(1, &[313]), once);
    assert_eq!(drops(4, &[70_000, 900]), once);
}

#[test]
fn a_compact_set_states_the_birthday_bound_and_takes_at_most_ten_bytes_a_unit() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let ids: Vec<u32> = (0..400_000).map(|_| random.next_u32()).collect();
    for calls in [&[400_000][..], &[100_000], &[300_000, 900]] {
        let mut set = DedupKind::Compact.build(2);
        let at = positions(&ids, 2);
        feed(
            &mut *set,
            Units {
                ids: &ids,
                at: &at,
                window: 2,
            },
            calls,
            &mut Vec::new(),
        );
        let distinct = set.entries() as f64;
        assert_eq!(distinct, at.len() as f64);
        assert_eq!(
            set.expected_drops(),
            distinct * (distinct - 1.0) / 2f64.powi(65)
        );
        let bytes = set.state_bytes() as f64 / distinct;
        assert!(
            (8.0..10.0).contains(&bytes),
            "{bytes} bytes a unit, calls of {calls:?}"
        );
    }
    assert_eq!(DedupKind::Exact.build(4).expected_drops(), 0.0);
}
