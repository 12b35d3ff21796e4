//! The checks so far, and how a printed number is compared with one that was computed.

use super::cut::cut;
use super::printed::Read;
use crate::check::Check;
use std::fmt::{Debug, Display};

/// Rounding of printed logarithms and sums: some units of the last place.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// All checks that were made.
#[derive(Default)]
pub(crate) struct Table {
    checks: Vec<Check>,
}

/// How far a printed logarithm may lie from the computed one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// On the side of the accused, as the documents allow.
    pub(crate) safe: f64,
    /// On the other side: what the computation here may be off by.
    pub(crate) own: f64,
}

impl Table {
    pub(crate) fn into_checks(self) -> Vec<Check> {
        self.checks
    }

    /// The checks from this many on.
    pub(crate) fn since(&mut self, start: usize) -> &mut [Check] {
        let start = start.min(self.checks.len());
        &mut self.checks[start..]
    }

    pub(crate) fn len(&self) -> usize {
        self.checks.len()
    }

    pub(crate) fn fails(&mut self, what: impl Into<String>, detail: impl Into<String>) {
        self.checks.push(Check::fails(what, detail));
    }

    pub(crate) fn not_checked(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.checks.push(Check::not_checked(what, why));
    }

    /// Holds if `holds`; else fails, with words.
    pub(crate) fn holds(
        &mut self,
        what: impl Into<String>,
        holds: bool,
        detail: impl FnOnce() -> String,
    ) {
        self.checks.push(if holds {
            Check::holds(what)
        } else {
            Check::fails(what, detail())
        });
    }

    /// The same value.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what was computed is of no use afterwards"
    )]
    pub(crate) fn same<T: PartialEq + Debug>(
        &mut self,
        what: impl Into<String>,
        printed: Read<T>,
        ours: T,
    ) {
        match printed {
            Ok(printed) => {
                let holds = printed == ours;
                self.holds(what, holds, || {
                    cut(&format!("printed {printed:?}, computed {ours:?}"))
                });
            }
            Err(wrong) => self.fails(what, wrong),
        }
    }

    /// A number without a side, to a relative 1e-12 or what is given.
    pub(crate) fn near(
        &mut self,
        what: impl Into<String>,
        printed: Read<f64>,
        ours: f64,
        relative: f64,
    ) {
        match printed {
            Ok(printed) => {
                let far = (printed - ours).abs();
                let holds = far <= relative * ours.abs() + f64::MIN_POSITIVE;
                self.holds(what, holds, || differ(printed, ours));
            }
            Err(wrong) => self.fails(what, wrong),
        }
    }

    /// A number that may lie above the computed one by what is safe.
    pub(crate) fn above(
        &mut self,
        what: impl Into<String>,
        printed: Read<f64>,
        ours: f64,
        allowed: Allowance,
    ) {
        self.one_sided(what, printed, ours, allowed, 1.0);
    }

    /// A number that may lie below it.
    pub(crate) fn below(
        &mut self,
        what: impl Into<String>,
        printed: Read<f64>,
        ours: f64,
        allowed: Allowance,
    ) {
        self.one_sided(what, printed, ours, allowed, -1.0);
    }

    fn one_sided(
        &mut self,
        what: impl Into<String>,
        printed: Read<f64>,
        ours: f64,
        allowed: Allowance,
        side: f64,
    ) {
        match printed {
            Ok(printed) => {
                let holds = is_within(printed, ours, allowed, side);
                self.holds(what, holds, || differ(printed, ours));
            }
            Err(wrong) => self.fails(what, wrong),
        }
    }
}

/// Whether a number lies from the computed one on `side` (1 above, −1 below) by no more than what is safe.
fn is_within(printed: f64, ours: f64, allowed: Allowance, side: f64) -> bool {
    let slack = ROUNDING * ours.abs().max(1.0);
    let ahead = side * (printed - ours);
    -(allowed.own + slack) <= ahead && ahead <= allowed.safe + slack
}

/// The same for a p-value.
pub(crate) fn is_upper(printed: f64, ours: f64, allowed: Allowance) -> bool {
    is_within(printed, ours, allowed, 1.0)
}

fn differ(printed: impl Display, ours: impl Display) -> String {
    format!("printed {printed}, computed {ours}")
}
