//! The e-process of green counts.

use super::confidence::green_rate_sequence;
use super::error::EProcessError;
use super::mixture::{Component, FAMILY, Mixture};
use super::record::{Checkpoint, Record};
use crate::interval::{Interval, IntervalError};
use crate::tail::{DoubleWord, Log10E, Log10P, MAX_CELLS};

/// `(1/64)·Σ_r (r/γ)^S·((1−r)/(1−γ))^(n−S)`: a martingale of mean exactly 1 when cells are green with probability γ.
///
/// The 64 alternatives are r = γ + λ(1−γ), rounded to multiples of 2⁻³², with λ = 1 − 2⁻⁸, 1 − 2⁻⁴ and 2^(−j/4) for
/// j = 1..=62: from nearly all green down to λ = 2.2e-5, neighbours a factor 1.19 apart, so that the best of
/// them loses at most 1% of the exponent (in the small-lift limit) and the mixture at most log10 64 = 1.8.
///
/// ```
/// use hallmark_detector::eprocess::GreenEProcess;
/// let mut process = GreenEProcess::new(1 << 30)?; // γ = ¼
/// process.observe(24, 100)?;
/// process.observe(70, 100)?;
/// assert!(process.p_value().value() < -5.0);
/// assert_eq!(process.supremum().cells, 200);
/// # Ok::<(), hallmark_detector::eprocess::EProcessError>(())
/// ```
#[derive(Debug, Clone)]
pub struct GreenEProcess {
    mixture: Mixture<2>,
    green: u64,
    cells: u64,
    record: Record,
}

impl GreenEProcess {
    /// For the null hypothesis that cells are green with probability `threshold` / 2³².
    ///
    /// # Errors
    /// A threshold of 0 or 2³² − 1, which leaves no alternative.
    pub fn new(threshold: u32) -> Result<Self, EProcessError> {
        if threshold == 0 || threshold == u32::MAX {
            return Err(EProcessError::Threshold { threshold });
        }
        let threshold = u64::from(threshold);
        let components = alternatives(threshold)
            .map(|alternative| Component {
                per_unit: [
                    ln_quotient(alternative, threshold),
                    ln_quotient((1 << 32) - alternative, (1 << 32) - threshold),
                ],
            })
            .collect();
        Ok(Self {
            mixture: Mixture::new(components),
            green: 0,
            cells: 0,
            record: Record::new(),
        })
    }

    /// Adds a chunk of distinct cells and looks; returns log10 E now.
    ///
    /// # Errors
    /// More green than cells, or more than [`MAX_CELLS`] in total.
    pub fn observe(&mut self, green: u64, cells: u64) -> Result<Log10E, EProcessError> {
        if green > cells {
            return Err(EProcessError::CountExceedsCells { green, cells });
        }
        let total = self
            .cells
            .checked_add(cells)
            .filter(|&total| total <= MAX_CELLS)
            .ok_or(EProcessError::TooManyCells { limit: MAX_CELLS })?;
        self.green += green;
        self.cells = total;
        let log10_e = self
            .mixture
            .log10_e([self.green, self.cells - self.green].map(u128::from));
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

    /// Green cells so far.
    #[must_use]
    pub fn green(&self) -> u64 {
        self.green
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

    /// The confidence sequence of the green rate at this look: see [`green_rate_sequence`].
    ///
    /// # Errors
    /// α outside (0, 1).
    pub fn confidence_sequence(&self, alpha: f64) -> Result<Interval, IntervalError> {
        green_rate_sequence(self.cells, self.green, alpha)
    }
}

/// The alternatives' rates in units of 2⁻³², each strictly between the threshold and 2³².
pub(super) fn alternatives(threshold: u64) -> impl Iterator<Item = u64> {
    const QUARTERS: [f64; 4] = [
        1.0,
        0.840_896_415_253_714_5,
        std::f64::consts::FRAC_1_SQRT_2,
        0.594_603_557_501_360_5,
    ];
    let room = (1_u64 << 32) - threshold;
    let powers = (1..=FAMILY as i32 - 2).map(|j| QUARTERS[(j % 4) as usize] * 0.5_f64.powi(j / 4));
    [1.0 - 0.5_f64.powi(8), 1.0 - 0.5_f64.powi(4)]
        .into_iter()
        .chain(powers)
        .map(move |share| threshold + ((room as f64 * share) as u64).clamp(1, room - 1))
}

/// ln(over / under) within 2⁻⁹⁸ relative + 2⁻¹⁰² absolute.
fn ln_quotient(over: u64, under: u64) -> DoubleWord {
    (DoubleWord::from(over) / DoubleWord::from(under)).ln()
}
