//! The wall: which tests each of the 24 schemes may have, held against the table of `docs/tests/marks.md`; and what
//! would be accused without it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{CohortKey, ForeignKey, Key, PublicId};
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{SCHEMES, Scheme, SchemeRow};
use hallmark_core::score;
use hallmark_core::visits::FirstVisits;
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::eprocess::{GumbelEProcess, GumbelSums};
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Expectation, Finding, Test, Warning};
use hallmark_detector::statistic::admission::{Refusal, TESTS, admits};
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_detector::statistic::logprobs::{Emphasis, Evidence, Masses};
use hallmark_detector::statistic::same_keys::Same;
use hallmark_detector::tail::{Group, Method, TailError, weighted_upper, weighted_upper_of_lists};
use hallmark_detector::weights::{WeightRule, WindowWeights};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

const VOCABULARY: u32 = 500;

fn profile(row: &'static SchemeRow, window: usize) -> Profile {
    Profile {
        name: row.id.to_owned(),
        scheme: Scheme::of(row),
        window,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY,
            sha256: None,
        },
    }
}

fn named(id: &str) -> Profile {
    let row = SCHEMES.iter().find(|row| row.id == id).unwrap();
    profile(row, row.window)
}

/// A key of the kind that the scheme takes; each number has 63 bits.
fn key(profile: &Profile, seed: u64) -> Key {
    match profile.scheme.numbers() {
        None => CohortKey::from_bytes([seed as u8; 32]).into(),
        Some((_, count)) => {
            let number =
                |at: u64| (seed * 1000 + at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 1 | 1 << 62;
            ForeignKey::new((0..count as u64).map(number).collect())
                .unwrap()
                .into()
        }
    }
}

/// Every window once: weights of any kind.
struct Everywhere(usize);

impl WindowCounts for Everywhere {
    fn window(&self) -> usize {
        self.0
    }

    fn total(&self) -> u64 {
        1000
    }

    fn distinct(&self) -> u64 {
        1000
    }

    fn marked_by(&self) -> Option<PublicId> {
        None
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        counts[..windows.len()].fill(1);
    }
}

/// A log of this key that visited every window with its first token.
struct AtOnce(usize, PublicId);

impl FirstVisits for AtOnce {
    fn window(&self) -> usize {
        self.0
    }

    fn read(&self) -> u64 {
        1
    }

    fn marked_by(&self) -> Option<PublicId> {
        Some(self.1)
    }

    fn is_as_sampled(&self) -> bool {
        true
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        codes[..windows.len()].fill(Some(0));
    }
}

fn weights(window: usize) -> Arc<WindowWeights> {
    let counts: Arc<dyn WindowCounts> = Arc::new(Everywhere(window));
    Arc::new(WindowWeights::new(vec![counts], None, WeightRule::Filter).unwrap())
}

/// A plan that asks for T1 and this test.
fn plan(test: Test, profile: &Profile) -> Plan {
    let none = Plan::default();
    match test {
        Test::T1 => none,
        Test::T2 => Plan {
            weights: Some(weights(profile.window)),
            ..none
        },
        Test::T2r => Plan {
            residual: Some(Expectation::ShorterWindow),
            ..none
        },
        Test::T3 => Plan {
            e_process: true,
            ..none
        },
        Test::T3r => Plan {
            first_visits: Some(Logs {
                logs: vec![Arc::new(AtOnce(
                    profile.window,
                    key(profile, 1).public_id(),
                ))],
                background: None,
            }),
            ..none
        },
        Test::T5 => Plan { decoys: 9, ..none },
        Test::T6 => Plan {
            controls: vec![key(profile, 2)],
            ..none
        },
        Test::T8 => Plan {
            shape: true,
            ..none
        },
        Test::T9 => {
            let masses = Masses::new(profile.window);
            let evidence = Evidence::new(&masses, Emphasis::default());
            Plan {
                logprobs: Some((Arc::new(evidence), *masses.counts())),
                ..none
            }
        }
    }
}

fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::RelatedKeys => "related",
        Refusal::DependentLists => "lists",
        Refusal::KeyedUnits => "keyed units",
        Refusal::NoEProcess => "no e-process",
        Refusal::FewLevels => "few levels",
        Refusal::SharedInputs => "shared inputs",
        other => panic!("{other}"),
    }
}

/// The table in the documents: scheme, and a word for each test.
fn documented() -> Vec<(String, Vec<String>)> {
    let text = include_str!("../../../docs/tests/marks.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let scheme = cells.next().unwrap().trim_matches('`').to_owned();
        (scheme, cells.take(TESTS.len()).map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn every_row_may_have_the_tests_that_the_documents_say_and_is_refused_the_others() {
    let documented = documented();
    assert_eq!(documented.len(), SCHEMES.len());
    for (row, (scheme, words)) in SCHEMES.iter().zip(&documented) {
        assert_eq!(row.id, scheme);
        // T2r takes windows of up to four tokens.
        let window = row.window.min(4).max(row.windows.0);
        let profile = profile(row, window);
        profile.check().unwrap();
        let key = key(&profile, 1);
        let mark = Mark::new(&profile, &key).unwrap();
        for (test, word_of) in TESTS.into_iter().zip(words) {
            let examination =
                Examination::new(&profile, std::slice::from_ref(&key), plan(test, &profile));
            let made = |findings: &[Finding]| findings.iter().any(|finding| finding.test() == test);
            match (admits(&mark, test), examination) {
                (Ok(()), Ok(mut examination)) => {
                    let mut raw = RawCells::new(window);
                    let answer: Vec<u32> = (0..200).map(|i| i * i % 97).collect();
                    raw.push(&answer, Exposure::NOTHING).unwrap();
                    examination.observe(&raw).unwrap();
                    let findings = examination.finish().unwrap();
                    assert!(made(&findings), "{scheme}: no {test}");
                    let at_end = findings
                        .iter()
                        .any(|finding| finding.warnings.contains(&Warning::AtEndOnly));
                    let expected = if at_end { "at the end" } else { "yes" };
                    assert_eq!(word_of, expected, "{scheme}, {test}");
                }
                (Err(refused), Err(ExaminationError::Refused(found))) => {
                    assert_eq!(refused, found);
                    assert_eq!((found.test, found.scheme), (test, row.id));
                    assert_eq!(word_of, word(found.why), "{scheme}, {test}");
                }
                (admitted, _) => panic!("{scheme}, {test}: {admitted:?}"),
            }
        }
    }
}

#[test]
fn long_windows_have_no_residual() {
    for scheme in ["vllm-gumbel-v1", "sglang-gumbel-v1"] {
        let profile = Profile {
            window: 5,
            ..named(scheme)
        };
        let mark = Mark::new(&profile, &key(&profile, 1)).unwrap();
        let refused = admits(&mark, Test::T2r).unwrap_err();
        assert_eq!(refused.why, Refusal::LongWindow);
    }
}

/// Tests that are made unasked are left out, with the reason; the others stay an error.
#[test]
fn unasked_tests_are_left_out_and_asked_ones_are_refused() {
    let profile = named("synthid-2025");
    let key = key(&profile, 1);
    let mark = Mark::new(&profile, &key).unwrap();
    let plan = Plan {
        e_process: true,
        decoys: 99,
        ..Plan::default()
    };
    let (plan, left_out) = plan.for_mark(&mark);
    let tests: Vec<Test> = left_out.iter().map(|refused| refused.test).collect();
    assert_eq!(tests, [Test::T3, Test::T5]);
    assert_eq!(plan.tests(), [Test::T1]);
    let asked = Plan {
        weights: Some(weights(profile.window)),
        ..plan
    };
    let refused = Examination::new(&profile, &[key], asked).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "T2 cannot be made of synthid-2025: its keys are related: text that was marked under another key scores high, and only T1 compares the key with others"
    );
}

/// Signed weights over one list of two tokens, one of them green: 1 with probability ½, independent trials say ¼. Without
/// the wall T2r would accuse twice as often as it says.
#[test]
fn signed_weights_over_a_list_would_accuse() {
    let groups = [1, -1].map(|weight| Group { weight, cells: 1 });
    let half = Law::Bernoulli { threshold: 1 << 31 };
    let independent = weighted_upper(half, &groups, 1).unwrap().log10_p.value();
    assert!(independent < 0.26_f64.log10(), "true: 0.5");
    let refused = weighted_upper_of_lists(half, &groups, 1);
    assert_eq!(refused, Err(TailError::NegativeWeight { weight: -1 }));
}

/// The weighted bound of lists is above the exact tail of weighted tokens of lists of 6, 2 of them green, by enumeration.
#[test]
fn the_weighted_bound_of_lists_is_above_the_exact_tail() {
    // All subsets of 2 of 6.
    let subsets: Vec<u32> = (0_u32..64).filter(|set| set.count_ones() == 2).collect();
    // Three lists, tokens that occurred with their weights.
    let lists: [&[(u32, i64)]; 3] = [
        &[(0, 3), (1, 1), (4, 7)],
        &[(0, 2), (1, 2), (2, 2), (3, 5), (4, 1), (5, 1)],
        &[(2, 11), (5, 4)],
    ];
    let mut exact = std::collections::BTreeMap::from([(0_i64, 1.0_f64)]);
    for list in lists {
        let mut next = std::collections::BTreeMap::new();
        for (&sum, &chance) in &exact {
            for set in &subsets {
                let more: i64 = list
                    .iter()
                    .filter(|(token, _)| set >> token & 1 == 1)
                    .map(|(_, weight)| weight)
                    .sum();
                *next.entry(sum + more).or_insert(0.0) += chance / subsets.len() as f64;
            }
        }
        exact = next;
    }
    let mut groups = std::collections::BTreeMap::new();
    for (_, weight) in lists.into_iter().flatten() {
        *groups.entry(*weight).or_insert(0) += 1;
    }
    let groups: Vec<Group> = groups
        .into_iter()
        .map(|(weight, cells)| Group { weight, cells })
        .collect();
    let third = Law::Bernoulli {
        threshold: (1_u64 << 32).div_ceil(3) as u32,
    };
    let mut tail = 0.0;
    for (&sum, &chance) in exact.iter().rev() {
        tail += chance;
        let bound = weighted_upper_of_lists(third, &groups, i128::from(sum)).unwrap();
        assert_eq!(bound.method, Method::Chernoff);
        let bound = bound.log10_p.value();
        assert!(
            bound >= tail.log10() - 1e-9,
            "{sum}: {bound} {}",
            tail.log10()
        );
    }
}

/// An e-process over one list of two tokens, one of them green, stopped after a first green token: its mean is above 1, so
/// that looking at any time would accuse. At the end its mean is below 1.
#[test]
fn a_list_is_bet_on_at_the_end_only() {
    for lambda in [0.25, 0.5, 1.0, 1.5] {
        let factor = |green: bool| 1.0 + lambda * (f64::from(u8::from(green)) - 0.5);
        // The first token is green or the second is.
        let stopped = (factor(true) + factor(false) * factor(true)) / 2.0;
        let at_end = factor(true) * factor(false);
        assert!(
            stopped > 1.0 && at_end < 1.0,
            "{lambda}: {stopped} {at_end}"
        );
    }
    assert_eq!((1.5 + 0.5 * 1.5) / 2.0, 1.125);
}

/// Keys that torch's generator cannot tell apart: text marked under one has every score of the other. The p-value and the
/// e-value say no more than there are keys.
#[test]
fn a_key_that_is_the_same_in_effect_says_no_more_than_there_are_keys() {
    let profile = named("hf-kgw-lefthash");
    // key·x modulo 2⁶⁴ − 1 keeps its low 32 bits for x below 2³¹.
    let [own, twin] = [7_u64, 7 + (1 << 32)].map(|number| {
        let key: Key = ForeignKey::new(vec![number]).unwrap().into();
        Mark::new(&profile, &key).map(|mark| (key, mark)).unwrap()
    });
    let mut text = vec![3_u32];
    let mut batch = CellBatch::new(1, VOCABULARY as usize);
    let mut words = vec![0; VOCABULARY as usize];
    let tokens: Vec<u32> = (0..VOCABULARY).collect();
    let law = own.1.law();
    while text.len() < 3000 {
        batch.fill(&text[text.len() - 1..], &tokens);
        own.1.words(&batch, &mut words);
        let turn = text.len() * 7919 % tokens.len();
        let green = (0..tokens.len())
            .map(|at| (at + turn) % tokens.len())
            .find(|&token| law.score(words[token]) == 1);
        text.push(green.unwrap() as u32);
    }
    let plan = Plan {
        e_process: true,
        ..Plan::default()
    };
    let mut raw = RawCells::new(1);
    raw.push(&text, Exposure::NOTHING).unwrap();
    let mut examination = Examination::new(&profile, &[twin.0], plan).unwrap();
    examination.observe(&raw).unwrap();
    let findings = examination.finish().unwrap();
    // 7 + 2³² stands for a draw from 64 bits, and the generator keeps 32 of them.
    let bits = 32.0 * 2.0_f64.log10();
    for finding in &findings {
        assert!(finding.log10_p.value() >= -bits, "{}", finding.test());
        let of_law = finding.log10_p_unmarked.unwrap().value();
        assert!(of_law < -100.0, "{}: {of_law}", finding.test());
    }
    let log10_e = findings[1].log10_e().unwrap().value();
    assert!(
        (log10_e - (bits - 2.0_f64.log10())).abs() < 1e-9,
        "{log10_e}"
    );
}

/// `TextSeal`'s keys are related: text that one key marked gives other keys' e-processes what no independent words would.
/// Without the wall T3 would accuse the holder of another key's text.
#[test]
fn related_keys_would_be_accused_by_an_e_process() {
    let profile = named("textseal-gumbel");
    let mut random = ChaCha12Rng::seed_from_u64(8);
    let any = |random: &mut ChaCha12Rng| {
        let key: Key = ForeignKey::new(vec![random.next_u64() >> 1])
            .unwrap()
            .into();
        Mark::new(&profile, &key).unwrap()
    };
    let (texts, keys) = (8, 600);
    let mut accused = 0;
    for _ in 0..texts {
        let marked_by = any(&mut random);
        let cells = marked_cells(&marked_by, &mut random);
        for _ in 0..keys {
            accused += u32::from(log10_p_of_e_process(&any(&mut random), &cells) <= -3.0);
        }
        assert_eq!(
            admits(&marked_by, Test::T3).unwrap_err().why,
            Refusal::RelatedKeys
        );
    }
    // Of 4,800 keys 4.8 are expected at most; 18 or more have a chance of 3e-6.
    assert!(accused >= 18, "{accused} keys are accused at 0.001");
}

/// Distinct units of a text in which each token is the best of sixteen under a key.
fn marked_cells(mark: &Mark, random: &mut ChaCha12Rng) -> CellBatch {
    let mut text: Vec<u32> = vec![1, 2];
    let mut batch = CellBatch::new(2, 16);
    let mut words = [0; 16];
    let mut seen = std::collections::HashSet::new();
    let mut cells = CellBatch::new(2, 3000);
    while cells.len() < 2000 {
        let drawn = [(); 16].map(|()| random.next_u32() % VOCABULARY);
        let window = &text[text.len() - 2..];
        batch.fill(window, &drawn);
        mark.words(&batch, &mut words);
        let best = (0..16).max_by_key(|&at| words[at]).unwrap();
        if seen.insert(mark.unit().unwrap().of(window, drawn[best])) {
            cells.push(window, drawn[best]);
        }
        text.push(drawn[best]);
    }
    cells
}

fn log10_p_of_e_process(mark: &Mark, cells: &CellBatch) -> f64 {
    let mut words = vec![0; cells.len()];
    mark.words(cells, &mut words);
    let mut process = GumbelEProcess::new();
    for words in words.chunks(256) {
        let sums = GumbelSums {
            cells: words.len() as u64,
            score: score::sum_exponential(words),
            log_reciprocal: score::sum_log_reciprocal(words),
        };
        process.observe(sums).unwrap();
    }
    process.p_value().value()
}

/// A table of 65,536 bits keeps 16 bits of a number's sum with the context: two numbers that agree in them are one layer, and the
/// law of 30 independent layers is not theirs.
#[test]
fn numbers_and_keys_that_are_one_to_the_function_are_refused() {
    let refused = |scheme: &str, keys: &[Key]| {
        let made = Examination::new(&named(scheme), keys, Plan::default());
        match made.err() {
            Some(ExaminationError::Same(same)) => same,
            other => panic!("{other:?}"),
        }
    };
    let key = |numbers: Vec<u64>| Key::from(ForeignKey::new(numbers).unwrap());
    let layers = (0..30).map(|layer| match layer {
        7 => 1_000_003 * 2 + 65_536,
        _ => 1_000_003 * layer,
    });
    let same = refused("hf-synthid", &[key(layers.collect())]);
    assert!(
        matches!(
            same,
            Same::Numbers {
                first: 3,
                second: 8,
                ..
            }
        ),
        "{same}"
    );
    // torch's generator keeps 32 bits of a seed.
    let two = [key(vec![5]), key(vec![5 + (1 << 32)])];
    let same = refused("unigram", &two);
    assert!(matches!(same, Same::Keys { .. }), "{same}");
    let plan = Plan {
        controls: two[1..].to_vec(),
        ..Plan::default()
    };
    let made = Examination::new(&named("unigram"), &two[..1], plan);
    assert!(matches!(made.err(), Some(ExaminationError::Same(_))));
}
