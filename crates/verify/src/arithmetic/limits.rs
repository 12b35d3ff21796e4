//! How far printed numbers may lie on their safe side, and how few cells say nothing.

use super::table::Allowance;
use std::f64::consts::LN_10;

/// Fewer cells say nothing either way.
pub(crate) const FEW_CELLS: u64 = 25;

/// The level of a finding.
pub(crate) const LEVEL: f64 = 0.001;

/// The chance that an effect's interval misses.
pub(crate) const INTERVAL_ALPHA: f64 = 0.05;

/// The chance of not seeing what is said to be visible.
pub(crate) const MISSED: f64 = 0.1;

/// The false discovery rate of the screen.
pub(crate) const SCREEN_RATE: f64 = 0.05;

/// An exact tail: a relative excess of p of 1e-9 (`docs/statistics.md`, section 2).
pub(crate) const EXACT: Allowance = Allowance {
    safe: 1e-9 / LN_10,
    own: 1e-10,
};

/// E-processes (`docs/replay.md`, "T3").
pub(crate) const PROCESS: Allowance = Allowance {
    safe: 1e-9,
    own: 1e-11,
};

/// T8 (`docs/replay.md`, "T8").
pub(crate) const SHAPE: Allowance = Allowance {
    safe: 2e-8,
    own: 1e-9,
};

/// Sums of printed logarithms.
pub(crate) const SUMS: Allowance = Allowance {
    safe: 1e-12,
    own: 1e-14,
};

/// Limits that were searched: of rates on the lattice of 2⁻³².
pub(crate) const RATES: Allowance = Allowance {
    safe: 1e-9,
    own: 1e-9,
};

/// Limits of means, to a millionth of the sum's standard deviation (`conformance/replay/check.py`).
pub(crate) const MEANS: Allowance = Allowance {
    safe: 3e-7,
    own: 1e-9,
};

/// Bounds of weighted tails by other methods than formulas: the document's largest excess (`docs/tests/weighted-tails.md`, section 6).
pub(crate) fn bound(log10_p: f64) -> Allowance {
    Allowance {
        safe: if log10_p > -700.0 { 0.03 } else { 0.4 },
        own: 1e-9,
    }
}
