//! Randomness that depends on the request's seed and the answer so far, and on nothing else.

/// In [0, 1), from 53 bits of a mix of the seed and every token of the answer. Each round is the finaliser of `SplitMix64`
/// (Steele, Lea and Flood 2014).
pub(crate) fn uniform(seed: u64, answer: &[u32]) -> f64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let start = mix(seed.wrapping_add(STEP));
    let mixed = answer.iter().fold(start, |state, &token| {
        mix(state.wrapping_add(STEP) ^ u64::from(token))
    });
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_by_seed_and_answer_and_are_evenly_spread() {
        assert_eq!(uniform(1, &[4, 5]), uniform(1, &[4, 5]));
        assert_ne!(uniform(1, &[4, 5]), uniform(2, &[4, 5]));
        assert_ne!(uniform(1, &[4, 5]), uniform(1, &[5, 4]));
        let mean = (0..10_000)
            .map(|token| uniform(3, &[7, token]))
            .sum::<f64>()
            / 10_000.0;
        // Six standard deviations of the mean: it fails by chance with probability 2e-9, and the numbers are fixed.
        assert!(
            (mean - 0.5).abs() < 6.0 / (12.0f64 * 10_000.0).sqrt(),
            "{mean}"
        );
    }
}
