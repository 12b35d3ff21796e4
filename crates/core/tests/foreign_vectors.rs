//! Every value of `conformance/vectors/`: marks of other engines, from upstream code where the file
//! says so.

use hallmark_core::cells::TokenId;
use hallmark_core::foreign::kgw::{FixedTable, KgwSeeds, LM_TABLE_SEED};
use hallmark_core::foreign::lists::{GreenLists, GreenWords, Seeds, list_length};
use hallmark_core::foreign::murmur::{SglangMurmur, coin, context_hash};
use hallmark_core::foreign::philox::{VllmPhilox, dual_keys, uniform};
use hallmark_core::foreign::synthid::{
    ContextHistory, DEFAULT_HISTORY, DEFAULT_NGRAM_LEN, EXAMPLE_KEYS, HfSynthId, SynthId2025, step,
};
use hallmark_core::foreign::textseal::{TextSeal, word_of_level};
use hallmark_core::foreign::three_bricks::{ThreeBricksGumbel, ThreeBricksSeeds};
use hallmark_core::foreign::torch::{Permutation, Shuffle, TorchRng, randperm};
use hallmark_core::prf::Prf;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

macro_rules! vectors {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            "../../../conformance/vectors/",
            $name,
            ".json"
        )))
        .unwrap()
    };
}

#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let entries = value.as_object().unwrap();
    assert!(!entries.is_empty());
    entries.iter()
}

/// A window written as a JSON array, in a key.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn window(key: &str) -> Vec<TokenId> {
    serde_json::from_str(key).unwrap()
}

fn words(prf: &dyn Prf, window: &[TokenId], tokens: &[TokenId]) -> Vec<u32> {
    tokens
        .iter()
        .map(|&token| prf.word(window, token))
        .collect()
}

#[test]
fn torch_cpu() {
    for (seed, want) in entries(&vectors!("torch-cpu")["seeds"]) {
        let seed: u64 = seed.parse().unwrap();
        let mut rng = TorchRng::new(seed);
        let first: Vec<u32> = (0..4).map(|_| rng.next_u32()).collect();
        assert_eq!(first, read::<Vec<u32>>(&want["u32_first4"]), "{seed}");
        assert_eq!(randperm(10, seed), read::<Vec<u32>>(&want["randperm10"]));
        let mut rng = TorchRng::new(seed);
        let first: Vec<f32> = (0..3).map(|_| rng.rand_f32()).collect();
        assert_eq!(first, read::<Vec<f32>>(&want["rand_f32_first3"]), "{seed}");
    }
}

#[test]
fn vllm_words() {
    let vectors = vectors!("vllm-philox");
    let contexts: Vec<Vec<TokenId>> = read(&vectors["contexts"]);
    let tokens: Vec<TokenId> = read(&vectors["tokens"]);
    for (name, key, stream) in [
        ("key42_words", 42, 0),
        ("keymax_words", u64::MAX, 0),
        ("stream1_key42_words", 42, 1),
    ] {
        let want: Vec<Vec<u32>> = read(&vectors[name]);
        assert_eq!(want.len(), contexts.len());
        for (context, want) in contexts.iter().zip(want) {
            let prf = VllmPhilox::new(key, context.len(), stream);
            assert_eq!(words(&prf, context, &tokens), want, "{name} {context:?}");
        }
    }
    let at_1234 = words(&VllmPhilox::new(42, 4, 0), &[1, 2, 3, 4], &tokens);
    let uniforms: Vec<f32> = at_1234.into_iter().map(uniform).collect();
    assert_eq!(uniforms, read::<Vec<f32>>(&vectors["u_f32_key42_ctx1234"]));

    let cells = vectors["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 8);
    for cell in cells {
        // −1 stands for a token that there is not.
        let context: Vec<i64> = read(&cell["context"]);
        let context: Vec<TokenId> = context.into_iter().map(|id| id as TokenId).collect();
        let prf = VllmPhilox::new(read(&cell["key"]), context.len(), 0);
        let words = words(&prf, &context, &read::<Vec<TokenId>>(&cell["tokens"]));
        assert_eq!(words, read::<Vec<u32>>(&cell["u32"]), "{cell}");
        let high: Vec<u32> = words.iter().map(|word| word >> 8).collect();
        assert_eq!(high, read::<Vec<u32>>(&cell["u24"]), "{cell}");
    }
}

#[test]
fn vllm_derived_keys() {
    for derived in vectors!("vllm-philox")["derived_keys"].as_array().unwrap() {
        let want = (read(&derived["key_a"]), read(&derived["key_b"]));
        assert_eq!(dual_keys(read(&derived["master"])), want);
    }
}

#[test]
fn sglang_words_context_hashes_and_coins() {
    let vectors = vectors!("sglang-murmur3");
    let hex = |value: &Value| u64::from_str_radix(value.as_str().unwrap(), 16).unwrap();
    let (key, key_b) = (hex(&vectors["key"]), hex(&vectors["key_b"]));
    let contexts: Vec<Vec<TokenId>> = read(&vectors["contexts"]);
    let tokens: Vec<TokenId> = read(&vectors["tokens"]);
    let hashes: Vec<u32> = contexts.iter().map(|c| context_hash(c)).collect();
    assert_eq!(hashes, read::<Vec<u32>>(&vectors["context_hash"]));
    let prf = SglangMurmur::new(key);
    let rows: Vec<Vec<u32>> = contexts.iter().map(|c| words(&prf, c, &tokens)).collect();
    assert_eq!(rows, read::<Vec<Vec<u32>>>(&vectors["token_hash"]));
    let coins: Vec<u32> = hashes.iter().map(|&c| coin(key, key_b, c)).collect();
    assert_eq!(coins, read::<Vec<u32>>(&vectors["coin"]));

    for cell in vectors["cells"].as_array().unwrap() {
        let context: Vec<TokenId> = read(&cell["context"]);
        assert_eq!(context_hash(&context), read::<u32>(&cell["context_hash"]));
        let prf = SglangMurmur::new(hex(&cell["key_hex"]));
        let words = words(&prf, &context, &read::<Vec<TokenId>>(&cell["tokens"]));
        assert_eq!(words, read::<Vec<u32>>(&cell["h32"]), "{cell}");
    }
}

#[test]
fn textseal_levels() {
    let vectors = vectors!("textseal");
    let contexts: Vec<Vec<TokenId>> = read(&vectors["contexts"]);
    let tokens: Vec<TokenId> = read(&vectors["tokens"]);
    let key_a = TextSeal::new(42);
    for (name, prf) in [("sk42", key_a.clone()), ("sk12387", key_a.key_b())] {
        let want: Vec<Vec<u32>> = read(&vectors[name]);
        assert_eq!(want.len(), contexts.len());
        for (context, want) in contexts.iter().zip(want) {
            let levels: Vec<u32> = tokens.iter().map(|&t| prf.level(context, t)).collect();
            assert_eq!(levels, want, "{name} {context:?}");
            let as_words: Vec<u32> = want.into_iter().map(word_of_level).collect();
            assert_eq!(words(&prf, context, &tokens), as_words);
        }
    }
}

/// A word's bits, layer 0 first.
fn bits(word: u32, layers: u32) -> String {
    let bit = |layer| if word >> layer & 1 == 1 { '1' } else { '0' };
    (0..layers).map(bit).collect()
}

#[test]
fn hf_synthid() {
    let vectors = vectors!("hf-synthid");
    let table = HfSynthId::table();
    assert_eq!(table.len(), 65536);
    assert_eq!(table[..64], read::<Vec<u8>>(&vectors["table_first64"]));
    assert_eq!(table[..32], read::<Vec<u8>>(&vectors["table_first32"]));
    let ones: u32 = table.iter().copied().map(u32::from).sum();
    assert_eq!(ones, read::<u32>(&vectors["table_sum"]));

    let case = &vectors["ngram_key"];
    let keys: Vec<i64> = read(&case["keys"]);
    let ngram: Vec<TokenId> = read(&case["ngram"]);
    let synthid = HfSynthId::new(&keys, ngram.len());
    let (&token, context) = ngram.split_last().unwrap();
    let state = synthid.state(context, token);
    let layer_keys: Vec<i64> = keys.iter().map(|&key| step(state, key)).collect();
    assert_eq!(layer_keys, read::<Vec<i64>>(&case["ngram_keys"]));
    let g: Vec<Vec<u32>> = read(&case["g"]);
    let word = synthid.word(context, token);
    assert_eq!(g, [(0..3).map(|l| word >> l & 1).collect::<Vec<u32>>()]);

    let keys: Vec<i64> = read(&vectors["keys"]);
    assert_eq!(keys, EXAMPLE_KEYS);
    let ids: Vec<TokenId> = read(&vectors["ids"]);
    let synthid = HfSynthId::new(&keys, read(&vectors["ngram_len"]));
    let ngrams = ids
        .windows(synthid.ngram_len())
        .map(|n| n.split_at(n.len() - 1));
    let g: Vec<String> = ngrams
        .clone()
        .map(|(context, token)| bits(synthid.word(context, token[0]), synthid.layers()))
        .collect();
    assert_eq!(g, read::<Vec<String>>(&vectors["g"]));
    let state = synthid.state(&ids[..4], ids[4]);
    let layer_keys: Vec<i64> = keys[..3].iter().map(|&key| step(state, key)).collect();
    assert_eq!(
        layer_keys,
        read::<Vec<i64>>(&vectors["first_position_first3_keys"])
    );
    for (context, token) in ngrams {
        let cell = synthid.cell(context, token[0]);
        assert_eq!(cell, synthid.state(context, token[0]) as u16);
        assert_eq!(synthid.word_of_cell(cell), synthid.word(context, token[0]));
    }

    let text: Vec<TokenId> = (0..12).map(|i| 5 + i % 4).collect();
    let mut history = ContextHistory::new(DEFAULT_HISTORY);
    let contexts = text[..text.len() - 1].windows(DEFAULT_NGRAM_LEN - 1);
    let mask: Vec<u8> = contexts
        .map(|context| u8::from(!history.repeats(synthid.context_hash(context))))
        .collect();
    assert_eq!([mask], *read::<Vec<Vec<u8>>>(&vectors["context_mask"]));
}

#[test]
fn synthid_2025() {
    let vectors = vectors!("synthid-2025");
    let keys: Vec<i64> = read(&vectors["keys"]);
    let synthid = SynthId2025::new(&keys, read(&vectors["ngram_len"]));
    assert_eq!(synthid.start(), read::<i64>(&vectors["hash_iv"]));
    let ids: Vec<TokenId> = read(&vectors["ids"]);
    let g: Vec<String> = ids
        .windows(synthid.ngram_len())
        .map(|n| n.split_at(n.len() - 1))
        .map(|(context, token)| bits(synthid.word(context, token[0]), synthid.layers()))
        .collect();
    assert_eq!(g, read::<Vec<String>>(&vectors["g"]));
}

#[test]
fn hf_kgw_left_hash() {
    let vectors = vectors!("hf-kgw");
    let (key, vocab): (u64, u32) = (read(&vectors["key"]), read(&vectors["vocab_size"]));
    let green = list_length(vocab, 0.25);
    let lists = GreenLists::new(vocab, green, 2);
    let seeds = KgwSeeds::hf_left_hash(key);
    for (previous, want) in entries(&vectors["lefthash"]) {
        let seed = seeds.seed(&[previous.parse().unwrap()], 0);
        let mut scratch = Permutation::new(vocab);
        let shuffle = Shuffle::new(vocab, green);
        let tokens = shuffle.prefix(&mut TorchRng::new(seed), &mut scratch);
        assert_eq!(tokens[..8], read::<Vec<u32>>(&want["first8"]), "{previous}");
        assert_eq!(tokens.len(), read::<usize>(&want["n"]));

        let list = lists.list(seed);
        assert_eq!(list.len(), green);
        let members: Vec<u32> = (0..vocab).filter(|&t| list.contains(t)).collect();
        let text: Vec<String> = members.iter().map(ToString::to_string).collect();
        let digest = Sha256::digest(text.join(","));
        let hex: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, read::<String>(&want["sha256_sorted"]), "{previous}");
    }
}

#[test]
fn hf_kgw_self_hash() {
    let vectors = vectors!("hf-kgw");
    let (key, vocab): (u64, u32) = (read(&vectors["key"]), read(&vectors["vocab_size"]));
    let table = FixedTable::new(key);
    let first: Vec<u32> = read(&vectors["fixed_table_first8"]);
    assert_eq!(table.entries()[..8], first);

    let green = list_length(vocab, 0.25);
    let words = GreenWords::new(
        KgwSeeds::hf_self_hash(key, 3),
        GreenLists::new(vocab, green, 0),
    );
    for (ids, want) in entries(&vectors["selfhash"]) {
        let ids = window(ids);
        let (&token, before) = ids.split_last().unwrap();
        let raw: Vec<i64> = ids
            .iter()
            .map(|&id| (key as i64).wrapping_mul(table.hash(id.into())))
            .map(|product| product.wrapping_mul(table.hash(token.into())))
            .collect();
        assert_eq!(raw, read::<Vec<i64>>(&want["raw_i64"]), "{ids:?}");
        let seed = words.seeds().seed(before, token);
        assert_eq!(seed, read::<u64>(&want["seed_mod"]), "{ids:?}");
        let first: Vec<u32> = read(&want["first8"]);
        assert_eq!(randperm(vocab, seed)[..8], first, "{ids:?}");
        let is_green = words.word(before, token) == GreenWords::<KgwSeeds>::GREEN;
        assert_eq!(is_green, read::<bool>(&want["target_green"]), "{ids:?}");
        assert_eq!(is_green, words.lists().list(seed).contains(token));
    }
}

#[test]
fn lm_watermarking_table() {
    let vectors = vectors!("lm-watermarking");
    assert_eq!(LM_TABLE_SEED, read::<u64>(&vectors["table_seed"]));
    let first: Vec<u32> = read(&vectors["fixed_table_first8"]);
    assert_eq!(FixedTable::new(LM_TABLE_SEED).entries()[..8], first);
}

#[test]
fn three_bricks() {
    let vectors = vectors!("three-bricks");
    let (salt, vocab): (u64, u32) = (read(&vectors["salt"]), read(&vectors["vocab_size"]));
    for (ids, want) in entries(&vectors["windows"]) {
        let ids = window(ids);
        let lists = GreenLists::new(vocab, list_length(vocab, 0.25), 0);
        let words = GreenWords::new(ThreeBricksSeeds::new(salt, ids.len()), lists);
        let seed = words.seeds().seed(&ids, 0);
        assert_eq!(seed, read::<u64>(&want["seed"]), "{ids:?}");
        let first: Vec<u32> = read(&want["perm_first8"]);
        assert_eq!(randperm(vocab, seed)[..8], first);
        let green: Vec<u8> = (0..16)
            .map(|t| u8::from(words.word(&ids, t) == 0))
            .collect();
        assert_eq!(
            green,
            read::<Vec<u8>>(&want["green_gamma.25_contains_0..15"])
        );

        let gumbel = ThreeBricksGumbel::new(salt, ids.len());
        for (token, r) in (0..).zip(read::<Vec<f32>>(&want["rand_first4"])) {
            let level = gumbel.level(&ids, token);
            assert_eq!(level as f32 / 16_777_216.0, r, "{ids:?} {token}");
            assert_eq!(gumbel.word(&ids, token), level << 8);
        }
    }
}
