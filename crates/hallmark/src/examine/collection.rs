//! Answers compared with the log of their collection.

use super::plan::{Ordering, Plan};
use crate::error::{Error, Result};
use crate::text::shown;
use hallmark_collect::compare::{CompareError, Compared, compare};
use hallmark_detector::finding::Order;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the logs of the collection say of the answers, which agree with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// The logs.
    pub logs: Vec<String>,
    /// Answers, each as its log has it.
    pub answers: u64,
    /// Answers beside these that were asked for and could not be had.
    pub failed: u64,
    /// Those of the answers that ended because they were too long.
    pub cut: u64,
    /// Those of the answers that the endpoint refused or filtered, as far as it says so.
    pub refused: u64,
    /// Answers that were had more than once.
    pub asked_again: u64,
    /// SHA-256 of the prompts of each run.
    pub prompts_sha256: Vec<String>,
}

/// Compares each file of answers with its log.
pub(super) fn check(plan: &Plan) -> Result<Option<(Collection, Order)>> {
    if plan.logs.is_empty() {
        return Ok(None);
    }
    let mut collection = Collection::default();
    let mut in_order = true;
    for log in &plan.logs {
        let answers = answers_of(plan, log)?;
        let compared = compare(answers, log).map_err(|error| failure(&error))?;
        let Compared {
            answers: number,
            missing,
            failed,
            cut,
            refused,
            asked_again,
            in_order: these,
            prompts_sha256: prompts,
        } = compared;
        if missing > 0 {
            return Err(Error::integrity(format_args!(
                "{} lacks {missing} answers that {} has: they were left out",
                shown(answers),
                shown(log)
            ))
            .hint("examine all answers that came, or show why some may be left out"));
        }
        collection.logs.push(shown(log));
        collection.answers += number;
        collection.failed += failed;
        collection.cut += cut;
        collection.refused += refused;
        collection.asked_again += asked_again;
        in_order &= these;
        collection.prompts_sha256.extend(prompts);
    }
    if !in_order && plan.order == Ordering::AsGiven {
        return Err(Error::integrity(
            "the answers do not stand in the order in which their log has them: they were put in another",
        )
        .hint("give the answers as they were collected, or order them by a hash with a seed that was published beforehand (--order-by-hash)"));
    }
    // Which of several files comes first is a choice that no log fixes.
    let order = match plan.answers.files.len() {
        1 if in_order => Order::Log,
        _ => Order::Unproven,
    };
    Ok(Some((collection, order)))
}

/// The log that `collect` leaves beside a file of answers, where it is there.
#[must_use]
pub fn log_beside(answers: &Path) -> Option<PathBuf> {
    let log = answers.with_extension("log.jsonl");
    (answers.extension().is_some() && log != answers && log.is_file()).then_some(log)
}

/// The answers that a log is of: those beside it, or the only ones.
fn answers_of<'a>(plan: &'a Plan, log: &Path) -> Result<&'a Path> {
    let files = &plan.answers.files;
    let beside = files
        .iter()
        .find(|file| file.with_extension("log.jsonl") == log);
    match (beside, &files[..]) {
        (Some(answers), _) => Ok(answers),
        (None, [answers]) if answers.as_os_str() != "-" => Ok(answers),
        _ => Err(Error::usage(format_args!(
            "no answers stand beside the log {}",
            shown(log)
        ))
        .hint("the log of answers.jsonl is answers.log.jsonl; with one file of answers any name will do")),
    }
}

fn failure(error: &CompareError) -> Error {
    match error {
        CompareError::Io { .. } => Error::usage(error).hint("check the path"),
        CompareError::Line { .. } => {
            Error::usage(error).hint("give the answers and the log that `collect` wrote")
        }
        CompareError::Differs { .. } => Error::integrity(error)
            .hint("restore the answers as they were collected, or collect them again"),
        _ => Error::integrity(error),
    }
}
