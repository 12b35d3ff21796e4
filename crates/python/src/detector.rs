//! `detect`, `scan`, `examine` and `power`: results as JSON text, which Python makes dataclasses of.

use crate::error::{of, raise, usage};
use crate::key::Key;
use crate::profile::Profile;
use crate::texts::inputs;
use crate::threads;
use hallmark::detect::Detecting;
use hallmark::json::to_json;
use hallmark::power::{Calibrated, Marking, Planning, Strength};
use hallmark::progress::silent;
use hallmark::scan::{NamedKey, Scanning};
use hallmark::{Error, Plan, TriedKey};
use pyo3::prelude::*;
use serde_json::Value;
use std::path::PathBuf;

/// Is this text marked?
#[pyfunction]
#[pyo3(signature = (texts, prompts, files, profile, key, tokenizer, fields, passage_level))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python's")]
pub(crate) fn detect(
    py: Python<'_>,
    texts: Option<&Bound<'_, PyAny>>,
    prompts: Option<&Bound<'_, PyAny>>,
    files: Vec<PathBuf>,
    profile: Profile,
    key: Key,
    tokenizer: Option<PathBuf>,
    fields: Vec<String>,
    passage_level: Option<f64>,
) -> PyResult<String> {
    let inputs = inputs(texts, prompts, files, tokenizer, fields)?;
    let mut how = Detecting::default();
    how.passage_level = passage_level.unwrap_or(how.passage_level);
    let key = key.file.marking_key();
    let detected = threads::run(py, || {
        let detected = hallmark::detect(&profile.profile, &key, &how, &inputs, &mut silent)?;
        to_json(&detected, false)
    })?;
    raise(py, detected)
}

/// Which of these marks is in this text?
#[pyfunction]
#[pyo3(signature = (texts, prompts, files, profiles, keys, tokenizer, fields, level))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python's")]
pub(crate) fn scan(
    py: Python<'_>,
    texts: Option<&Bound<'_, PyAny>>,
    prompts: Option<&Bound<'_, PyAny>>,
    files: Vec<PathBuf>,
    profiles: Vec<Profile>,
    keys: Vec<Key>,
    tokenizer: Option<PathBuf>,
    fields: Vec<String>,
    level: Option<f64>,
) -> PyResult<String> {
    let inputs = inputs(texts, prompts, files, tokenizer, fields)?;
    let profiles: Vec<_> = profiles
        .into_iter()
        .map(|profile| profile.profile)
        .collect();
    let keys: Vec<NamedKey> = keys
        .into_iter()
        .map(|key| NamedKey {
            key: key.file.marking_key(),
            file: key.name,
        })
        .collect();
    let mut how = Scanning::default();
    how.level = level.unwrap_or(how.level);
    let scanned = threads::run(py, || {
        let scanned = hallmark::scan(&profiles, &keys, &how, &inputs, &mut silent)?;
        to_json(&scanned, false)
    })?;
    raise(py, scanned)
}

/// Was the model that wrote these answers trained on marked text? `options` is JSON: fields of the plan in place of the usual ones.
#[pyfunction]
#[pyo3(signature = (answers, prompts, files, profile, keys, controls, tokenizer, fields, options))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python's")]
pub(crate) fn examine(
    py: Python<'_>,
    answers: Option<&Bound<'_, PyAny>>,
    prompts: Option<&Bound<'_, PyAny>>,
    files: Vec<PathBuf>,
    profile: Profile,
    keys: Vec<Key>,
    controls: Vec<Key>,
    tokenizer: Option<PathBuf>,
    fields: Vec<String>,
    options: &str,
) -> PyResult<String> {
    let inputs = inputs(answers, prompts, files, tokenizer, fields)?;
    let tried = |keys: &[Key]| {
        let tried = keys
            .iter()
            .map(|key| TriedKey::of_file(&key.file, key.name.as_ref()));
        tried.collect::<Vec<_>>()
    };
    let usual = Plan::new(&profile.profile, tried(&keys), inputs.clone());
    let usual = Plan {
        controls: tried(&controls),
        ..usual
    };
    let mut plan = raise(py, with_options(&usual, options))?;
    // Records at hand are no part of a plan's text.
    plan.answers = inputs;
    let all: Vec<_> = keys
        .iter()
        .chain(&controls)
        .map(|key| key.file.marking_key())
        .collect();
    let examined = threads::run(py, || {
        let examined = hallmark::examine(&plan, &all, &mut silent)?;
        to_json(&examined, false)
    })?;
    raise(py, examined)
}

/// The plan with some of its fields replaced.
fn with_options(usual: &Plan, options: &str) -> hallmark::Result<Plan> {
    let bad = |error: serde_json::Error| {
        Error::usage(format_args!("an option is none of the plan's: {error}"))
            .hint("docs/schemas/plan-1.json lists the fields of a plan")
    };
    let mut plan = serde_json::to_value(usual).map_err(bad)?;
    let options: Value = serde_json::from_str(options).map_err(bad)?;
    replace(&mut plan, options);
    serde_json::from_value(plan).map_err(bad)
}

fn replace(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                match into.get_mut(&name) {
                    Some(there) => replace(there, value),
                    None => {
                        into.insert(name, value);
                    }
                }
            }
        }
        (into, from) => *into = from,
    }
}

/// How much must be asked?
#[pyfunction]
#[pyo3(signature = (profile, share, lift, alpha, power, access, prompts, calibration, cells_per_token, tokens_per_answer))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python's")]
pub(crate) fn power(
    py: Python<'_>,
    profile: Profile,
    share: Option<f64>,
    lift: Option<f64>,
    alpha: f64,
    power: f64,
    access: &str,
    prompts: &str,
    calibration: Option<PathBuf>,
    cells_per_token: Option<f64>,
    tokens_per_answer: Option<u32>,
) -> PyResult<String> {
    let strength = match (share, lift) {
        (Some(share), None) => Strength::Share(share),
        (None, Some(lift)) => Strength::Lift(lift),
        _ => return Err(usage("give share or lift, and not both")),
    };
    let planning = Planning {
        mark: Marking::of_profile(profile.profile),
        strength,
        alpha,
        power,
        calibration: Calibrated {
            table: calibration,
            access: parsed(py, "access", access)?,
            prompts: parsed(py, "prompts", prompts)?,
        },
        pilot: None,
        cells_per_token,
        tokens_per_answer,
        cohorts: vec![],
    };
    let planned = hallmark::power::plan(&planning, &mut silent);
    raise(py, planned.and_then(|planned| to_json(&planned, false)))
}

/// One of a few words.
fn parsed<T: serde::de::DeserializeOwned>(py: Python<'_>, name: &str, word: &str) -> PyResult<T> {
    serde_json::from_value(Value::from(word))
        .map_err(|error| of(py, &Error::usage(error).at(format_args!("{name}={word:?}"))))
}
