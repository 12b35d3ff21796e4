//! The decision: is the smallest p-value of any key small enough?

use crate::dither::Dither;
use hallmark_detector::tail::Log10P;

/// The level shared by all keys, and the dither beyond it.
pub(crate) struct Threshold {
    /// log10 of level / keys.
    log10_level: f64,
    dither: Dither,
}

impl Threshold {
    /// For a level over so many keys.
    pub(crate) fn new(level: f64, keys: usize, dither: Dither) -> Self {
        Self {
            log10_level: log10_level(level, keys),
            dither,
        }
    }

    /// Whether one of these p-values is at or below the threshold of the text of these cells.
    ///
    /// The dither only takes away: whatever it is, P(found) ≤ Σ P(pᵢ ≤ level / keys) ≤ level for text that is independent of
    /// the keys (Bonferroni).
    pub(crate) fn is_found(
        &self,
        p_values: impl IntoIterator<Item = Log10P>,
        cells: &[&[u32]],
    ) -> bool {
        let threshold = self.log10_level - self.dither.decades(cells);
        // All are looked at, whichever is found.
        p_values
            .into_iter()
            .fold(false, |found, p| found | (p.value() <= threshold))
    }
}

/// log10 of a level that so many keys share, rounded down.
pub(crate) fn log10_level(level: f64, keys: usize) -> f64 {
    // A few units of 2⁻⁵³ in numbers below 128.
    (level / keys.max(1) as f64).log10() - 1e-13
}

#[cfg(test)]
mod tests {
    use super::{Threshold, log10_level};
    use crate::dither::Dither;
    use hallmark_core::keys::{CohortKey, Key};
    use hallmark_detector::tail::Log10P;

    fn threshold(keys: usize, decades: f64) -> Threshold {
        let key = Key::from(CohortKey::from_bytes([9; 32]));
        Threshold::new(1e-6, keys, Dither::new([&key], decades))
    }

    fn p(value: f64) -> Log10P {
        Log10P::new(value).unwrap()
    }

    #[test]
    fn no_text_is_found_above_the_level() {
        for keys in [1, 3, 100] {
            let threshold = threshold(keys, 2.0);
            let least = log10_level(1e-6, keys);
            let mut found = 0;
            for text in 0..1000_u32 {
                let cells: [&[u32]; 1] = [&[text, 1]];
                assert!(!threshold.is_found([p(least + 1e-9)], &cells));
                assert!(threshold.is_found([p(0.0), p(least - 2.0)], &cells));
                found += u32::from(threshold.is_found([p(least - 1.0)], &cells));
            }
            // Half of them; 5 standard deviations are 79.
            assert!((421..=579).contains(&found), "{keys}: {found}");
        }
    }

    #[test]
    fn keys_share_the_level() {
        assert!((log10_level(1e-6, 100) + 8.0).abs() < 1e-9);
        assert!(log10_level(1e-6, 1) <= -6.0);
    }
}
