//! The weighted tests: they follow their definitions, do not depend on how the work is cut up, and are T1 where
//! all weights are equal.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{CohortKey, Key, PublicId};
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Family, Scheme};
use hallmark_core::score::MAX_DEFICIT;
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Condition, Expectation, Finding, Found, Level, Test};
use hallmark_detector::tail::{Group, weighted_upper};
use hallmark_detector::weights::{LADDER, WeightRule, WeightSource, WeightsError, WindowWeights};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.3, 1.0),
    Scheme::tournament(7),
];

/// Counts of windows that a test states.
struct Stated {
    window: usize,
    counts: HashMap<WindowHash, u32>,
    marked_by: Option<PublicId>,
}

impl WindowCounts for Stated {
    fn window(&self) -> usize {
        self.window
    }

    fn total(&self) -> u64 {
        self.counts.values().map(|&count| u64::from(count)).sum()
    }

    fn distinct(&self) -> u64 {
        self.counts.len() as u64
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.marked_by
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        for (count, window) in counts.iter_mut().zip(windows) {
            *count = self.counts.get(window).copied().unwrap_or(0);
        }
    }
}

fn stated(counts: &[(&[u32], u32)], marked_by: Option<PublicId>) -> Arc<dyn WindowCounts> {
    Arc::new(Stated {
        window: counts[0].0.len(),
        counts: counts
            .iter()
            .map(|&(window, count)| (WindowHash::of(window), count))
            .collect(),
        marked_by,
    })
}

fn profile(scheme: Scheme, window: usize) -> Profile {
    let tokenizer = TokenizerRef {
        vocab_size: 10,
        sha256: None,
    };
    Profile {
        name: "test".to_owned(),
        scheme,
        window,
        ring: 1,
        tokenizer,
    }
}

fn key(byte: u8) -> Key {
    Key::from(CohortKey::from_bytes([byte; 32]))
}

fn raw(answers: &[Vec<u32>], window: usize) -> RawCells {
    let mut raw = RawCells::new(window);
    for answer in answers {
        raw.push(answer, Exposure::NOTHING).unwrap();
    }
    raw
}

fn score(mark: &Mark, window: &[u32], token: u32) -> u64 {
    let mut batch = CellBatch::new(window.len(), 1);
    batch.push(window, token);
    let mut word = [0];
    mark.words(&batch, &mut word);
    u64::from(mark.law().score(word[0]))
}

fn of(findings: &[Finding], test: Test) -> &Finding {
    findings
        .iter()
        .find(|finding| finding.test() == test)
        .unwrap()
}

fn examine(profile: &Profile, keys: &[Key], plan: Plan, answers: &[Vec<u32>]) -> Vec<Finding> {
    let mut examination = Examination::new(profile, keys, plan).unwrap();
    examination.observe(&raw(answers, profile.window)).unwrap();
    examination.finish().unwrap()
}

/// Weights that leave no window out: every window of one token counted `count(token)` times.
fn graded(count: impl Fn(u32) -> u32) -> Arc<WindowWeights> {
    let windows: Vec<[u32; 1]> = (0..10).map(|token| [token]).collect();
    let counts: Vec<(&[u32], u32)> = windows
        .iter()
        .map(|window| (&window[..], count(window[0])))
        .collect();
    let rule = WeightRule::Graded {
        assumed_share: 0.5,
        prior: 2.0,
        floor: false,
    };
    Arc::new(WindowWeights::new(vec![stated(&counts, None)], None, rule).unwrap())
}

/// By hand: κ = 12·(0.5/0.5)/6 = 2, so that windows counted (12, 0), (0, 6) and (0, 0) have
/// ρ = 12/(12 + 0 + 4) = ¾, 0 and 0: levels 128 (of 181: 135.75 is below √(128·181) = 152.2), 0, 0. The second form has 12/(12 + 20) = 0.375,
/// level 64 (67.9 is below √(64·91) = 76.3).
#[test]
fn a_small_example_by_hand() {
    let harvest = stated(&[(&[1], 12)], None);
    let background = stated(&[(&[2], 6)], None);
    let rule = |floor| WeightRule::Graded {
        assumed_share: 0.5,
        prior: 4.0,
        floor,
    };
    for (floor, least) in [(false, 0), (true, 1)] {
        let weights =
            WindowWeights::new(vec![harvest.clone()], Some(background.clone()), rule(floor))
                .unwrap();
        assert_eq!(weights.describe().background_scale, Some(2.0));
        let mut levels = [9; 3];
        let windows = [[1], [2], [3]].map(|window| WindowHash::of(&window));
        weights.levels(&windows, &mut levels);
        assert_eq!(
            levels.map(|level| LADDER[level as usize]),
            [128, least, least]
        );

        // Cells 1→2, 2→1, 1→3, 3→1 and again 1→2, which does not count twice.
        let answers = [vec![1, 2, 1, 3, 1, 2]];
        for scheme in SCHEMES {
            let profile = profile(scheme, 1);
            let mark = Mark::new(&profile, &key(1)).unwrap();
            let plan = Plan {
                weights: Some(Arc::new(weights.clone())),
                ..Plan::default()
            };
            let findings = examine(&profile, &[key(1)], plan, &answers);
            let finding = of(&findings, Test::T2);
            let heavy = score(&mark, &[1], 2) + score(&mark, &[1], 3);
            let light = score(&mark, &[2], 1) + score(&mark, &[3], 1);
            let unit = mark.law().unit() as f64;
            let level = |weight: u16, sum: u64| Level {
                weight: i64::from(weight),
                cells: 2,
                mean_score: sum as f64 / unit / 2.0,
            };
            let group = |weight: u16| Group {
                weight: i64::from(weight),
                cells: 2,
            };
            let form = |largest: u16| {
                let sum = u64::from(largest) * heavy + least as u64 * light;
                let groups = [group(largest), group(least)];
                let tail = weighted_upper(mark.law(), &groups, i128::from(sum)).unwrap();
                (tail.log10_p, largest, sum)
            };
            let (first, second) = (form(128), form(64));
            let (log10_p, largest, sum) = if second.0 < first.0 { second } else { first };
            let Found::T2(found) = &finding.found else {
                panic!("it is T2");
            };
            assert_eq!(found.prior, (largest == 64).then_some(20.0));
            assert_eq!(finding.statistic(), sum as f64 / unit);
            assert_eq!(
                finding.levels(),
                [level(least, light), level(largest, heavy)]
            );
            let twice = (log10_p.value() + 2.0_f64.log10()).min(0.0);
            assert!((finding.log10_p.value() - twice).abs() < 1e-12);
            assert_eq!(finding.weights(), Some(WeightSource::Background));
            assert!(of(&findings, Test::T1).weights().is_none());
        }
    }
}

/// By hand, without weights, so that ρ = 0.01; green, so that ψ = ρ·(c − m)/(c + m + 2). The control sample says
/// 1 → 2 three times and 1 → 3 once: P₀ has N = 4 and T = 2, P₀(2) = (3 + 2·0.1)/6 = 0.5333, P₀(3) = 0.2, P₀(4) = 0.0333;
/// after 1 N = 4, T = 2: P(2) = (3 + 2·0.5333)/6 = 0.6778, P(3) = 0.2333, P(4) = 0.0111. The suspect says 1 → 2 once
/// and 1 → 4 four times: n = 5.
#[test]
fn a_small_residual_by_hand() {
    let profile = profile(SCHEMES[2], 1);
    let mark = Mark::new(&profile, &key(1)).unwrap();
    let plan = Plan {
        residual: Some(Expectation::Reference),
        ..Plan::default()
    };
    let mut examination = Examination::new(&profile, &[key(1)], plan).unwrap();
    let pairs =
        |tokens: &[u32]| -> Vec<Vec<u32>> { tokens.iter().map(|&token| vec![1, token]).collect() };
    // Each to a prompt of its own: equal records count once.
    let mut answers = RawCells::new(1);
    for (answer, prompt) in pairs(&[2, 4, 4, 4, 4]).iter().zip(100..) {
        let shown = [vec![prompt]];
        answers.push(answer, Exposure::known(&shown)).unwrap();
    }
    // The last record again.
    answers
        .push(&[1, 4], Exposure::known(&[vec![104]]))
        .unwrap();
    examination.observe(&answers).unwrap();
    examination
        .observe_reference(&raw(&pairs(&[2, 2, 2, 3]), 1))
        .unwrap();
    let findings = examination.finish().unwrap();
    let finding = of(&findings, Test::T2r);

    // 181·0.01·(c − m)/(c + m + 2): 2: c = 1, m = 3.389: −0.677; 3: c = 0, m = 1.167: −0.667; 4: c = 4, m = 0.0556: 1.179.
    let weights: BTreeMap<u32, i64> = [(2, -1), (3, -1), (4, 1)].into();
    let sum: i64 = weights
        .iter()
        .map(|(&token, &weight)| weight * score(&mark, &[1], token) as i64)
        .sum();
    assert_eq!(finding.statistic(), sum as f64);
    assert_eq!(finding.scored, 3);
    let Found::T2r(found) = &finding.found else {
        panic!("{finding:?}")
    };
    let counts = found.counts;
    assert_eq!((counts.produced, counts.reference), (5, 4));
    assert_eq!(counts.identical_answers, 1);
    assert_eq!((counts.above, counts.below), (1, 2));
    assert!(finding.weights().is_none(), "no weights were given");
}

/// A cell of negative weight counts with its score rounded up.
#[test]
fn negative_weights_round_the_gumbel_score_up() {
    let profile = profile(Scheme::GUMBEL, 1);
    let mark = Mark::new(&profile, &key(1)).unwrap();
    let plan = Plan {
        residual: Some(Expectation::Reference),
        ..Plan::default()
    };
    let mut examination = Examination::new(&profile, &[key(1)], plan).unwrap();
    examination.observe(&raw(&vec![vec![1, 2]; 50], 1)).unwrap();
    examination
        .observe_reference(&raw(&vec![vec![1, 3]; 50], 1))
        .unwrap();
    let findings = examination.finish().unwrap();
    let finding = of(&findings, Test::T2r);
    let [below, above] = finding.levels()[..] else {
        panic!("{:?}", finding.levels())
    };
    let (below, above) = if below.weight < 0 {
        (below, above)
    } else {
        (above, below)
    };
    assert!(below.weight < 0 && above.weight > 0);
    let up = score(&mark, &[1], 3) + u64::from(MAX_DEFICIT);
    let sum = above.weight * score(&mark, &[1], 2) as i64 + below.weight * up as i64;
    assert_eq!(finding.statistic(), sum as f64 / mark.law().unit() as f64);
}

type Case = (Vec<Vec<u32>>, Vec<Vec<u32>>, Vec<u32>);

/// Answers, a control sample, and how often the harvest held each window of one token.
fn cases() -> impl Strategy<Value = Case> {
    let documents = || vec(vec(0_u32..10, 0..60), 1..15);
    (documents(), documents(), vec(0_u32..40, 10))
}

fn whole_plan(scheme: Scheme, counts: &[u32], expectation: Expectation) -> Plan {
    let counts = counts.to_vec();
    Plan {
        e_process: scheme.row().family != Family::Tournament,
        weights: Some(graded(move |token| {
            counts[token as usize] + u32::from(token == 0)
        })),
        residual: Some(expectation),
        decoys: 9,
        ..Plan::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The findings are the same bytes however answers and control sample are cut into blocks, in whatever
    /// order the two come, and on any number of threads.
    #[test]
    fn findings_do_not_depend_on_blocks_or_threads(
        (answers, control, counts) in cases(),
        cut in 1_usize..6,
        scheme in 0_usize..4,
        shorter in any::<bool>(),
    ) {
        let expectation = if shorter { Expectation::ShorterWindow } else { Expectation::Reference };
        let profile = profile(SCHEMES[scheme], 1);
        let keys = [key(1), key(2)];
        let run = |cut: usize, threads: usize, control_first: bool| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let plan = whole_plan(SCHEMES[scheme], &counts, expectation);
                let mut examination = Examination::new(&profile, &keys, plan).unwrap();
                for control_now in [control_first, !control_first] {
                    for block in if control_now { &control } else { &answers }.chunks(cut) {
                        if control_now {
                            examination.observe_reference(&raw(block, 1)).unwrap();
                        } else {
                            examination.observe(&raw(block, 1)).unwrap();
                        }
                    }
                }
                serde_json::to_string(&examination.finish().unwrap()).unwrap()
            })
        };
        let whole = run(1000, 1, false);
        prop_assert_eq!(&run(cut, 2, false), &whole);
        prop_assert_eq!(&run(cut, 3, true), &whole);
    }

    /// T1, T2 and T2r do not depend on the order of the answers.
    #[test]
    fn sums_do_not_depend_on_the_order_of_answers(
        (answers, control, counts) in cases(),
        scheme in 0_usize..4,
    ) {
        let profile = profile(SCHEMES[scheme], 1);
        let run = |answers: &[Vec<u32>]| {
            let plan = whole_plan(SCHEMES[scheme], &counts, Expectation::Reference);
            let mut examination = Examination::new(&profile, &[key(1)], plan).unwrap();
            examination.observe(&raw(answers, 1)).unwrap();
            examination.observe_reference(&raw(&control, 1)).unwrap();
            let findings = examination.finish().unwrap();
            [Test::T1, Test::T2, Test::T2r].map(|test| {
                let finding = of(&findings, test);
                (finding.statistic(), finding.log10_p, finding.levels().to_vec())
            })
        };
        let mut turned = answers.clone();
        turned.reverse();
        prop_assert_eq!(run(&turned), run(&answers));
    }

    /// With equal weights T2 is T1: the same p, twice it where two forms of weights were tried, and a multiple of its statistic.
    #[test]
    fn equal_weights_give_t1(answers in vec(vec(0_u32..10, 0..60), 1..15), scheme in 0_usize..4) {
        let profile = profile(SCHEMES[scheme], 1);
        let windows: Vec<[u32; 1]> = (0..10).map(|token| [token]).collect();
        let counts: Vec<(&[u32], u32)> = windows.iter().map(|window| (&window[..], 7)).collect();
        let filter = WindowWeights::new(vec![stated(&counts, None)], None, WeightRule::Filter);
        // ρ is 30/32 or, in the second form, 30/50.
        let both = [(Arc::new(filter.unwrap()), 1.0, 1.0), (graded(|_| 30), 181.0, 128.0)];
        for (weights, first, second) in both {
            let plan = Plan { weights: Some(weights), ..Plan::default() };
            let findings = examine(&profile, &[key(3)], plan, &answers);
            let (plain, weighted) = (of(&findings, Test::T1), of(&findings, Test::T2));
            let Found::T2(found) = &weighted.found else { panic!("it is T2") };
            let forms: f64 = if first == second { 1.0 } else { 2.0 };
            let (p, q) = (plain.log10_p.value() + forms.log10(), weighted.log10_p.value());
            prop_assert!((p.min(0.0) - q).abs() <= 1e-9 + p.abs() * 1e-12, "{p} {q}");
            let weight = if found.prior.is_some() { second } else { first };
            prop_assert_eq!(plain.statistic() * weight, weighted.statistic());
        }
    }

    /// A filter is T1 on the cells whose window the harvest held.
    #[test]
    fn a_filter_is_t1_on_the_harvests_windows(
        answers in vec(vec(0_u32..10, 0..60), 1..15),
        held in vec(any::<bool>(), 10),
        scheme in 0_usize..4,
    ) {
        let profile = profile(SCHEMES[scheme], 1);
        let held: Vec<[u32; 1]> = (0..10).filter(|&t| held[t as usize]).map(|t| [t]).collect();
        prop_assume!(!held.is_empty());
        let counts: Vec<(&[u32], u32)> = held.iter().map(|window| (&window[..], 3)).collect();
        let weights = WindowWeights::new(vec![stated(&counts, None)], None, WeightRule::Filter).unwrap();
        let plan = Plan { weights: Some(Arc::new(weights)), ..Plan::default() };
        let findings = examine(&profile, &[key(1)], plan, &answers);
        let mark = Mark::new(&profile, &key(1)).unwrap();
        let cells: HashSet<[u32; 2]> = answers
            .iter()
            .flat_map(|answer| answer.windows(2))
            .map(|cell| [cell[0], cell[1]])
            .filter(|cell| held.contains(&[cell[0]]))
            .collect();
        let sum: u64 = cells.iter().map(|cell| score(&mark, &cell[..1], cell[1])).sum();
        let p = hallmark_detector::statistic::plain::p_value(mark.law(), cells.len() as u64, sum).unwrap();
        let finding = of(&findings, Test::T2);
        prop_assert_eq!(finding.statistic(), sum as f64 / mark.law().unit() as f64);
        prop_assert!((finding.log10_p.value() - p.value()).abs() < 1e-9);
    }
}

/// Who marked the text that weights come from is told apart for each key, and the tested key's own text warns.
#[test]
fn the_source_of_weights_is_found_out_for_each_key() {
    let profile = profile(Scheme::GUMBEL, 1);
    let ids = [1, 2].map(|byte| key(byte).public_id());
    let answers = [vec![1, 2, 3, 4, 5, 6, 7, 8, 9]];
    let sources = |marked_by: &[Option<PublicId>]| {
        let harvests = marked_by
            .iter()
            .map(|&id| stated(&[(&[1], 5)], id))
            .collect();
        let weights = WindowWeights::new(harvests, None, WeightRule::default()).unwrap();
        let plan = Plan {
            e_process: profile.scheme.row().family != Family::Tournament,
            weights: Some(Arc::new(weights)),
            residual: Some(Expectation::ShorterWindow),
            decoys: 9,
            ..Plan::default()
        };
        let findings = examine(&profile, &[key(1), key(2)], plan, &answers);
        for finding in &findings {
            let weighted = matches!(finding.test(), Test::T2 | Test::T2r | Test::T3);
            assert_eq!(
                finding.weights().is_some(),
                weighted,
                "{:?}",
                finding.test()
            );
            assert_eq!(finding.weighting().is_some(), weighted);
            assert_eq!(
                finding.unproven.contains(&Condition::KeyFreeWeights),
                finding.weights() == Some(WeightSource::SameKey)
            );
        }
        ids.map(|id| {
            let mut own = findings.iter().filter(|f| f.key_id == id.to_string());
            own.find_map(Finding::weights).unwrap()
        })
    };
    use WeightSource::{Background, OtherKeys, SameKey};
    assert_eq!(sources(&[None]), [Background, Background]);
    assert_eq!(sources(&[Some(ids[1])]), [OtherKeys, SameKey]);
    assert_eq!(
        sources(&[Some(ids[0]), None, Some(ids[1])]),
        [SameKey, SameKey]
    );
    let third = key(3).public_id();
    assert_eq!(sources(&[None, Some(third)]), [OtherKeys, OtherKeys]);
}

#[test]
fn weights_that_mean_nothing_are_refused() {
    let harvest = || vec![stated(&[(&[1], 5)], None)];
    let rule = |assumed_share, prior| WeightRule::Graded {
        assumed_share,
        prior,
        floor: false,
    };
    let error = |harvests, background, rule| WindowWeights::new(harvests, background, rule).err();
    assert_eq!(
        error(vec![], None, WeightRule::Filter),
        Some(WeightsError::NoHarvest)
    );
    let empty = || stated(&[(&[1], 0)], None);
    assert_eq!(
        error(vec![empty()], None, WeightRule::Filter),
        Some(WeightsError::NoHarvest)
    );
    assert_eq!(
        error(harvest(), Some(empty()), WeightRule::default()),
        Some(WeightsError::NoBackground)
    );
    assert_eq!(
        error(
            harvest(),
            Some(stated(&[(&[1, 2], 5)], None)),
            WeightRule::Filter
        ),
        Some(WeightsError::Window { first: 1, other: 2 })
    );
    for share in [0.0, 1.0, -1.0, f64::NAN] {
        let found = error(harvest(), None, rule(share, 1.0));
        assert!(matches!(found, Some(WeightsError::Share { .. })), "{share}");
    }
    for prior in [-1.0, f64::INFINITY, f64::NAN] {
        let found = error(harvest(), None, rule(0.1, prior));
        assert!(matches!(found, Some(WeightsError::Prior { .. })), "{prior}");
    }
    let plan = Plan {
        weights: Some(Arc::new(
            WindowWeights::new(harvest(), None, WeightRule::Filter).unwrap(),
        )),
        ..Plan::default()
    };
    let refused = Examination::new(&profile(Scheme::GUMBEL, 2), &[key(1)], plan).err();
    assert!(matches!(
        refused,
        Some(ExaminationError::Window {
            window: 2,
            other: 1
        })
    ));
}

/// No cells, or none with a weight: p = 1 everywhere.
#[test]
fn without_weight_every_p_value_is_one() {
    for scheme in SCHEMES {
        for answers in [vec![vec![1]], vec![vec![7, 8, 9, 8, 7]]] {
            let weights = WindowWeights::new(
                vec![stated(&[(&[1], 5)], None)],
                None,
                WeightRule::default(),
            );
            let plan = Plan {
                e_process: scheme.row().family != Family::Tournament,
                weights: Some(Arc::new(weights.unwrap())),
                residual: Some(Expectation::Reference),
                ..Plan::default()
            };
            let findings = examine(&profile(scheme, 1), &[key(1)], plan, &answers);
            for finding in findings.iter().filter(|finding| finding.test() != Test::T1) {
                assert_eq!(finding.log10_p.value(), 0.0, "{:?}", finding.test());
            }
        }
    }
}
