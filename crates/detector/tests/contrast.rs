//! T6 against exact values, its laws, and innocent keys.
//!
//! False alarms: seeds are fixed, so a passing test passes always. Over seeds each bound of a simulation is five binomial standard
//! deviations from its mean (about 3e-7 each); there are about 40 of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::law::Law;
use hallmark_core::profile::Profile;
use hallmark_core::score;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{ContrastMeasure, Found, Test};
use hallmark_detector::statistic::contrast::Paired;
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const HALF: u32 = 1 << 31;
const GREEN: Law = Law::Bernoulli { threshold: HALF };

/// Two words whose scores differ by so many steps (green cells, one bits, sixteenths of a nat).
fn words_apart(law: Law, steps: i64) -> (u32, u32) {
    let high = match law {
        Law::Bernoulli { .. } => [u32::MAX, 0][steps.unsigned_abs() as usize],
        Law::Bits { .. } => (1 << steps.unsigned_abs()) - 1,
        Law::Exponential => {
            let share = -(-(steps.unsigned_abs() as f64) / 16.0).exp_m1();
            (share * 4_294_967_296.0) as u32
        }
    };
    let low = if matches!(law, Law::Bernoulli { .. }) {
        u32::MAX
    } else {
        0
    };
    if steps < 0 { (low, high) } else { (high, low) }
}

fn paired(law: Law, steps: &[i64]) -> Paired {
    let mut pair = Paired::new(law);
    for &steps in steps {
        let (own, other) = words_apart(law, steps);
        pair.add(&[own], &[other]);
    }
    pair
}

fn most(trials: usize, alpha: f64) -> f64 {
    let n = trials as f64;
    n * alpha + 5.0 * (n * alpha * (1.0 - alpha)).sqrt()
}

fn assert_super_uniform(log10_p: &[f64]) {
    for alpha in [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75] {
        let hits = log10_p.iter().filter(|&&p| p <= f64::log10(alpha)).count();
        assert!(
            hits as f64 <= most(log10_p.len(), alpha),
            "{hits} of {} p-values at or below {alpha}",
            log10_p.len()
        );
    }
}

#[test]
fn sign_flip_tails_bound_exact_convolutions() {
    let (mut cases, mut worst) = (0, 0.0_f64);
    let table = include_str!("../vectors/contrast.tsv");
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = row.split('\t').collect();
        let law = match cells[0] {
            "green" => GREEN,
            "tournament" => Law::Bits { layers: 6 },
            _ => Law::Exponential,
        };
        let steps: Vec<i64> = cells[1].split(',').map(|n| n.parse().unwrap()).collect();
        let pair = paired(law, &steps);
        let p = pair.p_value().unwrap().value();
        let up: f64 = cells[2].parse().unwrap();
        assert!(p >= up, "{p} below the truth {up}: {row}");
        worst = worst.max(p - up);
        let total: i64 = steps.iter().sum();
        let unit = if law == Law::Exponential { 16.0 } else { 1.0 };
        assert!(
            (pair.statistic() - total as f64 / unit).abs() < 1e-12,
            "{row}"
        );
        cases += 1;
    }
    println!("{cases} cases, at most {worst} decades above the exact value");
    assert!(cases >= 70, "{cases}");
    assert!(worst <= 0.01, "{worst}");
}

/// The interval of the ratio is the ratio times and over the Beta quantile's odds.
#[test]
fn the_ratio_interval_is_the_beta_pivot() {
    let table = include_str!("../vectors/ratio.tsv");
    let mut cases = 0;
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let numbers: Vec<f64> = row.split('\t').map(|n| n.parse().unwrap()).collect();
        let [cells, alpha, odds] = numbers[..] else {
            panic!("{row}")
        };
        if cells < 25.0 {
            continue;
        }
        let words = vec![3_000_000_000_u32; cells as usize];
        let mut pair = Paired::new(Law::Exponential);
        pair.add(&words, &words);
        let effect = pair.effect(alpha, 1).unwrap().unwrap();
        assert_eq!(effect.measure, ContrastMeasure::MeanScoreRatio);
        assert!((effect.value - 1.0).abs() < 1e-12);
        let (low, high) = (effect.interval.low, effect.interval.high);
        assert!(
            low <= 1.0 / odds && low >= 1.0 / odds * (1.0 - 1e-5),
            "{low} {row}"
        );
        assert!(high >= odds && high <= odds * (1.0 + 1e-5), "{high} {row}");
        cases += 1;
    }
    assert!(cases >= 6, "{cases}");
}

fn profile(scheme: &str) -> Profile {
    let extra = match scheme {
        "green" => "[green]\ngamma = 0.25\ndelta = 2.0",
        "tournament" => "[tournament]\nlayers = 10",
        _ => "",
    };
    Profile::parse(&format!(
        "hallmark = 1\nname = \"t\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 1\n[tokenizer]\nvocab_size = 4096\n{extra}\n"
    ))
    .unwrap()
}

fn raw(tokens: u32) -> RawCells {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let answer: Vec<u32> = (0..tokens).map(|_| rng.next_u32() % 4096).collect();
    let mut raw = RawCells::new(1);
    raw.push(&answer, Exposure::NOTHING).unwrap();
    raw
}

fn distinct(raw: &RawCells) -> u64 {
    let mut dedup = DedupKind::Exact.build(1);
    raw.fresh().distinct(&mut *dedup).unwrap().len() as u64
}

fn key(number: u32) -> Key {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    Key::from(CohortKey::from_bytes(bytes))
}

/// 800 pairs of random keys on one innocent text, for each scheme.
#[test]
fn p_values_of_innocent_pairs_are_super_uniform() {
    let raw = raw(600);
    let cells = distinct(&raw);
    for scheme in ["green", "tournament", "gumbel", "dual-gumbel"] {
        let profile = profile(scheme);
        let mut all = vec![];
        // 800 keys against 800 others, in forty squares of 20 tested keys and one control each.
        for square in 0..40 {
            let tested: Vec<Key> = (40 * square..40 * square + 20).map(key).collect();
            let plan = Plan {
                controls: vec![key(40 * square + 20)],
                ..Plan::default()
            };
            let mut examination = Examination::new(&profile, &tested, plan).unwrap();
            examination.observe(&raw).unwrap();
            let findings = examination.finish().unwrap();
            let contrasts = findings.iter().filter(|finding| finding.test() == Test::T6);
            let before = all.len();
            all.extend(contrasts.map(|finding| {
                assert_eq!(finding.scored, cells);
                finding.log10_p.value()
            }));
            assert_eq!(all.len(), before + 20);
        }
        // Twenty p-values share a control and are dependent: five standard deviations are widened to eight.
        for alpha in [0.01, 0.05, 0.25, 0.5] {
            let hits = all.iter().filter(|&&p| p <= f64::log10(alpha)).count() as f64;
            let n = all.len() as f64;
            assert!(
                hits <= n * alpha + 8.0 * (n * alpha * (1.0 - alpha)).sqrt(),
                "{scheme}: {hits} of {n} at {alpha}"
            );
        }
    }
}

/// A text that depends on **both** keys as much, cell by cell through "green under one or the other": the two sums are then
/// negatively associated. T6 keeps its level, the two-sample test of the sums does not.
#[test]
fn equal_dependence_on_both_keys_is_no_finding() {
    let mut rng = ChaCha12Rng::seed_from_u64(2);
    let (streams, cells) = (2_000, 300);
    let (mut ours, mut two_sample) = (vec![], 0);
    for _ in 0..streams {
        let mut pair = Paired::new(GREEN);
        let (mut own, mut other) = (0.0, 0.0);
        for _ in 0..cells {
            let (a, b) = loop {
                let drawn = (rng.next_u32(), rng.next_u32());
                if drawn.0 < HALF || drawn.1 < HALF {
                    break drawn;
                }
            };
            pair.add(&[a], &[b]);
            own += f64::from(u8::from(a < HALF));
            other += f64::from(u8::from(b < HALF));
        }
        ours.push(pair.p_value().unwrap().value());
        // The pooled two-sample z, which the hypergeometric law approaches.
        let n = f64::from(cells);
        let rate = (own + other) / (2.0 * n);
        let z = (own - other) / (2.0 * n * rate * (1.0 - rate)).sqrt();
        two_sample += usize::from(z > 1.645);
    }
    assert_super_uniform(&ours);
    println!("two-sample test at 0.05: {two_sample} of {streams}");
    assert!(two_sample as f64 > most(streams, 0.05), "{two_sample}");
}

/// Gumbel scores of cells with very different lifts, the same under both keys.
#[test]
fn equal_lifts_that_differ_between_cells_are_no_finding() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let p: Vec<f64> = (0..2_000)
        .map(|_| {
            let mut pair = Paired::new(Law::Exponential);
            for cell in 0..200 {
                let lift = if cell % 10 == 0 { 0.2 } else { 1.0 };
                let mut word = || {
                    let u = (f64::from(rng.next_u32()) + 0.5) / 4_294_967_296.0;
                    (u.powf(lift) * 4_294_967_296.0) as u32
                };
                let (a, b) = (word(), word());
                pair.add(&[a], &[b]);
            }
            pair.p_value().unwrap().value()
        })
        .collect();
    assert_super_uniform(&p);
    let half = p.iter().filter(|&&p| p <= f64::log10(0.05)).count();
    // Not empty either: at least half of the nominal share.
    assert!(half >= 50, "{half}");
}

/// 2,000 cells of which a tenth is lifted under the tested key only. The bounds are five standard deviations or more away.
#[test]
fn dependence_on_the_tested_key_only_is_found() {
    let mut rng = ChaCha12Rng::seed_from_u64(4);
    let (mut gumbel, mut green) = (Paired::new(Law::Exponential), Paired::new(GREEN));
    for cell in 0..6_000 {
        let mut word = rng.next_u32();
        if cell % 5 == 0 {
            word = word
                .max(rng.next_u32())
                .max(rng.next_u32())
                .max(rng.next_u32());
        }
        let control = rng.next_u32();
        gumbel.add(&[word], &[control]);
        green.add(&[!word], &[control]);
    }
    for (pair, null) in [(&gumbel, 1.0), (&green, 0.0)] {
        let p = pair.p_value().unwrap().value();
        assert!(p < -8.0, "{p}");
        let effect = pair.effect(0.05, 4).unwrap().unwrap();
        assert!(effect.interval.low > null && effect.value < effect.interval.high);
        assert!(effect.value > effect.interval.low);
        assert!(effect.smallest_visible > null);
    }
}

#[test]
fn a_key_against_itself_is_no_contrast() {
    let plan = Plan {
        controls: vec![key(1), key(2)],
        ..Plan::default()
    };
    let mut examination = Examination::new(&profile("gumbel"), &[key(1)], plan).unwrap();
    examination.observe(&raw(100)).unwrap();
    let findings = examination.finish().unwrap();
    let controls: Vec<&str> = findings
        .iter()
        .filter_map(|finding| match &finding.found {
            Found::T6(found) => Some(found.control_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(controls, [key(2).public_id().to_string()]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Swapping the keys: the two p-values sum to at least 1, and the interval is mirrored.
    #[test]
    fn swapping_the_keys_mirrors_the_result(
        words in proptest::collection::vec((any::<u32>(), any::<u32>()), 30..200),
        scheme in 0usize..3,
    ) {
        let law = [GREEN, Law::Bits { layers: 5 }, Law::Exponential][scheme];
        let (own, other): (Vec<u32>, Vec<u32>) = words.into_iter().unzip();
        let (mut there, mut back) = (Paired::new(law), Paired::new(law));
        there.add(&own, &other);
        back.add(&other, &own);
        let p = |pair: &Paired| 10.0_f64.powf(pair.p_value().unwrap().value());
        prop_assert!(p(&there) + p(&back) >= 1.0);
        prop_assert_eq!(there.statistic(), -back.statistic());
        prop_assert_eq!(there.discordant(), back.discordant());
        let (a, b) = (
            there.effect(0.05, 1).unwrap().unwrap(),
            back.effect(0.05, 1).unwrap().unwrap(),
        );
        if law == Law::Exponential {
            prop_assert!((a.interval.low * b.interval.high - 1.0).abs() < 1e-4);
        } else {
            prop_assert!((a.interval.low + b.interval.high).abs() < 1e-9);
        }
        prop_assert!(a.interval.low <= a.value && a.value <= a.interval.high);
    }

    /// A cell that turns to the tested key never raises p.
    #[test]
    fn a_cell_that_turns_lowers_p(steps in proptest::collection::vec(-5i64..=5, 1..60), at in any::<prop::sample::Index>()) {
        for law in [Law::Bits { layers: 6 }, Law::Exponential] {
            let before = paired(law, &steps).p_value().unwrap();
            let mut turned = steps.clone();
            let cell = &mut turned[at.index(steps.len())];
            *cell = cell.abs();
            let after = paired(law, &turned).p_value().unwrap();
            // Each is a bound, tight to a few per cent where it is not exact.
            prop_assert!(after.value() <= before.value() + 0.05, "{:?} {:?}", before, after);
        }
    }

    /// The result does not depend on how cells are cut into calls.
    #[test]
    fn pairs_add_up(words in proptest::collection::vec((any::<u32>(), any::<u32>()), 0..200), cut in 0usize..200) {
        let (own, other): (Vec<u32>, Vec<u32>) = words.into_iter().unzip();
        let cut = cut.min(own.len());
        for law in [GREEN, Law::Bits { layers: 32 }, Law::Exponential] {
            let (mut whole, mut parts) = (Paired::new(law), Paired::new(law));
            whole.add(&own, &other);
            parts.add(&own[cut..], &other[cut..]);
            parts.add(&own[..cut], &other[..cut]);
            prop_assert_eq!(&whole, &parts);
            let sum: u64 = own.iter().map(|&w| u64::from(law.score(w))).sum();
            prop_assert!(law != Law::Exponential || sum == score::sum_exponential(&own));
        }
    }
}
