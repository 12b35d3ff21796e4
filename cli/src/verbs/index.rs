//! `index`: windows of logs or of background text, counted into a file.

use crate::args::{IndexAction, IndexArgs, IndexMakeArgs};
use crate::evidence::{self, Skipped};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::refuse_existing;
use crate::output::{Output, shown};
use crate::progress::Progress;
use crate::render::index_text;
use crate::{builtin, key_files, profile_files};
use hallmark_corpus::{CorpusError, Record, encode};
use hallmark_harvest::{Builder, HarvestError, Header, Index, Limits, MarkedBy, Sha256Digest};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// The result of `index make` and `index show`.
#[derive(Serialize)]
pub(crate) struct Indexed {
    schema: &'static str,
    /// Version of this program.
    version: &'static str,
    pub(crate) file: String,
    pub(crate) window: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tokenizer_sha256: Option<String>,
    /// The key that marked the text, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) marked_by: Option<String>,
    pub(crate) answers: u64,
    /// Windows counted, with repetitions.
    pub(crate) windows: u64,
    pub(crate) distinct_windows: u64,
    pub(crate) bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes_per_window: Option<f64>,
    /// Of the content, as the file's last 32 bytes say.
    pub(crate) sha256: String,
    /// Whether the content was compared with that digest.
    pub(crate) verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skipped: Option<Skipped>,
}

pub(crate) fn run(args: &IndexArgs, output: &Output) -> Outcome {
    let indexed = match &args.action {
        IndexAction::Make(args) => make(args, output)?,
        IndexAction::Show { index: path } => {
            let index = open(path)?;
            let digest = index.verify().map_err(|error| failure(&error))?;
            Indexed::new(path, index.header(), index.bytes(), digest, true)
        }
    };
    output.result(|| index_text(&indexed), &indexed, &[] as &[()])?;
    Ok(Exit::Done)
}

fn make(args: &IndexMakeArgs, output: &Output) -> Outcome<Indexed> {
    let profile = profile_files::read(&args.profile)?;
    if args.out == Path::new("-") {
        return Err(Failure::usage("an index is not written to stdout")
            .hint("name a new file with --out FILE"));
    }
    refuse_existing(&args.out)?;
    let builder = Builder::new(
        profile.window,
        tokenizer_digest(profile.tokenizer.sha256.as_deref())?,
        marked_by(args)?,
        limits(args),
    );
    let mut builder = builder.map_err(|error| failure(&error))?;

    let tokenizer = builtin::tokenizer_for(&profile, args.input.tokenizer.as_deref())?;
    let mut reader = evidence::open(&args.input, Some(profile.tokenizer.vocab_size))?;
    let mut progress = Progress::new(output, "counting windows", None);
    let since = Instant::now();
    let mut tokens = 0;
    for record in encode(reader.by_ref().map(answer_only), tokenizer.as_ref()) {
        let record = record.map_err(|error| evidence::failure(&error))?;
        builder.push(&record.tokens).map_err(|error| match error {
            HarvestError::Token { .. } => {
                Failure::usage(format_args!("{}: {error}", record.source)).hint(error.hint())
            }
            _ => failure(&error),
        })?;
        tokens += record.tokens.len() as u64;
        progress.set(tokens);
    }
    drop(progress);
    let built = builder.finish(&args.out).map_err(|error| failure(&error))?;
    let seconds = since.elapsed().as_secs_f64();
    output.note(format_args!(
        "{tokens} tokens in {seconds:.1} s, {:.2} million a second; {:.1} MB of scratch file",
        tokens as f64 / 1e6 / seconds.max(1e-9),
        built.scratch_bytes as f64 / 1e6
    ));
    let bytes = std::fs::metadata(&args.out)
        .map_err(|error| Failure::io("look at", &args.out, &error))?
        .len();
    let indexed = Indexed::new(&args.out, &built.header, bytes, built.digest, false);
    Ok(Indexed {
        skipped: Some(Skipped::of(&reader)),
        ..indexed
    })
}

/// Opens an index.
pub(super) fn open(path: &Path) -> Outcome<Index> {
    Index::open(path).map_err(|error| failure(&error))
}

/// An index that cannot be made or read.
pub(super) fn failure(error: &HarvestError) -> Failure {
    let failure = if error.is_damage() {
        Failure::integrity(error)
    } else {
        Failure::usage(error)
    };
    failure.hint(error.hint())
}

fn tokenizer_digest(hex: Option<&str>) -> Outcome<Option<Sha256Digest>> {
    let digest = hex.map(str::parse).transpose();
    digest.map_err(|error| Failure::usage(format_args!("the profile's tokenizer.sha256: {error}")))
}

fn marked_by(args: &IndexMakeArgs) -> Outcome<MarkedBy> {
    Ok(match (&args.marked_by, &args.key) {
        (Some(id), _) => MarkedBy::Key(id.parse().map_err(|error| {
            Failure::usage(format_args!("--marked-by {id}: {error}"))
                .hint("give the id, or the key file with --key; for unmarked text say --unmarked")
        })?),
        (None, Some(path)) => MarkedBy::Key(key_files::read(path)?.marking_key().public_id()),
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

impl Indexed {
    fn new(path: &Path, header: &Header, bytes: u64, digest: Sha256Digest, verified: bool) -> Self {
        Self {
            schema: "hallmark/index/1",
            version: env!("CARGO_PKG_VERSION"),
            file: shown(path),
            window: header.window,
            tokenizer_sha256: header.tokenizer.map(|digest| digest.to_string()),
            marked_by: header.marked_by.key().map(|id| id.to_string()),
            answers: header.answers,
            windows: header.total,
            distinct_windows: header.distinct,
            bytes,
            bytes_per_window: (header.distinct > 0).then(|| bytes as f64 / header.distinct as f64),
            sha256: digest.to_string(),
            verified,
            skipped: None,
        }
    }
}
