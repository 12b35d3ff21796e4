//! The exact null of `hf-synthid`: one fixed table of 65,536 bits, shifted by the key in each layer.
//!
//! Layer l of the 16-bit state c has bit `table[(c + k_l)·M + 1]`, M odd: with T(x) = `table[x·M + 1]`, it is
//! T(c + k). So in one layer the sum over a set C of states is one of the 65,536 numbers
//! f(k) = Σ T(c + k), one for each k, and the layers' keys are apart. For keys that are uniform mod 2¹⁶ the
//! law of the sum over all layers is that histogram convolved with itself, once for each layer.
//! No outcome is rarer than 65536^−layers: a corpus cannot hold more evidence than that.

use crate::tail::Log10P;
use hallmark_core::foreign::synthid::TurnedTable;
use hallmark_core::law::convolve;
use std::sync::OnceLock;

/// 16-bit states that occurred, as bits.
#[derive(Clone)]
pub(super) struct States {
    bits: Vec<u64>,
}

const WORDS: usize = 1024;
const STATES: usize = 1 << 16;

/// What is added to log10 p for rounding. All terms are positive and none is below 65536⁻³² = 2⁻⁵¹², so
/// errors are relative, 2⁻⁵³ for each rounding, and those of factors add up. A layer's law is exact and has
/// D ≤ 2¹⁵ entries (no sum is above 32,743), that of j layers no more than jD. A product of laws adds at
/// most as many roundings as its shorter factor has entries: that of 16 layers, by squares, has 32D at
/// most. The tail has those of two such laws and of two sums over 16D entries and fewer: in all less than
/// 100·2¹⁵·2⁻⁵³ < 4·10⁻¹⁰.
const MARGIN: f64 = 1e-9;

impl States {
    /// The states that units are.
    pub(super) fn of(units: &[u64]) -> Self {
        let mut bits = vec![0; WORDS];
        for &unit in units {
            let state = usize::from(unit as u16);
            bits[state / 64] |= 1 << (state % 64);
        }
        Self { bits }
    }

    /// How many there are.
    fn len(&self) -> u32 {
        self.bits.iter().map(|word| word.count_ones()).sum()
    }

    /// The states, in order.
    fn all(&self) -> Vec<u16> {
        let mut states = Vec::with_capacity(self.len() as usize);
        for (at, &word) in self.bits.iter().enumerate() {
            let mut left = word;
            while left != 0 {
                states.push((at * 64) as u16 + left.trailing_zeros() as u16);
                left &= left - 1;
            }
        }
        states
    }

    /// How many keys of a layer give each sum, from the least sum on, which is the first.
    pub(super) fn histogram(&self) -> (u32, Vec<u32>) {
        table().sums(&self.all())
    }

    /// An upper bound of the chance that uniform keys give a sum of at least `sum` over `layers` layers.
    pub(super) fn upper_tail(&self, layers: u32, sum: u64) -> Log10P {
        let (least, keys) = self.histogram();
        let one: Vec<f64> = keys
            .iter()
            .map(|&keys| f64::from(keys) / STATES as f64)
            .collect();
        debug_assert!(sum <= u64::from(self.len()) * u64::from(layers));
        let above = sum.saturating_sub(u64::from(least) * u64::from(layers)) as usize;
        let half = power(&one, layers / 2);
        let other = match layers % 2 {
            0 => half.clone(),
            _ => convolve(&half, &one),
        };
        let tail = tail_of_sum(&half, &other, above);
        // Whatever happened has some probability.
        let rarest = (STATES as f64).powi(-(layers as i32));
        Log10P::clamped(tail.max(rarest).log10() + MARGIN)
    }
}

fn table() -> &'static TurnedTable {
    static TABLE: OnceLock<TurnedTable> = OnceLock::new();
    TABLE.get_or_init(TurnedTable::new)
}

/// The law of the sum of `count` independent numbers of one law, by squares and products as the bits of
/// `count` say.
fn power(law: &[f64], count: u32) -> Vec<f64> {
    let bits = (0..u32::BITS - count.leading_zeros()).rev();
    bits.fold(vec![1.0], |power, bit| {
        let square = convolve(&power, &power);
        if count >> bit & 1 == 1 {
            convolve(&square, law)
        } else {
            square
        }
    })
}

/// The chance that the sum of two independent numbers is at least `least`. From the far end, so that small
/// terms are not lost.
fn tail_of_sum(a: &[f64], b: &[f64], least: usize) -> f64 {
    let mut beyond = 0.0;
    let tails: Vec<f64> = b
        .iter()
        .rev()
        .map(|p| {
            beyond += p;
            beyond
        })
        .collect();
    // tails[j] is the chance of b.len() − 1 − j or more.
    let terms = a.iter().enumerate().map(|(i, p)| {
        let needed = least.saturating_sub(i);
        match (b.len() - 1).checked_sub(needed) {
            Some(j) => p * tails[j],
            None => 0.0,
        }
    });
    terms.rev().sum()
}

#[cfg(test)]
mod tests {
    use super::{States, power, table, tail_of_sum};
    use hallmark_core::foreign::synthid::HfSynthId;

    /// Sums of the bits of `states` in one layer, for every key of it.
    fn over_all_keys(states: &[u16]) -> Vec<u64> {
        let layer = HfSynthId::new(&[0], 1);
        (0..=u16::MAX)
            .map(|key| {
                states
                    .iter()
                    .map(|&state| u64::from(layer.word_of_cell(state.wrapping_add(key))))
                    .sum()
            })
            .collect()
    }

    #[test]
    fn a_key_shifts_the_table() {
        for key in [1_i64, 654, -3, 123_456_789_012] {
            let (layer, at_zero) = (HfSynthId::new(&[key], 1), HfSynthId::new(&[0], 1));
            for state in 0..=u16::MAX {
                let shifted = state.wrapping_add(key as u16);
                assert_eq!(layer.word_of_cell(state), at_zero.word_of_cell(shifted));
            }
        }
    }

    #[test]
    fn the_law_is_that_of_all_keys() {
        let sets: [Vec<u16>; 6] = [
            vec![7],
            (0..40).map(|i| i * 1009).collect(),
            (0..3000).map(|i| i * 21 % 65_521).collect(),
            (0..10_000).map(|i| i * 5).collect(),
            (0..32_768).map(|i| i * 2).collect(),
            (0..50_001).collect(),
        ];
        for set in sets {
            let sums = over_all_keys(&set);
            let states = States::of(&set.iter().map(|&state| state.into()).collect::<Vec<_>>());
            let (least, keys) = table().sums(&states.all());
            let mut counted = vec![0; keys.len()];
            sums.iter()
                .for_each(|&sum| counted[sum as usize - least as usize] += 1);
            assert_eq!(keys, counted);
            assert!(keys[0] > 0 && keys[keys.len() - 1] > 0);
            for s in [
                0,
                set.len() as u64 / 2,
                set.len() as u64 * 5 / 8,
                *sums.iter().max().unwrap(),
            ] {
                let one = sums.iter().filter(|&&sum| sum >= s).count() as f64 / 65_536.0;
                let found = states.upper_tail(1, s).value();
                let expected = one.max(1.0 / 65_536.0).log10();
                assert!((found - expected).abs() < 1e-8, "{s}: {found} {expected}");
            }
            // Two layers: every pair of keys, by the histogram of one.
            let most = set.len() + 1;
            let mut histogram = vec![0.0; most];
            sums.iter()
                .for_each(|&sum| histogram[sum as usize] += 1.0 / 65_536.0);
            let s = set.len() as u64 + 3;
            let two: f64 = (0..most)
                .map(|i| {
                    let from = (s as usize).saturating_sub(i).min(most);
                    histogram[i] * histogram[from..].iter().sum::<f64>()
                })
                .sum();
            if two > 0.0 {
                let found = states.upper_tail(2, s).value();
                assert!((found - two.log10()).abs() < 1e-8, "{found} {two}");
            }
        }
    }

    #[test]
    fn powers_and_tails_are_those_of_one_product_after_another() {
        let one = [0.25, 1.0 / 65_536.0, 0.0, 0.7, 0.05 - 1.0 / 65_536.0];
        let mut law = vec![1.0];
        for layers in 0..=32 {
            let found = power(&one, layers);
            assert_eq!(found.len(), law.len());
            for (power, law) in found.iter().zip(&law) {
                assert!(
                    (power - law).abs() <= 1e-13 * law,
                    "{layers}: {power} {law}"
                );
            }
            for least in [0, 1, law.len() / 2, law.len() - 1, law.len(), law.len() + 3] {
                let tail: f64 = law.iter().skip(least).rev().sum();
                let halves = tail_of_sum(
                    &power(&one, layers / 2),
                    &power(&one, layers - layers / 2),
                    least,
                );
                assert!(
                    (halves - tail).abs() <= 1e-13 * tail,
                    "{layers} {least}: {halves} {tail}"
                );
            }
            let mut next = vec![0.0; law.len() + one.len() - 1];
            for (i, x) in law.iter().enumerate() {
                for (j, y) in one.iter().enumerate() {
                    next[i + j] += x * y;
                }
            }
            law = next;
        }
    }

    #[test]
    fn all_states_together_say_nothing() {
        let states = States::of(&(0..1 << 16).collect::<Vec<_>>());
        assert_eq!(states.upper_tail(30, 30 * 32_743).value(), 0.0);
    }
}
