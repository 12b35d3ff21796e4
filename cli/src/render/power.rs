//! `power` in words.

use hallmark::power::{Planned, UsedJson};
use hallmark_core::schemes::{Family, Scheme};
use hallmark_detector::power::{GrowthSource, Outside, Status};
use std::fmt::Write as _;

pub(crate) fn power_text(planned: &Planned) -> String {
    let mut text = String::new();
    let family = Scheme::named(&planned.scheme).map(|scheme| scheme.row().family);
    let what = match family {
        Some(Family::Green) => "the green rate",
        Some(Family::Tournament) => "the rate of one bits",
        _ => "the mean score, in nats,",
    };
    if let Some(share) = planned.share {
        let _ = writeln!(
            text,
            "A share of {share} of the training text, marked, lifts {what} by about {}.",
            figures(planned.lift)
        );
    }
    if let Some(used) = &planned.calibration {
        let _ = writeln!(text, "  {}.", used_text(used));
        text.push_str(
            "  That plans how much to ask. It certifies nothing: what this suspect would show is known from a study of your own (--calibration), of this kind of model, size, rate and passes.\n",
        );
    }
    let _ = writeln!(
        text,
        "A lift of {what} by {} is found at level {:e} in {:.0}% of cases with {} distinct fresh cells.",
        figures(planned.lift),
        planned.alpha,
        100.0 * planned.power,
        planned.cells
    );
    match (planned.tokens, planned.growth) {
        (Some(tokens), Some(growth)) => {
            let source = match growth.source {
                GrowthSource::Given => "at the rate given".to_owned(),
                GrowthSource::Assumed if planned.window == 2 => {
                    "at 0.27 new cells a token, the lowest published for windows of two tokens"
                        .to_owned()
                }
                GrowthSource::Assumed => format!(
                    "at 0.27 new cells a token, the lowest published for windows of two tokens, while these have {}: longer windows repeat less",
                    planned.window
                ),
                GrowthSource::Pilot => "as the pilot's cells grew".to_owned(),
            };
            let _ = writeln!(text, "That is about {tokens} generated tokens, {source}.");
        }
        _ => {
            let _ = writeln!(
                text,
                "How many tokens that is depends on how much the answers repeat: give --cells-per-token."
            );
        }
    }
    if let Some(answers) = planned.answers {
        let _ = writeln!(text, "About {answers} answers.");
    }
    match &planned.weighted {
        Some(weighted) => {
            let _ = write!(
                text,
                "Weighed by the harvest (T2), about {} cells are needed, {:.1} times fewer",
                weighted.cells, weighted.gain
            );
            let _ = match (weighted.tokens, weighted.answers) {
                (Some(tokens), Some(answers)) => {
                    writeln!(text, ": {tokens} tokens, {answers} answers.")
                }
                _ => writeln!(text, "."),
            };
            text.push_str(
                "That is a prediction: it takes the lift to be in proportion to what the harvest was of all that followed a window.\n",
            );
        }
        None => text.push_str(
            "T1 alone is planned for. Weights by the harvest (T2) need fewer cells, prompts of its own domain far fewer.\n",
        ),
    }
    cohort_lines(&mut text, planned);
    text
}

fn cohort_lines(text: &mut String, planned: &Planned) {
    if planned.cohorts.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "Cohorts with keys of their own, at level {:e} each (a share a of the harvest needs about 1/a² as much):",
        planned.cohorts[0].alpha
    );
    for cohort in &planned.cohorts {
        let _ = write!(
            text,
            "  share {}: lift {}, {} cells, {:.1} times the whole harvest's",
            cohort.share,
            figures(cohort.lift),
            cohort.cells,
            cohort.cells as f64 / planned.cells.max(1) as f64
        );
        let _ = match cohort.tokens {
            Some(tokens) => writeln!(text, ", about {tokens} tokens"),
            None => writeln!(text),
        };
    }
    text.push_str(
        "That takes the lift to be in proportion to the share. A false member of a cohort costs little; a campaign in two cohorts costs four times as much for each.\n",
    );
}

/// A number with two significant figures.
pub(super) fn figures(number: f64) -> String {
    if (0.001..1000.0).contains(&number) {
        let decimals = (1.0 - number.log10().floor()).max(0.0) as usize;
        format!("{number:.decimals$}")
    } else {
        format!("{number:.1e}")
    }
}

/// Which study, and what of it does not fit.
pub(super) fn used_text(used: &UsedJson) -> String {
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
