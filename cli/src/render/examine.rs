//! `examine` in words.

use super::beside::{beside_line, cohorts_text};
use super::counts::counts_text;
use super::effect::{effect_text, smallest_text};
use super::p_value::p_text;
use super::power::{figures, used_text};
use super::reading::{logprobs_text, reading_text};
use super::skipped::skipped_text;
use hallmark::examine::{Checker, Conclusion, Examined, KeyOutcome, NotMade};
use hallmark_detector::finding::{
    Expectation, FEW_CELLS, Finding, Found, Leaning, T3r, Test, Warning,
};
use hallmark_detector::statistic::plain::LEVEL;
use std::fmt::Write as _;

pub(crate) fn examine_text(examined: &Examined) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Read: {}", counts_text(&examined.counts));
    text.push_str(&reading_text(&examined.reading));
    text.push_str(&skipped_text(&examined.skipped));
    if let Some(used) = &examined.logprobs {
        text.push_str(&logprobs_text(used));
    }
    if let Some(reference) = &examined.reference {
        let skipped = skipped_text(&reference.skipped);
        for line in skipped.lines() {
            let _ = writeln!(text, "Control sample: {line}");
        }
    }
    for key in &examined.keys {
        let findings: Vec<&Finding> = examined
            .tests
            .iter()
            .filter(|finding| finding.key_id == key.key_id)
            .collect();
        let _ = writeln!(text, "\nKey {} ({})", key.key_id, key.file);
        let outcome = examined
            .outcomes
            .iter()
            .find(|outcome| outcome.key_id == key.key_id);
        match outcome {
            Some(outcome)
                if outcome.needs_answers.is_some() || is_inconclusive(outcome, &findings) =>
            {
                let _ = writeln!(text, "  {}", inconclusive_text(outcome, examined));
            }
            _ => {
                let _ = writeln!(text, "  {}", verdict(&findings));
            }
        }
        if let Some(outcome) = outcome.filter(|outcome| outcome.outcome != Conclusion::Found) {
            let _ = writeln!(text, "  {}", seen_text(outcome, examined.profile.ring));
        }
        for finding in findings {
            let _ = writeln!(text, "  {}", finding_line(finding));
            if finding.test() == Test::T1 {
                if let Some(effect) = finding.effect() {
                    let _ = writeln!(text, "      {}", effect_text(effect));
                    let _ = writeln!(text, "      {}", smallest_text(finding));
                }
                warn(&mut text, &finding.warnings);
            }
            if let Some(line) = beside_line(finding) {
                let _ = writeln!(text, "      {line}");
            }
            if finding.test() == Test::T9 {
                warn(&mut text, &finding.warnings);
            }
            if matches!(finding.test(), Test::T2 | Test::T2r) {
                let _ = writeln!(text, "      {}", weights_text(finding));
            }
            if let Found::T3r(found) = &finding.found {
                let _ = writeln!(text, "      {}", own_log_text(found));
            }
            if finding.test() == Test::T3 {
                let at_end = Warning::AtEndOnly;
                warn(&mut text, finding.warnings.iter().filter(|&&w| w == at_end));
            }
            if matches!(finding.test(), Test::T2r | Test::T3r) {
                let few = Warning::TooFewCells;
                warn(&mut text, finding.warnings.iter().filter(|&&w| w == few));
            }
            for condition in &finding.unproven {
                let _ = writeln!(text, "      {condition}; {}", condition.hint());
            }
        }
    }
    text.push_str(&cohorts_text(&examined.cohorts));
    for NotMade { test, why } in &examined.not_made {
        let _ = writeln!(
            text,
            "\n{test} is not made of {}: {why}.",
            examined.profile.scheme
        );
    }
    let _ = writeln!(
        text,
        "\nAdjusted p-values count {} of {} findings, under all {} keys that were given to this command (Holm). The others carry a condition that does not hold or that nothing shows: they are adjusted among themselves and decide nothing.",
        examined
            .tests
            .iter()
            .filter(|test| test.unproven.is_empty())
            .count(),
        examined.tests.len(),
        examined.keys.len()
    );
    text.push_str(&files_text(examined));
    text.push_str("What all of it rests on, and who has checked it (docs/conditions.md):\n");
    for condition in &examined.conditions {
        let tests: Vec<String> = condition.tests.iter().map(Test::to_string).collect();
        let by = match condition.checked_by {
            Checker::Program => "Checked by this program",
            Checker::Plan => "Fixed by the plan",
            Checker::Person => "For you to show",
        };
        let _ = writeln!(
            text,
            "- {} ({}). {by}: {}.",
            condition.condition,
            tests.join(", "),
            condition.how
        );
    }
    text.push_str("What this does not show:\n");
    for line in &examined.does_not_show {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// What went in, by digest, and what was done with it.
fn files_text(examined: &Examined) -> String {
    let plan = &examined.plan;
    let mut text = format!(
        "What was done: plan {} (SHA-256), {} decoys, draw {}.\nFiles by SHA-256:\n",
        examined.plan_sha256, plan.decoys, plan.decoy_seed
    );
    for input in &examined.inputs {
        let _ = writeln!(
            text,
            "- {} {} ({} bytes)",
            input.sha256, input.file, input.bytes
        );
    }
    text
}

/// Whether cells enough were scored and the share to be ruled out could still not have been seen.
fn is_inconclusive(outcome: &KeyOutcome, findings: &[&Finding]) -> bool {
    let enough = findings.iter().any(|finding| finding.scored >= FEW_CELLS);
    let plain = findings.iter().find(|finding| finding.test() == Test::T1);
    let is_proven = plain.is_some_and(|plain| plain.unproven.is_empty());
    enough && is_proven && outcome.outcome == Conclusion::Inconclusive
}

fn inconclusive_text(outcome: &KeyOutcome, examined: &Examined) -> String {
    match outcome.needs_answers {
        Some(needs) => format!(
            "Inconclusive: nothing was found, and to see that share about {needs} answers like these {} are needed, or more as they repeat each other.",
            examined.counts.answers
        ),
        None if examined.profile.ring > 1 => format!("Inconclusive: nothing was found. {OF_RINGS}"),
        None => "Inconclusive: nothing was found, and no study says what could have been seen: give --calibration FILE.".to_owned(),
    }
}

const OF_RINGS: &str = "Which share of marked training text could have been seen is not known: no study says what a ring of keys leaves.";

/// The smallest share of marked training text that could have been seen, and who says so.
fn seen_text(outcome: &KeyOutcome, ring: u32) -> String {
    if ring > 1 {
        return OF_RINGS.to_owned();
    }
    let Some(share) = outcome.certified_share else {
        return "Which share of marked training text could have been seen is known only from a study of your own, of this kind of model, size, rate and passes (--calibration); studies of other models certify nothing of this suspect.".to_owned();
    };
    format!(
        "{} Tried and seen in that study: shares from {}.",
        share_text(outcome),
        figures(share)
    )
}

fn share_text(outcome: &KeyOutcome) -> String {
    match (outcome.smallest_share, &outcome.calibration) {
        (Some(share), Some(used)) if share <= 1.0 => format!(
            "The smallest share of marked training text that T1 would have seen in nine cases of ten: {}, {}.",
            figures(share),
            used_text(used)
        ),
        (Some(_), Some(used)) => format!(
            "T1 would have seen not even a wholly marked training text in nine cases of ten, {}.",
            used_text(used)
        ),
        _ => "Which share of marked training text could have been seen is not known: no study in the table is of this scheme, window, access and kind of prompts.".to_owned(),
    }
}

fn warn<'a>(text: &mut String, warnings: impl IntoIterator<Item = &'a Warning>) {
    for warning in warnings {
        let _ = writeln!(text, "      warning: {warning}; {}", warning.hint());
    }
}

/// What the weights of T2 or T2r are, in a sentence.
fn weights_text(finding: &Finding) -> String {
    let mut text = match &finding.found {
        Found::T2r(found) => {
            let from = match found.counts.expectation {
                Expectation::Reference => "a model without the mark wrote it",
                Expectation::ShorterWindow => "its answers elsewhere let expect",
            };
            let how = match found.leaning {
                Leaning::Follow => "as if it followed the marked choice",
                Leaning::Lean => "as if it leaned towards the marked choice",
            };
            format!(
                "each cell counts by how much more often the suspect wrote it than {from}, {how}; a cell that it avoided counts against the mark; the best of three forms, p tripled"
            )
        }
        Found::T2(found) if found.prior.is_some() => {
            "each cell counts by how often the harvest held its window".to_owned()
        }
        _ => "each cell counts by how much of what followed its window came from the harvest"
            .to_owned(),
    };
    if let Some((source, weighting)) = finding.weights().zip(finding.weighting()) {
        let _ = write!(text, "; windows weighed from {source} ({})", weighting.rule);
    }
    text
}

/// How T3r read the key's own log, in a sentence.
fn own_log_text(found: &T3r) -> String {
    let won = match found.leaning {
        Leaning::Follow => "that it follows the marked choice",
        Leaning::Lean => "that it leans towards the marked choice",
    };
    let from = match found.counts.expectation {
        Expectation::Reference => "a model without the mark",
        Expectation::ShorterWindow => "its answers elsewhere",
    };
    format!(
        "cells are bet on when the key's own log, of {} windows, first visits their window, by how much more often than {from} the suspect wrote them; \
         the bets {won} came to more ({:.2} against {:.2})",
        found.windows_read,
        found.log10_e_follow.max(found.log10_e_lean).rounded(2),
        found.log10_e_follow.min(found.log10_e_lean).rounded(2),
    )
}

/// One sentence for one key: from the first test, in the order of their numbers, that is a finding at the level shared by
/// all and whose conditions hold.
pub(super) fn verdict(findings: &[&Finding]) -> String {
    let Some(plain) = findings.iter().find(|finding| finding.test() == Test::T1) else {
        return "Not tested.".to_owned();
    };
    if plain.scored < FEW_CELLS {
        return "Inconclusive: too few cells were scored to say anything.".to_owned();
    }
    let at_level = |finding: &&&Finding| finding.log10_p_adjusted.value() <= LEVEL.log10();
    let mut found = findings.iter().filter(at_level);
    if let Some(finding) = found.clone().find(|finding| finding.decides()) {
        let copied = if finding.warnings.contains(&Warning::ExposureUnknown) {
            ", or copy marked text that was shown and is not in these records"
        } else {
            ""
        };
        return format!(
            "The answers depend on this key{copied}, if what is for you to show (below) holds: a random key would show as much with probability at most {} ({:?}, adjusted).",
            p_text(finding.log10_p_adjusted),
            finding.test()
        );
    }
    let nothing = if plain.unproven.is_empty() {
        format!(
            "No dependence on this key was found at level {LEVEL} (T1: p = {}, adjusted).",
            p_text(plain.log10_p_adjusted)
        )
    } else {
        "Nothing can be concluded: every test rests on a condition that nobody has shown to hold."
            .to_owned()
    };
    let conditional = found.find(|finding| !finding.unproven.is_empty());
    conditional.map_or(nothing.clone(), |finding| {
        format!(
            "{nothing} {:?} has p = {} (adjusted), but under a condition that does not hold or that nothing shows.",
            finding.test(),
            p_text(finding.log10_p_adjusted)
        )
    })
}

fn finding_line(finding: &Finding) -> String {
    let p = p_pair(finding);
    match &finding.found {
        Found::T1(found) => format!(
            "T1 sum of scores   {:.1}, expected {:.1}: p = {p}",
            found.statistic, found.expected
        ),
        Found::T2(found) => format!(
            "T2 weighted sum    {:.1}, expected {:.1}: p = {p}",
            found.statistic, found.expected
        ),
        Found::T2r(found) => format!(
            "T2r residual sum   {:.1}, expected {:.1}, over {} cells: p = {p}",
            found.statistic, found.expected, finding.scored
        ),
        Found::T3(found) => format!(
            "T3 e-process       largest log10 E {:.2} after {} cells: p = {p}",
            found.supremum.log10_e.rounded(2),
            found.supremum.cells
        ),
        Found::T3r(found) => format!(
            "T3r own log        log10 E {:.2} at the log's end, over {} cells (largest {:.2}): p = {p}",
            found.log10_e.rounded(2),
            finding.scored,
            found.supremum.log10_e.rounded(2)
        ),
        Found::T5(found) => format!(
            "T5 line-up         rank {} among {} decoys (the best of them {:.1}): p = {p}",
            found.rank, found.decoys, found.best_decoy
        ),
        Found::T6(found) => format!(
            "T6 contrast        {:.1} over control {}: p = {p}",
            found.statistic, found.control_id
        ),
        Found::T8(_) => format!("T8 shape           p = {p}"),
        Found::T9(found) => format!(
            "T9 probabilities   {:.1}, expected {:.1}: p = {p}",
            found.statistic, found.expected
        ),
    }
}

/// A p-value by itself and adjusted.
fn p_pair(finding: &Finding) -> String {
    format!(
        "{} (adjusted {})",
        p_text(finding.log10_p),
        p_text(finding.log10_p_adjusted)
    )
}
