//! The answers: records that `examine` reads as they are.

use crate::answer::Answer;
use crate::prompts::{Prompt, Shown, Turn};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One answer with all that was shown for it.
///
/// `prompt` and `response`, or `messages` whose last turn is the answer; `system` counts as shown, and so does what the
/// model wrote before its answer. Whatever else an exchange holds is in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The prompt's id.
    pub id: String,
    /// Which answer to that prompt, from 1.
    pub repetition: u32,
    /// The prompt's group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The system text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// The turns that were shown, then the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Turn>>,
    /// What the model wrote before the answer, where the endpoint shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// Which model answered, as the endpoint says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Which configuration of it, as the endpoint says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Why the answer ended, in the endpoint's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// The ids of what was shown, as the endpoint cut it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<Vec<u32>>,
    /// The ids of the answer. Beside `messages` there is no place for them: they stand in the log alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_tokens: Option<Vec<u32>>,
    /// Log-probabilities of the answer's tokens, as the endpoint laid them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Value>,
}

impl Record {
    /// The record of an answer.
    #[must_use]
    pub fn new(prompt: &Prompt, repetition: u32, answer: Answer) -> Self {
        let mut record = Self {
            id: prompt.id.clone(),
            repetition,
            group: prompt.group.clone(),
            system: None,
            prompt: None,
            response: None,
            messages: None,
            reasoning_content: answer.reasoning,
            model: answer.model,
            system_fingerprint: answer.system_fingerprint,
            finish_reason: answer.finish_reason,
            prompt_tokens: None,
            response_tokens: None,
            logprobs: answer.logprobs,
        };
        match &prompt.shown {
            Shown::Prompt { system, prompt } => {
                record.system.clone_from(system);
                record.prompt = Some(prompt.clone());
                record.response = Some(answer.text);
                record.prompt_tokens = answer.prompt_tokens;
                record.response_tokens = answer.tokens;
            }
            Shown::Messages(turns) => {
                let answer = Turn::new("assistant", &answer.text);
                record.messages = Some(turns.iter().cloned().chain([answer]).collect());
            }
        }
        record
    }

    /// The answer's text.
    #[must_use]
    pub fn text(&self) -> &str {
        let turn = self
            .messages
            .iter()
            .flatten()
            .last()
            .map(|turn| turn.content.as_str());
        self.response.as_deref().or(turn).unwrap_or_default()
    }

    /// Whether it answers what `shown` shows.
    #[must_use]
    pub fn answers(&self, shown: &Shown) -> bool {
        match shown {
            Shown::Prompt { system, prompt } => {
                self.system == *system && self.prompt.as_ref() == Some(prompt)
            }
            Shown::Messages(turns) => self
                .messages
                .as_ref()
                .is_some_and(|all| all.split_last().is_some_and(|(_, before)| before == turns)),
        }
    }
}
