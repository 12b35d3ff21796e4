//! Findings of T6.

use super::contrasts::Contrasts;
use super::effect::smallest_visible;
use crate::error::ExaminationError;
use crate::finding::{Finding, Found, T6};
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
        let found = Found::T6(T6 {
            statistic: pair.statistic(),
            control_id: control.to_string(),
            discordant: pair.discordant(),
            effect: pair.effect(INTERVAL_ALPHA, 1)?,
        });
        findings.push(seen.finding(found, key, pair.p_value()?));
    }
    Ok(findings)
}

/// Says in each effect what would have been visible, now that the number of tests is known.
pub(crate) fn share_level(findings: &mut [Finding], law: Law) {
    let level = LEVEL / findings.len().max(1) as f64;
    for finding in findings {
        let trials = (finding.scored * law.trials()) as f64;
        if let Found::T6(T6 {
            effect: Some(effect),
            ..
        }) = &mut finding.found
        {
            effect.smallest_visible = smallest_visible(law, trials, level);
        }
    }
}
