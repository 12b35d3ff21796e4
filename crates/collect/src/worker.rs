//! Workers: each takes the next answer to be had and asks until it has it or gives it up.

use crate::answers::Record;
use crate::client::{Client, Exchange};
use crate::error::Refusal;
use crate::events::{Event, Job};
use crate::log::{Attempt, now};
use crate::pace::{Pace, sleep};
use crate::plan::Plan;
use crate::prompts::hex;
use crate::retry::{Before, Verdict, judge, pause};
use crate::stop::Stop;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What all workers use.
pub(crate) struct Shared<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) client: &'a Client<'a>,
    pub(crate) pace: Pace,
    pub(crate) stop: &'a Stop,
    pub(crate) next: AtomicUsize,
    pub(crate) jobs: &'a [Job<'a>],
    /// Whether earlier runs brought answers.
    pub(crate) has_earlier: bool,
    /// Whether the first request is through: until then no other goes out, so that a fault of all requests costs one.
    pub(crate) is_open: AtomicBool,
    /// Whether this run has had an answer.
    pub(crate) has_answer: AtomicBool,
}

/// How long a worker sleeps before it looks again whether the first request is through.
const NAP: Duration = Duration::from_millis(5);

impl<'a> Shared<'a> {
    /// Asks until there is nothing left to ask, or the run is to stop.
    pub(crate) fn work(&self, events: &mpsc::SyncSender<Event<'a>>) {
        while let Some(job) = self.jobs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let is_first = std::ptr::eq(job, &self.jobs[0]);
            while !is_first && !self.is_open.load(Ordering::Relaxed) {
                if !sleep(NAP, self.stop) {
                    return;
                }
            }
            // The writer has gone away, or the run is to stop.
            let asked = self.ask(job, events);
            self.is_open.store(true, Ordering::Relaxed);
            if asked.is_none() {
                return;
            }
        }
    }

    fn ask(&self, job: &'a Job<'a>, events: &mpsc::SyncSender<Event<'a>>) -> Option<()> {
        let mut is_every = false;
        for attempt in 1.. {
            if !self.pace.wait(self.stop) {
                return None;
            }
            let (entry, verdict) = self.attempt(job, attempt);
            let entry = Box::new(entry);
            let verdict = match verdict {
                Verdict::Answer(answer) => {
                    self.has_answer.store(true, Ordering::Relaxed);
                    let record = Record::new(job.prompt, job.repetition, *answer);
                    return events.send(Event::Answer(entry, Box::new(record))).ok();
                }
                other => other,
            };
            events.send(Event::Attempt(entry)).ok()?;
            let last = match verdict {
                // It was sent.
                Verdict::Answer(_) => return None,
                Verdict::GiveUp(reason) => reason,
                Verdict::Stop(refusal) => return self.refused(refusal, events),
                // Once may be chance, twice is what every request would bring.
                Verdict::Again {
                    every: Some(refusal),
                    ..
                } if is_every || attempt > self.plan.retries => {
                    return self.refused(refusal, events);
                }
                Verdict::Again { reason, .. } if attempt > self.plan.retries => reason,
                Verdict::Again { wait, every, .. } => {
                    is_every |= every.is_some();
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

    fn refused(&self, refusal: Refusal, events: &mpsc::SyncSender<Event<'a>>) -> Option<()> {
        // Before the writer hears of it, other workers would ask again.
        self.stop.ask();
        events.send(Event::Refused(refusal)).ok()
    }

    fn attempt(&self, job: &Job<'_>, attempt: u32) -> (Attempt, Verdict) {
        let (time, since) = (now(), Instant::now());
        let exchange = self.client.send(&job.body);
        let (text, key_blotted) = self.text(&exchange);
        let verdict = judge(
            &self.plan.asking,
            &exchange,
            text.as_deref(),
            Before {
                is_first: !self.has_earlier && !self.is_open.load(Ordering::Relaxed),
                none: !self.has_answer.load(Ordering::Relaxed),
            },
            Timestamp::now(),
        );
        let failed = match &verdict {
            Verdict::Answer(_) => None,
            Verdict::Again { reason, .. } | Verdict::GiveUp(reason) => Some(reason.clone()),
            Verdict::Stop(Refusal {
                status, message, ..
            }) => Some(format!("status {status}: {message}")),
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

/// SHA-256 in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
