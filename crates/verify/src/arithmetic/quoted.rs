//! Findings of `--provider-log` where windows were left out for it: each is the weaker of two examinations, one with those windows and one
//! without, and only the cells of one are disclosed (`docs/replay.md`).

use super::printed::Printed;
use crate::check::{Check, Verdict};

/// Whether findings are the weaker of two examinations'.
pub(crate) fn is_weaker_of_two(examined: Printed<'_>) -> bool {
    examined
        .number("quoted.left_out")
        .is_ok_and(|left_out| left_out > 0.0)
}

/// What differs may be of the other examination, unless the p-value is smaller than that of these cells: the larger is printed.
pub(crate) fn lenient(
    checks: &mut [Check],
    name: &str,
    finding: Printed<'_>,
    computed: Option<f64>,
) {
    let is_weaker = match (finding.number("log10_p"), computed) {
        (Ok(printed), Some(computed)) => {
            printed >= computed.min(0.0) - 1e-9 * computed.abs().max(1.0)
        }
        _ => false,
    };
    if !is_weaker {
        return;
    }
    for check in checks
        .iter_mut()
        .filter(|check| check.verdict == Verdict::Fails)
    {
        let why = format!(
            "{name} may be that of the examination without windows left out, whose cells are not disclosed ({})",
            check.detail
        );
        *check = Check::not_checked(std::mem::take(&mut check.what), why);
    }
}
