//! Mixtures of exponentials in two integer statistics, rounded down.

use crate::tail::{DoubleWord, Log10E};

/// How many alternatives a mixture has; each has weight 1 / 64.
pub(super) const COMPONENTS: usize = 64;

/// One alternative: its log-likelihood ratio is `first`·A + `second`·B for the statistics A and B.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    /// Nats per unit of A, within 2⁻⁹⁸ relative + 2⁻¹⁰² absolute.
    pub(super) first: DoubleWord,
    /// Nats per unit of B, as precise.
    pub(super) second: DoubleWord,
}

/// The mixture over a fixed grid.
#[derive(Debug, Clone)]
pub(super) struct Mixture {
    components: Vec<Component>,
}

impl Mixture {
    pub(super) fn new(components: Vec<Component>) -> Self {
        assert_eq!(
            components.len(),
            COMPONENTS,
            "the weights assume a full grid"
        );
        Self { components }
    }

    /// A lower bound of log10 of the mean over components of exp(first·a + second·b).
    pub(super) fn log10_e(&self, a: u128, b: u128) -> Log10E {
        let log10 = (self.ln_e(a, b) / DoubleWord::LN_10)
            .round_down()
            .next_down();
        // No cells: exactly 1, which a rounded sum of 64 ones would miss.
        Log10E::clamped(if a == 0 && b == 0 { 0.0 } else { log10 })
    }

    /// A lower bound of ln of the same, by log-sum-exp.
    fn ln_e(&self, a: u128, b: u128) -> DoubleWord {
        let exponents: Vec<DoubleWord> = self
            .components
            .iter()
            .map(|component| component.exponent(a, b))
            .collect();
        let largest = exponents
            .iter()
            .copied()
            .reduce(|x, y| if (x - y).is_negative() { y } else { x })
            .expect("the grid is not empty");
        let sum: f64 = exponents
            .iter()
            .map(|&exponent| libm::exp((exponent - largest).to_f64()))
            .sum();
        // The differences are rounded once (at most 745·2⁻⁵³ where the exponential is not 0), the
        // exponentials are within an ulp and the 63 additions within 63·2⁻⁵³.
        let sum = sum * (1.0 - 2.0_f64.powi(-42));
        largest + DoubleWord::from(sum).ln() - DoubleWord::LN_2 * DoubleWord::from(6.0)
    }
}

impl Component {
    /// A lower bound of first·a + second·b.
    fn exponent(self, a: u128, b: u128) -> DoubleWord {
        let (a, b) = (DoubleWord::from(a), DoubleWord::from(b));
        let (first, second) = (self.first * a, self.second * b);
        let size = first.abs().to_f64() + second.abs().to_f64();
        // Coefficients 2⁻⁹⁸ and 2⁻¹⁰² as stated, products 5u², sum 3u².
        let error = size * 2.0_f64.powi(-97) + (a + b).to_f64() * 2.0_f64.powi(-101);
        first + second - DoubleWord::from(error)
    }
}
