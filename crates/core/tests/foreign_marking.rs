//! Marking as other engines do: the same choice as their own rule, in double precision, for the same
//! logits; and their habits at the beginning of a response and for repeated windows.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::MISSING;
use hallmark_core::foreign::kgw::KgwSeeds;
use hallmark_core::foreign::lists::{GreenLists, Seeds};
use hallmark_core::foreign::murmur::{SglangMurmur, coin, context_hash};
use hallmark_core::foreign::philox::{VllmPhilox, dual_keys, uniform};
use hallmark_core::foreign::synthid::HfSynthId;
use hallmark_core::keys::{CohortKey, ForeignKey, Key};
use hallmark_core::mark::{Before, CannotMark, Habits, Mark, Repeats};
use hallmark_core::marker::Marker;
use hallmark_core::prf::Prf;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{SCHEMES, Scheme};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

const VOCABULARY: u32 = 200;
const STEPS: usize = 60;

fn profile(scheme: &str) -> Profile {
    let known = Scheme::named(scheme).unwrap();
    Profile {
        name: scheme.into(),
        scheme: known,
        window: known.row().window,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY,
            sha256: None,
        },
    }
}

fn logits(random: &mut ChaCha12Rng) -> Vec<f32> {
    (0..VOCABULARY)
        .map(|_| random.next_u32() as f32 / 1e9)
        .collect()
}

/// Runs a response; `rule` says, from the tokens so far with what stands before them and the logits, which token the engine
/// takes and by how much it wins; nothing where the engine does not mark.
fn follows(
    scheme: &str,
    key: &ForeignKey,
    prompt: &[u32],
    mut rule: impl FnMut(&[u32], &[f32], f64) -> Option<(u32, f64)>,
) {
    let profile = profile(scheme);
    let mark = Mark::new(&profile, &key.clone().into()).unwrap();
    let (_, habits) = mark.sampler().unwrap();
    let window = profile.window;
    let mut all: Vec<u32> = match habits.before {
        Before::Nothing => vec![],
        Before::Filling(token) => vec![token; window],
        Before::Prompt => prompt.to_vec(),
    };
    let mut marker = mark.marker_with_capacity(prompt, STEPS).unwrap();
    let mut random = ChaCha12Rng::seed_from_u64(4);
    let mut compared = 0;
    for _ in 0..STEPS {
        let row = logits(&mut random);
        let draw = f64::from(random.next_u32()) / 2f64.powi(32);
        let choice = marker.choose_row(&mut row.clone(), draw).unwrap();
        let expected = rule(&all, &row, draw);
        assert_eq!(choice.marked, expected.is_some(), "{scheme}");
        if let Some((token, margin)) = expected
            && margin > 1e-4
        {
            assert_eq!(choice.index as u32, token, "{scheme}");
            compared += 1;
        }
        // A few tokens only, so that windows come again.
        let token = if random.next_u32().is_multiple_of(2) {
            1
        } else {
            2
        };
        marker.accept(token).unwrap();
        all.push(token);
    }
    assert!(compared >= 10, "{scheme}: {compared}");
}

/// The largest and its lead.
fn best(values: impl Iterator<Item = f64>) -> (u32, f64) {
    let mut sorted: Vec<(f64, u32)> = values.zip(0..).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    (sorted[0].1, sorted[0].0 - sorted[1].0)
}

/// The last `window` tokens, where they did not stand together before among the windows of `all`.
fn new_window(all: &[u32], window: usize) -> Option<&[u32]> {
    let last = all.len().checked_sub(window)?;
    let now = &all[last..];
    let before = (0..last).any(|from| &all[from..from + window] == now);
    (!before).then_some(now)
}

#[test]
fn vllm_takes_the_largest_logit_with_gumbel_noise_of_24_bits() {
    let key = ForeignKey::new(vec![42]).unwrap();
    let gumbel = |key, window: &[u32], row: &[f32]| {
        let prf = VllmPhilox::new(key, 4, 0);
        best(row.iter().zip(0..).map(|(&logit, token)| {
            let u = f64::from(uniform(prf.word(window, token)));
            f64::from(logit) - (-u.ln()).ln()
        }))
    };
    follows("vllm-gumbel-v1", &key, &[7; 9], |all, row, _| {
        assert!(all[0] == MISSING);
        Some(gumbel(42, new_window(all, 4)?, row))
    });
    // The share of key B is 0.1; the step's randomness decides.
    let (a, b) = dual_keys(42);
    let mut of_b = 0;
    follows("vllm-dual-v1", &key, &[7; 9], |all, row, draw| {
        let window = new_window(all, 4)?;
        of_b += u32::from(draw >= 0.9);
        Some(gumbel(if draw < 0.9 { a } else { b }, window, row))
    });
    assert!(of_b > 0);
}

#[test]
fn vllm_raises_tokens_whose_uniform_is_below_gamma() {
    let key = ForeignKey::new(vec![42]).unwrap();
    let prf = VllmPhilox::new(42, 4, 0);
    follows("vllm-red-green-v1", &key, &[7; 9], |all, row, draw| {
        assert!(all[0] == MISSING);
        let window = new_window(all, 4)?;
        let weight = |(&logit, token): (&f32, u32)| {
            let green = uniform(prf.word(window, token)) < 0.25;
            (f64::from(logit) + if green { 2.0 } else { 0.0 }).exp()
        };
        let weights: Vec<f64> = row.iter().zip(0..).map(weight).collect();
        Some(drawn(&weights, draw))
    });
}

#[test]
fn vllm_plays_a_tournament_over_the_lowest_bits_of_a_word() {
    let key = ForeignKey::new(vec![42]).unwrap();
    let prf = VllmPhilox::new(42, 4, 0);
    follows("vllm-synthid-v1", &key, &[7; 9], |all, row, draw| {
        let window = new_window(all, 4)?;
        Some(drawn(
            &played(row, 32, |token| prf.word(window, token)),
            draw,
        ))
    });
}

#[test]
fn sglang_takes_the_largest_log_uniform_over_probability() {
    let prompt = [9, 8, 7, 6, 5];
    let gumbel = |prf: &SglangMurmur, window: &[u32], row: &[f32]| {
        best(row.iter().zip(0..).map(|(&logit, token)| {
            let u = (f64::from(prf.word(window, token)) + 0.5) / 2f64.powi(32);
            // argmax ln(u)/p is argmax −ln(−ln(u)/p).
            f64::from(logit) - (-u.ln()).ln()
        }))
    };
    let (a, b) = (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);
    let key = ForeignKey::new(vec![a]).unwrap();
    follows("sglang-gumbel-v1", &key, &prompt, |all, row, _| {
        Some(gumbel(&SglangMurmur::new(a), new_window(all, 4)?, row))
    });
    let keys = ForeignKey::new(vec![a, b]).unwrap();
    follows("sglang-dual-v1", &keys, &prompt, |all, row, _| {
        let window = new_window(all, 4)?;
        let is_a = coin(a, b, context_hash(window)) < 1 << 31;
        Some(gumbel(
            &SglangMurmur::new(if is_a { a } else { b }),
            window,
            row,
        ))
    });
}

#[test]
fn transformers_green_tokens_gain_delta_everywhere() {
    let key = ForeignKey::new(vec![15_485_863]).unwrap();
    let (seeds, lists) = (
        KgwSeeds::hf_left_hash(15_485_863),
        GreenLists::new(VOCABULARY, VOCABULARY / 4, 0),
    );
    follows("hf-kgw-lefthash", &key, &[3], |all, row, draw| {
        let window = &all[all.len() - 1..];
        let weight = |(&logit, token): (&f32, u32)| {
            let green = lists.contains(seeds.seed(window, token), token);
            (f64::from(logit) + if green { 2.0 } else { 0.0 }).exp()
        };
        let weights: Vec<f64> = row.iter().zip(0..).map(weight).collect();
        Some(drawn(&weights, draw))
    });
}

/// By inversion of the distribution function; the lead is the distance to the nearer neighbour's share.
fn drawn(weights: &[f64], draw: f64) -> (u32, f64) {
    let total: f64 = weights.iter().sum();
    let mut below = 0.0;
    for (weight, token) in weights.iter().zip(0..) {
        let (from, to) = (below / total, (below + weight) / total);
        if draw < to {
            return (token, (draw - from).min(to - draw));
        }
        below += weight;
    }
    (weights.len() as u32 - 1, 0.0)
}

#[test]
fn synthid_tournaments_multiply_by_what_a_layer_gains() {
    let keys: Vec<i64> = (0..30).map(|i| i * 31 + 7).collect();
    let prf = HfSynthId::new(&keys, 5);
    let key = ForeignKey::new(keys.iter().map(|key| key.cast_unsigned()).collect()).unwrap();
    follows("hf-synthid", &key, &[1, 2], |all, row, draw| {
        // No window is 1,024 tokens ago in 60.
        let window = new_window(all, 4)?;
        Some(drawn(
            &played(row, 30, |token| prf.word(window, token)),
            draw,
        ))
    });
}

/// A row's distribution after a tournament of so many layers over words, as SynthID's authors write it.
fn played(row: &[f32], layers: u32, word: impl Fn(u32) -> u32) -> Vec<f64> {
    let mut weights: Vec<f64> = row.iter().map(|&logit| f64::from(logit).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    let words: Vec<u32> = (0..VOCABULARY).map(word).collect();
    for layer in 0..layers {
        let g = |word: u32| f64::from(word >> layer & 1);
        let mass: f64 = weights
            .iter()
            .zip(&words)
            .map(|(p, &word)| p * g(word))
            .sum();
        for (weight, &word) in weights.iter_mut().zip(&words) {
            *weight *= 1.0 + g(word) - mass;
        }
    }
    weights
}

#[test]
fn a_window_is_marked_again_when_it_is_long_ago() {
    let profile = profile("hf-synthid");
    let key = ForeignKey::new((1..=30).collect()).unwrap();
    let profile = Profile {
        window: 1,
        ..profile
    };
    let mark = Mark::new(&profile, &key.into()).unwrap();
    let habits = Habits {
        before: Before::Nothing,
        repeats: Repeats::UnmarkedWithin(5),
    };
    let sampler = Arc::clone(mark.sampler().unwrap().0);
    let mut marker = mark.made_by(sampler, habits).marker(&[]).unwrap();
    let open_after = |marker: &mut Marker, tokens: &[u32]| {
        tokens
            .iter()
            .for_each(|&token| marker.accept(token).unwrap());
        marker.is_open()
    };
    // The windows of one token before positions 1, 2, …: 3 stood before position 1.
    assert!(open_after(&mut marker, &[3]));
    assert!(!open_after(&mut marker, &[4, 3]), "two positions later");
    assert!(open_after(&mut marker, &[5, 6, 7, 8, 9]));
    assert!(open_after(&mut marker, &[3]), "six positions later");
    // Taken back and said again: the same.
    marker.rollback(1).unwrap();
    assert!(open_after(&mut marker, &[3]));
    marker.rollback(6).unwrap();
    assert_eq!(marker.tokens(), [3, 4, 3]);
    assert!(!marker.is_open());
    assert!(marker.rollback(4).is_err());
}

#[test]
fn marks_that_are_only_read_are_refused() {
    let made = [
        "vllm-gumbel-v1",
        "vllm-dual-v1",
        "vllm-red-green-v1",
        "vllm-synthid-v1",
        "sglang-gumbel-v1",
        "sglang-dual-v1",
        "hf-kgw-lefthash",
        "hf-synthid",
        "synthid-2025",
    ];
    for row in &SCHEMES {
        let is_made = row.is_native() || made.contains(&row.id);
        assert_eq!(row.is_made, is_made, "{}", row.id);
        let profile = profile(row.id);
        let key = match profile.scheme.numbers() {
            None => Key::Cohort(CohortKey::from_bytes([1; 32])),
            Some((_, count)) => ForeignKey::new(vec![1; count]).unwrap().into(),
        };
        let mark = Mark::new(&profile, &key).unwrap();
        assert_eq!(mark.sampler().is_ok(), row.is_made, "{}", row.id);
        match mark.marker(&[]) {
            Ok(_) => assert!(row.is_made, "{}", row.id),
            Err(error) => assert_eq!(error, CannotMark::ReadOnly { scheme: row.id }),
        }
    }
}

#[test]
fn windows_longer_than_those_that_are_made_are_refused() {
    let profile = Profile {
        window: 5,
        ..profile("vllm-gumbel-v1")
    };
    let mark = Mark::new(&profile, &ForeignKey::new(vec![1]).unwrap().into()).unwrap();
    let error = mark.marker(&[]).err().unwrap();
    assert_eq!(error, CannotMark::Window { window: 5 });
}
