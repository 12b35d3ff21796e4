//! `probe`: prompts for a suspect, out of a provider's own log.

mod asked;

use self::asked::{Asked, Message, Unasked};
use crate::args::ProbeArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use crate::render::probe_text;
use crate::results::probe::{Digested, Probed};
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::indexes;
use hallmark::json::to_json;
use hallmark::json::{VERSION, formats};
use hallmark::read::{self, Read, Reading, Skipped};
use hallmark::text::shown;
use hallmark::tokenizers;
use hallmark_core::windows::WindowCounts;
use hallmark_corpus::{TokenRecord, Tokenizer, encode};
use hallmark_harvest::probe::{Chosen, LogEntry, Method, Selector, Settings, Weights};
use hallmark_harvest::{Index, Sha256Digest};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A line of the file of prompts.
#[derive(Serialize)]
struct Line<'a> {
    /// Where it stood in the log: no two prompts have the same.
    id: &'a str,
    /// Its own id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<&'a [Message]>,
    /// Distinct windows of the logged answer that the prompt does not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<u64>,
    /// What they weigh, and what those weigh that no prompt before had.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_score: Option<f64>,
    /// Of the logged answer's distinct windows, the share that the prompt shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposure_share: Option<f64>,
}

/// A prompt, with its place in the log.
struct Found {
    id: String,
    log_id: Option<String>,
    group: Option<String>,
    asked: Asked,
}

/// Records of the log, by what became of them.
#[derive(Default)]
struct Tally {
    records: u64,
    without_prompt: u64,
    not_askable: u64,
}

/// Records looked at together.
const BATCH: usize = 4096;

pub(crate) fn run(args: &ProbeArgs, output: &Output) -> Outcome {
    let files = args
        .logs
        .iter()
        .chain(&args.indexes)
        .chain(&args.background);
    if files.chain([&args.out]).any(|path| path == Path::new("-")) {
        return Err(Error::usage("`probe` reads and writes files, not `-`")
            .hint("name files: their digests are part of the selection's record"));
    }
    let mut prompts = NewFile::create(&args.out)?;
    let beside = args.out.with_extension("selection.json");
    let mut selection = NewFile::create(&beside)?;

    let indexes = open_all(&args.indexes)?;
    let background = open_all(args.background.as_slice())?.pop();
    let first = indexes.first();
    let digest = tokenizer_digest(indexes.iter().chain(&background))?;
    let tokenizer = tokenizer(digest, args)?;
    let method = if args.generic {
        Method::Uniform
    } else {
        let harvest = indexes.iter().map(|index| index as &dyn WindowCounts);
        let background = background.as_ref().map(|index| index as &dyn WindowCounts);
        Method::Windows(
            Weights::new(harvest.collect(), background).map_err(|error| {
                Error::usage(error).hint("give indexes that were made with one profile")
            })?,
        )
    };
    let settings = Settings {
        count: args.count as usize,
        seed: args.seed,
    };
    let mut selector = Selector::new(method, settings);
    let (tally, read) = read_log(args, tokenizer.as_ref(), output, &mut selector)?;
    let choice = selector.select();
    if choice.prompts.is_empty() {
        return Err(
            Error::usage("no record of the log has a prompt that can be asked again")
                .hint("records need `prompt` or `messages`; --field names them in other layouts"),
        );
    }

    let mut text = String::new();
    for chosen in &choice.prompts {
        text.push_str(&to_json(&line(chosen), false)?);
        text.push('\n');
    }
    prompts.write(text.as_bytes())?;
    let marked_by = indexes.iter().filter_map(WindowCounts::marked_by);
    let mut log_marked_by: Vec<String> = marked_by.map(|id| id.to_string()).collect();
    log_marked_by.sort_unstable();
    log_marked_by.dedup();
    let probed = Probed {
        schema: formats::Probe,
        version: VERSION.to_owned(),
        log_marked_by,
        method: if args.generic { "uniform" } else { "windows" }.to_owned(),
        seed: args.seed,
        count: args.count,
        chosen: choice.prompts.len() as u64,
        records: tally.records,
        considered: choice.considered,
        without_prompt: tally.without_prompt,
        not_askable: tally.not_askable,
        duplicates: choice.duplicates,
        pool: choice.pool as u64,
        window: first.map(WindowCounts::window),
        tokenizer_sha256: digest.map(|digest| digest.to_string()),
        mean_exposure_share: choice.mean_exposure_share(),
        reading: read.reading,
        skipped: read.skipped,
        logs: digests(&args.logs)?,
        indexes: indexes
            .iter()
            .zip(digests(&args.indexes)?)
            .map(|(index, digested)| Digested {
                marked_by: index.marked_by().map(|id| id.to_string()),
                ..digested
            })
            .collect(),
        background: digests(args.background.as_slice())?.pop(),
        prompts: Digested {
            file: shown(&args.out),
            bytes: text.len() as u64,
            sha256: Sha256Digest::of(text.as_bytes()).to_string(),
            marked_by: None,
        },
    };
    selection.write(to_json(&probed, true)?.as_bytes())?;
    selection.write(b"\n")?;
    prompts.finish()?;
    selection.finish()?;
    output.result(|| probe_text(&probed, &beside), &probed, &[] as &[()])?;
    Ok(Exit::Done)
}

/// Shows every record of the log to the selector.
fn read_log(
    args: &ProbeArgs,
    tokenizer: Option<&Tokenizer>,
    output: &Output,
    selector: &mut Selector<'_, Found>,
) -> Outcome<(Tally, Read)> {
    let input = args.input();
    let mut reader = input.open(None)?;
    let mut progress = Progress::new(output, "reading the log", None);
    let mut tally = Tally::default();
    loop {
        let mut found = vec![];
        let mut records = vec![];
        let before = tally.records;
        for record in reader.by_ref().take(BATCH) {
            let record = record?;
            tally.records += 1;
            match Asked::of(&record, tokenizer) {
                Ok(asked) => {
                    found.push(Found {
                        id: read::place(&record.source),
                        log_id: record.id.clone(),
                        group: record.group.clone(),
                        asked,
                    });
                    records.push(Ok(record));
                }
                Err(Unasked::NoPrompt) => tally.without_prompt += 1,
                Err(Unasked::NotAskable) => tally.not_askable += 1,
            }
        }
        if tally.records == before {
            let read = Read {
                reading: Reading::of(&reader, &input),
                skipped: Skipped::of(&reader),
            };
            return Ok((tally, read));
        }
        progress.set(tally.records);
        selector.consider(if args.generic {
            found.into_iter().map(|found| entry(found, None)).collect()
        } else {
            encode(records, tokenizer)
                .zip(found)
                .map(|(record, found)| Ok(entry(found, Some(record?))))
                .collect::<Outcome<_>>()?
        });
    }
}

fn entry(prompt: Found, record: Option<TokenRecord>) -> LogEntry<Found> {
    let (answer, shown, in_other_form) = record.map_or_else(Default::default, |record| {
        (record.tokens, record.exposure, record.in_other_form)
    });
    LogEntry {
        identity: prompt.asked.identity(),
        prompt,
        answer,
        shown,
        in_other_form,
    }
}

fn line(chosen: &Chosen<Found>) -> Line<'_> {
    let Found {
        id,
        log_id,
        group,
        asked,
    } = &chosen.prompt;
    let (mut prompt, mut prompt_tokens, mut messages) = (None, None, None);
    match asked {
        Asked::Text(text) => prompt = Some(&**text),
        Asked::Tokens(tokens) => prompt_tokens = Some(&**tokens),
        Asked::Chat(turns) => messages = Some(&**turns),
    }
    Line {
        id,
        log_id: log_id.as_deref(),
        group: group.as_deref(),
        prompt,
        prompt_tokens,
        messages,
        windows: chosen.logged.map(|logged| logged.windows),
        score: chosen.logged.map(|logged| logged.score),
        new_score: chosen.logged.map(|logged| logged.new_score),
        exposure_share: chosen.logged.map(|logged| logged.exposure_share),
    }
}

/// Opens indexes and compares each with its digest: a selection's record must not rest on damage.
fn open_all(paths: &[PathBuf]) -> Outcome<Vec<Index>> {
    paths
        .iter()
        .map(|path| {
            let index = indexes::open_counts(path)?;
            index.verify()?;
            Ok(index)
        })
        .collect()
}

/// The tokenizer whose tokens all indexes count.
fn tokenizer_digest<'a>(indexes: impl Iterator<Item = &'a Index>) -> Outcome<Option<Sha256Digest>> {
    let mut digests = indexes.map(|index| index.header().tokenizer);
    let Some(first) = digests.next() else {
        return Ok(None);
    };
    if digests.any(|other| other != first) {
        return Err(
            Error::usage("the indexes count tokens of different tokenizers")
                .hint("make all of them with one profile; `hallmark index show` prints the digest, in early ones that of the tokenizer's file"),
        );
    }
    Ok(first)
}

/// That tokenizer, where it is at hand. Without one only token ids can be read.
fn tokenizer(digest: Option<Sha256Digest>, args: &ProbeArgs) -> Outcome<Option<Tokenizer>> {
    let digest = digest.map(|digest| digest.to_string());
    tokenizers::of_digest(digest.as_deref(), args.tokenizer.as_deref(), || {
        Error::usage("the indexes name no tokenizer, so text cannot be read with them")
            .hint("leave --tokenizer out and give token ids, or make the indexes with a profile that names it")
    })
}

fn digests(paths: &[PathBuf]) -> Outcome<Vec<Digested>> {
    paths
        .iter()
        .map(|path| {
            let (digest, bytes) =
                Sha256Digest::of_file(path).map_err(|error| Error::io("read", path, &error))?;
            Ok(Digested {
                file: shown(path),
                bytes,
                sha256: digest.to_string(),
                marked_by: None,
            })
        })
        .collect()
}
