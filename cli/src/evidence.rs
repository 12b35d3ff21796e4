//! From input files to blocks of raw cells, with the tokenizer that the profile names.

use crate::args::InputArgs;
use crate::builtin;
use crate::failure::{Failure, Outcome};
use crate::output::{Output, plain};
use crate::progress::Progress;
use hallmark_core::profile::Profile;
use hallmark_corpus::{
    CorpusError, FieldMap, Format, Limits, ReadOptions, Reader, Source, TokenRecord, encode,
};
use hallmark_detector::cells::{Exposure, RawCells};
use serde::Serialize;
use std::path::PathBuf;
use std::str::FromStr;

/// Tokens in a block: enough that de-duplication runs at full speed, few enough to hold.
const BLOCK_TOKENS: usize = 1 << 24;

/// Records that were skipped, as the result carries it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Skipped {
    /// How many.
    pub(crate) records: u64,
    /// The first few reasons.
    pub(crate) first: Vec<String>,
}

impl Skipped {
    /// What a reader skipped.
    pub(crate) fn of(reader: &Reader) -> Self {
        let skipped = reader.skipped();
        Self {
            records: skipped.count,
            first: skipped.first.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Reads all inputs: `each` sees every record, `block` gets them in blocks.
pub(crate) fn read(
    args: &InputArgs,
    profile: &Profile,
    output: &Output,
    each: impl FnMut(&TokenRecord) -> Outcome<()>,
    block: impl FnMut(RawCells) -> Outcome<()>,
) -> Outcome<Skipped> {
    read_files(&args.inputs, args, profile, output, each, block)
}

/// Reads other files than the inputs in the same way.
pub(crate) fn read_files(
    files: &[PathBuf],
    args: &InputArgs,
    profile: &Profile,
    output: &Output,
    mut each: impl FnMut(&TokenRecord) -> Outcome<()>,
    mut block: impl FnMut(RawCells) -> Outcome<()>,
) -> Outcome<Skipped> {
    let tokenizer = builtin::tokenizer_for(profile, args.tokenizer.as_deref())?;
    let reader = open_files(files, args, Some(profile.tokenizer.vocab_size))?;
    let mut records = encode(reader, tokenizer.as_ref());
    let mut progress = Progress::new(output, "reading", None);
    let mut raw = RawCells::new(profile.window);
    let mut tokens = 0;
    for record in records.by_ref() {
        let record = record.map_err(|error| failure(&error))?;
        each(&record)?;
        tokens += record.tokens.len() as u64;
        push(&mut raw, &record)?;
        if raw.held() >= BLOCK_TOKENS {
            block(std::mem::replace(&mut raw, RawCells::new(profile.window)))?;
        }
        progress.set(tokens);
    }
    block(raw)?;
    Ok(Skipped::of(records.records()))
}

/// Opens all inputs, to be read one after another.
pub(crate) fn open(args: &InputArgs, vocab_size: Option<u32>) -> Outcome<Reader> {
    open_files(&args.inputs, args, vocab_size)
}

fn open_files(files: &[PathBuf], args: &InputArgs, vocab_size: Option<u32>) -> Outcome<Reader> {
    refuse_stdin_twice(files)?;
    let options = options(args, vocab_size)?;
    Reader::open_all(files, &options).map_err(|error| failure(&error))
}

/// Adds a record's answer with everything that was shown for it.
pub(crate) fn push(raw: &mut RawCells, record: &TokenRecord) -> Outcome<()> {
    let exposure = Exposure {
        pieces: &record.exposure,
        known: record.exposure_known,
    };
    raw.push(&record.tokens, exposure).map_err(|error| {
        Failure::usage(format_args!("{}: {error}", record.source))
            .hint("check that the token ids are those of the profile's tokenizer")
    })
}

/// A record's place, as findings name it.
pub(crate) fn place(source: &Source) -> String {
    plain(&source.to_string())
}

/// Inputs and keys that stdin is asked for: it can be read once.
pub(crate) fn refuse_stdin_twice<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Outcome<()> {
    let uses = files
        .into_iter()
        .filter(|path| path.as_os_str() == "-")
        .count();
    if uses > 1 {
        return Err(
            Failure::usage("`-` is given more than once, and stdin can be read once")
                .hint("put all but one of them into files"),
        );
    }
    Ok(())
}

fn options(args: &InputArgs, vocab_size: Option<u32>) -> Outcome<ReadOptions> {
    let fields = FieldMap::parse(&args.fields)
        .map_err(|error| Failure::usage(format_args!("--field: {error}")))?;
    let format = match &args.input_format {
        Some(name) => Some(
            Format::from_str(name)
                .map_err(|error| Failure::usage(format_args!("--input-format: {error}")))?,
        ),
        None => None,
    };
    let usual = Limits::default();
    let limits = Limits {
        max_record_bytes: args.max_record_bytes.unwrap_or(usual.max_record_bytes),
        max_document_bytes: args.max_document_bytes.unwrap_or(usual.max_document_bytes),
        max_total_bytes: args.max_total_bytes.unwrap_or(usual.max_total_bytes),
        max_nesting: args.max_nesting.unwrap_or(usual.max_nesting),
    };
    Ok(ReadOptions {
        format,
        fields,
        limits,
        skip_bad: args.skip_bad,
        vocab_size,
    })
}

/// An input that cannot be read.
pub(crate) fn failure(error: &CorpusError) -> Failure {
    Failure::usage(error).hint(error.hint())
}
