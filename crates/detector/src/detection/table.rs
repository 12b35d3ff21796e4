//! The exact null of `hf-synthid`: one fixed table of 65,536 bits, shifted by the key in each layer.
//!
//! Layer l of the 16-bit state c has bit `table[(c + k_l)·M + 1]`, M odd: with T(x) = `table[x·M + 1]`, it is
//! T(c + k). So in one layer the sum over a set C of states is one of the 65,536 numbers
//! f(k) = Σ T(c + k), one for each k, and the layers' keys are apart. For keys that are uniform mod 2¹⁶ the
//! law of the sum over all layers is that histogram convolved with itself, once for each layer.
//! No outcome is rarer than 65536^−layers: a corpus cannot hold more evidence than that.

use crate::tail::Log10P;
use hallmark_core::foreign::synthid::HfSynthId;
use std::sync::OnceLock;

/// 16-bit states that occurred, as bits.
#[derive(Clone)]
pub(crate) struct States {
    bits: Vec<u64>,
}

const WORDS: usize = 1024;
const STATES: usize = 1 << 16;

/// States up to which adding tables is quicker.
const FEW: u32 = 4096;

/// Relative excess of the returned p-value, far above the rounding of about 2,000 additions and
/// products of positive numbers in double precision for each layer.
const MARGIN: f64 = 1e-9;

impl States {
    pub(crate) fn new() -> Self {
        Self {
            bits: vec![0; WORDS],
        }
    }

    /// Adds the states that units are.
    pub(crate) fn insert(&mut self, units: &[u64]) {
        for &unit in units {
            let state = usize::from(unit as u16);
            self.bits[state / 64] |= 1 << (state % 64);
        }
    }

    /// How many there are.
    fn len(&self) -> u32 {
        self.bits.iter().map(|word| word.count_ones()).sum()
    }

    /// f(k) for every k.
    pub(super) fn shifted_sums(&self) -> Vec<u32> {
        if self.len() < FEW {
            self.sums_by_state()
        } else {
            self.sums_by_shift()
        }
    }

    /// One turned table after another is added: quick for few states.
    fn sums_by_state(&self) -> Vec<u32> {
        let table = by_state();
        let mut sums = vec![0; STATES];
        for state in (0..STATES).filter(|state| self.bits[state / 64] >> (state % 64) & 1 == 1) {
            let (before, from) = table.split_at(state);
            let (first, rest) = sums.split_at_mut(from.len());
            add(first, from);
            add(rest, before);
        }
        sums
    }

    /// For each shift, the states whose bit is set: the same time for any number of states.
    fn sums_by_shift(&self) -> Vec<u32> {
        // T twice in a row, so that a shift by k is a window of it.
        let table = by_state();
        let mut twice = vec![0_u64; 2 * WORDS + 1];
        for x in 0..2 * STATES {
            twice[x / 64] |= u64::from(table[x % STATES]) << (x % 64);
        }
        (0..STATES)
            .map(|k| {
                let (word, bit) = (k / 64, k % 64);
                let shifted = |i: usize| {
                    let low = twice[i + word] >> bit;
                    let high = (twice[i + word + 1] << 1) << (63 - bit);
                    low | high
                };
                (0..WORDS)
                    .map(|i| (self.bits[i] & shifted(i)).count_ones())
                    .sum()
            })
            .collect()
    }

    /// An upper bound of the chance that uniform keys give a sum of at least `sum` over `layers` layers.
    pub(crate) fn upper_tail(&self, layers: u32, sum: u64) -> Log10P {
        let sums = self.shifted_sums();
        let (least, most) = sums.iter().fold((u32::MAX, 0), |(least, most), &s| {
            (least.min(s), most.max(s))
        });
        let mut one = vec![0.0; (most - least) as usize + 1];
        for sum in sums {
            one[(sum - least) as usize] += 1.0 / STATES as f64;
        }
        let above = sum.saturating_sub(u64::from(least) * u64::from(layers)) as usize;
        let mut law = vec![1.0];
        for _ in 0..layers {
            law = convolve(&law, &one);
        }
        debug_assert!(sum <= u64::from(self.len()) * u64::from(layers));
        // From the far end, so that small terms are not lost. Whatever happened has some probability.
        let tail: f64 = law.iter().skip(above).rev().sum();
        let rarest = (STATES as f64).powi(-(layers as i32));
        Log10P::clamped(tail.max(rarest).log10() + MARGIN)
    }
}

/// T: the bit of a layer whose key is 0, for every state.
fn by_state() -> &'static [u32] {
    static TABLE: OnceLock<Vec<u32>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let layer = HfSynthId::new(&[0], 1);
        (0..=u16::MAX)
            .map(|state| layer.word_of_cell(state))
            .collect()
    })
}

fn add(sums: &mut [u32], more: &[u32]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, &x) in a.iter().enumerate() {
        if x > 0.0 {
            for (out, &y) in out[i..].iter_mut().zip(b) {
                *out += x * y;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::States;
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
        let sets: [Vec<u16>; 4] = [
            vec![7],
            (0..40).map(|i| i * 1009).collect(),
            (0..3000).map(|i| i * 21 % 65_521).collect(),
            (0..10_000).map(|i| i * 5).collect(),
        ];
        for set in sets {
            let sums = over_all_keys(&set);
            let mut states = States::new();
            states.insert(&set.iter().map(|&state| state.into()).collect::<Vec<_>>());
            assert_eq!(states.sums_by_state(), states.sums_by_shift());
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
    fn all_states_together_say_nothing() {
        let mut states = States::new();
        states.insert(&(0..1 << 16).collect::<Vec<_>>());
        assert_eq!(states.upper_tail(30, 30 * 32_743).value(), 0.0);
    }
}
