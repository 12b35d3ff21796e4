//! All layers of a two-leaf tournament over one row of weights.

use crate::simd::Lanes;

/// Weights and words come in whole blocks of this many tokens; those that fill the last one up have no weight.
pub(crate) const BLOCK: usize = 16;

/// Blocks that are summed in single precision before they are added in double: 64 additions to a lane.
const STRETCH: usize = 64;

/// Plays layers 0 to `layers` − 1: with g the layer's bit of a token's word and p = w/Σw, the weight w becomes
/// w·(1 + g − Σp·g), which keeps the sum in exact arithmetic. Returns the sum of the weights afterwards; `total` is that before.
#[inline]
pub(crate) fn play(
    lanes: Lanes,
    weights: &mut [f32],
    words: &[u32],
    layers: u32,
    total: f64,
) -> f64 {
    lanes.run(
        #[inline(always)]
        || play_portable(weights, words, layers, total),
    )
}

#[inline(always)]
fn play_portable(weights: &mut [f32], words: &[u32], layers: u32, mut total: f64) -> f64 {
    let (weights, _) = weights.as_chunks_mut::<BLOCK>();
    let (words, _) = words.as_chunks::<BLOCK>();
    // Before the first layer nothing is multiplied: only its ones are weighed.
    let (_, mut ones) = layer(weights, words, 1.0, |_| 0, |word| word & 1);
    for at in 0..layers {
        let rest = (1.0 - ones / total).max(0.0) as f32;
        let next = at + 1;
        // The last layer has no next one, and what it would weigh is not asked for.
        let next = if next < layers { next } else { at };
        (total, ones) = layer(
            weights,
            words,
            rest,
            |word| word >> at & 1,
            |word| word >> next & 1,
        );
    }
    total
}

/// Multiplies every weight by `rest` + `bit`; returns the sum of the weights, and that of those whose `next` bit is one.
#[inline(always)]
fn layer(
    weights: &mut [[f32; BLOCK]],
    words: &[[u32; BLOCK]],
    rest: f32,
    bit: impl Fn(u32) -> u32,
    next: impl Fn(u32) -> u32,
) -> (f64, f64) {
    let (mut total, mut ones) = (0.0, 0.0);
    for (weights, words) in weights.chunks_mut(STRETCH).zip(words.chunks(STRETCH)) {
        let (mut sums, mut sums_of_ones) = ([0.0f32; BLOCK], [0.0f32; BLOCK]);
        for (weights, words) in weights.iter_mut().zip(words) {
            for lane in 0..BLOCK {
                let weight = weights[lane] * (rest + bit(words[lane]) as i32 as f32);
                weights[lane] = weight;
                sums[lane] += weight;
                sums_of_ones[lane] += weight * next(words[lane]) as i32 as f32;
            }
        }
        total += f64::from(halves(sums));
        ones += f64::from(halves(sums_of_ones));
    }
    (total, ones)
}

/// The sum of the lanes, by halves: fewer additions wait for one another than one after the other.
#[inline(always)]
fn halves(lanes: [f32; BLOCK]) -> f32 {
    let eight: [f32; 8] = core::array::from_fn(|at| lanes[at] + lanes[at + 8]);
    let four: [f32; 4] = core::array::from_fn(|at| eight[at] + eight[at + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// The rule in double precision, token by token.
    fn exact(weights: &[f64], words: &[u32], layers: u32) -> Vec<f64> {
        let mut weights = weights.to_vec();
        for layer in 0..layers {
            let total: f64 = weights.iter().sum();
            let of_ones = |(weight, word): (&f64, &u32)| weight * f64::from(word >> layer & 1);
            let ones: f64 = weights.iter().zip(words).map(of_ones).sum();
            for (weight, word) in weights.iter_mut().zip(words) {
                *weight *= 1.0 + f64::from(word >> layer & 1) - ones / total;
            }
        }
        weights
    }

    #[test]
    fn every_unit_plays_by_the_rule() {
        for lanes in Lanes::available() {
            for (count, layers) in [(1, 1), (2, 32), (16, 5), (40, 30), (1024, 3), (5000, 12)] {
                let padded = usize::next_multiple_of(count, BLOCK);
                let mut words: Vec<u32> = (0..count as u32)
                    .map(|i| (i + 1).wrapping_mul(2_654_435_769).rotate_left(i % 32))
                    .collect();
                let before: Vec<f64> = words.iter().map(|&w| f64::from(w % 997) + 1.0).collect();
                let mut weights: Vec<f32> = before.iter().map(|&w| w as f32).collect();
                let sum: f64 = before.iter().sum();
                weights.resize(padded, 0.0);
                words.resize(padded, 0);
                let total = play(lanes, &mut weights, &words, layers, sum);
                let exact = exact(&before, &words[..count], layers);
                let near = |found: f64, exact: f64, what: &str| {
                    let error = (found - exact).abs() / sum;
                    assert!(
                        error < 1e-5,
                        "{lanes:?} {count} {layers} {what}: {found}, {exact}"
                    );
                };
                for (&weight, &exact) in weights.iter().zip(&exact) {
                    near(f64::from(weight), exact, "a weight");
                }
                near(total, exact.iter().sum(), "the sum");
                assert_eq!(weights[count..], vec![0.0; padded - count], "what fills up");
            }
        }
    }
}
