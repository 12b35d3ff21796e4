//! Findings of T6.

use super::effect::smallest_visible;
use super::{ContrastEffect, Contrasts};
use crate::examination::{ExaminationError, Seen};
use crate::finding::{Finding, Test};
use crate::plain::{INTERVAL_ALPHA, LEVEL};
use crate::tally::Tally;
use hallmark_core::keys::PublicId;
use hallmark_core::law::Law;
use serde::Serialize;

/// What T6 has beside its p-value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContrastResult {
    /// Public id of the control.
    pub control_id: String,
    /// Cells whose scores differ by a step or more: those that count.
    pub discordant: u64,
    /// How much more the answers depend on the tested key; nothing where too few cells were scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<ContrastEffect>,
}

/// The contrasts of one tested key, number `tested`, with every control but itself.
pub(crate) fn findings(
    contrasts: &Contrasts,
    controls: &[PublicId],
    tested: usize,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Vec<Finding>, ExaminationError> {
    let mut findings = vec![];
    for (index, &control) in controls.iter().enumerate() {
        let Some(pair) = contrasts.pair(tested, index).filter(|_| control != key.key) else {
            continue;
        };
        let result = ContrastResult {
            control_id: control.to_string(),
            discordant: pair.discordant(),
            effect: pair.effect(INTERVAL_ALPHA, 1)?,
        };
        findings.push(Finding {
            statistic: pair.statistic(),
            expected: Some(0.0),
            contrast: Some(result),
            ..seen.finding(Test::T6, key, pair.p_value()?)
        });
    }
    Ok(findings)
}

/// Says in each effect what would have been visible, now that the number of tests is known.
pub(crate) fn share_level(findings: &mut [Finding], law: Law) {
    let level = LEVEL / findings.len().max(1) as f64;
    for finding in findings {
        let trials = (finding.scored * law.trials()) as f64;
        let result = finding.contrast.as_mut();
        if let Some(effect) = result.and_then(|result| result.effect.as_mut()) {
            effect.smallest_visible = smallest_visible(law, trials, level);
        }
    }
}
