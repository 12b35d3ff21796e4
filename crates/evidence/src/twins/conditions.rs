//! What the p-values of twins rest on, and who checked it.

use super::opened::Opened;
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};

/// A condition, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConditionOf {
    /// Which.
    pub condition: Condition,
    /// Who says so.
    pub checked_by: CheckedBy,
    /// What was seen.
    pub words: String,
}

/// Who checks a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckedBy {
    /// The program, in these files: it holds.
    Program,
    /// The program: it is seen not to hold, and nobody is named.
    Fails,
    /// Nothing in the files shows it: it is for a person to show.
    Person,
}

/// A condition of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The seed was fixed before the first twin, the table before the suspect was asked.
    FixedBefore,
    /// Both twins are made and kept alike, whichever is sent.
    TwinsAlike,
    /// No pair was left out.
    NoneLeftOut,
    /// The coin was obeyed.
    CoinObeyed,
    /// No twin depends on the coin of another.
    CoinsApart,
    /// Scores were made without the coins.
    ScoredBlind,
    /// The suspect was shown no sent twin when it was asked.
    NothingShown,
    /// What was sent reached the suspect in no other way than the one in question.
    NoOtherWay,
}

/// Whether lengths of sent and unsent twins agree well enough.
pub(super) fn alike(log10_p_lengths: Log10P) -> bool {
    log10_p_lengths.value() > -3.0
}

pub(super) fn conditions(
    opened: &Opened<'_>,
    missing: u64,
    log10_p_lengths: Log10P,
) -> Vec<ConditionOf> {
    use CheckedBy::{Fails, Person, Program};
    let table = &opened.table;
    let lengths = match alike(log10_p_lengths) {
        true => (
            Program,
            format!(
                "lengths of sent and unsent twins agree (p = {log10_p_lengths}); that both were made by the same code and kept as they were made, not as they arrived, is for a person to show"
            ),
        ),
        false => (
            Fails,
            format!(
                "sent twins are longer or shorter than unsent ones (p = {log10_p_lengths}): both were not made or kept alike, and nobody is named"
            ),
        ),
    };
    let left_out = match (table.requests, table.without_twins) {
        (Some(requests), Some(without)) => (
            Program,
            format!(
                "of {requests} requests that were listed, {without} should have twins and have none; they and pairs without a score ({missing} in all) count against the finding"
            ),
        ),
        _ => (
            Person,
            format!(
                "all requests were not listed (`twins commit --requests`), so that nothing shows that every request that was drawn is in the table; {missing} pairs without a score count against the finding"
            ),
        ),
    };
    let apart = (
        Person,
        format!(
            "{} later requests of conversations were left out; that no other prompt shows which twin was sent is for a person to show, but for prompts that were in the file of twins",
            table.later_in_conversation
        ),
    );
    let person = |words: &str| (Person, words.to_owned());
    let all = [
        (
            Condition::FixedBefore,
            person(
                "openings agree with the commitments; when these were published is for log and timestamp to show",
            ),
        ),
        (Condition::TwinsAlike, lengths),
        (Condition::NoneLeftOut, left_out),
        (
            Condition::CoinObeyed,
            person(
                "which twin was sent follows from seed and id; that it was is the word of the serving side's keeper",
            ),
        ),
        (Condition::CoinsApart, apart),
        (
            Condition::ScoredBlind,
            person(
                "scores came from the suspect by a rule that does not know the coins; who holds suspect and rule can repeat them",
            ),
        ),
        (
            Condition::NothingShown,
            person(
                "no prompt, memory or retrieval showed the suspect what was sent when it was asked",
            ),
        ),
        (
            Condition::NoOtherWay,
            person(
                "the finding says that the suspect depends on what was sent to these accounts, and not how: answers that an account published may have been found there",
            ),
        ),
    ];
    all.map(|(condition, (checked_by, words))| ConditionOf {
        condition,
        checked_by,
        words,
    })
    .to_vec()
}
