//! What a run is to do.

use crate::asking::Asking;
use crate::error::CollectError;
use crate::prompts::Prompt;
use crate::secret::ApiKey;
use std::path::PathBuf;
use std::time::Duration;

/// What is asked, how, and where it is kept.
pub struct Plan {
    /// The endpoint: its address up to the version, or in full. None where a batch is written or read.
    pub endpoint: Option<String>,
    /// How every prompt is asked.
    pub asking: Asking,
    /// The API key.
    pub key: Option<ApiKey>,
    /// The header that takes the API key alone, where it is not the dialect's own.
    pub key_header: Option<String>,
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// SHA-256 of the prompts' file.
    pub prompts_sha256: String,
    /// Answers to each prompt.
    pub answers_per_prompt: u32,
    /// The file of answers.
    pub out: PathBuf,
    /// The log.
    pub log: PathBuf,
    /// Requests a minute.
    pub rate: Option<f64>,
    /// Requests at a time.
    pub concurrency: usize,
    /// The longest that an exchange may take.
    pub timeout: Duration,
    /// Attempts after the first at each answer.
    pub retries: u32,
    /// The pause before the second attempt.
    pub first_pause: Duration,
}

impl Plan {
    /// Refuses values that make no sense.
    pub(crate) fn check(&self) -> Result<(), CollectError> {
        let wrong = if self
            .rate
            .is_some_and(|rate| !(rate > 0.0 && rate.is_finite()))
        {
            "the rate must be above 0 requests a minute"
        } else if self.concurrency == 0 {
            "at least one request at a time is needed"
        } else if self.timeout.is_zero() {
            "the time limit of an exchange must be above 0"
        } else if let Some(wrong) = self.asking.wrong() {
            wrong
        } else if self
            .key_header
            .as_deref()
            .is_some_and(|name| http::HeaderName::try_from(name).is_err())
        {
            "--api-key-header must be the name of a header"
        } else {
            return Ok(());
        };
        Err(CollectError::Plan(wrong))
    }
}
