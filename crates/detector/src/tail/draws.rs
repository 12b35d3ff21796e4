//! The sum of some values among all of which they could have been drawn: the permutation test.

use super::Log10P;
use crate::multiplicity::line_up;

/// The chance that as many values drawn without replacement from `own` and `others` together have as large a sum as
/// `own`'s, where all values are exchangeable under the null. For one value it is the line-up's.
///
/// Values are put into [`STEPS`] equal classes between the smallest and the largest of all first: any function of a
/// value that treats all alike gives a valid test. Counts of subsets are then added up exactly but for rounding, at
/// most 2⁻⁵³ relative for each of the values, so that [`MARGIN`] is ample. No values of its own: p = 1.
pub(crate) fn among(own: &[u64], others: &[u64]) -> Log10P {
    if let [own] = own {
        return line_up(own, others);
    }
    let all = || own.iter().chain(others);
    let (Some(&least), Some(&most)) = (all().min(), all().max()) else {
        return Log10P::ONE;
    };
    let class = |&value: &u64| {
        let scaled = u128::from(value - least) * (STEPS - 1) as u128;
        (scaled / u128::from((most - least).max(1))) as usize
    };
    let size = own.len();
    // subsets[j][s]: how many subsets of j values have the sum s of classes.
    let mut subsets: Vec<Vec<f64>> = (0..=size).map(|j| vec![0.0; j * (STEPS - 1) + 1]).collect();
    subsets[0][0] = 1.0;
    for value in all().map(class) {
        for j in (1..=size).rev() {
            let (fewer, more) = subsets.split_at_mut(j);
            let (fewer, more) = (&fewer[j - 1], &mut more[0]);
            for (more, fewer) in more[value..].iter_mut().zip(fewer) {
                *more += fewer;
            }
        }
    }
    let sum: usize = own.iter().map(class).sum();
    let sums = &subsets[size];
    let tail: f64 = sums[sum..].iter().rev().sum();
    let total: f64 = sums.iter().sum();
    Log10P::clamped((tail / total).log10() + MARGIN)
}

/// Classes of values.
const STEPS: usize = 128;

/// Excess of log10 p, far above the rounding of some ten thousand additions of positive numbers.
const MARGIN: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::among;

    /// By trying every subset of the same size; values are whole classes, so that none are merged.
    fn enumerated(own: &[u64], others: &[u64]) -> f64 {
        let all: Vec<u64> = own.iter().chain(others).copied().collect();
        let sum: u64 = own.iter().sum();
        let subsets = (0_u32..1 << all.len()).filter(|set| set.count_ones() as usize == own.len());
        let (mut as_large, mut tried) = (0, 0);
        for set in subsets {
            let other: u64 = (0..all.len())
                .filter(|&i| set >> i & 1 == 1)
                .map(|i| all[i])
                .sum();
            as_large += u32::from(other >= sum);
            tried += 1;
        }
        (f64::from(as_large) / f64::from(tried)).log10()
    }

    #[test]
    fn it_is_the_share_of_subsets() {
        // 0 and 127 are always there, so that a value is its class.
        for (own, others) in [
            (&[127, 126, 120][..], &[0, 3, 90, 100, 7, 7, 50][..]),
            (&[127, 0], &[64, 64, 64, 1, 2, 3, 126]),
            (&[5, 5, 5, 5], &[0, 127, 5, 5, 90]),
            (&[0, 1], &[127, 3, 4]),
        ] {
            let (found, expected) = (among(own, others).value(), enumerated(own, others));
            assert!(
                (found - expected).abs() < 1e-8,
                "{own:?}: {found} {expected}"
            );
        }
    }

    #[test]
    fn one_value_is_a_line_up_and_none_says_nothing() {
        let half = among(&[9], &[1, 9, 3]).value();
        assert!((half - 0.5_f64.log10()).abs() < 1e-12, "{half}");
        assert_eq!(among(&[], &[1, 9, 3]).value(), 0.0);
        assert_eq!(among(&[4, 4], &[4, 4, 4]).value(), 0.0);
    }

    #[test]
    fn the_best_of_many_is_as_rare_as_their_choice() {
        let others: Vec<u64> = (0..960).collect();
        let own = [100_000; 28];
        // 28!·960!/988!, all classes but the highest being lower.
        let expected: f64 = (1..=28)
            .map(|i| (f64::from(i) / f64::from(960 + i)).log10())
            .sum();
        let found = among(&own, &others).value();
        assert!((found - expected).abs() < 1e-7, "{found} {expected}");
    }
}
