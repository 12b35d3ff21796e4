//! What could have been seen where nothing was found.

use super::{count, significant};
use hallmark::examine::{Examined, KeyOutcome};
use hallmark::power::UsedJson;
use hallmark_detector::power::{Outside, Status};

/// The smallest share of marked training text that could have been seen under a key, and who says so; or that nobody does.
pub(crate) fn seen(outcome: &KeyOutcome, examined: &Examined) -> String {
    if examined.profile.ring > 1 {
        return "Which share of marked training text could have been seen is not known: no study says what a ring of keys leaves.".to_owned();
    }
    let mut text = match (outcome.certified_share, outcome.smallest_share) {
        (Some(certified), Some(share)) if share <= 1.0 => format!(
            "The smallest share of marked training text that the sum of scores (T1) would have seen in nine cases of ten is {}, {}; shares from {} were tried and seen in that study.",
            significant(share),
            by(outcome.calibration.as_ref()),
            significant(certified)
        ),
        (Some(_), Some(_)) => format!(
            "The sum of scores (T1) would have seen not even a wholly marked training text in nine cases of ten, {}.",
            by(outcome.calibration.as_ref())
        ),
        _ => "No study says which share of marked training text could have been seen: it is known only from a study of this kind of model, size, rate and passes, and studies of other models certify nothing of this suspect.".to_owned(),
    };
    if let Some(effect) = smallest_effect(outcome, examined) {
        text.push(' ');
        text.push_str(&effect);
    }
    if let Some(needs) = outcome.needs_answers {
        text.push_str(&format!(
            " To see the share that was to be ruled out, about {} answers like these {} are needed, or more as they repeat each other.",
            count(needs),
            count(examined.counts.answers)
        ));
    }
    text
}

fn smallest_effect(outcome: &KeyOutcome, examined: &Examined) -> Option<String> {
    let mut tests = examined.tests.iter();
    let plain = tests.find(|test| test.key_id == outcome.key_id && test.effect().is_some())?;
    let effect = plain.effect()?;
    Some(format!(
        "In these answers, a {} of {} or more ({} without dependence on the key) would have been found in nine cases of ten.",
        super::measure(effect.measure),
        super::decimals(effect.smallest_visible, 4),
        super::decimals(effect.null, 4)
    ))
}

/// Which study, and what of it does not fit.
fn by(used: Option<&UsedJson>) -> String {
    let Some(used) = used else {
        return "by a study that is not named".to_owned();
    };
    let status = match used.status {
        Status::Published => "published",
        Status::Derived => "derived from what was published",
        Status::Measured => "measured by this project",
    };
    let mut text = format!(
        "by {} of table {} ({}; {status})",
        used.row, used.edition, used.student
    );
    for outside in &used.outside {
        text.push_str(match outside {
            Outside::Share => "; outside what was calibrated: another share",
            Outside::Gamma => "; outside what was calibrated: another gamma",
            Outside::Delta => "; outside what was calibrated: another delta",
        });
    }
    text
}
