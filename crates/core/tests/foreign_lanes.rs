//! torch's shuffles, sixteen seeds side by side: what each generator and each shuffle gives by itself.

use hallmark_core::foreign::lists::GreenLists;
use hallmark_core::foreign::torch::{LANES, Shuffle, TorchLanes, TorchRng, randperm};
use proptest::prelude::*;

/// Sizes where a shuffle's arithmetic could go wrong: small, powers of two and their neighbours,
/// large, and lists of all lengths.
fn sizes() -> impl Strategy<Value = (u32, u32)> {
    let items = prop_oneof![
        4 => 1u32..40,
        2 => (0u32..14, 0u32..3).prop_map(|(log2, more)| ((1 << log2) + more).max(2) - 1),
        2 => 40u32..3000,
        1 => 100_000u32..300_000,
    ];
    items.prop_flat_map(|items| {
        let count = prop_oneof![3 => 0..=items, 1 => Just(items), 1 => Just(0)];
        (Just(items), count)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn lanes_draw_what_sixteen_generators_draw(seeds: [u32; 16]) {
        let mut lanes = TorchLanes::new(&seeds);
        let mut each = seeds.map(|seed| TorchRng::new(seed.into()));
        let mut words = [[0; LANES]; 16];
        for _ in 0..90 {
            lanes.next_words(&mut words);
            for words in words {
                prop_assert_eq!(words, core::array::from_fn(|lane| each[lane].next_u32()));
            }
        }
    }

    #[test]
    fn tokens_followed_in_lanes_are_in_the_list_or_not(
        (items, count) in sizes(),
        seeds: [u32; 16],
        each in 0usize..4,
        mut draw in any::<u64>().prop_map(TorchRng::new),
    ) {
        let shuffle = Shuffle::new(items, count);
        // Some ids are in no list; the first of each lane is at the edge.
        let tokens: Vec<[u32; LANES]> = (0..each)
            .map(|_| core::array::from_fn(|_| draw.randint(items + items / 8 + 2)))
            .collect();
        let mut places = tokens.clone();
        shuffle.follow(&seeds, &mut places);
        for lane in 0..LANES {
            let plain = randperm(items, seeds[lane].into());
            for (tokens, places) in tokens.iter().zip(&places) {
                let item = tokens[lane];
                let within = shuffle.contains(&mut TorchRng::new(seeds[lane].into()), item);
                prop_assert_eq!(within, plain[..count as usize].contains(&item));
                prop_assert_eq!(places[lane] < count, within);
                if within {
                    prop_assert_eq!(plain[places[lane] as usize], item);
                }
            }
        }
    }

    #[test]
    fn members_are_the_same_by_lanes_and_by_lists_in_any_order(
        (vocab, green) in sizes(),
        kept in 0usize..3,
        cells in 0usize..200,
        among in 1u32..100,
        mut draw in any::<u64>().prop_map(TorchRng::new),
    ) {
        let lists = GreenLists::new(vocab, green, kept);
        for _ in 0..2 {
            // Seeds that agree in their low half are one seed.
            let seeds: Vec<u64> = (0..cells)
                .map(|_| u64::from(draw.randint(among)) | u64::from(draw.randint(2)) << 32)
                .collect();
            let tokens: Vec<u32> = (0..cells).map(|_| draw.randint(vocab + 2)).collect();
            let mut found = vec![None; cells];
            lists.members(&seeds, &tokens, |at, green| {
                assert_eq!(found[at].replace(green), None, "asked once");
            });
            for ((&seed, &token), found) in seeds.iter().zip(&tokens).zip(found) {
                prop_assert_eq!(found, Some(lists.contains(seed, token)));
            }
        }
    }
}
