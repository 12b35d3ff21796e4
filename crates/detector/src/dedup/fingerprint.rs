//! Sixty-four bits for a unit, without any key.
//!
//! A rule that drops cells must not know the marking key, so the fingerprint is a fixed public
//! function. Somebody who can choose token ids can therefore make two units collide: that drops
//! one of them, which costs power and never validity.

/// First digits of the fraction of π: constants without a hidden purpose.
const PI: [u64; 4] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7344,
    0xa409_3822_299f_31d0,
    0x082e_fa98_ec4e_6c89,
];
/// 2⁶⁴ divided by the golden ratio (odd), and two further stretches of π made odd.
const MULTIPLIERS: [u64; 3] = [
    0x9e37_79b9_7f4a_7c15,
    0x4528_21e6_38d0_1377,
    0xbe54_66cf_34e9_0c6d,
];

/// The fingerprint of one unit (its ids, oldest first).
///
/// One or two ids are mapped one to one, so units of up to two ids never share a fingerprint.
/// Longer units are folded by 64 × 64 → 128 bit products, four ids at a time; two of them share a
/// fingerprint with probability close to 2⁻⁶⁴ (tested on dense grids of small ids).
#[inline(always)]
#[must_use]
pub fn fingerprint(unit: &[u32]) -> u64 {
    match *unit {
        [only] => permute(u64::from(only)),
        [first, second] => permute(pair(first, second)),
        _ => fold(unit),
    }
}

/// A permutation of the 64-bit words in which every input bit reaches every output bit.
#[inline(always)]
fn permute(mut word: u64) -> u64 {
    for (multiplier, shift) in MULTIPLIERS.into_iter().zip([32, 29, 32]) {
        word ^= word >> shift;
        word = word.wrapping_mul(multiplier);
    }
    word ^ word >> 32
}

#[inline(always)]
fn fold(unit: &[u32]) -> u64 {
    let mut low = PI[0] ^ unit.len() as u64;
    let mut high = PI[1];
    for quad in unit.chunks(4) {
        let (first, second) = match *quad {
            [a] => (u64::from(a), 0),
            [a, b] => (pair(a, b), 0),
            [a, b, c] => (pair(a, b), u64::from(c)),
            [a, b, c, d] => (pair(a, b), pair(c, d)),
            _ => unreachable!("chunks of four are neither empty nor longer"),
        };
        let product = u128::from(first ^ low) * u128::from(second ^ high);
        low = product as u64 ^ PI[2];
        high = (product >> 64) as u64 ^ PI[3];
    }
    let product = u128::from(low) * u128::from(high);
    product as u64 ^ (product >> 64) as u64
}

#[inline(always)]
fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// The unit of two ids that has this fingerprint.
#[cfg(test)]
pub(super) fn unit_with(fingerprint: u64) -> [u32; 2] {
    let undo_shift =
        |word: u64, shift: u32| (1..64 / shift + 1).fold(word, |undone, _| word ^ undone >> shift);
    let mut word = undo_shift(fingerprint, 32);
    for (multiplier, shift) in MULTIPLIERS.into_iter().zip([32, 29, 32]).rev() {
        // Newton's iteration for the inverse of an odd number doubles the bits that are right.
        let inverse = (0..6).fold(multiplier, |inverse, _| {
            inverse.wrapping_mul(2u64.wrapping_sub(multiplier.wrapping_mul(inverse)))
        });
        word = undo_shift(word.wrapping_mul(inverse), shift);
    }
    [word as u32, (word >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worst distance from ½ of the share of flips, over all (input bit, output bit) pairs.
    fn worst_avalanche(len: usize, trials: u32) -> f64 {
        let mut state = 1;
        let mut flips = vec![[0u32; 64]; len * 32];
        for _ in 0..trials {
            let mut unit: Vec<u32> = (0..len)
                .map(|_| {
                    state = permute(state) + 1;
                    (state >> 20) as u32
                })
                .collect();
            let before = fingerprint(&unit);
            for (bit, row) in flips.iter_mut().enumerate() {
                unit[bit / 32] ^= 1 << (bit % 32);
                let change = before ^ fingerprint(&unit);
                unit[bit / 32] ^= 1 << (bit % 32);
                for (out, count) in row.iter_mut().enumerate() {
                    *count += (change >> out & 1) as u32;
                }
            }
        }
        flips
            .iter()
            .flatten()
            .map(|&count| (f64::from(count) / f64::from(trials) - 0.5).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn every_input_bit_flips_every_output_bit_half_of_the_time() {
        // 2,048 trials: one standard deviation of a share is 0.011, and the bound is 7 of them. A
        // perfect function fails in one of the 73,728 cells with probability 2e-7.
        for len in 1..=8 {
            let worst = worst_avalanche(len, 2_048);
            assert!(worst < 0.0773, "{len} ids: {worst}");
        }
    }

    /// Pairs of equal words.
    fn colliding_pairs(mut words: Vec<u32>) -> usize {
        words.sort_unstable();
        words
            .chunk_by(|a, b| a == b)
            .map(|run| run.len() * (run.len() - 1) / 2)
            .sum()
    }

    #[test]
    fn slices_of_dense_grids_collide_as_random_words_do() {
        // 2^19 units: random 32-bit slices have 32.0 colliding pairs, close to Poisson.
        // P(fewer than 8 or more than 75) < 1e-7 for each of the 16 counts below.
        for len in [2, 3, 5, 8] {
            let side = 524_288f64.powf(1.0 / len as f64).ceil() as u32 + 1;
            let mut unit = vec![0; len];
            let prints: Vec<u64> = (0..524_288)
                .map(|_| {
                    let carried = unit.iter_mut().any(|id| {
                        *id = (*id + 1) % side;
                        *id != 0
                    });
                    assert!(carried, "the grid has at least 2^19 points");
                    fingerprint(&unit)
                })
                .collect();
            let slices: [fn(u64) -> u32; 4] = [
                |print| print as u32,
                |print| (print >> 32) as u32,
                |print| (print >> 16) as u32,
                |print| print as u32 ^ (print >> 32) as u32,
            ];
            for (which, slice) in slices.into_iter().enumerate() {
                let pairs = colliding_pairs(prints.iter().map(|&print| slice(print)).collect());
                assert!(
                    (8..=75).contains(&pairs),
                    "{len} ids, slice {which}: {pairs} pairs"
                );
            }
        }
    }

    #[test]
    fn every_fingerprint_belongs_to_one_unit_of_two_ids() {
        let mut print = 0;
        for _ in 0..1_000 {
            print = permute(print) + 1;
            assert_eq!(fingerprint(&unit_with(print)), print);
        }
    }

    #[test]
    fn length_is_part_of_a_long_unit() {
        assert_ne!(fingerprint(&[7, 7, 7]), fingerprint(&[7, 7, 7, 0]));
        assert_ne!(fingerprint(&[7, 7, 7, 0]), fingerprint(&[7, 7, 7, 0, 0]));
    }
}
