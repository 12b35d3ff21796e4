//! What a run did.

use crate::answers::Record;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a run did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Prompts.
    pub prompts: u64,
    /// Answers that were wanted in all.
    pub wanted: u64,
    /// Answers that earlier runs had brought and that hold text.
    pub already: u64,
    /// Answers of this run that hold text.
    pub answered: u64,
    /// Requests that this run sent.
    pub requests: u64,
    /// Answers that could not be had; asking again may succeed.
    pub failed: Vec<Failed>,
    /// How the answers of all runs ended.
    pub endings: Vec<Ending>,
    /// Which models gave the answers of all runs.
    pub answering: Vec<Answering>,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// Torn lines of an earlier run, put aside into these files.
    pub torn: Vec<PathBuf>,
}

/// An answer that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failed {
    /// The prompt's id.
    pub id: String,
    /// Which answer to it.
    pub repetition: u32,
    /// Why.
    pub reason: String,
}

/// Answers that ended in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ending {
    /// Why, in the endpoint's own word; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Answers.
    pub answers: u64,
    /// Those of them that hold no text: they are no answers to score.
    pub without_text: u64,
    /// Those without text that hold what the model wrote before an answer.
    pub reasoning_only: u64,
}

/// Answers that one model gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answering {
    /// Its name, as the endpoint says; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its configuration, as the endpoint says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Answers.
    pub answers: u64,
}

impl Summary {
    /// Answers that hold no text.
    #[must_use]
    pub fn without_text(&self) -> u64 {
        self.endings.iter().map(|ending| ending.without_text).sum()
    }

    /// Counts how an answer ended and who gave it.
    pub(crate) fn count(&mut self, record: &Record) {
        let endings = &mut self.endings;
        let at = endings
            .iter()
            .position(|ending| ending.finish_reason == record.finish_reason);
        let at = at.unwrap_or_else(|| {
            endings.push(Ending {
                finish_reason: record.finish_reason.clone(),
                answers: 0,
                without_text: 0,
                reasoning_only: 0,
            });
            endings.len() - 1
        });
        let is_empty = record.text().trim().is_empty();
        endings[at].answers += 1;
        endings[at].without_text += u64::from(is_empty);
        endings[at].reasoning_only += u64::from(is_empty && record.reasoning_content.is_some());
        let is_of = |answering: &&mut Answering| {
            (&answering.model, &answering.system_fingerprint)
                == (&record.model, &record.system_fingerprint)
        };
        match self.answering.iter_mut().find(is_of) {
            Some(answering) => answering.answers += 1,
            None => self.answering.push(Answering {
                model: record.model.clone(),
                system_fingerprint: record.system_fingerprint.clone(),
                answers: 1,
            }),
        }
    }
}
