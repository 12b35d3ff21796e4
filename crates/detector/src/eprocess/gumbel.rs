//! The e-process of Gumbel scores.

use super::error::EProcessError;
use super::mixture::{COMPONENTS, Component, Mixture};
use super::record::{Checkpoint, Record};
use crate::tail::{DoubleWord, Log10E, Log10P, MAX_CELLS};

/// What a cell whose word is 0 contributes to the sum of −ln U: 40·ln 2, rounded up, in 2⁻²⁴ nat.
///
/// U = 0 would make every later E zero. At 2⁻⁴⁰ instead, the mean of each factor stays below 1.
pub const LOG_RECIPROCAL_OF_ZERO: u64 = 465_163_199;

/// `(1/64)·Σ_a Π a·U^(a−1)`: a supermartingale when the cells' words are uniform.
///
/// U = w/2³² is the cell's uniform; U^(1/p) is what the chosen token of probability p would show under the mark, so a = 1/p.
/// The 64 alternatives are a = 1 + 2^((j−48)/4), j = 0..64: from 1.00024 to 14.5, excesses a factor 1.19 apart.
/// Every factor a·U^(a−1) has mean below 1 under the discrete law of the words (`docs/statistics.md`).
///
/// ```
/// use hallmark_detector::{eprocess::GumbelEProcess, tail::NAT};
/// let mut process = GumbelEProcess::new();
/// process.observe(1_000 * NAT, 1_000)?; // the null's mean: −ln U is 1 nat a cell
/// assert!(process.log10_e().value() < 0.0);
/// process.observe(500 * NAT, 1_000)?; // a mark makes U large and −ln U small
/// assert!(process.p_value().value() < -20.0);
/// # Ok::<(), hallmark_detector::eprocess::EProcessError>(())
/// ```
#[derive(Debug, Clone)]
pub struct GumbelEProcess {
    mixture: Mixture,
    sum: u128,
    cells: u64,
    record: Record,
}

impl Default for GumbelEProcess {
    fn default() -> Self {
        Self::new()
    }
}

impl GumbelEProcess {
    /// Nothing observed: E = 1.
    #[must_use]
    pub fn new() -> Self {
        let components = excesses()
            .map(|excess| Component {
                first: (DoubleWord::ONE + DoubleWord::from(excess)).ln(),
                second: -DoubleWord::from(excess).scale(-24),
            })
            .collect();
        Self {
            mixture: Mixture::new(components),
            sum: 0,
            cells: 0,
            record: Record::new(),
        }
    }

    /// Adds a chunk of distinct cells and looks; returns log10 E now.
    ///
    /// `log_reciprocal` is the chunk's sum of −ln(w/2³²) in units of 2⁻²⁴ nat, each cell rounded **up**, a word
    /// of 0 counted as [`LOG_RECIPROCAL_OF_ZERO`]. It is not the score that the tails use, −ln(1 − w/2³²).
    ///
    /// # Errors
    /// A sum over no cells, or more than [`MAX_CELLS`] in total.
    pub fn observe(&mut self, log_reciprocal: u64, cells: u64) -> Result<Log10E, EProcessError> {
        if cells == 0 && log_reciprocal > 0 {
            return Err(EProcessError::SumWithoutCells {
                sum: log_reciprocal,
            });
        }
        let total = self
            .cells
            .checked_add(cells)
            .filter(|&total| total <= MAX_CELLS)
            .ok_or(EProcessError::TooManyCells { limit: MAX_CELLS })?;
        // 2⁴⁶ cells of at most 2⁶⁴ each.
        self.sum += u128::from(log_reciprocal);
        self.cells = total;
        let log10_e = self.mixture.log10_e(u128::from(total), self.sum);
        self.record.look(Checkpoint {
            cells: total,
            log10_e,
        });
        Ok(log10_e)
    }

    /// Cells so far.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// log10 E at the last look.
    #[must_use]
    pub fn log10_e(&self) -> Log10E {
        self.record.last().log10_e
    }

    /// The largest E at any look, and after how many cells; E = 1 at 0 cells counts.
    #[must_use]
    pub fn supremum(&self) -> Checkpoint {
        self.record.supremum()
    }

    /// log10 of the largest E at any look.
    #[must_use]
    pub fn sup_log10_e(&self) -> Log10E {
        self.record.supremum().log10_e
    }

    /// p = 1 / sup E (Ville), valid at any stopping time.
    #[must_use]
    pub fn p_value(&self) -> Log10P {
        self.sup_log10_e().p_value()
    }

    /// At most 200 looks, evenly thinned, with the supremum and the last: for a plot.
    #[must_use]
    pub fn trajectory(&self) -> Vec<Checkpoint> {
        self.record.trajectory()
    }
}

/// a − 1 for the alternatives, as exact `f64` values: 2^((j−48)/4).
fn excesses() -> impl Iterator<Item = f64> {
    const QUARTERS: [f64; 4] = [
        1.0,
        1.189_207_115_002_721,
        std::f64::consts::SQRT_2,
        1.681_792_830_507_429,
    ];
    (0..COMPONENTS).map(|j| QUARTERS[j % 4] * 2.0_f64.powi((j / 4) as i32 - 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_zero_is_forty_bits_rounded_up() {
        let exact = 40.0 * std::f64::consts::LN_2 * 2.0_f64.powi(24);
        assert_eq!(LOG_RECIPROCAL_OF_ZERO, exact.ceil() as u64);
    }

    /// The proof's inequality a ≤ 2^(8(a−1)), which the word 0 needs.
    #[test]
    fn every_alternative_pays_for_the_word_zero() {
        for excess in excesses() {
            assert!(
                excess.ln_1p() < 8.0 * std::f64::consts::LN_2 * excess,
                "{excess}"
            );
        }
    }
}
