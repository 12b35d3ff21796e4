//! `index`: windows of logs or of background text, counted into a file.

mod sub_keys;

use crate::args::{IndexAction, IndexArgs, IndexMakeArgs};
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use crate::render::index_text;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::refuse_existing;
use hallmark::files::{keys, profiles};
use hallmark::ids::Ids;
use hallmark::indexes::{Indexed, provenance, show};
use hallmark::read::{self, Skipped};
use hallmark::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_corpus::{CorpusError, Record, TokenRecord, Tokenizer, encode};
use hallmark_harvest::{Builder, Counting, HarvestError, Limits, MarkedBy, Reading, Sha256Digest};
use std::path::Path;
use std::time::Instant;
use sub_keys::{SubKeys, sub_key};

pub(crate) fn run(args: &IndexArgs, output: &Output) -> Outcome {
    let indexed = match &args.action {
        IndexAction::Make(args) => make(args, output)?,
        IndexAction::Show { index } => show(index)?,
    };
    output.result(|| index_text(&indexed), &indexed, &[] as &[()])?;
    Ok(Exit::Done)
}

/// Tokens in a window that T3r takes at most.
const LONGEST: usize = 4;

fn make(args: &IndexMakeArgs, output: &Output) -> Outcome<Indexed> {
    let profile = profiles::read(&args.profile)?;
    if args.out == Path::new("-") {
        return Err(Error::usage("an index is not written to stdout")
            .hint("name a new file with --out FILE"));
    }
    refuse_existing(&args.out)?;
    if args.first && profile.window > LONGEST {
        return Err(Error::usage(format_args!(
            "T3r takes windows of at most {LONGEST} tokens, and the profile's have {}",
            profile.window
        ))
        .hint("count windows without --first"));
    }
    let builder = Builder::new(
        profile.window,
        tokenizer_digest(profile.tokenizer.sha256.as_deref())?,
        marked_by(args)?,
        limits(args),
    );
    let mut builder = builder?;
    if args.first {
        builder = builder.counting(Counting::FirstVisits(Reading {
            as_sampled: !args.as_read,
            in_order: !args.as_read,
            sub_keys: profile.ring as u8,
            missing: 0,
        }));
    }

    let tokenizer = tokenizer(args, &profile)?;
    let mut ids = Ids::default();
    let inputs = args.input.inputs();
    let vocabulary = Some(profile.tokenizer.vocab_size);
    let mut reader = match args.first {
        true => inputs.open_whole(vocabulary)?,
        false => inputs.open(vocabulary)?,
    };
    let mut shown = args
        .first
        .then(|| SubKeys::new(args, &profile))
        .transpose()?
        .flatten();
    let mut progress = Progress::new(output, "counting windows", None);
    let since = Instant::now();
    let (mut tokens, mut empty) = (0, 0);
    let mut records = encode(reader.by_ref().map(answer_only), tokenizer.as_ref());
    for record in records.by_ref() {
        let record = record.map_err(|error| needs_tokens(args, error.into()))?;
        if args.first && !args.as_read {
            refuse_out_of_order(&record, &mut ids)?;
        }
        let sub_key = match args.first {
            true => sub_key(&record, &profile)?,
            false => 0,
        };
        if let Some(shown) = &mut shown {
            shown.see(&record, sub_key)?;
        }
        let pushed = builder.push_under(&record.tokens, sub_key);
        pushed.map_err(|error| match error {
            HarvestError::Token { .. } => {
                Error::usage(format_args!("{}: {error}", record.source)).hint(error.hint())
            }
            error => error.into(),
        })?;
        tokens += record.tokens.len() as u64;
        empty += u64::from(record.tokens.is_empty());
        progress.set(tokens);
    }
    let (with_ids, cut_otherwise) = records.with_ids();
    drop(records);
    drop(progress);
    builder.missing(u32::try_from(ids.missing() + empty).unwrap_or(u32::MAX));
    builder.provenance(provenance(&args.input.inputs, &reader)?);
    let built = builder.finish(&args.out)?;
    let seconds = since.elapsed().as_secs_f64();
    output.note(format_args!(
        "{tokens} tokens in {seconds:.1} s, {:.2} million a second; {:.1} MB of scratch file",
        tokens as f64 / 1e6 / seconds.max(1e-9),
        built.scratch_bytes as f64 / 1e6
    ));
    let bytes = std::fs::metadata(&args.out)
        .map_err(|error| Error::io("look at", &args.out, &error))?
        .len();
    let indexed = Indexed::new(&args.out, &built.header, bytes, built.digest, false);
    Ok(Indexed {
        reading: Some(read::Reading {
            with_ids,
            cut_otherwise,
            ..read::Reading::of(&reader, &inputs)
        }),
        skipped: Some(Skipped::of(&reader)),
        ..indexed
    })
}

/// The tokenizer; none for a log of first visits, whose records have the tokens that were sampled.
fn tokenizer(args: &IndexMakeArgs, profile: &Profile) -> Outcome<Option<Tokenizer>> {
    if args.first && !args.as_read {
        return Ok(None);
    }
    tokenizers::of_profile(profile, args.input.reading.tokenizer.as_deref())
}

fn needs_tokens(args: &IndexMakeArgs, error: Error) -> Error {
    if args.first && !args.as_read {
        return error.hint(
            "first visits are read from the tokens as they were sampled (`response_tokens`); text that is cut into tokens again is no log of them: \
             --as-read takes it, and T3r then decides nothing",
        );
    }
    error
}

fn refuse_out_of_order(record: &TokenRecord, ids: &mut Ids) -> Outcome<()> {
    ids.see(record.id.as_deref());
    if ids.ascend() {
        return Ok(());
    }
    let why = match &record.id {
        Some(id) => format!("its id {id:?} is not above the one before it"),
        None => "it has no id".to_owned(),
    };
    Err(Error::usage(format_args!("{}: {why}", record.source)).hint(
        "a log of first visits stands in the order in which requests came in, numbered by ascending ids: sort it by the gateway's sequence \
         number and name that field with --field id=FIELD; --as-read takes it as it is, and T3r then decides nothing",
    ))
}

fn tokenizer_digest(hex: Option<&str>) -> Outcome<Option<Sha256Digest>> {
    let digest = hex.map(str::parse).transpose();
    digest.map_err(|error| Error::usage(format_args!("the profile's tokenizer.sha256: {error}")))
}

fn marked_by(args: &IndexMakeArgs) -> Outcome<MarkedBy> {
    Ok(match (&args.marked_by, &args.key) {
        (Some(id), _) => MarkedBy::Key(id.parse().map_err(|error| {
            Error::usage(format_args!("--marked-by {id}: {error}"))
                .hint("give the id, or the key file with --key; for unmarked text say --unmarked")
        })?),
        (None, Some(path)) => MarkedBy::Key(keys::read(path)?.marking_key().public_id()),
        (None, None) => MarkedBy::Unmarked,
    })
}

fn limits(args: &IndexMakeArgs) -> Limits {
    let beside = args.out.parent().unwrap_or(Path::new(""));
    let scratch = args.scratch.as_deref().unwrap_or(beside);
    Limits {
        memory: u64::from(args.memory) << 20,
        scratch: if scratch.as_os_str().is_empty() {
            ".".into()
        } else {
            scratch.into()
        },
    }
}

/// What was shown for an answer is not counted, so it need not be tokenised.
fn answer_only(record: Result<Record, CorpusError>) -> Result<Record, CorpusError> {
    record.map(|record| Record {
        exposure: vec![],
        ..record
    })
}
