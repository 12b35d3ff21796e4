//! The finding of T9.

use super::{Evidence, MassCounts};
use crate::error::ExaminationError;
use crate::finding::{FEW_CELLS, Finding, Found, Warning};
use crate::scores::Tally;
use crate::statistic::plain::LEVEL;

/// T9 of one key. What was scored are the evidence's cells, which have nothing to do with the answers'.
pub(crate) fn finding(
    evidence: &Evidence,
    counts: &MassCounts,
    key: &Tally,
) -> Result<Finding, ExaminationError> {
    let found = evidence.examine(&**key.mark.heaviest())?;
    let cases = [
        (Warning::TooFewCells, found.cells < FEW_CELLS),
        (Warning::MuchExposed, counts.exposed * 5 > counts.positions),
        (Warning::ExposureUnknown, counts.exposure_unknown > 0),
    ];
    Ok(Finding {
        tokens: counts.positions,
        scored: found.cells,
        warnings: cases
            .into_iter()
            .filter_map(|(warning, applies)| applies.then_some(warning))
            .collect(),
        ..Finding::new(
            Found::T9(Box::new((&found).into())),
            key.mark.key().to_string(),
            found.log10_p,
        )
    })
}

/// Says what would have been visible, now that the number of tests is known.
pub(crate) fn share_level(findings: &mut [Finding], evidence: &Evidence, key: &Tally) {
    let level = LEVEL / findings.len().max(1) as f64;
    let visible = evidence.smallest_visible(key.mark.law(), level);
    for finding in findings {
        if let Found::T9(found) = &mut finding.found {
            found.mass_smallest_visible = visible;
        }
    }
}
