//! Laws of the functions that read other engines' marks: every method computes the same, short cuts
//! equal the long way, and integers wrap as upstream's do.

use hallmark_core::cells::{CellBatch, MISSING, TokenId};
use hallmark_core::foreign::kgw::{FixedTable, KgwSeeds, LM_TABLE_SEED};
use hallmark_core::foreign::lists::{GreenList, GreenLists, GreenWords, Seeds, list_length};
use hallmark_core::foreign::murmur::{SglangMurmur, murmur3};
use hallmark_core::foreign::philox::VllmPhilox;
use hallmark_core::foreign::synthid::{
    self, ContextHistory, EXAMPLE_KEYS, HfSynthId, LayerScores, SynthId2025, step,
};
use hallmark_core::foreign::textseal::{
    LEVELS, SealScores, TextSeal, cell_sum, green_levels, word_of_level,
};
use hallmark_core::foreign::three_bricks::{ThreeBricksGumbel, ThreeBricksSeeds};
use hallmark_core::foreign::torch::{Permutation, Shuffle, TorchRng, randperm};
use hallmark_core::law::Law;
use hallmark_core::mark::Shifted;
use hallmark_core::prf::Prf;
use proptest::prelude::*;

fn token() -> impl Strategy<Value = TokenId> {
    prop_oneof![4 => 0u32..3000, 2 => 0u32..300_000, 1 => Just(MISSING - 1)]
}

fn slot() -> impl Strategy<Value = TokenId> {
    prop_oneof![9 => token(), 1 => Just(MISSING)]
}

/// Cells of which many share a window, as in a text.
fn cells(window: usize) -> impl Strategy<Value = Vec<(Vec<TokenId>, TokenId)>> {
    let windows = prop::collection::vec(prop::collection::vec(slot(), window), 1..6);
    let picks = prop::collection::vec((any::<prop::sample::Index>(), token()), 0..40);
    (windows, picks).prop_map(|(windows, picks)| {
        let cell = |(at, token): (prop::sample::Index, _)| (at.get(&windows).clone(), token);
        picks.into_iter().map(cell).collect()
    })
}

/// A batch's words and a row's are the words of their cells.
fn agrees(prf: &dyn Prf, window: usize, cells: &[(Vec<TokenId>, TokenId)], first: TokenId) {
    let mut batch = CellBatch::new(window, cells.len() + 3);
    for (window, token) in cells {
        batch.push(window, *token);
    }
    let mut words = vec![7; cells.len()];
    prf.words(&batch, &mut words);
    for ((window, token), word) in cells.iter().zip(words) {
        assert_eq!(word, prf.word(window, *token), "{window:?} {token}");
    }
    if let Some((window, _)) = cells.first() {
        let mut row = [7; 77];
        prf.row(window, first, &mut row);
        for (token, word) in (first..).zip(row) {
            assert_eq!(word, prf.word(window, token), "{window:?} {token}");
        }
    }
}

/// One list a window, or one a cell.
fn lists() -> GreenLists {
    GreenLists::new(1000, 250, 0)
}

proptest! {
    #[test]
    fn methods_agree_for_vllm(
        (window, cells) in (1..=16usize).prop_flat_map(|window| (Just(window), cells(window))),
        key: u64,
        stream: u64,
        first in 0u32..100_000,
    ) {
        agrees(&VllmPhilox::new(key, window, stream), window, &cells, first);
    }

    #[test]
    fn methods_agree_for_sglang(
        (window, cells) in (0..6usize).prop_flat_map(|window| (Just(window), cells(window))),
        key: u64,
        first in 0u32..100_000,
    ) {
        agrees(&SglangMurmur::new(key), window, &cells, first);
    }

    #[test]
    fn methods_agree_for_textseal(
        (window, cells) in (1..=10usize).prop_flat_map(|window| (Just(window), cells(window))),
        key: u64,
        first in 0u32..100_000,
    ) {
        agrees(&TextSeal::new(key), window, &cells, first);
    }

    #[test]
    fn methods_agree_for_both_synthids(
        (window, cells) in (0..6usize).prop_flat_map(|window| (Just(window), cells(window))),
        keys in prop::collection::vec(any::<i64>(), 1..=32),
        first in 0u32..100_000,
    ) {
        agrees(&HfSynthId::new(&keys, window + 1), window, &cells, first);
        agrees(&SynthId2025::new(&keys, window + 1), window, &cells, first);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn methods_agree_for_lists_of_a_window(cells in cells(3), key: u64, first in 0u32..1100) {
        agrees(&GreenWords::new(ThreeBricksSeeds::new(key, 3), lists()), 3, &cells, first);
        agrees(&ThreeBricksGumbel::new(key, 3), 3, &small(&cells), first);
    }

    #[test]
    fn methods_agree_for_lists_of_the_token_before(
        cells in cells(1),
        key: u64,
        kept in 0usize..4,
        first in 0u32..1100,
    ) {
        let lists = GreenLists::new(1000, 250, kept);
        agrees(&GreenWords::new(KgwSeeds::hf_left_hash(key), lists), 1, &cells, first);
    }

    #[test]
    fn any_prefix_of_a_permutation_is_what_the_plain_way_gives(
        (n, count) in (0u32..700).prop_flat_map(|n| (Just(n), 0..=n)),
        seeds in prop::collection::vec(any::<u64>(), 1..4),
    ) {
        let shuffle = Shuffle::new(n, count);
        let mut scratch = Permutation::new(n);
        for seed in seeds {
            let plain = plain_randperm(n, seed);
            prop_assert_eq!(&randperm(n, seed), &plain);
            let prefix = shuffle.prefix(&mut TorchRng::new(seed), &mut scratch);
            prop_assert_eq!(prefix, &plain[..count as usize]);
            for item in 0..n + 2 {
                let within = prefix.contains(&item);
                prop_assert_eq!(shuffle.contains(&mut TorchRng::new(seed), item), within);
            }
        }
    }

    #[test]
    fn a_list_has_exactly_its_length(
        (vocab, green) in (1u32..900).prop_flat_map(|n| (Just(n), 0..=n)),
        seed: u64,
    ) {
        let lists = GreenLists::new(vocab, green, 0);
        let list = lists.list(seed);
        prop_assert_eq!(list.len(), green);
        prop_assert_eq!((0..vocab).filter(|&t| list.contains(t)).count() as u32, green);
        prop_assert!((vocab..vocab + 200).all(|t| !list.contains(t)));
        prop_assert!((0..vocab).all(|t| list.contains(t) == lists.contains(seed, t)));
        // Only the low half of a seed counts.
        prop_assert_eq!(&*lists.list(seed ^ 1 << 40), &*list);
        let bound = (u64::from(green) << 32).div_ceil(vocab.into()) + u64::from(green);
        prop_assert_eq!(u64::from(lists.null_threshold()), bound.min(u32::MAX.into()));
    }

    #[test]
    fn skipping_is_drawing(seed: u64, skips in prop::collection::vec(0usize..2000, 1..5)) {
        let (mut fast, mut slow) = (TorchRng::new(seed), TorchRng::new(seed));
        for skip in skips {
            fast.skip(skip);
            (0..skip).for_each(|_| { slow.next_u32(); });
            prop_assert_eq!(fast.next_u32(), slow.next_u32());
        }
    }
}

/// The same cells with tokens small enough for a generator that has to count up to them.
fn small(cells: &[(Vec<TokenId>, TokenId)]) -> Vec<(Vec<TokenId>, TokenId)> {
    let cell = |(window, token): &(Vec<TokenId>, TokenId)| (window.clone(), token % 3000);
    cells.iter().map(cell).collect()
}

/// As torch's loop is written.
fn plain_randperm(n: u32, seed: u64) -> Vec<u32> {
    let mut rng = TorchRng::new(seed);
    let mut items: Vec<u32> = (0..n).collect();
    for i in 0..n.saturating_sub(1) {
        let other = i + rng.next_u32() % (n - i);
        items.swap(i as usize, other as usize);
    }
    items
}

/// C++'s `std::mt19937` is required to give this as its 10,000th output.
#[test]
fn the_generator_is_mt19937() {
    let mut rng = TorchRng::new(5489);
    rng.skip(9999);
    assert_eq!(rng.next_u32(), 4_123_659_995);
}

#[test]
fn prepared_divisions_are_exact_for_a_large_vocabulary() {
    let plain = plain_randperm(262_144, 99);
    assert_eq!(randperm(262_144, 99), plain);
}

#[test]
fn murmur3_gives_its_published_values() {
    assert_eq!(murmur3(&[]), 0);
    assert_eq!(murmur3(&[u32::from_le_bytes(*b"test")]), 0xba6b_d213);
}

#[test]
fn a_kept_list_is_the_list_drawn_anew_whatever_was_thrown_out() {
    let (keeping, drawing) = (GreenLists::new(300, 75, 4), GreenLists::new(300, 75, 0));
    let mut rng = TorchRng::new(1);
    for _ in 0..2000 {
        let seed = u64::from(rng.randint(12));
        assert_eq!(keeping.list(seed), drawing.list(seed));
    }
}

/// The seed of a self hash in exact arithmetic, wrapped at the end of each product.
fn self_hash_in_128_bits(table: &FixedTable, key: u64, ids: &[TokenId]) -> u64 {
    let wrap = |x: i128| i128::from(x as i64);
    let last = ids[ids.len() - 1];
    let product = |&id: &TokenId| {
        let first = wrap(i128::from(key as i64) * i128::from(table.hash(id.into())));
        wrap(first * i128::from(table.hash(last.into())))
    };
    let least = ids.iter().map(product).min().expect("four tokens");
    least.rem_euclid((1 << 64) - 1) as u64
}

#[test]
fn self_hash_seeds_wrap_and_turn_positive_as_python_does() {
    let table = FixedTable::new(LM_TABLE_SEED);
    let mut rng = TorchRng::new(3);
    let mut negative = 0;
    for key in [15_485_863, 1, u64::MAX, 1 << 63, 0x1234_5678_9abc_def1] {
        let seeds = KgwSeeds::lm_self_hash(key, 3);
        for _ in 0..50 {
            let ids = [(); 4].map(|()| rng.randint(1 << 18));
            let want = self_hash_in_128_bits(&table, key, &ids);
            assert_eq!(seeds.seed(&ids[..3], ids[3]), want, "{key} {ids:?}");
            negative += u32::from(want >= 1 << 63);
        }
    }
    assert!(negative > 50, "wrapped to below zero {negative} times");
    // hash 0 under key 0: the least is 0, not 2^64 − 1.
    assert_eq!(KgwSeeds::lm_self_hash(0, 3).seed(&[1, 2, 3], 4), 0);
}

#[test]
fn the_other_kgw_seeds_equal_their_formulas() {
    let table = FixedTable::new(LM_TABLE_SEED);
    let ids = [11, 50_256, 7, 128_000, 29_889];
    for key in [15_485_863u64, u64::MAX, 1 << 63, 1 << 62 | 12345] {
        let hash = |id: TokenId| {
            let product = i128::from(key as i64) * i128::from(id);
            let at = i128::from(product as i64).rem_euclid(1_000_003);
            u64::from(table.entries()[at as usize]) + 1
        };
        let least = ids[..4].iter().map(|&id| hash(id)).min();
        assert_eq!(
            Some(KgwSeeds::lm_min_hash(key, 4).seed(&ids[..4], 0)),
            least
        );
        assert_eq!(KgwSeeds::lm_skipgram(key, 5).seed(&ids, 0), hash(ids[0]));
        let left = u128::from(key) * 50_256 % ((1 << 64) - 1);
        assert_eq!(KgwSeeds::lm_simple_1(key).seed(&[50_256], 0), left as u64);
        assert_eq!(KgwSeeds::fixed(key).seed(&[], 9), key);
    }
    // A product of exactly 2^64 − 1 is 0.
    assert_eq!(KgwSeeds::hf_left_hash(u64::MAX / 255).seed(&[255], 0), 0);
}

#[test]
fn three_bricks_seeds_do_not_wrap() {
    let mut want = num(77);
    let ids = [128_255, 0, 17, 262_143, 5];
    for id in ids {
        want = (want * 35_317 + num(id)) % ((1 << 64) - 1);
    }
    assert_eq!(u128::from(ThreeBricksSeeds::new(77, 5).seed(&ids, 0)), want);
}

fn num(x: u32) -> u128 {
    x.into()
}

#[test]
fn python_truncates_a_list_length() {
    assert_eq!(list_length(1000, 0.25), 250);
    assert_eq!(list_length(50_257, 0.25), 12_564);
    // 0.29·100 is below 29 in double precision.
    assert_eq!(list_length(100, 0.29), 28);
    assert_eq!(list_length(7, 1.0), 7);
}

#[test]
fn a_list_can_be_given_by_its_tokens() {
    let list = GreenList::from_tokens(100, &[3, 99, 100, 3]);
    assert_eq!(list.len(), 2);
    assert!(list.contains(3) && list.contains(99) && !list.contains(100) && !list.is_empty());
}

#[test]
fn levels_of_textseal_wrap_and_stay_below_8191() {
    let mut rng = TorchRng::new(4);
    for key in [42, 0, u64::MAX, 1 << 63, 0xfeed_beef_1234_5678] {
        for _ in 0..200 {
            let window = [rng.randint(300_000), MISSING];
            let token = rng.randint(300_000);
            let wrap = |x: i128| i128::from(x as i64);
            let sum = i128::from(window[0]) * 10_000_019 + i128::from(window[1]) * 10_000_247;
            let sum = wrap(sum + i128::from(token) * 100_000_007);
            assert_eq!(cell_sum(&window, token), sum as u64);
            let sum = wrap(sum + i128::from(key as i64) * 500_001_713);
            let hash = wrap(wrap(sum * 15_485_863) * 40_499) as i64;
            let level = (hash ^ hash >> 13).rem_euclid(8191) as u32;
            assert_eq!(TextSeal::new(key).level(&window, token), level);
        }
    }
}

#[test]
fn a_level_is_below_a_bound_where_its_word_is() {
    for level in 0..LEVELS {
        assert!(word_of_level(level) < word_of_level(level + 1));
        // The word's fraction does not exceed the level's, and no larger word would do.
        let scaled = u64::from(level) << 32;
        assert_eq!(u64::from(word_of_level(level)), scaled / u64::from(LEVELS));
        // So the score is at most that of the level.
        let score = f64::from(Law::Exponential.score(word_of_level(level))) / 16_777_216.0;
        assert!(score <= -(-f64::from(level) / f64::from(LEVELS)).ln_1p() + 1e-15);
    }
    assert_eq!(word_of_level(LEVELS), u32::MAX);
    assert_eq!(green_levels(0.25), 2048);
    assert_eq!(green_levels(0.5), 4096);
    assert_eq!((green_levels(0.0), green_levels(1.0)), (0, LEVELS));
}

#[test]
fn tokens_65536_apart_are_one_cell_of_hf_synthid_and_two_of_the_other() {
    let (table, rounds) = (
        HfSynthId::new(&EXAMPLE_KEYS, 5),
        SynthId2025::new(&EXAMPLE_KEYS, 5),
    );
    let mut differ = 0;
    for token in 0..200 {
        let (context, far) = ([9, 8, 7, 6], token + 65_536);
        assert_eq!(table.cell(&context, token), table.cell(&context, far));
        assert_eq!(table.word(&context, token), table.word(&context, far));
        differ += u32::from(rounds.word(&context, token) != rounds.word(&context, far));
    }
    // 30 fair bits agree with probability 2^-30.
    assert_eq!(differ, 200);
}

#[test]
fn words_of_hf_synthid_by_state_are_those_by_table() {
    let keys = [i64::MIN, -1, 0, 654, i64::MAX];
    let (synthid, table) = (HfSynthId::new(&keys, 3), HfSynthId::table());
    for token in 0..2000 {
        let state = synthid.state(&[7, 151_643], token);
        let bits = keys
            .iter()
            .map(|&key| table[step(state, key) as u16 as usize]);
        let word = (0..).zip(bits).map(|(l, bit)| u32::from(bit) << l).sum();
        assert_eq!(synthid.word(&[7, 151_643], token), word);
    }
}

#[test]
fn synthid_counts_a_missing_token_as_zero() {
    let synthid = HfSynthId::new(&EXAMPLE_KEYS, 3);
    let (missing, zero) = ([MISSING, 5], [0, 5]);
    assert_eq!(synthid.context_hash(&missing), synthid.context_hash(&zero));
    assert_eq!(synthid.word(&missing, 9), synthid.word(&zero, 9));
}

#[test]
fn the_history_forgets_the_oldest_and_starts_with_zeros() {
    let mut history = ContextHistory::new(3);
    assert!(history.repeats(0), "zeros are there from the start");
    let seen: Vec<bool> = [1, 2, 1, 3, 4, 5, 1, 1].map(|h| history.repeats(h)).into();
    assert_eq!(seen, [false, false, true, false, false, false, false, true]);
    history.clear();
    assert!(!history.repeats(1));
    // Without room, nothing is repeated.
    let mut none = ContextHistory::new(0);
    assert!(!none.repeats(5) && !none.repeats(5));
}

#[test]
fn keys_stay_out_of_debug_output() {
    let key = 0x1234_5678_9abc_def0;
    let shown = [
        format!("{:?}", VllmPhilox::new(key, 4, 0)),
        format!("{:?}", SglangMurmur::new(key)),
        format!("{:?}", TextSeal::new(key)),
        format!("{:?}", KgwSeeds::hf_left_hash(key)),
        format!("{:?}", ThreeBricksGumbel::new(key, 2)),
        format!("{:?}", SynthId2025::new(&[key as i64], 5)),
    ];
    let numbers = [key.to_string(), format!("{key:x}")];
    for text in shown {
        assert!(numbers.iter().all(|n| !text.contains(n.as_str())), "{text}");
    }
}

/// Sums under numbers are those of the functions' words.
#[test]
fn sums_under_many_keys_are_the_words_sums() {
    let mut rng = TorchRng::new(8);
    let mut wide = || u64::from(rng.next_u32()) << 32 | u64::from(rng.next_u32());
    for cells in [0, 1, 1023, 1024, 3000] {
        let cells: Vec<([TokenId; 4], TokenId)> = (0..cells)
            .map(|i| match i % 7 {
                0 => ([MISSING, MISSING, 5, 6], wide() as u32 % 9),
                _ => ([(); 4].map(|()| wide() as u32 % 50_000), wide() as u32 >> 8),
            })
            .collect();
        let score = |level| level * 3 + 1;
        let numbers: Vec<u64> = (0..40)
            .map(|i| if i % 2 == 0 { wide() } else { wide() % 1000 })
            .collect();
        let units: Vec<u64> = cells.iter().map(|(w, t)| cell_sum(w, *t)).collect();
        for dual in [false, true] {
            let scores = if dual {
                SealScores::dual(score)
            } else {
                SealScores::new(score)
            };
            let mut sums = vec![9; numbers.len()];
            scores.add_sums(&units, &numbers, &mut sums);
            for (&number, sum) in numbers.iter().zip(sums) {
                let key = TextSeal::new(number);
                let of = |key: &TextSeal| -> u64 {
                    cells
                        .iter()
                        .map(|(w, t)| u64::from(score(key.level(w, *t))))
                        .sum()
                };
                let expected = of(&key) + if dual { of(&key.key_b()) } else { 0 };
                assert_eq!(sum, 9 + expected);
            }
        }
        // A key of 30 layers, and each of its numbers by itself.
        let keys: Vec<i64> = numbers[..30].iter().map(|n| n.cast_signed()).collect();
        let function = SynthId2025::new(&keys, 5);
        let units: Vec<u64> = cells.iter().map(|(w, t)| synthid::content(w, *t)).collect();
        let mut sums = vec![4; 30];
        LayerScores::new(&function).add_sums(&units, &numbers[..30], &mut sums);
        for (layer, sum) in sums.into_iter().enumerate() {
            let ones: u64 = cells
                .iter()
                .map(|(w, t)| u64::from(function.word(w, *t) >> layer & 1))
                .sum();
            assert_eq!(sum, 4 + ones, "layer {layer}");
        }
    }
}
