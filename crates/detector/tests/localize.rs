//! Localisation: a marked passage in real text is found where it is, and nowhere else; under random keys the adjusted p is
//! a p-value.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::detection::document::score_and_locate;
use hallmark_detector::detection::localize::{Cover, Located};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::ops::Range;

const VOCABULARY: u32 = 2000;

fn profile(scheme: Scheme) -> Profile {
    Profile {
        name: "test".into(),
        scheme,
        window: 2,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY,
            sha256: None,
        },
    }
}

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.25, 2.0),
    Scheme::tournament(16),
];

fn key(seed: u64) -> Key {
    let mut bytes = [0; 32];
    ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
    Key::from(CohortKey::from_bytes(bytes))
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A token from a law like that of words: p ∝ 1/(rank + 3).
fn zipf(rng: &mut ChaCha8Rng) -> TokenId {
    let most = f64::from(VOCABULARY + 3) / 3.0;
    ((most.powf(uniform(rng)) - 1.0) * 3.0) as TokenId
}

/// Text of so many tokens whose stretch `marked` prefers cells that score: of `choices` candidates the best one.
fn text(
    mark: &Mark,
    tokens: usize,
    marked: &[Range<usize>],
    choices: usize,
    seed: u64,
) -> Vec<TokenId> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut text: Vec<TokenId> = vec![];
    while text.len() < tokens {
        let at = text.len();
        let mut candidates: Vec<TokenId> = vec![zipf(&mut rng)];
        if at >= 2 && marked.iter().any(|range| range.contains(&at)) {
            candidates.extend((1..choices).map(|_| zipf(&mut rng)));
            let mut cells = CellBatch::new(2, choices);
            for &candidate in &candidates {
                cells.push(&text[at - 2..], candidate);
            }
            let mut words = vec![0; candidates.len()];
            mark.words(&cells, &mut words);
            let best = (0..words.len())
                .max_by_key(|&i| mark.law().score(words[i]))
                .unwrap();
            candidates.swap(0, best);
        }
        text.push(candidates[0]);
    }
    text
}

fn locate(mark: &Mark, text: &[TokenId], level: f64) -> Located {
    let mut raw = RawCells::new(2);
    raw.push(text, Exposure::NOTHING).unwrap();
    score_and_locate(&raw, &**mark.reading(), level).unwrap().1
}

fn jaccard(a: &Range<usize>, b: &Range<usize>) -> f64 {
    let common = a.end.min(b.end).saturating_sub(a.start.max(b.start)) as f64;
    common / (a.len() as f64 + b.len() as f64 - common)
}

/// 24 texts under each scheme; the mark is strong enough that no miss is by chance. Extents are
/// estimates: the mean overlap is what is held.
#[test]
fn a_marked_passage_is_found_where_it_is() {
    for scheme in SCHEMES {
        let mut overlaps = vec![];
        for seed in 0..24 {
            let mark = Mark::new(&profile(scheme), &key(seed)).unwrap();
            let start = 137 + 53 * seed as usize;
            let planted = start..start + 150 + 20 * (seed as usize % 10);
            let text = text(&mark, 3000, std::slice::from_ref(&planted), 5, seed);
            let located = locate(&mark, &text, 0.001);
            let overlap = located
                .passages
                .iter()
                .map(|p| jaccard(&p.tokens, &planted))
                .fold(0.0, f64::max);
            assert!(overlap > 0.4, "{scheme:?} {seed}: {planted:?} {located:?}");
            // Each tested window overlaps the marked passage: another would be a false alarm, once in 1,000.
            assert!(
                located
                    .passages
                    .iter()
                    .all(|p| jaccard(&p.tested, &planted) > 0.0),
                "{located:?}"
            );
            overlaps.push(overlap);
        }
        let mean = overlaps.iter().sum::<f64>() / overlaps.len() as f64;
        println!(
            "{}: mean Jaccard {mean:.3}, least {:.3}",
            scheme.id(),
            overlaps.iter().copied().fold(1.0, f64::min)
        );
        assert!(mean > 0.85, "{scheme:?}: {overlaps:?}");
    }
}

#[test]
fn two_passages_are_told_apart_and_a_whole_text_is_one() {
    for scheme in SCHEMES {
        let mark = Mark::new(&profile(scheme), &key(5)).unwrap();
        let planted = [400..700, 1300..1500];
        let located = locate(&mark, &text(&mark, 2500, &planted, 5, 5), 0.001);
        let passages: Vec<&Range<usize>> = located.passages.iter().map(|p| &p.tokens).collect();
        assert_eq!(passages.len(), 2, "{scheme:?}: {located:?}");
        for (found, planted) in passages.iter().zip(&planted) {
            assert!(jaccard(found, planted) > 0.7, "{scheme:?}: {located:?}");
        }
        let whole = locate(
            &mark,
            &text(&mark, 1000, std::slice::from_ref(&(0..1000)), 5, 6),
            0.001,
        );
        assert_eq!(whole.passages.len(), 1, "{scheme:?}: {whole:?}");
        assert!(
            jaccard(&whole.passages[0].tokens, &(2..1000)) > 0.95,
            "{whole:?}"
        );
    }
}

/// 2,000 random keys on one text: the adjusted p is at or below α for at most a share α of keys. False-alarm rate of
/// this test: each count is above its bound once in 10⁶ runs with other keys (binomial tail), so about 1.2e-5 in all;
/// the keys are fixed.
#[test]
fn under_random_keys_the_adjusted_p_is_one() {
    for scheme in SCHEMES {
        let any = Mark::new(&profile(scheme), &key(0)).unwrap();
        let text = text(&any, 700, &[], 1, 77);
        let keys = 2000;
        let p: Vec<f64> = (0..keys)
            .map(|seed| {
                let mark = Mark::new(&profile(scheme), &key(10_000 + seed)).unwrap();
                locate(&mark, &text, 1e-9).log10_p_adjusted.unwrap().value()
            })
            .collect();
        let mut counts = vec![];
        for (alpha, bound) in [(0.001_f64, 14), (0.01, 44), (0.1, 266)] {
            let count = p.iter().filter(|p| **p <= alpha.log10()).count();
            assert!(count <= bound, "{scheme:?}: {count} of {keys} at {alpha}");
            counts.push(count);
        }
        println!(
            "{}: adjusted p at or below .001, .01, .1: {counts:?} of {keys}",
            scheme.id()
        );
    }
}

#[test]
fn short_and_empty_documents_are_one_window_or_none() {
    let mark = Mark::new(&profile(Scheme::GUMBEL), &key(1)).unwrap();
    let empty = locate(&mark, &[], 0.001);
    assert_eq!((empty.tried, empty.log10_p_adjusted), (0, None));
    let short = locate(&mark, &[1, 2, 3, 4], 0.001);
    assert_eq!(short.tried, 1);
    assert_eq!(Cover::new(2).len(), 1);
    // Repetition: one distinct cell after the other is left out, and positions stay those of tokens.
    let mut repeated = text(&mark, 300, std::slice::from_ref(&(0..300)), 8, 3);
    let once = repeated.clone();
    repeated.extend_from_slice(&once);
    let located = locate(&mark, &repeated, 0.001);
    assert!(located.passages[0].tokens.end <= 310, "{located:?}");
}
