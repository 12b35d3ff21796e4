//! Null simulations: p-values of innocent words are uniform or above, e-processes stay small, and peeking
//! breaks the one and not the other.
//!
//! False alarms of these tests: seeds are fixed, so a passing test passes always. Over seeds, each bound below is
//! five binomial standard deviations from its mean (at most 3e-7 each by the normal law, below 1e-5
//! with the discreteness of counts; about 40 bounds, so below 4e-4 in all).

use hallmark_core::score;
use hallmark_detector::eprocess::{GreenEProcess, GumbelEProcess, GumbelSums};
use hallmark_detector::tail::{binomial_upper, binomial_upper_mid, gamma_upper};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const QUARTER: u32 = 1 << 30;
const WORDS: f64 = 4_294_967_296.0;

fn words(rng: &mut ChaCha12Rng, cells: usize) -> Vec<u32> {
    (0..cells).map(|_| rng.next_u32()).collect()
}

fn greens(rng: &mut ChaCha12Rng, cells: u64) -> u64 {
    (0..cells).filter(|_| rng.next_u32() < QUARTER).count() as u64
}

/// At most α·n + 5√(n·α(1−α)) of n trials.
fn most(trials: usize, alpha: f64) -> f64 {
    let n = trials as f64;
    n * alpha + 5.0 * (n * alpha * (1.0 - alpha)).sqrt()
}

fn assert_super_uniform(log10_p: &[f64]) {
    for alpha in [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9] {
        let hits = log10_p.iter().filter(|&&p| p <= f64::log10(alpha)).count() as f64;
        assert!(
            hits <= most(log10_p.len(), alpha),
            "{hits} p-values below {alpha}"
        );
    }
}

#[test]
fn green_p_values_of_innocent_words_are_super_uniform() {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let counts: Vec<u64> = (0..4_000).map(|_| greens(&mut rng, 150)).collect();
    let exact: Vec<f64> = counts
        .iter()
        .map(|&s| binomial_upper(150, s, QUARTER).unwrap().value())
        .collect();
    assert_super_uniform(&exact);
    // The mid-p's mean is ½ (its sd is below 0.289), which the exact p's exceeds.
    let mean =
        |logs: &mut dyn Iterator<Item = f64>| logs.map(|l| 10.0_f64.powf(l)).sum::<f64>() / 4_000.0;
    let mid = mean(
        &mut counts
            .iter()
            .map(|&s| binomial_upper_mid(150, s, QUARTER).unwrap().mid_value()),
    );
    assert!(
        (mid - 0.5).abs() < 5.0 * 0.289 / 4_000.0_f64.sqrt(),
        "{mid}"
    );
    assert!(mean(&mut exact.into_iter()) > mid);
}

#[test]
fn gumbel_p_values_of_innocent_words_are_uniform() {
    let mut rng = ChaCha12Rng::seed_from_u64(2);
    let p: Vec<f64> = (0..4_000)
        .map(|_| {
            let sum = score::sum_exponential(&words(&mut rng, 100));
            gamma_upper(100, sum).unwrap().value()
        })
        .collect();
    assert_super_uniform(&p);
    // The law is continuous but for the rounding, so no smaller p-values are missing either.
    for alpha in [0.01, 0.1, 0.5] {
        let hits = p.iter().filter(|&&p| p <= f64::log10(alpha)).count() as f64;
        assert!(
            4_000.0 * alpha * 2.0 - most(4_000, alpha) <= hits,
            "{hits} below {alpha}"
        );
    }
}

/// 600 innocent streams of 3,000 cells, a look after every 60.
#[test]
fn peeking_breaks_the_fixed_p_value_and_not_the_e_process() {
    let (streams, looks, chunk) = (600, 50, 60);
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let (mut fixed_fooled, mut last_fooled, mut e_fooled) = (0, 0, 0);
    for _ in 0..streams {
        let mut process = GreenEProcess::new(QUARTER).unwrap();
        let mut smallest = 0.0_f64;
        let mut last = 0.0;
        for _ in 0..looks {
            process.observe(greens(&mut rng, chunk), chunk).unwrap();
            last = binomial_upper(process.cells(), process.green(), QUARTER)
                .unwrap()
                .value();
            smallest = smallest.min(last);
        }
        fixed_fooled += usize::from(smallest <= f64::log10(0.05));
        last_fooled += usize::from(last <= f64::log10(0.05));
        e_fooled += usize::from(process.p_value().value() <= f64::log10(0.05));
    }
    println!(
        "of {streams}: best look {fixed_fooled}, last look {last_fooled}, e-process {e_fooled}"
    );
    // A fixed look keeps its 5%, the best of fifty does not.
    assert!(last_fooled as f64 <= most(streams, 0.05));
    assert!(
        fixed_fooled as f64 > 2.0 * most(streams, 0.05),
        "{fixed_fooled}"
    );
    assert!(e_fooled as f64 <= most(streams, 0.05));
    assert!(
        e_fooled < last_fooled,
        "Ville's bound is not tight here: {e_fooled} {last_fooled}"
    );
}

/// P(sup E ≥ 20) ≤ 0.05 for both processes, looking after every 20 cells, of 2,000.
#[test]
fn suprema_of_innocent_streams_obey_ville() {
    let streams = 400;
    let mut rng = ChaCha12Rng::seed_from_u64(4);
    let (mut green_over, mut gumbel_over) = (0, 0);
    for _ in 0..streams {
        let mut green = GreenEProcess::new(QUARTER).unwrap();
        let mut gumbel = GumbelEProcess::new();
        for _ in 0..100 {
            let words = words(&mut rng, 20);
            let count = words.iter().filter(|&&w| w < QUARTER).count() as u64;
            green.observe(count, 20).unwrap();
            gumbel.observe(GumbelSums::of_words(&words)).unwrap();
        }
        green_over += usize::from(green.sup_log10_e().value() >= f64::log10(20.0));
        gumbel_over += usize::from(gumbel.sup_log10_e().value() >= f64::log10(20.0));
    }
    println!("sup E >= 20 of {streams}: green {green_over}, gumbel {gumbel_over}");
    assert!(green_over as f64 <= most(streams, 0.05));
    assert!(gumbel_over as f64 <= most(streams, 0.05));
}

/// What a trained student shows: 2% of the cells have scores from 6 to 10, the others are null.
///
/// False alarm: a stream's E reaches 10⁴ unless its mean score (1.14 ± 0.016) is below 1.06, five standard deviations; that of
/// the powers alone stays below unless the mean of −ln U (0.98 ± 0.011) is below 0.945, three. As each may fail in two
/// of 20 streams, below 1e-5 in all, by the normal law.
#[test]
fn few_large_scores_are_found_by_the_tilts_and_not_by_the_powers() {
    let (streams, cells) = (20, 8_000);
    let mut rng = ChaCha12Rng::seed_from_u64(6);
    let (mut found, mut found_by_powers, mut log10_e) = (0, 0, Vec::new());
    for _ in 0..streams {
        let mut words = words(&mut rng, cells);
        for word in &mut words {
            if rng.next_u32() < (0.02 * WORDS) as u32 {
                let score = 6.0 + 4.0 * f64::from(rng.next_u32()) / WORDS;
                *word = (WORDS * (1.0 - (-score).exp())) as u32;
            }
        }
        let mut sums = GumbelSums::of_words(&words);
        let both = GumbelEProcess::new().observe(sums).unwrap().value();
        // Without scores no tilt exceeds 1, so ½·powers ≤ E ≤ ½·powers + ½.
        sums.score = 0;
        let powers = GumbelEProcess::new().observe(sums).unwrap().value() + f64::log10(2.0);
        found += usize::from(both >= 4.0);
        found_by_powers += usize::from(powers >= 4.0);
        log10_e.push((both, powers));
    }
    log10_e.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("log10 E, and of the powers alone: {log10_e:.1?}");
    assert!(found >= streams - 2, "{found} of {streams}");
    assert!(found_by_powers <= 2, "{found_by_powers} of {streams}");
}

/// The confidence sequence misses the true rate at any of 40 looks in at most 10% of the streams.
#[test]
fn confidence_sequence_covers_at_all_looks_at_once() {
    let streams = 300;
    let mut rng = ChaCha12Rng::seed_from_u64(5);
    let truth = 0.3;
    let bar = (truth * WORDS) as u32;
    let mut missed = 0;
    for _ in 0..streams {
        let mut process = GreenEProcess::new(QUARTER).unwrap();
        let mut inside = true;
        for _ in 0..40 {
            let count = (0..50).filter(|_| rng.next_u32() < bar).count() as u64;
            process.observe(count, 50).unwrap();
            let interval = process.confidence_sequence(0.1).unwrap();
            inside &= interval.low <= truth && truth <= interval.high;
        }
        missed += usize::from(!inside);
    }
    println!("missed by {missed} of {streams}");
    assert!(missed as f64 <= most(streams, 0.1), "{missed}");
}
