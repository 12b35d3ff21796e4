//! Answers against the log of their collection: what was changed, left out, added or put in another order.

use crate::answer::Answer;
use crate::answers::Record;
use crate::api::Api;
use crate::log::{Attempt, Entry};
pub use crate::mismatch::CompareError;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// What a log says of the answers that agree with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Answers, each as the log has it.
    pub answers: u64,
    /// Answers that the log has and the file has not.
    pub missing: u64,
    /// Answers that were asked for and could not be had.
    pub failed: u64,
    /// Answers that ended because they were too long.
    pub cut: u64,
    /// Answers that the endpoint refused or filtered, as far as it says so.
    pub refused: u64,
    /// Answers that were had more than once; the file holds the first.
    pub asked_again: u64,
    /// Whether the answers stand in the order in which they came.
    pub in_order: bool,
    /// SHA-256 of each run's prompts, as the log has them.
    pub prompts_sha256: Vec<String>,
}

/// A good exchange of the log.
struct Came {
    place: usize,
    answer: Answer,
    shown: Value,
}

/// What the log has of each answer: its id and repetition.
#[derive(Default)]
struct Log {
    api: Option<Api>,
    came: HashMap<(String, u32), Vec<Came>>,
    failed: HashMap<(String, u32), ()>,
    places: usize,
    prompts: Vec<String>,
}

/// Compares collected answers with the log of their collection.
///
/// # Errors
/// When a file cannot be read, a line of the log is not what its digest says, or an answer is not in the log as it is here.
pub fn compare(answers: &Path, log: &Path) -> Result<Compared, CompareError> {
    let mut known = Log::default();
    lines(log, |line, bytes| known.add(log, line, bytes))?;
    let mut compared = Compared {
        prompts_sha256: known.prompts.clone(),
        in_order: true,
        ..Compared::default()
    };
    let mut last = 0;
    let mut seen: HashMap<(String, u32), u64> = HashMap::new();
    lines(answers, |line, bytes| {
        let record: Record = serde_json::from_slice(bytes).map_err(|error| CompareError::Line {
            path: answers.to_owned(),
            line,
            reason: format!("this is no collected answer: {error}"),
        })?;
        let differs = |what: String| CompareError::Differs {
            path: answers.to_owned(),
            line,
            what,
        };
        let key = (record.id.clone(), record.repetition);
        let name = format!("answer {} to {:?}", record.repetition, record.id);
        if let Some(first) = seen.insert(key.clone(), line) {
            return Err(differs(format!("{name} stands in line {first} already")));
        }
        let came = known.came.get(&key);
        let came =
            came.ok_or_else(|| differs(format!("{name} is not in the log: it was added")))?;
        let shown = shown(&record, known.api);
        let text = record.text();
        // The first that came: to ask again until one pleases is to choose.
        let first = came
            .first()
            .filter(|came| came.answer.text == text && came.shown == shown);
        let Some(same) = first else {
            let what = match came.iter().position(|came| came.answer.text == text) {
                Some(0) => "the prompt was changed",
                Some(_) => "it was asked again, and another answer came first",
                None => "the answer was changed",
            };
            return Err(differs(format!("{name} is not what the log has: {what}")));
        };
        if let Some(part) = changed(&record, &same.answer) {
            return Err(differs(format!(
                "{name} is not what the log has: its {part} was changed"
            )));
        }
        compared.in_order &= same.place > last;
        last = same.place;
        compared.answers += 1;
        compared.asked_again += u64::from(came.len() > 1);
        compared.cut += u64::from(same.answer.is_cut());
        compared.refused += u64::from(same.answer.is_refused());
        Ok(())
    })?;
    compared.missing = known
        .came
        .keys()
        .filter(|key| !seen.contains_key(*key))
        .count() as u64;
    compared.failed = known
        .failed
        .keys()
        .filter(|key| !known.came.contains_key(*key))
        .count() as u64;
    Ok(compared)
}

/// The first answer that came for each prompt and repetition of a log, with its log-probabilities.
///
/// # Errors
/// As [`compare`]'s of the log.
pub fn first_answers(log: &Path) -> Result<HashMap<(String, u32), Answer>, CompareError> {
    let mut known = Log::default();
    lines(log, |line, bytes| known.add(log, line, bytes))?;
    let first = known.came.into_iter().filter_map(|(key, came)| {
        let first = came.into_iter().next()?;
        Some((key, first.answer))
    });
    Ok(first.collect())
}

impl Log {
    fn add(&mut self, path: &Path, line: u64, bytes: &[u8]) -> Result<(), CompareError> {
        let wrong = |reason: String| CompareError::Line {
            path: path.to_owned(),
            line,
            reason,
        };
        let entry: Entry = serde_json::from_slice(bytes)
            .map_err(|error| wrong(format!("this is no log entry: {error}")))?;
        match entry {
            Entry::Start(start) => {
                let api = Api::named(&start.api);
                self.prompts.push(start.prompts_sha256);
                self.api = Some(api.ok_or_else(|| wrong(format!("unknown api {:?}", start.api)))?);
                Ok(())
            }
            Entry::Exchange(attempt) => {
                let api = self
                    .api
                    .ok_or_else(|| wrong("an exchange before any start".to_owned()))?;
                self.places += 1;
                self.exchange(api, &attempt)
                    .map_err(|what| CompareError::Differs {
                        path: path.to_owned(),
                        line,
                        what,
                    })
            }
            Entry::End(_) => Ok(()),
        }
    }

    fn exchange(&mut self, api: Api, attempt: &Attempt) -> Result<(), String> {
        let digest = |bytes: &[u8]| -> String {
            let digest = Sha256::digest(bytes);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        if digest(attempt.request.as_bytes()) != attempt.request_sha256 {
            return Err("the request is not what its SHA-256 says: it was changed".to_owned());
        }
        let body = attempt.response.as_deref();
        if let Some(body) = body.filter(|_| !attempt.key_blotted)
            && digest(body.as_bytes()) != attempt.response_sha256
        {
            return Err("the response is not what its SHA-256 says: it was changed".to_owned());
        }
        let key = (attempt.id.clone(), attempt.repetition);
        let is_success = attempt
            .status
            .is_some_and(|status| (200..300).contains(&status));
        if let Some(failed) = &attempt.failed
            && is_success
            && body.is_some_and(|body| api.answer(body).is_ok())
        {
            return Err(format!(
                "it is called failed ({failed}), and holds an answer: it was changed"
            ));
        }
        let answer = body
            .filter(|_| attempt.failed.is_none())
            .and_then(|body| api.answer(body).ok());
        let Some(answer) = answer else {
            self.failed.insert(key, ());
            return Ok(());
        };
        let request: Value = serde_json::from_str(&attempt.request)
            .map_err(|error| format!("the request is no JSON: {error}"))?;
        self.came.entry(key).or_default().push(Came {
            place: self.places,
            answer,
            shown: api.asked(&request),
        });
        Ok(())
    }
}

/// The first part of a record beside its text that is not the answer's; records of earlier versions have fewer parts.
fn changed(record: &Record, answer: &Answer) -> Option<&'static str> {
    fn differ<T: PartialEq>(own: &Option<T>, came: &Option<T>) -> bool {
        own.is_some() && own != came
    }
    let parts = [
        (
            "reasoning_content",
            differ(&record.reasoning_content, &answer.reasoning),
        ),
        ("model", differ(&record.model, &answer.model)),
        (
            "system_fingerprint",
            differ(&record.system_fingerprint, &answer.system_fingerprint),
        ),
        (
            "finish_reason",
            differ(&record.finish_reason, &answer.finish_reason),
        ),
        (
            "prompt_tokens",
            differ(&record.prompt_tokens, &answer.prompt_tokens),
        ),
        (
            "response_tokens",
            differ(&record.response_tokens, &answer.tokens),
        ),
        ("logprobs", differ(&record.logprobs, &answer.logprobs)),
    ];
    parts
        .into_iter()
        .find_map(|(name, differs)| differs.then_some(name))
}

/// What was shown, as a request says it.
fn shown(record: &Record, api: Option<Api>) -> Value {
    if api.is_some_and(Api::is_text) {
        return json!(record.prompt);
    }
    if let Some(turns) = &record.messages {
        return json!(turns[..turns.len().saturating_sub(1)]);
    }
    let system = record
        .system
        .iter()
        .map(|text| json!({ "role": "system", "content": text }));
    let prompt = record
        .prompt
        .iter()
        .map(|text| json!({ "role": "user", "content": text }));
    Value::Array(system.chain(prompt).collect())
}

fn lines(
    path: &Path,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), CompareError>,
) -> Result<(), CompareError> {
    let failed = |source| CompareError::Io {
        path: path.to_owned(),
        source,
    };
    let mut input = BufReader::new(File::open(path).map_err(failed)?);
    let mut bytes = vec![];
    for line in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            break;
        }
        let text = bytes.trim_ascii();
        // A line that a crash tore; `collect` puts it aside when it goes on.
        let is_torn =
            || bytes.last() != Some(&b'\n') && serde_json::from_slice::<IgnoredAny>(text).is_err();
        if !text.is_empty() && !is_torn() {
            each(line, text)?;
        }
    }
    Ok(())
}
