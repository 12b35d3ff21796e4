//! `calibrate` in words.

use super::reading::reading_text;
use super::skipped::skipped_text;
use hallmark::calibrate::{Calibrated, CalibratedLength, Rate};
use std::fmt::Write as _;

pub(crate) fn calibrate_text(calibrated: &Calibrated) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Key {} under profile {:?} ({}, window {}), and {} random keys",
        calibrated.key_id,
        calibrated.profile.name,
        calibrated.profile.scheme,
        calibrated.profile.window,
        calibrated.keys
    );
    text.push_str(&reading_text(&calibrated.reading));
    text.push_str(&skipped_text(&calibrated.skipped));
    for length in &calibrated.lengths {
        length_text(&mut text, length);
    }
    let alarming = |length: &&CalibratedLength| length.levels.iter().any(|level| level.alarming);
    if calibrated.lengths.iter().any(|length| alarming(&length)) {
        text.push_str(
            "\nwarning: more of these texts are found than the level allows, by what each has alone or by random keys. Either the texts know the key (they are marked, or it is a number of few bits that others used), or the program is wrong: do not use it on such text before that is clear.\n",
        );
    }
    let unlucky = |length: &CalibratedLength| length.levels.iter().any(|level| level.unlucky);
    if calibrated.lengths.iter().any(unlucky) {
        text.push_str(
            "\nwarning: this key finds more of these texts than the level says, while random keys do not, and what each text has alone does not either: many share passages that score high under it. Take another key, or judge such texts by all of them together, or by `new` in the result of detect.\n",
        );
    }
    text.push_str(
        "\nShares are of these texts, as if they were drawn at random from all that are like them; in brackets 95% limits. Random keys: limits are over keys, whatever texts share.\n",
    );
    text
}

fn length_text(text: &mut String, length: &CalibratedLength) {
    let what = match length.tokens {
        Some(tokens) => format!("The first {tokens} tokens of {} texts", length.texts),
        None => format!("All of {} texts", length.texts),
    };
    let repeated = match length.repeated {
        0 => String::new(),
        many => format!("; {many} more were the same as others"),
    };
    let _ = writeln!(
        text,
        "\n{what}, {:.0} distinct cells each{repeated}",
        length.cells
    );
    for level in &length.levels {
        let _ = write!(
            text,
            "  p ≤ {:<7} this key {}, by what no text before has {}; random keys {}; all together, random keys {}",
            level.level,
            rate_text(&level.key),
            rate_text(&level.key_new),
            rate_text(&level.random_keys),
            rate_text(&level.pooled)
        );
        if let Some(found) = &level.found {
            let _ = write!(text, "; MARKED text {}", rate_text(found));
        }
        text.push('\n');
    }
}

/// A share with its limits, in per cent.
pub(super) fn rate_text(rate: &Rate) -> String {
    format!(
        "{} ({} to {})",
        percent(rate.rate),
        percent(rate.low),
        percent(rate.high)
    )
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    // A limit below is none.
    if percent < 1e-9 {
        "0%".to_owned()
    } else if percent < 0.1 {
        format!("{percent:.1e}%")
    } else {
        format!("{percent:.1}%")
    }
}
