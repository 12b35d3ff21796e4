//! T3, the e-process under one key: valid at any stopping time.

use crate::eprocess::EProcess;
use crate::error::ExaminationError;
use crate::finding::{Finding, Test, Warning};
use crate::scores::{Looking, Tally};
use crate::seen::Seen;

/// The finding of T3 under one key.
pub(crate) fn finding(seen: &Seen<'_>, key: &Tally) -> Result<Option<Finding>, ExaminationError> {
    let Some((log10_p, supremum, log10_e)) = key.eprocess.result() else {
        return Ok(None);
    };
    let finding = Finding {
        statistic: supremum.log10_e.value(),
        supremum: Some(supremum),
        log10_e: Some(log10_e),
        ..seen.finding(Test::T3, key, log10_p)
    };
    let mut finding = match &key.eprocess {
        EProcess::Weighted(_) => seen.weighted(finding, key),
        _ => finding,
    };
    if key.looking() == Looking::AtEnd {
        finding.warnings.push(Warning::AtEndOnly);
    }
    Ok(Some(finding))
}
