//! The writer: the only one that touches the files.

use crate::answer::Answer;
use crate::answers::Record;
use crate::appended::Appended;
use crate::compare::{compare, first_answers};
use crate::error::CollectError;
use crate::events::{Event, Job};
use crate::log::{Attempt, End, Entry, Start, now};
use crate::plan::Plan;
use crate::summary::{Failed, Summary};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The one writer.
pub(crate) struct Keeper {
    answers: Appended,
    log: Appended,
    done: HashMap<(String, u32), (u64, Record)>,
    /// What came, as the log has it: an answer that is not in the file is written again, not asked for again.
    logged: HashMap<(String, u32), Answer>,
    out: PathBuf,
    pub(crate) summary: Summary,
    in_a_row: u32,
    /// Failures in a row, or first answers without text, before the run gives up: somebody is asked in vain.
    pub(crate) patience: u32,
    /// Answers without text before the first with any.
    silent: u32,
}

impl Keeper {
    pub(crate) fn open(plan: &Plan, address: &str) -> Result<Self, CollectError> {
        if plan.out.exists() && !plan.log.exists() {
            return Err(CollectError::NoLog {
                path: plan.out.clone(),
                log: plan.log.clone(),
            });
        }
        let mut logged = HashMap::new();
        if plan.out.exists() {
            compare(&plan.out, &plan.log)?;
            logged = first_answers(&plan.log)?;
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
        let mut before: Option<Start> = None;
        let (log, torn_entry) = Appended::open(&plan.log, |line, bytes| {
            let entry: Entry = serde_json::from_slice(bytes).map_err(|error| {
                earlier(&plan.log, line, format!("this is no log entry: {error}"))
            })?;
            // Where nothing came, and no batch was made, another way of asking mixes nothing.
            let is_bound = match entry {
                Entry::Start(start) => {
                    let is_batch = start.address.starts_with(BATCH);
                    before = Some(start);
                    is_batch
                }
                Entry::Exchange(attempt) => attempt.failed.is_none(),
                Entry::End(_) => false,
            };
            let before = before.as_ref().filter(|_| is_bound);
            match before.and_then(|before| before.differs(&start)) {
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
                endings: vec![],
                answering: vec![],
                stopped: false,
                torn: torn_answer.into_iter().chain(torn_entry).collect(),
            },
            done,
            logged,
            in_a_row: 0,
            patience: MOST_FAILURES,
            silent: 0,
        };
        keeper.write(&Entry::Start(start))?;
        Ok(keeper)
    }

    /// What is not answered yet: every prompt's first answer before any second.
    pub(crate) fn jobs<'a>(&mut self, plan: &'a Plan) -> Result<Vec<Job<'a>>, CollectError> {
        let mut jobs = vec![];
        let mut known = HashSet::new();
        let mut came = vec![];
        for repetition in 1..=plan.answers_per_prompt {
            for prompt in &plan.prompts {
                let key = (prompt.id.clone(), repetition);
                let Some((line, record)) = self.done.get(&key) else {
                    if let Some(answer) = self.logged.remove(&key) {
                        let record = Record::new(prompt, repetition, answer);
                        self.answers.add(&json(&record))?;
                        came.push(record);
                        continue;
                    }
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
                if known.insert(*line) {
                    came.push(record.clone());
                }
            }
        }
        came.iter().for_each(|record| self.summary.count(record));
        self.summary.already = came.len() as u64 - self.summary.without_text();
        self.done = HashMap::new();
        Ok(jobs)
    }

    pub(crate) fn keep<'a>(
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
                Event::Answer(attempt, record) => {
                    self.in_a_row = 0;
                    let has_text = self.take(attempt, &record)?;
                    progress(self.came());
                    if !has_text && self.summary.answered + self.summary.already == 0 {
                        self.silent += 1;
                        if self.silent >= self.patience {
                            return Err(CollectError::Silent {
                                count: self.silent,
                                finish_reason: record
                                    .finish_reason
                                    .unwrap_or_else(|| "not said".to_owned()),
                            });
                        }
                    }
                }
                Event::Failed(job, reason) => {
                    self.in_a_row += 1;
                    self.summary.failed.push(Failed {
                        id: job.prompt.id.clone(),
                        repetition: job.repetition,
                        reason: reason.clone(),
                    });
                    if self.in_a_row >= self.patience {
                        return Err(CollectError::Failing {
                            count: self.in_a_row,
                            last: reason,
                        });
                    }
                }
                Event::Refused(refusal) => return Err(CollectError::Refused(refusal)),
            }
        }
        Ok(())
    }

    /// Keeps what comes in after a failure; a second failure adds nothing to the first.
    pub(crate) fn log_late(&mut self, event: Event<'_>) {
        let _ = match event {
            Event::Attempt(attempt) => self.write(&Entry::Exchange(attempt)),
            Event::Answer(attempt, record) => self.take(attempt, &record).map(|_| ()),
            Event::Failed(..) | Event::Refused(..) => Ok(()),
        };
    }

    /// Answers that are there, those without text included.
    pub(crate) fn came(&self) -> u64 {
        self.summary.already + self.summary.answered + self.summary.without_text()
    }

    /// Keeps an answer that came; says whether it has text.
    fn take(&mut self, attempt: Box<Attempt>, record: &Record) -> Result<bool, CollectError> {
        self.summary.requests += 1;
        self.write(&Entry::Exchange(attempt))?;
        self.answers.add(&json(record))?;
        self.summary.count(record);
        let has_text = !record.text().trim().is_empty();
        self.summary.answered += u64::from(has_text);
        Ok(has_text)
    }

    pub(crate) fn end(&mut self, stopped: bool) -> Result<(), CollectError> {
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

/// How the address of a batch begins.
pub(crate) const BATCH: &str = "batch:";

/// Answers in a row that could not be had before a run gives up.
const MOST_FAILURES: u32 = 10;
