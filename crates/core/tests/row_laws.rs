//! Choosing from a row equals its plain definition, under the native function and a foreign one.

use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::row::{RowError, green_row, gumbel_argmax_candidates, gumbel_argmax_row};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A foreign function with few distinct words, so that ties and extreme words come up.
struct Coarse(&'static [u32]);

impl Prf for Coarse {
    fn max_token(&self) -> TokenId {
        1 << 20
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        let mixed = window
            .iter()
            .fold(token, |a, &b| a.rotate_left(7) ^ b)
            .wrapping_mul(0x9e37_79b9);
        self.0[(mixed >> 16) as usize % self.0.len()]
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        for (i, word) in out.iter_mut().enumerate() {
            let window: Vec<_> = (0..cells.window())
                .map(|slot| cells.slot(slot)[i])
                .collect();
            *word = self.word(&window, cells.tokens()[i]);
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        for (i, word) in out.iter_mut().enumerate() {
            *word = self.word(window, first + i as u32);
        }
    }
}

const COARSE: Coarse = Coarse(&[0, 1, 1 << 31, u32::MAX - 1, u32::MAX, 3 << 30]);

fn value(prf: &dyn Prf, window: &[TokenId], token: TokenId, logit: f32) -> f64 {
    let u = (f64::from(prf.word(window, token)) + 0.5) / 4_294_967_296.0;
    f64::from(logit) - libm::log(-libm::log(u))
}

/// Arg-max over (token, logit), ties to the lowest token; `None` when all are masked.
fn naive(prf: &dyn Prf, window: &[TokenId], pairs: &[(TokenId, f32)]) -> Option<TokenId> {
    let mut best: Option<(f64, TokenId)> = None;
    for &(token, logit) in pairs.iter().filter(|(_, logit)| *logit > f32::NEG_INFINITY) {
        let value = value(prf, window, token, logit);
        if best.is_none_or(|(v, t)| value > v || value == v && token < t) {
            best = Some((value, token));
        }
    }
    best.map(|(_, token)| token)
}

/// Rows as models give them: flat, peaked, huge, with ties, sparse and all but masked.
fn logits(tokens: usize) -> impl Strategy<Value = Vec<f32>> {
    let scale = prop::sample::select(vec![0.0f32, 0.01, 1.0, 6.0, 1e4, 1e30, 3e38]);
    let masked = prop::sample::select(vec![0.0f32, 0.0, 0.3, 0.99, 0.9999, 1.0]);
    let row = (1..tokens, any::<u64>(), scale, masked, any::<bool>());
    row.prop_map(|(tokens, seed, scale, masked, steps)| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = || (rng.next_u32() >> 8) as f32 / 16_777_216.0;
        let one = |_| {
            let x = 2.0 * uniform() - 1.0;
            let x = if steps { (x * 4.0).round() / 4.0 } else { x };
            if uniform() < masked {
                f32::NEG_INFINITY
            } else {
                x * scale
            }
        };
        (0..tokens).map(one).collect()
    })
}

fn pairs(logits: &[f32]) -> Vec<(TokenId, f32)> {
    (0..).zip(logits.iter().copied()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_pruned_argmax_of_a_row_is_the_argmax(
        key: [u8; 32],
        window in prop::collection::vec(0u32..50_000, 2),
        logits in logits(6000),
    ) {
        for prf in [&ChaCha12::new(key) as &dyn Prf, &COARSE] {
            let expected = naive(prf, &window, &pairs(&logits));
            let expected = expected.map(|token| token as usize).ok_or(RowError::AllMasked);
            prop_assert_eq!(gumbel_argmax_row(prf, &window, &logits), expected);
        }
    }

    #[test]
    fn the_pruned_argmax_of_candidates_in_any_order_is_the_argmax(
        key: [u8; 32],
        window in prop::collection::vec(0u32..50_000, 2),
        logits in logits(150),
        stride in prop::sample::select(vec![1u32, 7, 641]),
    ) {
        let tokens = (0..).map(|i: u32| (i * stride) % 9973);
        let pairs: Vec<_> = tokens.zip(logits.iter().copied()).collect();
        let mut cells = CellBatch::new(2, pairs.len());
        for (token, _) in &pairs {
            cells.push(&window, *token);
        }
        let mut scratch = vec![0; pairs.len()];
        for prf in [&ChaCha12::new(key) as &dyn Prf, &COARSE] {
            let chosen = gumbel_argmax_candidates(prf, &cells, &logits, &mut scratch);
            let chosen = chosen.map(|at| pairs[at].0);
            prop_assert_eq!(chosen, naive(prf, &window, &pairs).ok_or(RowError::AllMasked));
        }
    }

    #[test]
    fn green_adds_delta_to_tokens_below_the_threshold_only(
        key: [u8; 32],
        window in prop::collection::vec(0u32..50_000, 1),
        logits in logits(6000),
        threshold: u32,
    ) {
        for prf in [&ChaCha12::new(key) as &dyn Prf, &COARSE] {
            let mut shifted = logits.clone();
            let done = green_row(prf, &window, threshold, 2.0, &mut shifted);
            if logits.iter().all(|&logit| logit == f32::NEG_INFINITY) {
                prop_assert_eq!(done, Err(RowError::AllMasked));
                continue;
            }
            prop_assert_eq!(done, Ok(()));
            for (token, (&before, &after)) in logits.iter().zip(&shifted).enumerate() {
                let green = prf.word(&window, token as u32) < threshold;
                prop_assert_eq!(after, if green { before + 2.0 } else { before });
            }
        }
    }

    #[test]
    fn a_logit_that_is_no_number_is_named_and_leaves_the_row_as_it_was(
        logits in logits(6000),
        at: prop::sample::Index,
        infinite: bool,
    ) {
        let prf = ChaCha12::new([1; 32]);
        let mut logits = logits;
        let at = at.index(logits.len());
        logits[at] = if infinite { f32::INFINITY } else { f32::NAN };
        let token = at as u32;
        let error = if infinite { RowError::Infinite { token } } else { RowError::NaN { token } };
        prop_assert_eq!(gumbel_argmax_row(&prf, &[1], &logits), Err(error));
        let mut shifted = logits.clone();
        prop_assert_eq!(green_row(&prf, &[1], 1 << 31, 2.0, &mut shifted), Err(error));
        let bits = |row: &[f32]| row.iter().map(|logit| logit.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&shifted), bits(&logits));
    }
}

#[test]
fn empty_rows_and_batches_are_errors() {
    let prf = ChaCha12::new([1; 32]);
    assert_eq!(gumbel_argmax_row(&prf, &[], &[]), Err(RowError::AllMasked));
    assert_eq!(
        green_row(&prf, &[], 1, 1.0, &mut []),
        Err(RowError::AllMasked)
    );
    let cells = CellBatch::new(1, 4);
    assert_eq!(
        gumbel_argmax_candidates(&prf, &cells, &[], &mut []),
        Err(RowError::AllMasked)
    );
}

#[test]
fn buffers_of_another_length_are_errors() {
    let mut cells = CellBatch::new(1, 4);
    cells.push(&[5], 6);
    let lengths = |logits, scratch| RowError::Lengths {
        cells: 1,
        logits,
        scratch,
    };
    let prf = ChaCha12::new([1; 32]);
    assert_eq!(
        gumbel_argmax_candidates(&prf, &cells, &[], &mut [0]),
        Err(lengths(0, 1))
    );
    assert_eq!(
        gumbel_argmax_candidates(&prf, &cells, &[1.0], &mut []),
        Err(lengths(1, 0))
    );
}

#[test]
fn a_row_beyond_the_functions_token_ids_is_an_error() {
    let logits = vec![0.0; (1 << 20) + 2];
    let error = RowError::TooLong {
        tokens: (1 << 20) + 2,
        max_token: 1 << 20,
    };
    assert_eq!(gumbel_argmax_row(&COARSE, &[1], &logits), Err(error));
    assert!(gumbel_argmax_row(&COARSE, &[1], &logits[1..]).is_ok());
}

#[test]
fn a_row_beyond_the_noted_peaks_is_still_exact() {
    let prf = ChaCha12::new([3; 32]);
    let mut logits = vec![0.0; 300_000];
    logits[299_999] = 1.0;
    for seed in 0..1 {
        let expected = naive(&prf, &[seed], &pairs(&logits)).map(|token| token as usize);
        assert_eq!(gumbel_argmax_row(&prf, &[seed], &logits).ok(), expected);
    }
}

/// The choice follows the softmax: over 20,000 keyed draws from four tokens, Pearson's statistic (3
/// degrees of freedom) exceeds 32 with probability 5e-7; the keys are fixed, so a pass stays one.
#[test]
fn choices_follow_the_softmax_over_windows() {
    let prf = ChaCha12::new([9; 32]);
    let logits = [0.0f32, 1.0, -1.0, f32::NEG_INFINITY, 2.0];
    let draws = 20_000;
    let mut counts = [0u32; 5];
    for window in 0..draws {
        counts[gumbel_argmax_row(&prf, &[window], &logits).unwrap()] += 1;
    }
    let total: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
    assert_eq!(counts[3], 0);
    let statistic: f64 = [0, 1, 2, 4]
        .map(|token| {
            let expected = f64::from(draws) * f64::from(logits[token]).exp() / total;
            (f64::from(counts[token]) - expected).powi(2) / expected
        })
        .iter()
        .sum();
    assert!(
        statistic < 32.0,
        "chi-square {statistic}, counts {counts:?}"
    );
}
