//! A logarithm known up to a stated error, and what becomes of it.

use super::double_word::DoubleWord;
use super::log10::Log10P;
use super::series::Sum;

/// A real number x with |x − value| ≤ error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Enclosure {
    pub(crate) value: DoubleWord,
    pub(crate) error: f64,
}

impl Enclosure {
    /// Upper bound of the natural logarithm of e^self · factor, factor > 0.
    pub(super) fn ln_times(self, factor: f64) -> DoubleWord {
        self.value + DoubleWord::from(factor).ln() + DoubleWord::from(inflate(self.error))
    }

    /// Upper bound of ln(e^self · sum).
    pub(super) fn upper_tail(self, sum: Sum) -> DoubleWord {
        self.ln_times(sum.high)
    }

    /// Upper bound of ln(1 − e^self · factor), factor ≥ 0: the tail on the other side of the mean.
    pub(super) fn ln_complement(self, factor: f64) -> DoubleWord {
        let exponent = self.value.to_f64() - inflate(self.error);
        let lower = (libm::exp(exponent) * factor * (1.0 - SLACK)).max(0.0);
        // Near f64's smallest numbers relative bounds fail; nothing is lost by calling the tail 1.
        if lower < 1e-290 {
            return DoubleWord::ZERO;
        }
        // Positive: the complement is only taken below the mean, where at least a constant is left.
        (DoubleWord::ONE - DoubleWord::from(lower)).ln()
    }
}

/// Relative allowance for the exponential, its argument and three products. For an exponent x the
/// argument's own rounding costs |x|·2⁻⁵³; x ≥ −708 where the exponential is not zero.
const SLACK: f64 = 1e-12;

/// log10 p from an upper bound of ln p, rounded up and capped at 0.
pub(crate) fn log10_p_up(ln_p: DoubleWord) -> Log10P {
    // The quotient's relative error of 15u² is far below the two ulps added.
    let log10 = (ln_p / DoubleWord::LN_10).round_up().next_up();
    Log10P::clamped(log10)
}

fn inflate(error: f64) -> f64 {
    error * (1.0 + 1e-9)
}

#[cfg(test)]
mod tests {
    use super::{DoubleWord, Enclosure};

    /// Errors that are large enough to be seen: every bound is on the far side of what they leave open.
    #[test]
    fn bounds_lie_beyond_the_whole_error() {
        let x = Enclosure {
            value: DoubleWord::from(-1.0),
            error: 0.25,
        };
        let above = x.ln_times(2.0).to_f64() - (-0.75 + 2_f64.ln());
        assert!((0.0..1e-6).contains(&above), "{above}");
        let above = x.ln_complement(0.5).to_f64() - (1.0 - 0.5 * (-1.25_f64).exp()).ln();
        assert!((0.0..1e-6).contains(&above), "{above}");
    }
}
