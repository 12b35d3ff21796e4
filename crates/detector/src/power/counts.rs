//! The power of a test of counts: a saw with a rising trend.

use super::design::{Design, SampleSize, upper_quantile};
use crate::tail::ln_binomial_upper;
use hallmark_core::law::Law;

/// Critical counts followed beyond the first that has the power.
const MOST_STEPS: u64 = 512;

/// A one-sided binomial test; rates in units of 2⁻³².
pub(super) struct Counts {
    null: u64,
    marked: u64,
    ln_alpha: f64,
    z_alpha: f64,
}

impl Counts {
    /// The test of a design whose scores are counts.
    pub(super) fn of(design: &Design) -> Option<Self> {
        let null = match design.law {
            Law::Exponential => return None,
            Law::Bernoulli { threshold } => u64::from(threshold),
            Law::Bits { .. } => 1 << 31,
        };
        let marked = null + (design.lift * TWO_32) as u64;
        Some(Self {
            null,
            marked: marked.min((1 << 32) - 1),
            ln_alpha: design.ln_alpha(),
            z_alpha: upper_quantile(design.alpha),
        })
    }

    /// The smallest number of cells from which on the power is reached.
    pub(super) fn sample_size(&self, design: &Design, normal_cells: f64) -> SampleSize {
        let trials = normal_cells * design.law.trials() as f64;
        let least = self.least_critical(design.power, trials);
        // The drops of the power at steps of the critical count do not fall evenly: a later one can
        // be the deeper, until the trend has outgrown what one trial more or less changes.
        let (null, marked) = (self.null as f64 / TWO_32, self.marked as f64 / TWO_32);
        let steps = (4.0 * marked * null / design.lift).ceil() as u64 + 8;
        let mut critical = least;
        let mut next = least + 1;
        while next <= critical + steps.min(MOST_STEPS) {
            if self.power_at_first(next) < design.power {
                critical = next + 1;
            }
            next += 1;
        }
        let cells = self
            .trials_below(critical, design.power)
            .div_ceil(design.law.trials())
            .max(1);
        let trials = cells * design.law.trials();
        let critical = self.critical(trials, critical - 1);
        SampleSize {
            cells,
            normal_cells,
            critical: critical as f64,
            power: self.power(trials, critical),
        }
    }

    /// The smallest critical count with enough power at the first number of trials that has it.
    fn least_critical(&self, power: f64, trials: f64) -> u64 {
        let enough = |critical| self.power_at_first(critical) >= power;
        let guess = (trials * self.marked as f64 / TWO_32).max(1.0) as u64;
        let (mut low, mut high) = (0, guess);
        let mut step = (guess / 64).max(1);
        if enough(high) {
            while high > step && enough(high - step) {
                high -= step;
                step *= 2;
            }
            low = high.saturating_sub(step);
        } else {
            while !enough(high) {
                low = high;
                high += step;
                step *= 2;
            }
        }
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if enough(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The smallest number of trials with the power, where `critical` is the first critical count
    /// that has it throughout: it may lie among the trials of the count before, for while the count
    /// stays, the power rises.
    fn trials_below(&self, critical: u64, power: f64) -> u64 {
        let (mut low, mut high) = (self.first_trials(critical - 1), self.first_trials(critical));
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if self.power(middle, critical - 1) >= power {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    fn power_at_first(&self, critical: u64) -> f64 {
        self.power(self.first_trials(critical), critical)
    }

    /// The smallest number of trials with this critical count: that at which one less is no finding.
    fn first_trials(&self, critical: u64) -> u64 {
        let Some(below) = critical.checked_sub(1) else {
            return 0;
        };
        // Where the normal law puts it; the tails themselves decide. They are monotone in trials.
        let rate = self.null as f64 / TWO_32;
        let spread = self.z_alpha * (rate * (1.0 - rate)).sqrt();
        let root =
            (-spread + (spread * spread + 4.0 * rate * critical as f64).sqrt()) / (2.0 * rate);
        let guess = ((root * root) as u64).max(below);
        let mut step = 1;
        let (mut low, mut high) = (guess, guess);
        if self.exceeds(guess, below) {
            // Fewer trials than `below` cannot give as many.
            while low > below && self.exceeds(low, below) {
                high = low;
                low = low.saturating_sub(step).max(below);
                step *= 2;
            }
            if self.exceeds(low, below) {
                return low;
            }
        } else {
            while !self.exceeds(high, below) {
                low = high;
                high += step;
                step *= 2;
            }
        }
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if self.exceeds(middle, below) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The critical count for this many trials, not below `from`.
    fn critical(&self, trials: u64, from: u64) -> u64 {
        (from..)
            .find(|&count| !self.exceeds(trials, count))
            .expect("a count above all trials exceeds nothing")
    }

    /// Whether that count is no finding: its p-value is above the level.
    fn exceeds(&self, trials: u64, count: u64) -> bool {
        count <= trials && ln_binomial_upper(trials, count, self.null).round_up() > self.ln_alpha
    }

    /// P(S ≥ critical) under the mark, rounded down.
    fn power(&self, trials: u64, critical: u64) -> f64 {
        if critical > trials {
            return 0.0;
        }
        let missed =
            ln_binomial_upper(trials, trials - critical + 1, (1 << 32) - self.marked).round_up();
        (1.0 - libm::exp(missed).next_up()).max(0.0)
    }
}

const TWO_32: f64 = 4_294_967_296.0;
