//! A run: workers ask, one writer keeps.

use crate::answers::Record;
use crate::api::Asking;
use crate::appended::Appended;
use crate::client::{Client, Exchange};
use crate::error::CollectError;
use crate::log::{Attempt, End, Entry, Start, now};
use crate::pace::{Pace, sleep};
use crate::prompts::{Prompt, hex};
use crate::retry::{Verdict, judge, pause};
use crate::secret::ApiKey;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

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

/// Answers in a row that could not be had before a run gives up.
const MOST_FAILURES: u32 = 10;

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

/// An answer to be had.
struct Job<'a> {
    prompt: &'a Prompt,
    repetition: u32,
    body: String,
}

/// What workers tell the writer.
enum Event<'a> {
    Attempt(Box<Attempt>),
    Answer(Box<Record>),
    Failed(&'a Job<'a>, String),
    Refused(u16, String),
}

/// What all workers use.
struct Shared<'a> {
    plan: &'a Plan,
    client: &'a Client<'a>,
    pace: Pace,
    stop: &'a Stop,
    next: AtomicUsize,
    jobs: &'a [Job<'a>],
}

impl<'a> Shared<'a> {
    fn work(&self, events: &mpsc::Sender<Event<'a>>) {
        while let Some(job) = self.jobs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            // The writer has gone away, or the run is to stop.
            if self.ask(job, events).is_none() {
                return;
            }
        }
    }

    fn ask(&self, job: &'a Job<'a>, events: &mpsc::Sender<Event<'a>>) -> Option<()> {
        for attempt in 1.. {
            if !self.pace.wait(self.stop) {
                return None;
            }
            let (entry, verdict) = self.attempt(job, attempt);
            events.send(Event::Attempt(Box::new(entry))).ok()?;
            let last = match verdict {
                Verdict::Answer(answer) => {
                    let record = Record::new(job.prompt, job.repetition, answer);
                    return events.send(Event::Answer(Box::new(record))).ok();
                }
                Verdict::GiveUp(reason) => reason,
                Verdict::Stop { status, message } => {
                    // Before the writer hears of it, other workers would ask again.
                    self.stop.ask();
                    return events.send(Event::Refused(status, message)).ok();
                }
                Verdict::Again { reason, .. } if attempt > self.plan.retries => reason,
                Verdict::Again { wait, .. } => {
                    if let Some(wait) = wait {
                        self.pace.hold(wait);
                    } else if !sleep(pause(self.plan.first_pause, attempt), self.stop) {
                        return None;
                    }
                    continue;
                }
            };
            return events.send(Event::Failed(job, last)).ok();
        }
        None
    }

    fn attempt(&self, job: &Job<'_>, attempt: u32) -> (Attempt, Verdict) {
        let (time, since) = (now(), Instant::now());
        let exchange = self.client.send(&job.body);
        let (text, key_blotted) = self.text(&exchange);
        let verdict = judge(
            &self.plan.asking,
            &exchange,
            text.as_deref(),
            Timestamp::now(),
        );
        let failed = match &verdict {
            Verdict::Answer(_) => None,
            Verdict::Again { reason, .. } | Verdict::GiveUp(reason) => Some(reason.clone()),
            Verdict::Stop { status, message } => Some(format!("status {status}: {message}")),
        };
        let entry = Attempt {
            time,
            milliseconds: since.elapsed().as_millis() as u64,
            id: job.prompt.id.clone(),
            repetition: job.repetition,
            attempt,
            request: job.body.clone(),
            request_sha256: sha256(job.body.as_bytes()),
            status: exchange.status,
            response_hex: text.is_none().then(|| hex(&exchange.body)),
            response: text,
            response_sha256: sha256(&exchange.body),
            key_blotted,
            failed,
        };
        (entry, verdict)
    }

    /// The response as text, the API key blotted out.
    fn text(&self, exchange: &Exchange) -> (Option<String>, bool) {
        match (String::from_utf8(exchange.body.clone()), &self.plan.key) {
            (Ok(text), Some(key)) => {
                let (text, blotted) = key.blot(text);
                (Some(text), blotted)
            }
            (Ok(text), None) => (Some(text), false),
            (Err(_), _) => (None, false),
        }
    }
}

/// The one writer.
struct Keeper {
    answers: Appended,
    log: Appended,
    done: HashMap<(String, u32), (u64, Record)>,
    out: PathBuf,
    summary: Summary,
    in_a_row: u32,
}

impl Keeper {
    fn open(plan: &Plan, address: &str) -> Result<Self, CollectError> {
        if plan.out.exists() && !plan.log.exists() {
            return Err(CollectError::NoLog {
                path: plan.out.clone(),
                log: plan.log.clone(),
            });
        }
        let mut done = HashMap::new();
        let (answers, torn_answer) = Appended::open(&plan.out, |line, bytes| {
            let record: Record = serde_json::from_slice(bytes)
                .map_err(|error| earlier(&plan.out, line, format!("this is no answer: {error}")))?;
            let key = (record.id.clone(), record.repetition);
            match done.insert(key, (line, record)) {
                Some((first, _)) => Err(earlier(
                    &plan.out,
                    line,
                    format!("the same answer stands in line {first}"),
                )),
                None => Ok(()),
            }
        })?;
        let start = Start {
            time: now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            address: address.to_owned(),
            api: plan.asking.api.name().to_owned(),
            model: plan.asking.model.clone(),
            max_tokens: plan.asking.max_tokens,
            temperature: plan.asking.temperature,
            logprobs: plan.asking.logprobs,
            extra: plan.asking.extra.clone(),
            prompts_sha256: plan.prompts_sha256.clone(),
            answers_per_prompt: plan.answers_per_prompt,
            already: done.len() as u64,
        };
        let (log, torn_entry) = Appended::open(&plan.log, |line, bytes| {
            let entry: Entry = serde_json::from_slice(bytes).map_err(|error| {
                earlier(&plan.log, line, format!("this is no log entry: {error}"))
            })?;
            let Entry::Start(before) = entry else {
                return Ok(());
            };
            match before.differs(&start) {
                None => Ok(()),
                Some((field, found, wanted)) => Err(CollectError::OtherRun {
                    path: plan.out.clone(),
                    field: field.to_owned(),
                    found,
                    wanted,
                }),
            }
        })?;
        let mut keeper = Self {
            answers,
            log,
            out: plan.out.clone(),
            summary: Summary {
                prompts: plan.prompts.len() as u64,
                wanted: plan.prompts.len() as u64 * u64::from(plan.answers_per_prompt),
                already: 0,
                answered: 0,
                requests: 0,
                failed: vec![],
                stopped: false,
                torn: torn_answer.into_iter().chain(torn_entry).collect(),
            },
            done,
            in_a_row: 0,
        };
        keeper.write(&Entry::Start(start))?;
        Ok(keeper)
    }

    /// What is not answered yet: every prompt's first answer before any second.
    fn jobs<'a>(&mut self, plan: &'a Plan) -> Result<Vec<Job<'a>>, CollectError> {
        let mut jobs = vec![];
        let mut known = HashSet::new();
        for repetition in 1..=plan.answers_per_prompt {
            for prompt in &plan.prompts {
                let Some((line, record)) = self.done.get(&(prompt.id.clone(), repetition)) else {
                    let body = plan
                        .asking
                        .body(&prompt.shown)
                        .map_err(CollectError::Plan)?;
                    jobs.push(Job {
                        prompt,
                        repetition,
                        body,
                    });
                    continue;
                };
                if !record.answers(&prompt.shown) {
                    return Err(earlier(
                        &self.out,
                        *line,
                        format!("the prompt {:?} was another one then", prompt.id),
                    ));
                }
                known.insert(*line);
            }
        }
        self.summary.already = known.len() as u64;
        self.done = HashMap::new();
        Ok(jobs)
    }

    fn keep<'a>(
        &mut self,
        events: impl Iterator<Item = Event<'a>>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), CollectError> {
        for event in events {
            match event {
                Event::Attempt(attempt) => {
                    self.summary.requests += 1;
                    self.write(&Entry::Exchange(attempt))?;
                }
                Event::Answer(record) => {
                    self.in_a_row = 0;
                    self.answers.add(&json(&record))?;
                    self.summary.answered += 1;
                    progress(self.summary.already + self.summary.answered);
                }
                Event::Failed(job, reason) => {
                    self.in_a_row += 1;
                    self.summary.failed.push(Failed {
                        id: job.prompt.id.clone(),
                        repetition: job.repetition,
                        reason: reason.clone(),
                    });
                    if self.in_a_row >= MOST_FAILURES {
                        return Err(CollectError::Failing {
                            count: self.in_a_row,
                            last: reason,
                        });
                    }
                }
                Event::Refused(status, message) => {
                    return Err(CollectError::Refused { status, message });
                }
            }
        }
        Ok(())
    }

    /// Keeps what comes in after a failure; a second failure adds nothing to the first.
    fn log_late(&mut self, event: Event<'_>) {
        let _ = match event {
            Event::Attempt(attempt) => self.write(&Entry::Exchange(attempt)),
            Event::Answer(record) => self.answers.add(&json(&record)),
            Event::Failed(..) | Event::Refused(..) => Ok(()),
        };
    }

    fn end(&mut self, stopped: bool) -> Result<(), CollectError> {
        self.summary.stopped = stopped;
        self.write(&Entry::End(End {
            time: now(),
            answered: self.summary.answered,
            failed: self.summary.failed.len() as u64,
            stopped,
        }))
    }

    fn write(&mut self, entry: &Entry) -> Result<(), CollectError> {
        self.log.add(&json(entry))
    }
}

fn earlier(path: &Path, line: u64, reason: String) -> CollectError {
    CollectError::Earlier {
        path: path.to_owned(),
        line,
        reason,
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("records and log entries are plain values")
}

/// SHA-256 in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
