//! Mixtures of exponentials in integer statistics, rounded down.

use crate::tail::{DoubleWord, Log10E};

/// How many alternatives a family has.
pub(super) const FAMILY: usize = 64;

/// The most alternatives of a mixture that the rounding bound of [`lower_log10_mean`] covers.
const MOST: usize = 128;

/// One alternative: its log-likelihood ratio is the sum of `per_unit[k]` times the k-th of K statistics.
///
/// Each coefficient is in nats per unit, within 2⁻⁹⁸ relative + 2⁻¹⁰² absolute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component<const K: usize> {
    pub(super) per_unit: [DoubleWord; K],
}

/// The mixture over a fixed grid, with equal weights.
#[derive(Debug, Clone)]
pub(super) struct Mixture<const K: usize> {
    components: Vec<Component<K>>,
}

impl<const K: usize> Mixture<K> {
    pub(super) fn new(components: Vec<Component<K>>) -> Self {
        Self { components }
    }

    /// A lower bound of log10 of the mean over components of exp(Σ coefficient × statistic).
    pub(super) fn log10_e(&self, statistics: [u128; K]) -> Log10E {
        // No cells: exactly 1, which a rounded sum of ones would miss.
        if statistics == [0; K] {
            return Log10E::ONE;
        }
        let statistics = statistics.map(DoubleWord::from);
        let exponents: Vec<DoubleWord> = self
            .components
            .iter()
            .map(|component| component.exponent(statistics))
            .collect();
        lower_log10_mean(&exponents)
    }
}

/// A lower bound of log10 of the mean of exp(exponent), where the exponents are lower bounds themselves: by
/// log-sum-exp, for a power of two of them, at most [`MOST`].
pub(super) fn lower_log10_mean(exponents: &[DoubleWord]) -> Log10E {
    let size = exponents.len();
    // Exact weights: ln 2 times an integer.
    assert!(size.is_power_of_two(), "the weights are powers of two");
    let ln_size = DoubleWord::LN_2 * DoubleWord::from(f64::from(size.trailing_zeros()));
    lower_log10(exponents, ln_size)
}

/// The same of the sum, of at most [`MOST`]; logarithms of weights that were subtracted are within 2⁻⁹⁰.
pub(super) fn lower_log10_sum(exponents: &[DoubleWord]) -> Log10E {
    lower_log10(exponents, DoubleWord::ZERO)
}

fn lower_log10(exponents: &[DoubleWord], ln_size: DoubleWord) -> Log10E {
    assert!(
        (1..=MOST).contains(&exponents.len()),
        "the rounding bound assumes at most {MOST} alternatives"
    );
    let largest = exponents
        .iter()
        .copied()
        .reduce(|x, y| if (x - y).is_negative() { y } else { x })
        .expect("the grid is not empty");
    let sum: f64 = exponents
        .iter()
        .map(|&exponent| libm::exp((exponent - largest).to_f64()))
        .sum();
    // In units of 2⁻⁵³: the differences are rounded once (at most 745 where the exponential is not 0), the
    // exponentials are within an ulp (2), the additions within 127. Together below 2⁻⁴³.
    let sum = sum * (1.0 - 2.0_f64.powi(-42));
    let ln = largest + DoubleWord::from(sum).ln() - ln_size;
    let log10 = (ln / DoubleWord::LN_10).round_down().next_down();
    Log10E::clamped(log10)
}

/// A lower bound of Σ coefficient × statistic, where errors are at most 2^`relative` of the terms' sizes and 2^`absolute` of the statistics.
pub(super) fn lower_sum(
    terms: impl Iterator<Item = (DoubleWord, DoubleWord)>,
    relative: i32,
    absolute: i32,
) -> DoubleWord {
    let mut sum = DoubleWord::ZERO;
    // The sizes of the terms, and the statistics themselves: what the errors are relative to.
    let (mut size, mut total) = (0.0, 0.0);
    for (coefficient, statistic) in terms {
        let term = coefficient * statistic;
        sum = sum + term;
        size += term.abs().to_f64();
        total += statistic.to_f64();
    }
    sum - DoubleWord::from(size * 2.0_f64.powi(relative) + total * 2.0_f64.powi(absolute))
}

impl<const K: usize> Component<K> {
    /// A lower bound of Σ coefficient × statistic.
    pub(super) fn exponent(self, statistics: [DoubleWord; K]) -> DoubleWord {
        // Coefficients 2⁻⁹⁸ and 2⁻¹⁰² as stated, products 5u², K ≤ 3 sums 3u² each.
        const { assert!(K <= 3) };
        lower_sum(self.per_unit.into_iter().zip(statistics), -97, -101)
    }
}
