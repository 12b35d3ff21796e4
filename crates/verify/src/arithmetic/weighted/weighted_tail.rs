//! A tail as it is handed out, from a formula or from a transform.

use super::super::numbers::Double;

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
    pub(super) fn exactly(ln: Option<Double>) -> Self {
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
pub(super) struct Inverted {
    pub(super) ln_p: Double,
    pub(super) chernoff: Double,
}

impl Inverted {
    pub(super) fn upper(self) -> WeightedTail {
        WeightedTail {
            log10_p: self.ln_p.to_log10(),
            chernoff: self.chernoff.to_log10(),
            is_exact: false,
        }
    }

    /// The other side's: 1 − p, where Chernoff's bound is 1.
    pub(super) fn lower(self) -> WeightedTail {
        let other = self.ln_p.exp().to_f64();
        WeightedTail {
            log10_p: Double::from((-other).ln_1p()).to_log10(),
            chernoff: 0.0,
            is_exact: false,
        }
    }
}
