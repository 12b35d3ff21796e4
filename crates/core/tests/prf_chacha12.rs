//! `chacha12-v1` against an independent script and two other implementations of the stream, on every
//! vector unit of the machine that runs this.

use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use hallmark_core::cells::{CellBatch, MISSING, TokenId};
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::simd::Lanes;
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn nonce(window: &[TokenId]) -> [u8; 12] {
    let mut nonce = [0xff; 12];
    for (slot, &id) in nonce.chunks_mut(3).zip(window) {
        slot.copy_from_slice(&id.to_le_bytes()[..3]);
    }
    nonce
}

/// Block counter and word of the block.
fn position(token: TokenId) -> (u32, u32) {
    ((token >> 8) * 16 + (token & 15), token >> 4 & 15)
}

fn by_rand_chacha(key: [u8; 32], window: &[TokenId], token: TokenId) -> u32 {
    let nonce = nonce(window);
    let part = |i: usize| u32::from_le_bytes(nonce[4 * i..][..4].try_into().expect("four bytes"));
    let (block, word) = position(token);
    let mut rng = ChaCha12Rng::from_seed(key);
    rng.set_stream(u64::from(part(1)) | u64::from(part(2)) << 32);
    let block = u128::from(block) | u128::from(part(0)) << 32;
    rng.set_word_pos(block << 4 | u128::from(word));
    rng.next_u32()
}

fn by_chacha20(key: [u8; 32], window: &[TokenId], token: TokenId) -> u32 {
    let mut stream = chacha20::ChaCha12::new(&key.into(), &nonce(window).into());
    let (block, word) = position(token);
    stream.seek(u64::from(block) * 64 + u64::from(word) * 4);
    let mut word = [0; 4];
    stream.apply_keystream(&mut word);
    u32::from_le_bytes(word)
}

fn token() -> impl Strategy<Value = TokenId> {
    let edges = prop::sample::select(vec![0, 15, 16, 255, 256, 65535, ChaCha12::MAX_TOKEN]);
    prop_oneof![4 => 0..=ChaCha12::MAX_TOKEN, 2 => 0u32..300_000, 1 => edges]
}

fn slot() -> impl Strategy<Value = TokenId> {
    prop_oneof![9 => token(), 1 => Just(MISSING)]
}

fn cells() -> impl Strategy<Value = (usize, Vec<(Vec<TokenId>, TokenId)>)> {
    (0..=ChaCha12::MAX_WINDOW).prop_flat_map(|window| {
        let cell = (prop::collection::vec(slot(), window), token());
        (Just(window), prop::collection::vec(cell, 0..70))
    })
}

proptest! {
    #[test]
    fn one_word_equals_two_other_implementations(
        key: [u8; 32],
        window in prop::collection::vec(slot(), 0..=ChaCha12::MAX_WINDOW),
        token in token(),
    ) {
        let word = ChaCha12::new(key).word(&window, token);
        prop_assert_eq!(word, by_rand_chacha(key, &window, token));
        prop_assert_eq!(word, by_chacha20(key, &window, token));
    }

    #[test]
    fn a_batch_of_any_length_equals_the_references_on_every_unit(
        key: [u8; 32],
        (window, cells) in cells(),
        spare in 0usize..20,
    ) {
        let mut batch = CellBatch::new(window, cells.len() + spare);
        for (window, token) in &cells {
            batch.push(window, *token);
        }
        let expected: Vec<u32> =
            cells.iter().map(|(window, token)| by_rand_chacha(key, window, *token)).collect();
        for (i, (window, token)) in cells.iter().enumerate().step_by(7) {
            prop_assert_eq!(expected[i], by_chacha20(key, window, *token));
        }
        for lanes in Lanes::available() {
            let mut words = vec![0; cells.len()];
            ChaCha12::with_lanes(key, lanes).words(&batch, &mut words);
            prop_assert_eq!(&words, &expected, "{:?}", lanes);
        }
    }

    #[test]
    fn a_stretch_of_a_row_equals_the_reference_on_every_unit(
        key: [u8; 32],
        window in prop::collection::vec(slot(), 0..=ChaCha12::MAX_WINDOW),
        first in token(),
        tokens in 0usize..900,
    ) {
        let tokens = tokens.min((ChaCha12::MAX_TOKEN - first) as usize + 1);
        let expected: Vec<u32> =
            (0..tokens).map(|i| by_rand_chacha(key, &window, first + i as u32)).collect();
        for lanes in Lanes::available() {
            let mut words = vec![0; tokens];
            ChaCha12::with_lanes(key, lanes).row(&window, first, &mut words);
            prop_assert_eq!(&words, &expected, "{:?}", lanes);
        }
    }

    #[test]
    fn a_cell_can_be_read_back_from_its_prf_input(
        window in prop::collection::vec(slot(), 0..=ChaCha12::MAX_WINDOW),
        token in token(),
    ) {
        let (nonce, (block, word)) = (nonce(&window), position(token));
        let slots = nonce.chunks(3).map(|slot| u32::from_le_bytes([slot[0], slot[1], slot[2], 0]));
        let ids = slots.map(|slot| if slot == 0xff_ffff { MISSING } else { slot });
        prop_assert_eq!(ids.take(window.len()).collect::<Vec<_>>(), window);
        prop_assert_eq!((block >> 4) * 256 + word * 16 + (block & 15), token);
    }
}

#[test]
fn words_equal_the_golden_vectors() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/chacha12-v1.json")).unwrap();
    let ids = |value: &serde_json::Value| -> Vec<u32> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_u64().unwrap() as u32)
            .collect()
    };
    let key = |case: &serde_json::Value| -> [u8; 32] {
        let hex = case["key"].as_str().unwrap();
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..][..2], 16).unwrap())
    };
    let cells = golden["cells"].as_array().unwrap();
    let rows = golden["rows"].as_array().unwrap();
    assert_eq!((cells.len(), rows.len()), (170, 5));
    for lanes in Lanes::available() {
        for case in cells {
            let prf = ChaCha12::with_lanes(key(case), lanes);
            let (window, token) = (ids(&case["window"]), case["token"].as_u64().unwrap() as u32);
            let word = case["word"].as_u64().unwrap() as u32;
            let mut batch = CellBatch::new(window.len(), 1);
            batch.push(&window, token);
            let mut words = [0];
            prf.words(&batch, &mut words);
            assert_eq!(
                (words[0], prf.word(&window, token)),
                (word, word),
                "{lanes:?}: {case}"
            );
        }
        for case in rows {
            let expected = ids(&case["words"]);
            let mut words = vec![0; expected.len()];
            let first = case["first"].as_u64().unwrap() as u32;
            ChaCha12::with_lanes(key(case), lanes).row(&ids(&case["window"]), first, &mut words);
            assert_eq!(words, expected, "{lanes:?}, from {first}");
        }
    }
}

#[test]
fn debug_does_not_show_the_key() {
    let prf = ChaCha12::with_lanes([0x5a; 32], Lanes::PORTABLE);
    assert_eq!(format!("{prf:?}"), "ChaCha12 { lanes: portable, .. }");
}

#[test]
#[should_panic(expected = "windows of at most 4 tokens, got 5")]
fn a_window_that_is_too_long_is_refused() {
    ChaCha12::new([0; 32]).word(&[1, 2, 3, 4, 5], 6);
}
