//! T3, the e-process under one key: valid at any stopping time.

use crate::eprocess::EProcess;
use crate::error::ExaminationError;
use crate::finding::{Condition, Finding, Found, Order, T3, Warning};
use crate::scores::{Looking, Tally};
use crate::seen::{Seen, weighted};

/// The finding of T3 under one key.
pub(crate) fn finding(
    seen: &Seen<'_>,
    key: &Tally,
    order: Order,
) -> Result<Option<Finding>, ExaminationError> {
    let Some((log10_p, mut supremum, log10_e)) = key.eprocess.result() else {
        return Ok(None);
    };
    // Several parts of a mark are bet on like so many cells.
    supremum.cells /= key.mark.parts().len() as u64;
    let (weights, weighting) = match &key.eprocess {
        EProcess::Weighted(_) => seen.weighting(key).unzip(),
        _ => (None, None),
    };
    let found = Found::T3(T3 {
        supremum,
        log10_e,
        weights,
        weighting,
        order,
    });
    let mut finding = weighted(seen.finding(found, key, log10_p));
    if key.looking() == Looking::AtEnd {
        finding.warnings.push(Warning::AtEndOnly);
    }
    if !order.is_key_free() {
        finding.unproven.push(Condition::KeyFreeOrder);
    }
    Ok(Some(finding))
}
