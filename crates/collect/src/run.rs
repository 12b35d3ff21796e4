//! A run: workers ask, one writer keeps.

use crate::api::Asking;
use crate::client::Client;
use crate::error::CollectError;
use crate::keeper::Keeper;
use crate::pace::Pace;
use crate::prompts::Prompt;
use crate::secret::ApiKey;
use crate::worker::Shared;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// What is asked, how, and where it is kept.
pub struct Plan {
    /// The endpoint: its address up to the version, or in full.
    pub endpoint: String,
    /// How every prompt is asked.
    pub asking: Asking,
    /// The API key.
    pub key: Option<ApiKey>,
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

/// What a run did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Prompts.
    pub prompts: u64,
    /// Answers that were wanted in all.
    pub wanted: u64,
    /// Answers that earlier runs had brought.
    pub already: u64,
    /// Answers of this run.
    pub answered: u64,
    /// Requests that this run sent.
    pub requests: u64,
    /// Answers that could not be had; asking again may succeed.
    pub failed: Vec<Failed>,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// Torn lines of an earlier run, put aside into these files.
    pub torn: Vec<PathBuf>,
}

/// An answer that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The prompt's id.
    pub id: String,
    /// Which answer to it.
    pub repetition: u32,
    /// Why.
    pub reason: String,
}

/// A request to stop: exchanges under way are finished, no new one begins.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asked for when `asked` becomes true, for instance by a signal.
    #[must_use]
    pub fn when(asked: Arc<AtomicBool>) -> Self {
        Self(asked)
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Asks all that is not answered yet. `progress` is told how many answers there are, earlier ones
/// included.
///
/// # Errors
/// When the files do not belong to this plan or cannot be written, the endpoint refuses every
/// request, or ten answers in a row cannot be had. All that was received until then is kept.
pub fn collect(
    plan: &Plan,
    stop: &Stop,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, CollectError> {
    plan.check()?;
    let client = Client::new(
        &plan.endpoint,
        &plan.asking,
        plan.key.as_ref(),
        plan.timeout,
    )?;
    let mut keeper = Keeper::open(plan, client.address())?;
    let jobs = keeper.jobs(plan)?;
    progress(keeper.summary.already);
    let shared = Shared {
        plan,
        client: &client,
        pace: Pace::new(plan.rate),
        stop,
        next: AtomicUsize::new(0),
        jobs: &jobs,
    };
    let (sender, events) = mpsc::channel();
    let result = std::thread::scope(|scope| {
        for _ in 0..plan.concurrency.min(jobs.len()) {
            let (shared, sender) = (&shared, sender.clone());
            scope.spawn(move || shared.work(&sender));
        }
        drop(sender);
        let result = keeper.keep(events.iter(), progress);
        if result.is_err() {
            // Workers end after the exchange they are in; what it brings is still logged.
            stop.ask();
            for event in events {
                keeper.log_late(event);
            }
        }
        result
    });
    keeper.end(stop.is_asked())?;
    result?;
    Ok(keeper.summary)
}

impl Plan {
    fn check(&self) -> Result<(), CollectError> {
        let wrong = if self
            .rate
            .is_some_and(|rate| !(rate > 0.0 && rate.is_finite()))
        {
            "the rate must be above 0 requests a minute"
        } else if self.concurrency == 0 {
            "at least one request at a time is needed"
        } else if self.timeout.is_zero() {
            "the time limit of an exchange must be above 0"
        } else if self
            .asking
            .temperature
            .is_some_and(|temperature| !(temperature >= 0.0 && temperature.is_finite()))
        {
            "the temperature must be 0 or more"
        } else if self.asking.extra.contains_key("stream") {
            "answers are not taken in streams: leave `stream` out"
        } else {
            return Ok(());
        };
        Err(CollectError::Plan(wrong))
    }
}
