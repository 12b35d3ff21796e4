//! Exact tails of weighted sums of independent scores: P(Σ weight·score ≥ sum).
//!
//! Laws and normal form: `docs/tests/weighted-tails.md`, sections 1 and 2. The way is another than the program's, which convolves on
//! a grid: the transform of the law is inverted along a line or a curve through its saddle point, by the trapezoidal rule, with ever
//! finer steps until two agree.

mod counts;
mod gammas;
mod lattice;
mod listed;

pub(crate) use counts::counts;
pub(crate) use gammas::gammas;

use super::numbers::Double;
use super::tail::{self, LATTICE};

/// Scores that share a weight: how many, of words under independent keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) weight: i64,
    pub(crate) cells: u64,
}

/// A tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WeightedTail {
    /// log10 of it; minus infinity where such a sum cannot be.
    pub(crate) log10_p: f64,
    /// log10 of Chernoff's bound, which is never below; the program prints no more than it.
    pub(crate) chernoff: f64,
    /// Whether a formula without a transform gave it.
    pub(crate) is_exact: bool,
}

/// A tail that was not found: the transform's steps would be too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tail of a sum with such weights takes more steps than are made here")]
pub(crate) struct TooManySteps;

impl WeightedTail {
    fn exactly(ln: Option<Double>) -> Self {
        let log10_p = ln.map_or(f64::NEG_INFINITY, Double::to_log10);
        Self {
            log10_p,
            chernoff: log10_p,
            is_exact: true,
        }
    }
}

/// ln p and ln of Chernoff's bound, as a transform gives them.
#[derive(Clone, Copy, Debug)]
struct Inverted {
    ln_p: Double,
    chernoff: Double,
}

impl Inverted {
    fn upper(self) -> WeightedTail {
        WeightedTail {
            log10_p: self.ln_p.to_log10(),
            chernoff: self.chernoff.to_log10(),
            is_exact: false,
        }
    }

    /// The other side's: 1 − p, where Chernoff's bound is 1.
    fn lower(self) -> WeightedTail {
        let other = self.ln_p.exp().to_f64();
        WeightedTail {
            log10_p: Double::from((-other).ln_1p()).to_log10(),
            chernoff: 0.0,
            is_exact: false,
        }
    }
}

/// The root of a rising function between 0, where it is below, and `most`, which it may approach.
fn rising_root(value: impl Fn(f64) -> f64, most: f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    if most.is_infinite() {
        high = 1e-9;
        while value(high) < 0.0 && high < 1e9 {
            (low, high) = (high, 2.0 * high);
        }
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if value(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
