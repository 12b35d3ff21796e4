//! What an examination comes to under one key, in sentences that say no more than was tested.

use super::{name, p, seen};
use crate::page::Text;
use hallmark::examine::{Conclusion, Examined, KeyOutcome};
use hallmark_detector::finding::{FEW_CELLS, Finding, Test, Warning};

/// How keys are called.
pub(crate) struct Names<'a> {
    /// Ids with names for people, the first of an id counting.
    names: Vec<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    /// Names given by a case, and for other keys their files.
    pub(crate) fn new(
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
        examined: &'a Examined,
    ) -> Self {
        let files = examined.keys.iter().chain(&examined.controls);
        let files = files.map(|key| (&key.key_id[..], &key.file[..]));
        Self {
            names: given.into_iter().chain(files).collect(),
        }
    }

    /// A key by its name, where it has one.
    pub(crate) fn name(&self, key_id: &str) -> Option<&'a str> {
        let named = self.names.iter().find(|(id, _)| *id == key_id);
        named.map(|(_, name)| *name)
    }

    /// A key with its name.
    pub(crate) fn key(&self, key_id: &str) -> Text {
        let id = Text::code(key_id);
        match self.name(key_id) {
            Some(name) => id.and(" (").and_name(name).and(")"),
            None => id,
        }
    }
}

/// What stands beside every p-value.
pub(crate) fn plain_warning() -> Text {
    Text::strong("A p-value is not the chance that the suspect is innocent, nor the chance that a proposition is true.").and(
        " It says how often a random key would give as much. To read the probability of the evidence, given no exposure, as the probability of no exposure, given the evidence, is the error of the transposed conditional.",
    )
}

/// The same for a text, of which nobody is suspected.
pub(crate) fn plain_warning_of_text() -> Text {
    Text::strong("A p-value is not the chance that the text is unmarked.").and(
        " It says how often a random key would make this text score as high. To read the probability of the score, given unmarked text, as the probability of unmarked text, given the score, is the error of the transposed conditional.",
    )
}

/// The sentences for one key.
pub(crate) fn says(outcome: &KeyOutcome, examined: &Examined, names: &Names<'_>) -> Text {
    let key = names.key(&outcome.key_id);
    match outcome.outcome {
        Conclusion::Found => match finding_of(outcome, examined) {
            Some(finding) => found(key, finding),
            None => Text::words("The result contradicts itself for key ")
                .then(key)
                .and(": it says found, and holds no finding at its level that may decide. Nothing is concluded from it."),
        },
        Conclusion::NotFound => nothing(
            Text::words("No dependence on key ").then(key).and(format!(
                " was found at level {}{}. ",
                super::fixed(examined.level),
                plain_p(outcome, examined)
            )),
            outcome,
            examined,
        ),
        Conclusion::Inconclusive => nothing(
            Text::words("Inconclusive for key ").then(key).and(format!(": {} ", why(outcome, examined))),
            outcome,
            examined,
        ),
    }
}

/// The same in two words or three.
pub(crate) fn short(outcome: &KeyOutcome, examined: &Examined) -> String {
    match outcome.outcome {
        Conclusion::Found => finding_of(outcome, examined).map_or_else(
            || "contradicts itself".to_owned(),
            |finding| format!("found ({})", finding.test()),
        ),
        Conclusion::NotFound => "not found".to_owned(),
        Conclusion::Inconclusive => "inconclusive".to_owned(),
    }
}

fn found(key: Text, finding: &Finding) -> Text {
    let copied = if finding.warnings.contains(&Warning::ExposureUnknown) {
        ", or copy marked text that was shown and is not in these records"
    } else {
        ""
    };
    Text::words("The answers depend on key ")
        .then(key)
        .and(format!("{copied}, provided that what is left for a person to show holds (see the conditions). If they did not, a p-value as small as this, adjusted for every key and test that counts here, would come up with probability at most "))
        .then(Text::strong(p(finding.log10_p_adjusted)))
        .and(format!(" ({}, {}).", finding.test(), name(finding.test())))
}

fn nothing(text: Text, outcome: &KeyOutcome, examined: &Examined) -> Text {
    let text = text.and(seen(outcome, examined));
    match outcome.conditional {
        None => text,
        Some(test) => text.and(format!(
            " {test} ({}) is at the level, but under a condition that does not hold or that nothing shows: it decides nothing.",
            name(test)
        )),
    }
}

/// T1's adjusted p, where there is one.
fn plain_p(outcome: &KeyOutcome, examined: &Examined) -> String {
    let mut own = own(outcome, examined);
    own.find(|finding| finding.test() == Test::T1)
        .map_or_else(String::new, |plain| {
            format!(
                " (T1, sum of scores: adjusted p = {})",
                p(plain.log10_p_adjusted)
            )
        })
}

fn why(outcome: &KeyOutcome, examined: &Examined) -> &'static str {
    let plain = own(outcome, examined).find(|finding| finding.test() == Test::T1);
    match plain {
        Some(plain) if plain.scored < FEW_CELLS => {
            "too few cells were scored to say anything either way."
        }
        Some(plain) if !plain.unproven.is_empty() => {
            "every test rests on a condition that nobody has shown to hold."
        }
        _ => "nothing was found, and the share that was to be ruled out could not have been seen.",
    }
}

/// The finding that an outcome rests on, if it may carry it.
pub(crate) fn finding_of<'a>(
    outcome: &'a KeyOutcome,
    examined: &'a Examined,
) -> Option<&'a Finding> {
    own(outcome, examined).find(|finding| {
        Some(finding.test()) == outcome.found_by
            && finding.decides()
            && finding.log10_p_adjusted.value() <= examined.level.log10()
    })
}

fn own<'a>(outcome: &'a KeyOutcome, examined: &'a Examined) -> impl Iterator<Item = &'a Finding> {
    let tests = examined.tests.iter();
    tests.filter(move |finding| finding.key_id == outcome.key_id)
}
