//! Other engines' marks: marked text is found with its key and not with another, and p-values are
//! those of random keys.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::ForeignKey;
use hallmark_core::mark::KeyedMark;
use hallmark_core::profile::{FOREIGN, Foreign, ForeignProfile, ForeignScheme, TokenizerRef};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const VOCABULARY: u32 = 1000;

fn profile(known: &ForeignScheme) -> ForeignProfile {
    ForeignProfile {
        name: known.id.to_owned(),
        scheme: known.defaults,
        window: known.window,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY,
            sha256: None,
        },
    }
}

fn key(profile: &ForeignProfile, random: &mut ChaCha12Rng) -> ForeignKey {
    let count = match profile.scheme {
        Foreign::SynthId { layers, .. } => layers as usize,
        Foreign::SglangDual { .. } => 2,
        _ => 1,
    };
    assert!(profile.scheme.takes(count));
    // Below 2^63, as torch's seeds are.
    ForeignKey::new((0..count).map(|_| random.next_u64() >> 1).collect()).unwrap()
}

/// Texts in which each token is the best scored of `candidates` random ones.
fn texts(
    mark: &KeyedMark,
    window: usize,
    candidates: usize,
    random: &mut ChaCha12Rng,
) -> Vec<Vec<u32>> {
    let mut batch = CellBatch::new(window, candidates);
    let mut words = vec![0; candidates];
    (0..10)
        .map(|_| {
            let mut text: Vec<u32> = vec![];
            while text.len() < 150 {
                let drawn: Vec<u32> = (0..candidates)
                    .map(|_| random.next_u32() % VOCABULARY)
                    .collect();
                if text.len() < window {
                    text.push(drawn[0]);
                    continue;
                }
                batch.fill(&text[text.len() - window..], &drawn);
                let mut scores = vec![0_u64; candidates];
                for part in &mark.parts {
                    part.reading.words(&batch, &mut words);
                    for (score, &word) in scores.iter_mut().zip(&words) {
                        *score +=
                            u64::from(part.weight) * u64::from(part.reading.law().score(word));
                    }
                }
                let best = (0..candidates).max_by_key(|&i| scores[i]).unwrap();
                text.push(drawn[best]);
            }
            text
        })
        .collect()
}

fn log10_p(profile: &ForeignProfile, key: &ForeignKey, texts: &[Vec<u32>]) -> f64 {
    let mark = KeyedMark::bind(profile, key).unwrap();
    let mut detection = Detection::new(key.public_id(), &mark, profile.window, DedupKind::Exact);
    let (first, rest) = texts.split_at(texts.len() / 2);
    for block in [first, rest] {
        let mut raw = RawCells::new(profile.window);
        for text in block {
            raw.push(text, Exposure::NOTHING).unwrap();
        }
        detection.observe(raw).unwrap();
    }
    detection.finish().unwrap().log10_p.value()
}

/// A wrong key is at or below 1e-5 once in 5,000 runs over all schemes; seeds are fixed.
#[test]
fn marked_text_is_found_with_its_key_and_not_with_another() {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    for known in &FOREIGN {
        let profile = profile(known);
        let (own, other) = (key(&profile, &mut random), key(&profile, &mut random));
        let mark = KeyedMark::bind(&profile, &own).unwrap();
        let marked = texts(&mark, profile.window, 4, &mut random);
        let found = log10_p(&profile, &own, &marked);
        // A fixed list has no more units than the vocabulary has tokens.
        assert!(found < -10.0, "{}: {found}", known.id);
        let clean = texts(&mark, profile.window, 1, &mut random);
        for (key, texts) in [(&other, &marked), (&own, &clean)] {
            let p = log10_p(&profile, key, texts);
            assert!(p > -5.0, "{}: {p}", known.id);
        }
    }
}

/// Random keys on fixed text: p is at most 0.05 no more often than chance allows. The bound is exceeded once in
/// 10⁵ runs for each scheme; seeds are fixed.
#[test]
fn p_is_not_small_more_often_than_chance_allows() {
    const KEYS: usize = 200;
    let mut random = ChaCha12Rng::seed_from_u64(2);
    for known in FOREIGN
        .iter()
        // These make a table of a million entries for each key; their lists are those of the others.
        .filter(|known| {
            !["selfhash", "minhash", "skipgram"]
                .iter()
                .any(|hash| known.id.ends_with(hash))
        })
    {
        let profile = profile(known);
        // Much repetition, as in real text.
        let texts: Vec<Vec<u32>> = (0..5)
            .map(|_| {
                (0..200)
                    .map(|_| random.next_u32() % 40 * (random.next_u32() % 5))
                    .collect()
            })
            .collect();
        let small = (0..KEYS)
            .filter(|_| log10_p(&profile, &key(&profile, &mut random), &texts) <= 0.05_f64.log10())
            .count();
        // Binomial(200, 0.05): more than 25 comes with probability 1e-5.
        assert!(small <= 25, "{}: {small} of {KEYS}", known.id);
    }
}

#[test]
fn blocks_and_order_do_not_matter() {
    let mut random = ChaCha12Rng::seed_from_u64(3);
    for known in &FOREIGN {
        let profile = profile(known);
        let key = key(&profile, &mut random);
        let mark = KeyedMark::bind(&profile, &key).unwrap();
        let mut texts = texts(&mark, profile.window, 2, &mut random);
        let before = log10_p(&profile, &key, &texts);
        texts.reverse();
        texts.push(texts[0].clone());
        let after = log10_p(&profile, &key, &texts);
        assert!(
            (before - after).abs() < 1e-12,
            "{}: {before} {after}",
            known.id
        );
    }
}

#[test]
fn documents_by_themselves_and_together_are_as_if_each_was_observed_alone() {
    let mut random = ChaCha12Rng::seed_from_u64(4);
    for known in &FOREIGN {
        let profile = profile(known);
        let key = key(&profile, &mut random);
        let mark = KeyedMark::bind(&profile, &key).unwrap();
        let mut texts = texts(&mark, profile.window, 2, &mut random);
        // Shared cells, repeats, and documents without cells.
        texts.extend([texts[0][..40].to_vec(), [&texts[1][..], &texts[1]].concat()]);
        texts.insert(3, vec![]);
        texts.push(vec![7]);
        let new = |dedup| Detection::new(key.public_id(), &mark, profile.window, dedup);
        let (mut each, mut all) = (new(DedupKind::Compact), new(DedupKind::Compact));
        let shown = [texts[2][5..25].to_vec()];
        for texts in texts.chunks(6) {
            let mut raw = RawCells::new(profile.window);
            for (i, text) in texts.iter().enumerate() {
                let exposure = [Exposure::UNKNOWN, Exposure::known(&shown)][i % 2];
                raw.push(text, exposure).unwrap();
            }
            let scores = each.observe_each(&raw).unwrap();
            assert_eq!(scores.len(), texts.len());
            for (i, (text, score)) in texts.iter().zip(scores).enumerate() {
                let exposure = [Exposure::UNKNOWN, Exposure::known(&shown)][i % 2];
                let mut alone = RawCells::new(profile.window);
                alone.push(text, exposure).unwrap();
                let mut own = new(DedupKind::Exact);
                own.observe(alone).unwrap();
                let finding = own.finish().unwrap();
                assert_eq!(score.tokens, finding.tokens, "{}", known.id);
                assert_eq!(score.scored, finding.scored, "{}", known.id);
                assert_eq!(score.statistic, finding.statistic, "{}", known.id);
                assert_eq!(score.log10_p, finding.log10_p, "{}", known.id);
            }
            all.observe(raw).unwrap();
        }
        assert_eq!(each.counts(), all.counts(), "{}", known.id);
        let (each, all) = (each.finish().unwrap(), all.finish().unwrap());
        assert_eq!(each.statistic, all.statistic, "{}", known.id);
        assert_eq!(each.log10_p, all.log10_p, "{}", known.id);
    }
}

#[test]
fn keys_with_other_numbers_are_refused() {
    for known in &FOREIGN {
        let profile = profile(known);
        let key = ForeignKey::new(vec![1; 7]).unwrap();
        assert!(!profile.scheme.takes(7));
        let error = KeyedMark::bind(&profile, &key).err().unwrap().to_string();
        assert!(error.contains('7'), "{error}");
    }
}
