//! T8 against exact values, its laws, and innocent words.
//!
//! False alarms: seeds are fixed, so a passing test passes always. Over seeds each bound of a simulation is five binomial standard
//! deviations from its mean (about 3e-7 each); there are about 25 of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::score;
use hallmark_detector::statistic::shape::{MOST, Shape, shape_p_value};
use hallmark_detector::tail::gamma_upper;
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const ONE: f64 = 4_294_967_296.0;

#[test]
fn p_is_the_crossing_probability() {
    let (mut cases, mut worst) = (0, 0.0_f64);
    let table = include_str!("../vectors/shape.tsv");
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let numerators: Vec<u64> = columns[1].split(',').map(|n| n.parse().unwrap()).collect();
        let finding = shape_p_value(columns[0].parse().unwrap(), &numerators).unwrap();
        let (smallest, up): (f64, f64) = (columns[2].parse().unwrap(), columns[3].parse().unwrap());
        assert!((finding.log10_smallest - smallest).abs() < 1e-8, "{row}");
        let p = finding.log10_p.value();
        assert!(p >= up, "{p} below the truth {up}: {row}");
        worst = worst.max(p - up);
        cases += 1;
    }
    println!("{cases} cases, at most {worst:e} decades above the exact value");
    assert!(cases >= 36 && worst < 2e-9, "{cases} {worst}");
}

fn finding_of(words: &[u32]) -> f64 {
    let mut shape = Shape::new();
    shape.observe(words);
    shape.finding().unwrap().log10_p.value()
}

/// The order statistics of `cells` uniforms as exponential spacings (Rényi 1953): the K smallest without the rest.
fn smallest(rng: &mut ChaCha12Rng, cells: u64, kept: usize) -> Vec<u64> {
    let mut sum = 0.0;
    (0..kept as u64)
        .map(|i| {
            let uniform = (f64::from(rng.next_u32()) + 0.5) / ONE;
            sum -= uniform.ln() / (cells - i) as f64;
            // From above, as the lattice of words has it.
            ((-(-sum).exp_m1() * ONE).ceil() as u64).clamp(1, 1 << 32)
        })
        .collect()
}

/// p is not only valid but exact: at each α the share of p ≤ α is within five standard deviations of α.
#[test]
fn p_values_of_innocent_words_are_uniform() {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let settings: [(u64, usize, usize); 3] = [
        (800, 40, 3_000),
        (20_000, 1_000, 250),
        (50_000_000, 300, 1_000),
    ];
    for (cells, kept, trials) in settings {
        let p: Vec<f64> = (0..trials)
            .map(|_| {
                let numerators = smallest(&mut rng, cells, kept);
                shape_p_value(cells, &numerators).unwrap().log10_p.value()
            })
            .collect();
        for alpha in [0.01, 0.05, 0.2, 0.5] {
            let hits = p.iter().filter(|&&p| p <= f64::log10(alpha)).count() as f64;
            let n = trials as f64;
            let width = 5.0 * (n * alpha * (1.0 - alpha)).sqrt();
            assert!(
                (hits - n * alpha).abs() <= width,
                "{cells}: {hits} of {n} at {alpha}"
            );
        }
    }
}

/// Words on a coarse lattice, with many ties: p only grows.
#[test]
fn coarse_words_make_p_larger_not_smaller() {
    let mut rng = ChaCha12Rng::seed_from_u64(2);
    let hits = (0..2_000)
        .filter(|_| {
            let words: Vec<u32> = (0..600).map(|_| rng.next_u32() & 0xff00_0000).collect();
            finding_of(&words) <= f64::log10(0.05)
        })
        .count();
    assert!(hits as f64 <= 100.0 + 5.0 * 95.0_f64.sqrt(), "{hits}");
}

/// Twelve strong cells among 20,000 (fewer than one is expected): T8 sees them and T1 does not. T1's z is 0.9 ± 1, so that it
/// falls below the bound for one seed in a thousand; T8's p is below 1e-12 whatever the other cells are.
#[test]
fn few_strong_traces_are_seen_where_the_sum_is_ordinary() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let mut words: Vec<u32> = (0..20_000).map(|_| rng.next_u32()).collect();
    for word in &mut words[..12] {
        *word = u32::MAX - (rng.next_u32() >> 16);
    }
    let sum = score::sum_exponential(&words);
    let plain = gamma_upper(20_000, sum).unwrap().value();
    let shape = finding_of(&words);
    println!("T1 {plain}, T8 {shape}");
    assert!(plain > -4.5 && shape < -12.0, "{plain} {shape}");
}

#[test]
fn without_cells_p_is_one() {
    let finding = Shape::new().finding().unwrap();
    assert_eq!(finding.log10_p.value(), 0.0);
    assert!(finding.strongest.is_none());
    assert!(shape_p_value(2, &[1, 2, 3]).is_err());
    assert_eq!(shape_p_value(5, &[1 << 32]).unwrap().log10_p.value(), 0.0);
}

/// Evidence beyond every recursion: p goes on to fall with the union bound.
#[test]
fn strong_evidence_has_no_floor() {
    let finding = shape_p_value(100_000_000, &vec![1; 4_000]).unwrap();
    assert!(finding.log10_p.value() < -15_000.0, "{:?}", finding.log10_p);
    assert!(finding.log10_p.value() - finding.log10_smallest < 1.7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn neither_order_nor_cuts_matter(mut words in proptest::collection::vec(any::<u32>(), 1..9_000), cut in any::<prop::sample::Index>()) {
        let mut whole = Shape::new();
        whole.observe(&words);
        let cut = cut.index(words.len());
        words.reverse();
        let (mut left, mut right) = (Shape::new(), Shape::new());
        left.observe(&words[..cut]);
        right.observe(&words[cut..]);
        left.merge(&right);
        prop_assert_eq!(whole.finding().unwrap(), left.finding().unwrap());
        // By definition: the largest twentieth.
        words.sort_unstable();
        let kept = (words.len() / 20).clamp(1, MOST);
        let numerators: Vec<u64> = words.iter().rev().take(kept).map(|&w| (1 << 32) - u64::from(w)).collect();
        prop_assert_eq!(whole.finding().unwrap(), shape_p_value(words.len() as u64, &numerators).unwrap());
    }

    /// A larger word never raises p by more than the bound's tolerance.
    #[test]
    fn larger_words_lower_p(words in proptest::collection::vec(any::<u32>(), 20..400), at in any::<prop::sample::Index>(), more in any::<u32>()) {
        let mut larger = words.clone();
        let word = &mut larger[at.index(words.len())];
        *word = word.saturating_add(more);
        prop_assert!(finding_of(&larger) <= finding_of(&words) + 1e-8);
    }

    /// p is between the smallest level and that level times the number of ranks.
    #[test]
    fn p_lies_between_the_smallest_level_and_the_union(seed in any::<u64>(), kept in 1usize..120) {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let numerators = smallest(&mut rng, 3_000, kept);
        let finding = shape_p_value(3_000, &numerators).unwrap();
        let p = finding.log10_p.value();
        prop_assert!(p >= finding.log10_smallest - 1e-9);
        prop_assert!(p <= finding.log10_smallest + 50.0_f64.log10());
    }
}
