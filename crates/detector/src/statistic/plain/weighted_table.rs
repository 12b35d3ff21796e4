//! The null of `hf-synthid`'s weighted mean: layers' sums, each one of 65,536, with a weight for each layer.

use crate::tail::Log10P;

/// Points of the grid, about.
const POINTS: u64 = 1 << 16;

/// Relative excess of the returned p-value: thirty-two products, each a sum of at most 65,536 positive numbers.
const MARGIN: f64 = 1e-9;

/// An upper bound of the chance that Σ weight·(a layer's sum) is at least `sum`. `keys` says how many of the 65,536 keys
/// of a layer give each sum from `least` on; keys are uniform and layers independent.
///
/// Each layer's weighted excess over its least is rounded up to a whole number of grid steps, and `sum` down; then the
/// laws are convolved. With about 2¹⁶ points for the whole range, rounding adds about a hundredth of a standard deviation.
pub(super) fn upper_tail((least, keys): (u32, &[u32]), weights: &[u32], sum: u64) -> Log10P {
    let all: f64 = keys.iter().map(|&keys| f64::from(keys)).sum();
    let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    let step = (total * (keys.len() - 1) as u64 / POINTS).max(1);
    let mut law = vec![1.0];
    for &weight in weights {
        let place = |excess: usize| (u64::from(weight) * excess as u64).div_ceil(step) as usize;
        let mut more = vec![0.0; law.len() + place(keys.len() - 1)];
        for (excess, &keys) in keys.iter().enumerate().filter(|(_, keys)| **keys > 0) {
            let chance = f64::from(keys) / all;
            for (more, &before) in more[place(excess)..].iter_mut().zip(&law) {
                *more += before * chance;
            }
        }
        law = more;
    }
    let excess = sum.saturating_sub(u64::from(least) * total);
    // From the far end, so that small terms are not lost. Whatever happened has some probability.
    let tail: f64 = law.iter().skip((excess / step) as usize).rev().sum();
    let rarest = all.powi(-(weights.len() as i32));
    Log10P::clamped(tail.max(rarest).log10() + MARGIN)
}

#[cfg(test)]
mod tests {
    use super::upper_tail;

    fn counted(shifted: &[u32]) -> (u32, Vec<u32>) {
        let least = *shifted.iter().min().unwrap();
        let most = *shifted.iter().max().unwrap();
        let count = |sum| shifted.iter().filter(|&&other| other == sum).count() as u32;
        (least, (least..=most).map(count).collect())
    }

    /// Every choice of a sum for each layer.
    fn enumerated(shifted: &[u32], weights: &[u32], sum: u64) -> f64 {
        let choices = shifted.len().pow(weights.len() as u32);
        let as_large = (0..choices).filter(|&choice| {
            let (mut rest, mut total) = (choice, 0);
            for &weight in weights {
                total += u64::from(weight) * u64::from(shifted[rest % shifted.len()]);
                rest /= shifted.len();
            }
            total >= sum
        });
        (as_large.count() as f64 / choices as f64).log10()
    }

    #[test]
    fn it_is_the_share_of_choices() {
        let shifted = [4, 9, 9, 7, 5, 12, 6];
        let (least, keys) = counted(&shifted);
        let weights = [290, 191, 92, 29];
        for sum in [0, 3000, 4500, 5400, 6100, 7000, 602 * 12] {
            let (found, expected) = (
                upper_tail((least, &keys), &weights, sum).value(),
                enumerated(&shifted, &weights, sum),
            );
            assert!((found - expected).abs() < 1e-8, "{sum}: {found} {expected}");
        }
    }

    #[test]
    fn rounding_is_upwards_and_small() {
        // Weights so large that a grid step is some hundred of their units.
        let shifted = [4, 9, 9, 7, 5, 12, 6];
        let (least, keys) = counted(&shifted);
        let weights = [2_900_017, 1_910_003, 920_011, 290_009];
        for sum in [30_000_000, 45_000_000, 54_000_000, 61_000_000] {
            let (found, expected) = (
                upper_tail((least, &keys), &weights, sum).value(),
                enumerated(&shifted, &weights, sum),
            );
            assert!(
                found >= expected && found < expected + 0.01,
                "{sum}: {found} {expected}"
            );
        }
    }
}
