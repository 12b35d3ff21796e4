//! Weighted tails on innocent words: p is super-uniform, and hardly more.
//!
//! Every test draws from a fixed seed, so it gives the same answer each time; a fresh seed would fail a correct
//! build with a probability of at most 2e-6 for each of its checks (a binomial tail below 1e-6 on either side).

use hallmark_core::law::Law;
use hallmark_core::score::MAX_DEFICIT;
use hallmark_detector::tail::{Group, binomial_upper, group_weights, weighted_upper};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const RUNS: u64 = 1500;

/// Signed, uneven weights of 160 cells.
fn weights() -> Vec<i32> {
    (0..160).map(|k| (k * 7 % 11 - 4) * (1 + k % 2)).collect()
}

/// The statistic as a caller computes it.
fn sum(law: Law, weights: &[i32], random: &mut ChaCha8Rng) -> i128 {
    weights
        .iter()
        .map(|&weight| {
            let mut score = law.score(random.next_u32());
            if law == Law::Exponential && weight < 0 {
                score += MAX_DEFICIT;
            }
            i128::from(weight) * i128::from(score)
        })
        .sum()
}

#[expect(clippy::unwrap_used, reason = "the inputs of this check are valid")]
fn assert_super_uniform(law: Law) {
    let weights = weights();
    let groups: Vec<Group> = group_weights(&weights).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let ps: Vec<f64> = (0..RUNS)
        .map(|_| {
            let tail = weighted_upper(law, &groups, sum(law, &weights, &mut random)).unwrap();
            10_f64.powf(tail.log10_p.value())
        })
        .collect();
    for alpha in [0.5, 0.2, 0.05, 0.01, 0.001] {
        let rejected = ps.iter().filter(|&&p| p <= alpha).count() as u64;
        let level = (alpha * 4_294_967_296.0) as u32;
        let often = binomial_upper(RUNS, rejected, level).unwrap();
        assert!(
            often.value() > -6.0,
            "{law:?}: {rejected} of {RUNS} at {alpha}"
        );
        // The same from the other side, against two thirds of the level: the bound must not be idle.
        let kept = binomial_upper(RUNS, RUNS - rejected, u32::MAX - level / 3 * 2).unwrap();
        assert!(
            kept.value() > -6.0,
            "{law:?}: only {rejected} of {RUNS} at {alpha}"
        );
    }
}

#[test]
fn green_p_is_super_uniform() {
    assert_super_uniform(Law::Bernoulli { threshold: 1 << 30 });
}

#[test]
fn tournament_p_is_super_uniform() {
    assert_super_uniform(Law::Bits { layers: 5 });
}

#[test]
fn gumbel_p_is_super_uniform() {
    assert_super_uniform(Law::Exponential);
}
