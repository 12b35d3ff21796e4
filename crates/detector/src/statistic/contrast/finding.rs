//! Findings of T6.

use super::Contrasts;
use super::effect::smallest_visible;
use crate::error::ExaminationError;
use crate::finding::{ContrastResult, Finding, Test};
use crate::scores::Tally;
use crate::seen::Seen;
use crate::statistic::plain::{INTERVAL_ALPHA, LEVEL};
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;

/// The contrasts of one tested key, number `tested`, with every control but itself.
pub(crate) fn findings(
    contrasts: &Contrasts,
    controls: &[Mark],
    tested: usize,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Vec<Finding>, ExaminationError> {
    let mut findings = vec![];
    for (index, control) in controls.iter().enumerate() {
        let control = control.key();
        let Some(pair) = contrasts
            .pair(tested, index)
            .filter(|_| control != key.mark.key())
        else {
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
