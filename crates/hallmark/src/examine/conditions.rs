//! The conditions that findings rest on, and who checked each: `docs/conditions.md`.

use super::answers::Answers;
use super::collection::Collection;
use super::plan::Plan;
use super::prompts::Chosen;
use super::quoted::Quoted;
use super::reference::Reference;
use crate::read::{Reading, Skipped};
use hallmark_detector::finding::{Condition as Unproven, Counts, Finding, Order, Test};
use hallmark_detector::weights::WeightSource;
use serde::{Deserialize, Serialize};

/// A condition of some findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What has to be so.
    pub condition: String,
    /// The tests that need it.
    pub tests: Vec<Test>,
    /// Who checked it.
    pub checked_by: Checker,
    /// What was seen, or what is left to show.
    pub how: String,
}

/// Who checked a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Checker {
    /// This program, on these files.
    Program,
    /// The plan fixes it: whoever can show that the plan is older than the answers has shown it.
    Plan,
    /// Nobody here: a person has to show it.
    Person,
}

/// What conditions are told from.
pub(super) struct Case<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tests: &'a [Finding],
    pub(super) counts: &'a Counts,
    pub(super) answers: &'a Answers,
    pub(super) collection: Option<&'a Collection>,
    pub(super) quoted: Option<&'a Quoted>,
    pub(super) chosen: Chosen,
    pub(super) reading: &'a Reading,
    pub(super) skipped: &'a Skipped,
    pub(super) reference: Option<&'a Reference>,
    /// Numbers of the logs of first visits that have no answer.
    pub(super) missing: u64,
}

/// The conditions of what was found, in the order of the page that explains them.
pub(super) fn of(case: &Case<'_>) -> Vec<Condition> {
    let &Case {
        plan,
        tests,
        counts,
        answers,
        collection,
        quoted,
        chosen,
        reading,
        skipped,
        reference,
        missing,
    } = case;
    let made = |wanted: &[Test]| -> Vec<Test> {
        let made = wanted.iter().copied();
        made.filter(|&wanted| tests.iter().any(|finding| finding.test() == wanted))
            .collect()
    };
    let all: Vec<Test> = made(&ALL);
    let as_sampled = !tests
        .iter()
        .any(|finding| finding.unproven.contains(&Unproven::LogAsSampled));
    let mut conditions = vec![];
    let mut add = |condition: &str, tests: Vec<Test>, checked_by, how: String| {
        if !tests.is_empty() {
            conditions.push(Condition {
                condition: condition.to_owned(),
                tests,
                checked_by,
                how,
            });
        }
    };
    add(
        "The key was drawn at random and fixed before the answers, and not chosen among several",
        all.clone(),
        Checker::Person,
        "show a commitment to the key, its epoch and its cohort's name that is older than the answers".to_owned(),
    );
    add(
        "Every key and every setting that was tried is in this result",
        all.clone(),
        Checker::Person,
        format!(
            "show that the plan ({} keys) is older than the answers and that there was no other",
            plan.keys.len()
        ),
    );
    add(
        "Everything that the suspect was shown is in the records",
        all.clone(),
        Checker::Person,
        format!(
            "{} of {} answers say what was shown, {} of them that nothing was; that the records are complete is their maker's word",
            counts.answers - counts.exposure_unknown.min(counts.answers),
            counts.answers,
            answers.nothing_shown
        ),
    );
    add(
        "No answer was left out, changed or repeated because of what it says",
        all.clone(),
        match collection {
            Some(log) if log.logs.len() == plan.answers.files.len() => Checker::Program,
            _ => Checker::Person,
        },
        left_out(skipped)
            + &match collection {
            None => "show the collection's log, or how the answers were drawn".to_owned(),
            Some(log) if log.logs.len() < plan.answers.files.len() => {
                "some files of answers have a log, with which they agree; of the others show how they were drawn".to_owned()
            }
            Some(log) => format!(
                "{} answers are what the log has, {} of them cut off, {} refused or filtered, {} had more than once; {} others could not be had; that the log is whole is its keeper's word",
                log.answers, log.cut, log.refused, log.asked_again, log.failed
            ),
        },
    );
    add(
        "How many answers were asked for was fixed before any was scored",
        made(&[
            Test::T1,
            Test::T2,
            Test::T2r,
            Test::T3r,
            Test::T5,
            Test::T6,
            Test::T8,
            Test::T9,
        ]),
        Checker::Person,
        "looking, and then asking for more, breaks it".to_owned(),
    );
    add(
        "Prompts were chosen without answers that a tested key had marked",
        all.clone(),
        match chosen {
            Chosen { by_tested_key: true, .. } | Chosen { were_asked: true, .. } => Checker::Program,
            _ => Checker::Person,
        },
        match (plan.probes.is_empty(), chosen) {
            (true, _) => "give the result of `probe` that chose them, or show where they are from".to_owned(),
            (false, Chosen { by_tested_key: true, .. }) => {
                "it does not hold: they were chosen by the answers of a tested key's log".to_owned()
            }
            (false, Chosen { were_asked: true, .. }) => {
                "they are those that the results of `probe` name, which were not chosen by an index of a tested key's text; that the indexes name the right keys is their maker's word".to_owned()
            }
            (false, _) => {
                "the results of `probe` name no tested key (without an index they name none); that these answers are to those prompts is to be shown, for instance by the collection's log".to_owned()
            }
        },
    );
    add(
        "Answers that a tested key marked were not shown to the suspect, quoted or in part; or all their windows are left out of all answers",
        all.clone(),
        Checker::Person,
        match quoted {
            None => {
                "give the provider's log (--provider-log), or show that no prompt has such text"
                    .to_owned()
            }
            Some(found) => format!(
                "of {} answers in the log {} share 24 letters in a row with what was shown ({} of them with earlier assistant's turns only): their {} windows are left out of all answers, and where that takes away any of the {} tokens behind them, the larger p of the examinations with and without them counts; shorter quotations are not seen, and that this is the tested keys' whole log is its keeper's word",
                found.answers,
                found.quoted,
                found.by_assistant_turns,
                found.windows,
                found.left_out
            ),
        },
    );
    if reading.normalised {
        add(
            "That characters changed for looks are undone was fixed before any score was known",
            all.clone(),
            Checker::Plan,
            format!(
                "the table is fixed and looks at no key; it changed {} characters in {} of {} answers, and {} in what was shown",
                reading.dressed.values().sum::<u64>(),
                reading.dressed_answers,
                counts.answers,
                reading.dressed_shown.values().sum::<u64>()
            ),
        );
    }
    if answers.as_tokens > 0 {
        add(
            "Answers that came as token ids are the tokens that the model sampled, or those of their text",
            all.clone(),
            Checker::Person,
            format!(
                "{} answers came as token ids; {} of them are not cut as the tokenizer cuts their text",
                answers.as_tokens, answers.cut_otherwise
            ),
        );
    }
    add(
        "The order of the answers was fixed without the key",
        made(&[Test::T3]),
        match answers.order {
            Order::Log => Checker::Program,
            Order::Hash => Checker::Plan,
            Order::Unproven | Order::OneAnswer | Order::Ids => Checker::Person,
        },
        match answers.order {
            Order::Unproven => "nothing says so: give the collection's log, records whose ids ascend, or --order-by-hash",
            Order::OneAnswer => "there is one answer; show that it is one",
            Order::Ids => "the records' ids ascend; show that whoever answered or asked numbered them",
            Order::Log => "the answers stand as the collection's log has them",
            Order::Hash => "they were put in the order of a hash of their content; show that its seed is older than the answers",
        }
        .to_owned(),
    );
    add(
        "The log of first visits is whole: it has every answer under the key, unsent ones too, token by token as they were sampled, in an order in which everything that a prompt holds comes before it; no answer was left out because of what it says",
        made(&[Test::T3r]),
        Checker::Person,
        match as_sampled {
            true => format!(
                "its index was made from token ids of records in ascending order, {missing} numbers between which have no answer or an empty one; that these are the tokens as sampled, in the order of the requests, and all of them, is its keeper's word"
            ),
            false => {
                "its index does not say that tokens are those that were sampled, or in which order"
                    .to_owned()
            }
        },
    );
    if plan.profile.ring > 1 {
        add(
            "The sub-key of each request was drawn without the keys, and the log names the one that marked it",
            made(&[Test::T3r]),
            Checker::Person,
            format!(
                "each record names one of {} sub-keys; that it is the right one, and how it was drawn, is the log's keeper's word",
                plan.profile.ring
            ),
        );
    }
    if plan.weighing.background.is_some() {
        add(
            "The background is older than the tested key's first use; or unmarked models made it that were not trained after that, on prompts that depend on no answer under the key",
            made(&[Test::T2, Test::T2r, Test::T3, Test::T3r]),
            Checker::Person,
            "the index says when it was made and of which files; show when the key was used first"
                .to_owned(),
        );
    }
    let is_weighted = |test: Test| {
        let mut of_test = tests.iter().filter(|finding| finding.test() == test);
        of_test.any(|finding| {
            let weights = finding.weights();
            weights.is_some_and(|weights| weights != WeightSource::FirstVisits)
        })
    };
    let weighted: Vec<Test> = all
        .iter()
        .copied()
        .filter(|&test| is_weighted(test))
        .collect();
    let same_key = tests
        .iter()
        .any(|finding| finding.unproven.contains(&Unproven::KeyFreeWeights));
    add(
        "Weights were fixed without the key: indexes name the key that marked their text, and no prompt in their text depends on answers under a tested key",
        weighted,
        if same_key {
            Checker::Program
        } else {
            Checker::Person
        },
        if same_key {
            "it does not hold: an index was made of text that a tested key marked".to_owned()
        } else {
            "no index names a tested key; that each names the right one, and when its text is from, is its maker's word".to_owned()
        },
    );
    if !plan.references.is_empty() || !plan.reference_logprobs.is_empty() {
        add(
            "The control's answers were made without marked text, and chosen without the key",
            made(&[Test::T2r, Test::T3r, Test::T9]),
            Checker::Person,
            reference.map_or_else(String::new, |reference| left_out(&reference.skipped))
                + "show which model made them, and that it is older than the mark",
        );
    }
    conditions
}

/// What was in the files and is in no test.
fn left_out(skipped: &Skipped) -> String {
    let mut text = String::new();
    if skipped.records > 0 {
        text += &format!(
            "{} bad records were skipped, {:.1}% of all; ",
            skipped.records,
            100.0 * skipped.share
        );
    }
    if skipped.failed > 0 {
        text += &format!("{} requests failed and have no answer; ", skipped.failed);
    }
    if skipped.unanswered > 0 {
        text += &format!(
            "{} requests that were given are answered by no record; ",
            skipped.unanswered
        );
    }
    text
}

const ALL: [Test; 9] = [
    Test::T1,
    Test::T2,
    Test::T2r,
    Test::T3,
    Test::T3r,
    Test::T5,
    Test::T6,
    Test::T8,
    Test::T9,
];
