//! The draw itself.

use hallmark_verify::digest::{hexadecimal, sha256};
use hallmark_verify::formats::KeyRole;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of a draw's seed.
pub const SEED_BYTES: usize = 32;

/// A cohort that units may fall into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: KeyRole,
    /// Its weight: units fall into it in proportion. 0 for public text, decoys, and accounts that are named.
    pub weight: u32,
}

/// A draw: its seed and the cohorts.
pub struct Draw<'a> {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    cohorts: &'a [Cohort],
    all: u64,
}

impl fmt::Debug for Draw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draw")
            .field("cohorts", &self.cohorts)
            .finish_non_exhaustive()
    }
}

impl<'a> Draw<'a> {
    /// The name of the method.
    pub const METHOD: &'static str = "hmac-sha256-1";

    /// A draw among these cohorts; nothing where none of them has a weight.
    #[must_use]
    pub fn new(seed: Zeroizing<[u8; SEED_BYTES]>, cohorts: &'a [Cohort]) -> Option<Self> {
        let all = cohorts.iter().map(|cohort| u64::from(cohort.weight)).sum();
        (all > 0).then_some(Self { seed, cohorts, all })
    }

    /// The place of the cohort that a unit falls into.
    ///
    /// With u the first 8 bytes, big-endian, of HMAC-SHA256(seed, `hallmark cohort draw v1:unit` ‖ 0 ‖ name) and W the sum of all weights:
    /// the first cohort whose running sum of weights is above ⌊u·W/2⁶⁴⌋. A cohort's chance is its share of W to within 2⁻³².
    #[must_use]
    pub fn cohort(&self, unit: &str) -> usize {
        let mac = self.mac(b"hallmark cohort draw v1:unit\0", unit.as_bytes());
        let first: [u8; 8] = *mac.first_chunk().expect("32 bytes begin with 8");
        let place = (u128::from(u64::from_be_bytes(first)) * u128::from(self.all)) >> 64;
        let mut sum = 0;
        let at = self.cohorts.iter().position(|cohort| {
            sum += u128::from(cohort.weight);
            sum > place
        });
        at.expect("the place is below the sum of all weights")
    }

    /// What is published of the seed.
    #[must_use]
    pub fn seed_commitment(&self) -> String {
        let mut bytes = Zeroizing::new(b"hallmark cohort draw v1:seed\0".to_vec());
        bytes.extend_from_slice(&*self.seed);
        sha256(&bytes)
    }

    /// What is published of the map.
    #[must_use]
    pub fn map_mac(&self, map: &[u8]) -> String {
        hexadecimal(&self.mac(b"hallmark cohort draw v1:map\0", map))
    }

    pub(super) fn seed(&self) -> &[u8; SEED_BYTES] {
        &self.seed
    }

    fn mac(&self, label: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.seed).expect("any length is a key");
        mac.update(label);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cohorts(weights: &[u32]) -> Vec<Cohort> {
        let cohort = |(at, &weight): (usize, &u32)| Cohort {
            name: format!("cohort-{at}"),
            role: KeyRole::Cohort,
            weight,
        };
        weights.iter().enumerate().map(cohort).collect()
    }

    /// The expected values were computed by `vectors/draw.py`.
    #[test]
    fn the_draw_is_that_of_the_documents() {
        let cohorts = cohorts(&[1, 0, 2, 5]);
        let draw = Draw::new(Zeroizing::new([7; 32]), &cohorts).unwrap();
        let drawn: Vec<usize> = ["a", "account-17", "", "ü"]
            .map(|unit| draw.cohort(unit))
            .to_vec();
        assert_eq!(drawn, EXPECTED);
        assert_eq!(draw.seed_commitment(), COMMITMENT);
        assert_eq!(draw.map_mac(b"map"), MAC);
    }

    const EXPECTED: [usize; 4] = [3, 3, 3, 0];
    const COMMITMENT: &str = "9d702d3fadc389781613e9eaa078efa1a900c4472f3ad6bbe5e0bc18dd5277da";
    const MAC: &str = "337e9c831d97454f3febe13a7e6d2a1cd1b2a6f67b2bb6e419b2b247464a1765";

    /// False-alarm rate: a chi-square of 24 degrees above 75 has a probability below 1e-6, and the seeds are fixed.
    #[test]
    fn units_fall_in_proportion_to_weights() {
        let weights = [1, 2, 3, 4];
        let cohorts = cohorts(&weights);
        let mut square = 0.0;
        for seed in 1..=8 {
            let draw = Draw::new(Zeroizing::new([seed; 32]), &cohorts).unwrap();
            let mut counts = [0.0; 4];
            for unit in 0..20_000 {
                counts[draw.cohort(&format!("unit {unit}"))] += 1.0;
            }
            for (count, weight) in counts.iter().zip(weights) {
                let expected = 2000.0 * f64::from(weight);
                square += (count - expected).powi(2) / expected;
            }
        }
        assert!(square < 75.0, "{square}");
    }

    proptest! {
        #[test]
        fn nobody_falls_where_there_is_no_weight(seed: [u8; 32], unit: String, weights in proptest::collection::vec(0_u32..3, 1..6)) {
            let cohorts = cohorts(&weights);
            if let Some(draw) = Draw::new(Zeroizing::new(seed), &cohorts) {
                prop_assert!(weights[draw.cohort(&unit)] > 0);
            } else {
                prop_assert!(weights.iter().all(|&weight| weight == 0));
            }
        }
    }
}
