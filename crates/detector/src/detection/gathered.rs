//! What distinct units gave: all that a p-value needs.

use super::related::{self, Effort};
use super::table::States;
use super::tail;
use crate::tail::{Log10P, TailError};
use hallmark_core::mark::{Mark, Null};
use std::f64::consts::{LN_2, LN_10};

/// Sums over distinct units, and the units where the law is one of them.
#[derive(Clone)]
pub(super) struct Gathered {
    pub(super) cells: u64,
    /// One sum for each part.
    pub(super) sums: Vec<u64>,
    states: Option<States>,
    units: Option<Vec<u64>>,
}

/// A p-value, and what it came from.
pub(super) struct Found {
    pub(super) log10_p: Log10P,
    /// For text that no key of the function marked, where that is smaller.
    pub(super) unmarked: Option<Log10P>,
    /// Other keys that the tested one was compared with.
    pub(super) others: Option<u64>,
}

impl Gathered {
    pub(super) fn new(mark: &Mark) -> Self {
        Self {
            cells: 0,
            sums: vec![0; mark.parts().len()],
            states: matches!(mark.null(), Null::ShiftedTable(_)).then(States::new),
            units: mark.null().related().map(|_| vec![]),
        }
    }

    /// Adds what `cells` new units gave; nothing where a sum is too large.
    pub(super) fn add(&mut self, cells: usize, sums: &[u64], units: &[u64]) -> Option<()> {
        for (sum, &more) in self.sums.iter_mut().zip(sums) {
            *sum = sum.checked_add(more)?;
        }
        if let Some(states) = &mut self.states {
            states.insert(units);
        }
        if let Some(all) = &mut self.units {
            all.extend(units);
        }
        self.cells += cells as u64;
        Some(())
    }

    /// The mean of the keys' sums by their weights, in the printed unit; one key's is its own.
    pub(super) fn statistic(&self, mark: &Mark) -> f64 {
        let weights = || mark.parts().iter().map(|part| f64::from(part.weight));
        let sums = weights()
            .zip(&self.sums)
            .map(|(weight, &sum)| weight * sum as f64);
        let unit = mark.law().unit() as f64;
        sums.sum::<f64>() / unit / weights().sum::<f64>()
    }

    /// The p-value, without a comparison with other keys.
    pub(super) fn unmarked(&self, mark: &Mark) -> Result<Log10P, TailError> {
        tail::upper(mark, self.cells, &self.sums, self.states.as_ref())
    }

    /// The p-value: where keys are related and text looks marked, the larger of two; where keys are few, with the
    /// chance that another is the same in effect.
    pub(super) fn found(&self, mark: &Mark, effort: Effort) -> Result<Found, TailError> {
        let unmarked = self.unmarked(mark)?;
        match (mark.null().related(), &self.units) {
            (Some(keys), Some(units)) if unmarked.value() <= related::LARGEST.log10() => {
                let (among, others) = related::p_value(keys, units, unmarked, effort);
                Ok(Found {
                    log10_p: among.max(unmarked),
                    unmarked: Some(unmarked),
                    others: Some(others),
                })
            }
            _ => Ok(Found::of_law(mark, unmarked)),
        }
    }
}

impl Found {
    /// Where keys are few, with the chance that another key is the same in effect.
    pub(super) fn of_law(mark: &Mark, unmarked: Log10P) -> Self {
        let bits = mark.key_bits();
        let log10_p = bits.map_or(unmarked, |bits| plus_power_of_two(unmarked, bits));
        let differs = log10_p.value() - unmarked.value() > VISIBLE;
        Self {
            log10_p,
            unmarked: differs.then_some(unmarked),
            others: None,
        }
    }
}

/// Differences of log10 p that are worth telling.
const VISIBLE: f64 = 0.005;

/// log10 of p + 2^−bits, rounded up.
fn plus_power_of_two(p: Log10P, bits: u32) -> Log10P {
    let (ln, other) = (p.value() * LN_10, -f64::from(bits) * LN_2);
    let (most, least) = (ln.max(other), ln.min(other));
    let sum = most + libm::log1p(libm::exp(least - most));
    // A few units of 2⁻⁵³ in numbers that are at most 1, and in `most`.
    Log10P::clamped(sum / LN_10 + 1e-14 * (1.0 - most))
}

#[cfg(test)]
mod tests {
    use super::plus_power_of_two;
    use crate::tail::Log10P;

    #[test]
    fn few_keys_limit_p() {
        let sum = |p: f64, bits| plus_power_of_two(Log10P::new(p).unwrap(), bits).value();
        assert_eq!(sum(0.0, 16), 0.0);
        for (p, bits) in [
            (-0.3, 16),
            (-4.8, 16),
            (-9.0, 32),
            (-9.633, 32),
            (-12.0, 32),
        ] {
            let expected = (10_f64.powf(p) + 2_f64.powi(-bits)).log10();
            let found = sum(p, bits as u32);
            assert!(
                found >= expected - 1e-15 && found < expected + 1e-12,
                "{p} {bits}: {found} {expected}"
            );
        }
        assert!((sum(-688.0, 32) + 32.0 * 2_f64.log10()).abs() < 1e-12);
        assert!((sum(-1e7, 64) + 64.0 * 2_f64.log10()).abs() < 1e-9);
    }
}
