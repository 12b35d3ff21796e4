//! `collect`: ask a suspect's model.

use crate::args::{CollectArgs, Dialect};
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use crate::render::collect_text;
use crate::results::collect::{Batched, Collected};
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::files::keys::{refuse_key_as_name, refuse_readable_by_others};
use hallmark::json::{VERSION, formats};
use hallmark::text::shown;
use hallmark_collect::api::Api;
use hallmark_collect::asking::Asking;
use hallmark_collect::compare::CompareError;
use hallmark_collect::{ApiKey, CollectError, Plan, Stop, Summary, batch, prompts};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use zeroize::Zeroizing;

pub(crate) fn run(args: &CollectArgs, output: &Output) -> Outcome {
    let plan = plan(args)?;
    let mut batched = None;
    let summary = match (&args.write_batch, &args.read_batch) {
        (Some(path), _) => {
            let (summary, requests) = write_batch(&plan, path)?;
            batched = Some(Batched {
                file: shown(path),
                requests,
            });
            summary
        }
        (None, Some(path)) => batch::results(&plan, path).map_err(|error| failure(&error))?,
        (None, None) => ask(&plan, output)?,
    };
    let without_text = summary.without_text();
    let Summary {
        prompts,
        wanted,
        already,
        answered,
        requests,
        failed,
        endings,
        answering,
        stopped,
        torn,
    } = summary;
    let collected = Collected {
        schema: formats::Collect,
        version: VERSION.to_owned(),
        model: plan.asking.model.clone(),
        dialect: plan.asking.api.name().to_owned(),
        out: shown(&plan.out),
        log: shown(&plan.log),
        prompts,
        wanted,
        already,
        answered,
        requests,
        without_text,
        failed,
        endings,
        answering,
        batch: batched,
        stopped,
        torn: torn.iter().map(|path| shown(path)).collect(),
    };
    output.result(|| collect_text(&collected), &collected, &collected.failed)?;
    // A script must not take a part for the whole, nor answers without a word for answers.
    let is_silent = collected.without_text > 0 && collected.already + collected.answered == 0;
    let whole = collected.failed.is_empty() && !collected.stopped && !is_silent;
    Ok(if whole { Exit::Done } else { Exit::Usage })
}

fn ask(plan: &Plan, output: &Output) -> Outcome<Summary> {
    let stop = stop_on_interrupt()?;
    let wanted = plan.prompts.len() as u64 * u64::from(plan.answers_per_prompt);
    let mut progress = Progress::new(output, "asking", Some(wanted));
    let mut have = 0;
    let result = hallmark_collect::collect(plan, &stop, &mut |done| {
        have = done;
        progress.set(done);
    });
    result.map_err(|error| match error {
        CollectError::Refused(_) | CollectError::Failing { .. } => {
            let kept = format!(
                "{have} of {wanted} answers are kept in {}",
                shown(&plan.out)
            );
            Error::usage(&error).hint(format!("{}; {kept}", error.hint()))
        }
        error => failure(&error),
    })
}

/// The file of a batch, and how many requests it has.
fn write_batch(plan: &Plan, path: &Path) -> Outcome<(Summary, u64)> {
    let mut file = NewFile::create(path)?;
    let (lines, summary) = batch::requests(plan).map_err(|error| failure(&error))?;
    if lines.is_empty() {
        return Err(
            Error::usage("there is nothing left to ask: all answers are there")
                .hint("ask for more answers a prompt, or other prompts"),
        );
    }
    for line in &lines {
        file.write(line.as_bytes())?;
        file.write(b"\n")?;
    }
    file.finish()?;
    Ok((summary, lines.len() as u64))
}

fn plan(args: &CollectArgs) -> Outcome<Plan> {
    let prompts =
        prompts::read(&args.prompts, args.system.as_deref()).map_err(|error| failure(&error))?;
    let asking = Asking {
        api: match args.dialect {
            Dialect::Chat => Api::Chat,
            Dialect::Completions => Api::Completions,
            Dialect::Responses => Api::Responses,
            Dialect::Anthropic => Api::Anthropic,
            Dialect::Azure => Api::Azure,
            Dialect::Vllm => Api::Vllm,
            Dialect::VllmCompletions => Api::VllmCompletions,
            Dialect::Sglang => Api::Sglang,
        },
        model: args.model.clone(),
        max_tokens: args.max_tokens,
        temperature: args.temperature,
        logprobs: args.logprobs,
        extra: match &args.body {
            None => serde_json::Map::new(),
            Some(text) => serde_json::from_str(text).map_err(|error| {
                Error::usage(format_args!("--body is no JSON object: {error}"))
                    .hint("give fields as an object, for instance '{\"seed\": 1}'")
            })?,
        },
    };
    let log = args
        .log
        .clone()
        .unwrap_or_else(|| args.out.with_extension("log.jsonl"));
    if log == args.out {
        return Err(Error::usage("--log and --out name one file")
            .hint("leave --log out, or name another file"));
    }
    Ok(Plan {
        endpoint: args.endpoint.clone(),
        asking,
        key: api_key(args)?,
        key_header: args.api_key_header.clone(),
        prompts_sha256: prompts::sha256(&args.prompts).map_err(|error| failure(&error))?,
        prompts,
        answers_per_prompt: args.answers_per_prompt,
        out: args.out.clone(),
        log,
        rate: args.rate,
        concurrency: usize::from(args.concurrency),
        timeout: seconds("--timeout", args.timeout)?,
        retries: args.retries,
        first_pause: seconds("--pause", args.pause)?,
    })
}

fn seconds(flag: &str, value: f64) -> Outcome<Duration> {
    match Duration::try_from_secs_f64(value) {
        Ok(duration) if value <= 86_400.0 => Ok(duration),
        _ => Err(Error::usage(format_args!(
            "{flag} {value}: allowed is 0 to 86400 seconds"
        ))
        .hint("give a number of seconds")),
    }
}

/// The API key, from where the flags say; never from the command line.
fn api_key(args: &CollectArgs) -> Outcome<Option<ApiKey>> {
    let (text, place) = if let Some(name) = &args.api_key_env {
        refuse_key_as_name(Path::new(name))?;
        let text = std::env::var(name).map_err(|_| {
            Error::usage(format_args!(
                "the environment variable {name} is not set, or is no text"
            ))
            .hint("set it to the API key, or name the variable that holds it")
        })?;
        (Zeroizing::new(text), name.clone())
    } else if let Some(path) = &args.api_key_file {
        (read_key(path)?, shown(path))
    } else {
        return Ok(None);
    };
    ApiKey::new(&text)
        .map(Some)
        .map_err(|error| Error::usage(format_args!("{place}: {error}")).hint(error.hint()))
}

/// The longest API key file that is read, in bytes.
const MAX_API_KEY: u64 = 64 * 1024;

fn read_key(path: &Path) -> Outcome<Zeroizing<String>> {
    refuse_key_as_name(path)?;
    let failed = |error| {
        Error::io("read the API key from", path, &error).hint("check the path and its permissions")
    };
    let file = File::open(path).map_err(failed)?;
    refuse_readable_by_others(path, &file)?;
    let mut text = Zeroizing::new(String::with_capacity(MAX_API_KEY as usize));
    file.take(MAX_API_KEY)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

/// The first interrupt ends the run after the exchanges under way, the second at once.
fn stop_on_interrupt() -> Outcome<Stop> {
    let asked = Arc::new(AtomicBool::new(false));
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&asked))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&asked)))
        .map_err(|error| Error::usage(format_args!("cannot take interrupts: {error}")))?;
    Ok(Stop::when(asked))
}

/// The exit status of a program that an interrupt ended, as shells have it.
const INTERRUPTED: i32 = 130;

fn failure(error: &CollectError) -> Error {
    match error {
        CollectError::Changed(changed @ CompareError::Differs { .. }) => Error::integrity(changed),
        _ => Error::usage(error),
    }
    .hint(error.hint())
}
