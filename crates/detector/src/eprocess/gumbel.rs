//! The e-process of Gumbel scores.

use super::error::EProcessError;
use super::mixture::{Component, FAMILY, Mixture};
use super::record::{Checkpoint, Record};
use crate::tail::{DoubleWord, Log10E, Log10P, MAX_CELLS};
use hallmark_core::score;

/// `½·(1/64)·Σ_a Π a·U^(a−1) + ½·(1/64)·Σ_b Π b·(1−U)^(b−1)`: a supermartingale when the cells' words are uniform.
///
/// U = w/2³² is the cell's uniform, s = −ln(1−U) its score. Two families of 64 alternatives, the grids a − 1 and 1/b − 1
/// both 2^((j−48)/4), j = 0..64: from 2.4e-4 to 13.5, a factor 1.19 apart.
///
/// - **Powers of U**: under the mark a chosen token of probability p has U distributed as the 1/a = p-th power of a uniform. This
///   is the marked text itself, where *every* cell is lifted.
/// - **Tilts of the score**: b·(1−U)^(b−1) = b·e^((1−b)s) is the likelihood ratio of scores that are exponential with mean 1/b.
///   This sees the *few* cells of very large score that a trained student shows; they move −ln U, which the powers see,
///   by next to nothing. It depends on the words through the sum of T1, so it loses only a few decades against T1's p.
///
/// Against either family alone the half weight costs log10 2 = 0.3 at most. Every factor has mean at most 1 under the discrete
/// law of the words (`docs/statistics.md`, section 6).
///
/// ```
/// use hallmark_detector::{eprocess::{GumbelEProcess, GumbelSums}, tail::NAT};
/// let mut process = GumbelEProcess::new();
/// // The null's means: −ln(1−U) and −ln U are both 1 nat a cell.
/// process.observe(GumbelSums { cells: 1_000, score: 1_000 * NAT, log_reciprocal: 1_000 * NAT })?;
/// assert!(process.log10_e().value() < 0.0);
/// // A mark makes U large: −ln(1−U) grows and −ln U shrinks.
/// process.observe(GumbelSums { cells: 1_000, score: 1_500 * NAT, log_reciprocal: 500 * NAT })?;
/// assert!(process.p_value().value() < -20.0);
/// # Ok::<(), hallmark_detector::eprocess::EProcessError>(())
/// ```
#[derive(Debug, Clone)]
pub struct GumbelEProcess {
    mixture: Mixture<3>,
    cells: u64,
    score: u128,
    log_reciprocal: u128,
    record: Record,
}

/// All that the e-process needs to know of a chunk of distinct cells. Sums are in units of 2⁻²⁴ nat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GumbelSums {
    /// How many cells.
    pub cells: u64,
    /// The sum of −ln(1 − w/2³²), each cell rounded **down**: [`score::exponential`], what T1 sums.
    pub score: u64,
    /// The sum of −ln(w/2³²), each cell rounded **up**, a word of 0 counted as 2⁻⁸: [`score::log_reciprocal`].
    pub log_reciprocal: u64,
}

impl GumbelSums {
    /// Of the words of distinct cells.
    #[must_use]
    pub fn of_words(words: &[u32]) -> Self {
        Self {
            cells: words.len() as u64,
            score: score::sum_exponential(words),
            log_reciprocal: score::sum_log_reciprocal(words),
        }
    }
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
        Self {
            mixture: Mixture::new(excesses().map(power).chain(excesses().map(tilt)).collect()),
            cells: 0,
            score: 0,
            log_reciprocal: 0,
            record: Record::new(),
        }
    }

    /// Adds a chunk of distinct cells and looks; returns log10 E now.
    ///
    /// # Errors
    /// Sums that no words have: −ln U over no cells, or a score above `score::exponential(u32::MAX)` a cell. More than
    /// [`MAX_CELLS`] in total.
    pub fn observe(&mut self, sums: GumbelSums) -> Result<Log10E, EProcessError> {
        let GumbelSums {
            cells,
            score,
            log_reciprocal,
        } = sums;
        if cells == 0 && log_reciprocal > 0 {
            return Err(EProcessError::SumWithoutCells {
                sum: log_reciprocal,
            });
        }
        if u128::from(score) > u128::from(cells) * u128::from(score::exponential(u32::MAX)) {
            return Err(EProcessError::ScoreExceedsCells { score, cells });
        }
        let total = self
            .cells
            .checked_add(cells)
            .filter(|&total| total <= MAX_CELLS)
            .ok_or(EProcessError::TooManyCells { limit: MAX_CELLS })?;
        self.cells = total;
        self.score += u128::from(score);
        // No overflow: at most 2⁴⁶ chunks with cells, of at most 2⁶⁴ each.
        self.log_reciprocal += u128::from(log_reciprocal);
        let log10_e = self
            .mixture
            .log10_e([u128::from(total), self.score, self.log_reciprocal]);
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

/// a·U^(a−1) for a = 1 + `excess`: ln a a cell, −(a − 1) a nat of −ln U.
fn power(excess: f64) -> Component<3> {
    let excess = DoubleWord::from(excess);
    Component {
        per_unit: [
            (DoubleWord::ONE + excess).ln(),
            DoubleWord::ZERO,
            -excess.scale(-24),
        ],
    }
}

/// b·e^((1−b)s) for 1/b = 1 + `excess`: −ln(1/b) a cell, 1 − b = excess / (1 + excess) a nat of s.
fn tilt(excess: f64) -> Component<3> {
    let excess = DoubleWord::from(excess);
    let mean = DoubleWord::ONE + excess;
    Component {
        per_unit: [-mean.ln(), (excess / mean).scale(-24), DoubleWord::ZERO],
    }
}

/// a − 1, and 1/b − 1, for the alternatives, as exact `f64` values: 2^((j−48)/4).
pub(super) fn excesses() -> impl Iterator<Item = f64> {
    const QUARTERS: [f64; 4] = [
        1.0,
        1.189_207_115_002_721,
        std::f64::consts::SQRT_2,
        1.681_792_830_507_429,
    ];
    (0..FAMILY).map(|j| QUARTERS[j % 4] * 2.0_f64.powi((j / 4) as i32 - 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: f64 = 4_294_967_296.0;

    /// The factor that one cell of this word contributes under this alternative.
    fn factor(component: Component<3>, word: u32) -> f64 {
        let sums = [1, score::exponential(word), score::log_reciprocal(word)];
        component
            .exponent(sums.map(|sum| u128::from(sum).into()))
            .to_f64()
            .exp()
    }

    /// For a word of 0 the proof needs −ln U = 40·ln 2 at least, and a ≤ 2^(8(a−1)).
    #[test]
    fn every_power_pays_for_the_word_zero() {
        let exact = 40.0 * std::f64::consts::LN_2 * 2.0_f64.powi(24);
        assert_eq!(f64::from(score::log_reciprocal(0)), exact.ceil());
        for excess in excesses() {
            assert!(
                excess.ln_1p() < 8.0 * std::f64::consts::LN_2 * excess,
                "{excess}"
            );
        }
    }

    /// The proof, where it is tightest: the 2¹⁴ largest words one by one. With v = 2³² − w, the sum over v ≤ m of
    /// factor / 2³² may be at most the integral of b·x^(b−1) over x ≤ m/2³²; the rest is at most the rest of the
    /// integral, as the factor falls in v. Σ over all words is the same with m = 2³².
    #[test]
    fn every_tilt_has_mean_at_most_one_over_the_largest_words() {
        for excess in excesses() {
            let (component, b) = (tilt(excess), 1.0 / (1.0 + excess));
            let (mut sum, mut last) = (0.0, f64::INFINITY);
            for v in 1..=1_u32 << 14 {
                let now = factor(component, v.wrapping_neg());
                assert!(now <= last, "the factor rises at v = {v}, b = {b}");
                last = now;
                sum += now / WORDS;
                if v.is_power_of_two() {
                    let integral = (f64::from(v) / WORDS).powf(b);
                    assert!(
                        sum <= integral,
                        "{sum} exceeds {integral} at v = {v}, b = {b}"
                    );
                }
            }
        }
    }

    /// The proof holds for words on any lattice of multiples of 2^k; here all 4,096 multiples of 2²⁰, in full.
    #[test]
    fn every_factor_has_mean_at_most_one_on_a_coarse_lattice() {
        for excess in excesses() {
            for (family, component) in [("power", power(excess)), ("tilt", tilt(excess))] {
                let sum: f64 = (0..1_u32 << 12).map(|k| factor(component, k << 20)).sum();
                let mean = sum / 4096.0;
                assert!(mean <= 1.0, "{family} {excess}: {mean}");
                // Near the null little is lost.
                assert!(excess > 0.1 || mean > 0.999, "{family} {excess}: {mean}");
            }
        }
    }
}
