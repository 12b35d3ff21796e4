//! Batches: all requests in one file, and the answers out of the file that the provider gives back.
//!
//! What is still to be asked goes into the requests; results become the same records, and the same lines of the log, as
//! those of a run that asks one by one.

use crate::answer::NoAnswer;
use crate::answers::Record;
use crate::api::Api;
use crate::error::CollectError;
use crate::events::{Event, Job};
use crate::keeper::{BATCH, Keeper};
use crate::log::{Attempt, now};
use crate::plan::Plan;
use crate::prompts::hex;
use crate::summary::Summary;
use crate::text::brief;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The lines of a batch's request file: one for each answer that is not there yet. The log notes when it was made.
///
/// # Errors
/// When the files do not belong to this plan or cannot be written, or the dialect has no batches.
pub fn requests(plan: &Plan) -> Result<(Vec<String>, Summary), CollectError> {
    plan.check()?;
    let place = place(plan.asking.api)?;
    let mut keeper = Keeper::open(plan, &address(place))?;
    let lines = keeper
        .jobs(plan)?
        .iter()
        .map(|job| line(job, place))
        .collect();
    keeper.end(false)?;
    Ok((lines, keeper.summary))
}

/// Takes the results of a batch in.
///
/// # Errors
/// When the files do not belong to this plan or cannot be written, or a result is of no request of the plan or stands twice;
/// nothing is taken in then.
pub fn results(plan: &Plan, path: &Path) -> Result<Summary, CollectError> {
    plan.check()?;
    let place = place(plan.asking.api)?;
    let results = read(path)?;
    check(plan, path, &results)?;
    let mut keeper = Keeper::open(plan, &address(place))?;
    let jobs = keeper.jobs(plan)?;
    let mut events = vec![];
    for job in &jobs {
        match results.get(&custom_id(&job.prompt.id, job.repetition)) {
            Some((_, result)) => events.extend(taken(plan, job, result)),
            None => events.push(Event::Failed(
                job,
                "the batch has no result for it".to_owned(),
            )),
        }
    }
    // Nobody is asked in vain.
    keeper.patience = u32::MAX;
    keeper.keep(events.into_iter(), &mut |_| {})?;
    keeper.end(false)?;
    Ok(keeper.summary)
}

/// Where requests of a batch go, as each of its lines says it; Anthropic's do not.
fn place(api: Api) -> Result<&'static str, CollectError> {
    match api {
        Api::Chat => Ok("/v1/chat/completions"),
        Api::Completions => Ok("/v1/completions"),
        Api::Responses => Ok("/v1/responses"),
        Api::Azure => Ok("/chat/completions"),
        Api::Anthropic => Ok("/v1/messages/batches"),
        Api::Vllm | Api::VllmCompletions => Ok(match api.is_text() {
            true => "/v1/completions",
            false => "/v1/chat/completions",
        }),
        Api::Sglang => Err(CollectError::Plan(
            "the dialect `sglang` has no batches: SGLang takes OpenAI's, so give --dialect chat or completions",
        )),
    }
}

fn address(place: &str) -> String {
    format!("{BATCH}{place}")
}

/// The name of an answer in a batch: letters, digits and a dash, as every provider takes them.
fn custom_id(id: &str, repetition: u32) -> String {
    let digest = Sha256::digest(json!([id, repetition]).to_string());
    format!("hallmark-{}", hex(&digest[..16]))
}

fn line(job: &Job<'_>, place: &str) -> String {
    let body: Value = serde_json::from_str(&job.body).expect("a request is JSON");
    let id = custom_id(&job.prompt.id, job.repetition);
    match place.ends_with("/messages/batches") {
        true => json!({"custom_id": id, "params": body}),
        false => json!({"custom_id": id, "method": "POST", "url": place, "body": body}),
    }
    .to_string()
}

/// A line of the results: OpenAI's (`response`, `error`) or Anthropic's (`result`).
#[derive(Deserialize)]
struct Line {
    custom_id: String,
    response: Option<Response>,
    error: Option<Value>,
    result: Option<Outcome>,
}

#[derive(Deserialize)]
struct Response {
    status_code: Option<u16>,
    body: Box<RawValue>,
}

#[derive(Deserialize)]
struct Outcome {
    r#type: String,
    message: Option<Box<RawValue>>,
    error: Option<Value>,
}

type Results = HashMap<String, (u64, Line)>;

/// The longest line of results.
const MAX_LINE: u64 = 32 << 20;

fn read(path: &Path) -> Result<Results, CollectError> {
    let failed = |error| CollectError::io("read", path, error);
    let mut input = BufReader::new(File::open(path).map_err(failed)?);
    let mut results = Results::new();
    let mut bytes = vec![];
    for number in 1.. {
        bytes.clear();
        let read = (&mut input)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(failed)?;
        if read == 0 {
            break;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let wrong = |reason: String| wrong(path, number, reason);
        if bytes.len() as u64 > MAX_LINE {
            return Err(wrong(format!("the line is longer than {MAX_LINE} bytes")));
        }
        let line: Line = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("this is no result of a batch: {error}")))?;
        if line.response.is_none() && line.result.is_none() && line.error.is_none() {
            return Err(wrong(
                "this is no result of a batch: it has neither `response`, `error` nor `result`"
                    .to_owned(),
            ));
        }
        let id = line.custom_id.clone();
        if let Some((first, _)) = results.insert(id.clone(), (number, line)) {
            return Err(wrong(format!(
                "the result {id:?} stands in line {first} already"
            )));
        }
    }
    Ok(results)
}

/// Whether each result is of a request that these prompts make.
fn check(plan: &Plan, path: &Path, results: &Results) -> Result<(), CollectError> {
    let repetitions = 1..=plan.answers_per_prompt;
    let ids = repetitions.flat_map(|repetition| {
        plan.prompts
            .iter()
            .map(move |prompt| custom_id(&prompt.id, repetition))
    });
    let ids: std::collections::HashSet<String> = ids.collect();
    let strange = results.iter().filter(|(id, _)| !ids.contains(*id));
    match strange.min_by_key(|(_, (line, _))| *line) {
        Some((id, (line, _))) => Err(wrong(
            path,
            *line,
            format!("the result {id:?} is of no request of these prompts"),
        )),
        None => Ok(()),
    }
}

/// A result as the exchange that it stands for.
fn taken<'a>(plan: &Plan, job: &'a Job<'a>, line: &Line) -> Vec<Event<'a>> {
    let body = match (&line.response, &line.result) {
        (Some(response), _) => Some(response.body.get()),
        (None, Some(outcome)) => outcome.message.as_deref().map(RawValue::get),
        (None, None) => None,
    };
    let status = line
        .response
        .as_ref()
        .map_or(200, |response| response.status_code.unwrap_or(200));
    let error = line.error.as_ref().filter(|error| !error.is_null());
    let answer: Result<_, String> = match (body, error) {
        (Some(body), None) if (200..300).contains(&status) => match plan.asking.api.answer(body) {
            Ok(answer) => Ok(answer),
            Err(NoAnswer::Fault(fault)) => Err(fault.message),
            Err(NoAnswer::Shape(shape)) => Err(shape.said().to_owned()),
            Err(NoAnswer::Broken(reason) | NoAnswer::Other(reason)) => Err(reason),
        },
        (body, error) => Err(match (error, &line.result) {
            (Some(error), _) => error.to_string(),
            (None, Some(outcome)) => {
                let why = outcome
                    .error
                    .as_ref()
                    .map(Value::to_string)
                    .unwrap_or_default();
                format!("{} {why}", outcome.r#type)
            }
            (None, None) => format!("status {status}: {}", body.unwrap_or_default()),
        }),
    };
    let sha256 = |text: &str| hex(&Sha256::digest(text));
    let response = body.unwrap_or_default();
    let attempt = Box::new(Attempt {
        time: now(),
        milliseconds: 0,
        id: job.prompt.id.clone(),
        repetition: job.repetition,
        attempt: 1,
        request: job.body.clone(),
        request_sha256: sha256(&job.body),
        status: Some(status),
        response: Some(response.to_owned()),
        response_hex: None,
        response_sha256: sha256(response),
        key_blotted: false,
        failed: answer.as_ref().err().map(|reason| brief(reason)),
    });
    match answer {
        Ok(answer) => {
            let record = Record::new(job.prompt, job.repetition, answer);
            vec![Event::Answer(attempt, Box::new(record))]
        }
        Err(reason) => vec![Event::Attempt(attempt), Event::Failed(job, brief(&reason))],
    }
}

fn wrong(path: &Path, line: u64, reason: String) -> CollectError {
    CollectError::Batch {
        path: path.to_owned(),
        line,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_batch_are_short_and_of_one_answer_each() {
        let ids = [
            custom_id("p1", 1),
            custom_id("p1", 2),
            custom_id("p11", 1),
            custom_id("ß/ü", 1),
        ];
        for (i, id) in ids.iter().enumerate() {
            assert!(
                id.len() <= 64
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{id}"
            );
            assert!(!ids[..i].contains(id), "{id}");
        }
    }
}
