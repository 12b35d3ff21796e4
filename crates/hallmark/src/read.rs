//! From input files to blocks of raw cells, with the tokenizer that the profile names.

use crate::error::{Error, Result};
use crate::progress::Step;
use crate::text::plain;
use crate::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_corpus::encode::Encoded;
use hallmark_corpus::logprobs::LogprobReader;
use hallmark_corpus::normalise::{Change, Changes};
use hallmark_corpus::{
    CorpusError, FieldMap, Format, Layout, Limits, Piece, ReadOptions, Reader, Record, Requests,
    Roles, Source, TokenRecord, Tokenizer, encode,
};
use hallmark_detector::cells::{Exposure, RawCells};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// Tokens in a block: enough that de-duplication runs at full speed, few enough to hold.
const BLOCK_TOKENS: usize = 1 << 24;

/// Files of answers or documents, and how they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// JSONL, JSON, Parquet or text files, plain or compressed; `-` is stdin.
    pub files: Vec<PathBuf>,
    /// The marking model's `tokenizer.json`, where it is not the built-in model's.
    #[serde(default)]
    pub tokenizer: Option<PathBuf>,
    /// Where a field is found in records of another layout, as `NAME=PATH`.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What was asked, where answers and requests stand in two files and are joined by `id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<PathBuf>,
    /// Whether every assistant's turn of a chat is an answer, and not the last one only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_turns: bool,
    /// The layout of every record by name, where it is not to be told from the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Roles of a chat that answer, beside the usual names of the assistant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assistant: Vec<String>,
    /// Whether characters that programs change for looks are undone, in answers and in what was shown: `docs/normalise.md`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub normalise: bool,
    /// Whether a record's own token ids are its answer where text stands beside them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ids: bool,
    /// Bad records after which reading goes on.
    #[serde(default)]
    pub skip_bad: u64,
    /// The longest JSON record in bytes, where it is not the usual one.
    #[serde(default)]
    pub max_record_bytes: Option<u64>,
    /// The longest document with what was shown for it.
    #[serde(default)]
    pub max_document_bytes: Option<u64>,
    /// The longest file after decompression.
    #[serde(default)]
    pub max_total_bytes: Option<u64>,
    /// The most levels of arrays and objects in a record.
    #[serde(default)]
    pub max_nesting: Option<u32>,
    /// `jsonl`, `json`, `text`, `parquet`, `csv` or `tsv`, whatever the files' names say.
    #[serde(default)]
    pub format: Option<String>,
    /// Records that are at hand, in place of files. No plan holds them, and no digest: evidence is examined as files.
    #[serde(skip)]
    pub at_hand: Option<AtHand>,
}

/// Records that are at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtHand {
    /// As they are read.
    Records(Arc<Vec<Record>>),
    /// As lines of JSON, read as a file of them is.
    Jsonl(Arc<Vec<u8>>),
}

/// How the inputs were read: what of them, and what was done to their text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Answers of each layout, by its name.
    pub layouts: BTreeMap<String, u64>,
    /// The assistant's turns with text that count as shown and not as answers; `--turns all` reads them as answers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub earlier_turns: u64,
    /// Answers of chats whose turns may not stand in the order in which they were said: every other turn counts as shown for each.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub any_order: u64,
    /// Whether characters that programs change for looks were undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub normalised: bool,
    /// Answers that have such characters.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dressed_answers: u64,
    /// Those characters of answers, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dressed: BTreeMap<String, u64>,
    /// The same in what was shown, where they were undone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dressed_shown: BTreeMap<String, u64>,
    /// Fields that hold a whole answer again, with the answers of which nothing is evidence for that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub repeated_in: BTreeMap<String, u64>,
    /// Records of which payloads were left out: long runs of code points that are no text.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub payloads: u64,
    /// Those code points.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub payload_characters: u64,
    /// Records in which half characters were read as U+FFFD.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub half_characters: u64,
    /// Answers that came as text with token ids beside it, where the text counts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub with_ids: u64,
    /// Those of them whose text the tokenizer cuts into other tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_otherwise: u64,
    /// Whether ids counted in place of the text beside them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_ids: bool,
}

impl Reading {
    /// What a reader did so far.
    #[must_use]
    pub fn of(reader: &Reader, inputs: &Inputs) -> Self {
        let facts = reader.facts();
        let layouts = facts.layouts.iter();
        let by_kind = |changes: &Changes| {
            let kinds = Change::ALL.into_iter().map(|kind| (kind, changes.of(kind)));
            kinds
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (kind.name().to_owned(), count))
                .collect()
        };
        Self {
            layouts: layouts
                .map(|(layout, count)| (layout.to_string(), *count))
                .collect(),
            earlier_turns: facts.earlier_turns,
            any_order: facts.any_order,
            normalised: inputs.normalise,
            dressed_answers: facts.dressed_answers,
            dressed: by_kind(&facts.dressed),
            dressed_shown: by_kind(&facts.dressed_shown),
            repeated_in: facts.repeated_in.clone(),
            payloads: facts.payloads,
            payload_characters: facts.payload_characters,
            half_characters: facts.half_characters,
            with_ids: 0,
            cut_otherwise: 0,
            by_ids: inputs.ids,
        }
    }

    /// The same, and how texts were cut.
    #[must_use]
    pub fn of_encoded(encoded: &Encoded<'_, Reader>, inputs: &Inputs) -> Self {
        let (with_ids, cut_otherwise) = encoded.with_ids();
        Self {
            with_ids,
            cut_otherwise,
            ..Self::of(encoded.records(), inputs)
        }
    }
}

/// What came of reading inputs to their end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// How they were read.
    pub reading: Reading,
    /// What was skipped.
    pub skipped: Skipped,
}

impl Read {
    /// What came of these records.
    #[must_use]
    pub fn of(encoded: &Encoded<'_, Reader>, inputs: &Inputs) -> Self {
        Self {
            reading: Reading::of_encoded(encoded, inputs),
            skipped: Skipped::of(encoded.records()),
        }
    }
}

/// Records that were skipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// How many.
    pub records: u64,
    /// Their share of all records, those that were read and these.
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub share: f64,
    /// How many of each cause there are, failed ones among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<String, u64>,
    /// The first few reasons.
    pub first: Vec<String>,
    /// Records of requests that failed or were refused: they are not bad, and no answers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// The first few of what failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_failed: Vec<String>,
    /// Requests of the files of requests that no record answers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unanswered: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_none_of_them(share: &f64) -> bool {
    *share <= 0.0
}

impl Inputs {
    /// These files, read as records of the usual layout.
    #[must_use]
    pub fn of(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            ..Self::default()
        }
    }

    /// Records that are at hand.
    #[must_use]
    pub fn at_hand(records: AtHand) -> Self {
        Self {
            at_hand: Some(records),
            ..Self::default()
        }
    }

    /// Other files, read in the same way.
    #[must_use]
    pub fn with(&self, files: &[PathBuf]) -> Self {
        Self {
            files: files.to_vec(),
            at_hand: None,
            ..self.clone()
        }
    }

    /// Opens all files, to be read one after another.
    ///
    /// # Errors
    /// When one cannot be opened, or a setting is none.
    pub fn open(&self, vocab_size: Option<u32>) -> Result<Reader> {
        let options = self.options(vocab_size)?;
        match &self.at_hand {
            Some(AtHand::Records(records)) => {
                check_tokens(records, vocab_size)?;
                return Ok(Reader::of_records(records.to_vec(), &options));
            }
            Some(AtHand::Jsonl(bytes)) => {
                let lines = Cursor::new(Lines(Arc::clone(bytes)));
                return Ok(Reader::from_read("memory.jsonl", lines, &options)?);
            }
            None => {}
        }
        refuse_stdin_twice(&self.files)?;
        Ok(Reader::open_all(&self.files, &options)?)
    }

    /// The same of a log that must be whole: a record of a request that failed is an error, as its answer may have been made.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn open_whole(&self, vocab_size: Option<u32>) -> Result<Reader> {
        refuse_stdin_twice(&self.files)?;
        let options = ReadOptions {
            refuse_failed: true,
            skip_bad: 0,
            ..self.options(vocab_size)?
        };
        Ok(Reader::open_all(&self.files, &options)?)
    }

    /// How records of log-probabilities beside these are read: by the same flags, and without requests.
    pub(crate) fn of_logprobs(&self, vocab_size: u32) -> Result<ReadOptions> {
        let beside = Self {
            requests: vec![],
            all_turns: false,
            ..self.clone()
        };
        beside.options(Some(vocab_size))
    }

    /// The sizes beyond which input is refused.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            max_record_bytes: self.max_record_bytes.unwrap_or(usual.max_record_bytes),
            max_document_bytes: self.max_document_bytes.unwrap_or(usual.max_document_bytes),
            max_total_bytes: self.max_total_bytes.unwrap_or(usual.max_total_bytes),
            max_nesting: self.max_nesting.unwrap_or(usual.max_nesting),
        }
    }

    fn options(&self, vocab_size: Option<u32>) -> Result<ReadOptions> {
        let fields =
            FieldMap::parse(&self.fields).map_err(|error| Error::usage(error).at("--field"))?;
        let format = self.format.as_deref().map(Format::from_str).transpose();
        let layout = self.layout.as_deref().map(Layout::from_str).transpose();
        if self.layout.is_some() && !self.fields.is_empty() {
            return Err(
                Error::usage("--layout and --field both say where things stand")
                    .hint("give the layout's name, or name the fields"),
            );
        }
        let mut options = ReadOptions {
            format: format.map_err(|error| Error::usage(error).at("--input-format"))?,
            fields,
            layout: layout.map_err(|error| Error::usage(error).at("--layout"))?,
            roles: Roles {
                assistant: self.assistant.clone(),
            },
            all_turns: self.all_turns,
            normalise: self.normalise,
            ids: self.ids,
            limits: self.limits(),
            skip_bad: self.skip_bad,
            refuse_failed: false,
            requests: None,
            vocab_size,
        };
        if let Some(path) = self.requests.iter().find(|path| !path.is_file()) {
            return Err(Error::usage(format_args!(
                "--requests {} is no file on disk",
                path.display()
            ))
            .hint("requests may be read more than once: put them into a file"));
        }
        if !self.requests.is_empty() {
            let requests = Requests::read(&self.requests, &options)?;
            options.requests = Some(Arc::new(requests));
        }
        Ok(options)
    }
}

/// Lines that a reader shares.
struct Lines(Arc<Vec<u8>>);

impl AsRef<[u8]> for Lines {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Says no to records at hand whose tokens are not the profile's; files are checked as they are read.
fn check_tokens(records: &[Record], vocab_size: Option<u32>) -> Result<()> {
    let Some(vocabulary) = vocab_size else {
        return Ok(());
    };
    for record in records {
        let (Piece::Tokens(tokens) | Piece::Both { tokens, .. }) = &record.body else {
            continue;
        };
        if let Some(token) = tokens.iter().find(|&&token| token >= vocabulary) {
            return Err(Error::usage(format_args!(
                "token {token} is not below the profile's vocabulary of {vocabulary}"
            ))
            .at(&record.source)
            .hint("give ids of the profile's tokenizer, or text"));
        }
    }
    Ok(())
}

impl Skipped {
    /// What a reader skipped.
    #[must_use]
    pub fn of(reader: &Reader) -> Self {
        Self {
            unanswered: reader.unanswered(),
            ..Self::of_stream(reader.skipped(), reader.handed_on())
        }
    }

    /// The same of log-probabilities.
    #[must_use]
    pub fn of_logprobs(reader: &LogprobReader) -> Self {
        Self::of_stream(reader.skipped(), reader.handed_on())
    }

    fn of_stream(skipped: &hallmark_corpus::Skipped, read: u64) -> Self {
        let texts = |errors: &[CorpusError]| errors.iter().map(ToString::to_string).collect();
        let all = skipped.count + read;
        Self {
            records: skipped.count,
            share: skipped.count as f64 / all.max(1) as f64,
            causes: skipped.causes.clone(),
            first: texts(&skipped.first),
            failed: skipped.failed,
            first_failed: texts(&skipped.first_failed),
            unanswered: 0,
        }
    }

    /// Whether so many were skipped that what is left is a selection by what was wrong with the others.
    #[must_use]
    pub fn is_much(&self) -> bool {
        const MUCH: f64 = 0.02;
        self.share > MUCH
    }
}

/// Reads all inputs: `each` sees every record, `block` gets them in blocks.
///
/// # Errors
/// When an input cannot be read, or one of the two has an error.
pub fn read(
    inputs: &Inputs,
    profile: &Profile,
    progress: &mut dyn FnMut(Step<'_>),
    each: impl FnMut(&TokenRecord) -> Result<()>,
    block: impl FnMut(RawCells) -> Result<()>,
) -> Result<Read> {
    let tokenizer = tokenizers::of_profile(profile, inputs.tokenizer.as_deref())?;
    read_with(inputs, profile, tokenizer.as_ref(), progress, each, block)
}

/// The same with the profile's tokenizer at hand.
///
/// # Errors
/// As [`read`].
pub fn read_with(
    inputs: &Inputs,
    profile: &Profile,
    tokenizer: Option<&Tokenizer>,
    progress: &mut dyn FnMut(Step<'_>),
    each: impl FnMut(&TokenRecord) -> Result<()>,
    block: impl FnMut(RawCells) -> Result<()>,
) -> Result<Read> {
    let reader = inputs.open(Some(profile.tokenizer.vocab_size))?;
    let mut records = encode(reader, tokenizer);
    in_blocks(records.by_ref(), profile.window, progress, each, block)?;
    Ok(Read::of(&records, inputs))
}

/// The same for records that are at hand.
///
/// # Errors
/// As [`read`].
pub fn in_blocks(
    records: impl Iterator<Item = std::result::Result<TokenRecord, CorpusError>>,
    window: usize,
    progress: &mut dyn FnMut(Step<'_>),
    mut each: impl FnMut(&TokenRecord) -> Result<()>,
    mut block: impl FnMut(RawCells) -> Result<()>,
) -> Result<()> {
    let mut raw = RawCells::new(window);
    let mut tokens = 0;
    for record in records {
        let record = record?;
        each(&record)?;
        tokens += record.tokens.len() as u64;
        push(&mut raw, &record)?;
        if raw.held() >= BLOCK_TOKENS {
            block(std::mem::replace(&mut raw, RawCells::new(window)))?;
        }
        progress(Step {
            what: "reading",
            done: tokens,
            all: None,
        });
    }
    block(raw)
}

/// Adds a record's answer with everything that was shown for it.
///
/// # Errors
/// When a token id is too large.
pub fn push(raw: &mut RawCells, record: &TokenRecord) -> Result<()> {
    let exposure = Exposure {
        pieces: &record.exposure,
        known: record.exposure_known,
        in_other_form: &record.in_other_form,
    };
    raw.push(&record.tokens, exposure)
        .map_err(|error| Error::from(error).at(&record.source))
}

/// A record's place, as findings name it.
#[must_use]
pub fn place(source: &Source) -> String {
    plain(&source.to_string())
}

/// Says no to several inputs and keys from stdin: it can be read once.
///
/// # Errors
/// When more than one of the files is `-`.
pub fn refuse_stdin_twice<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<()> {
    let uses = files
        .into_iter()
        .filter(|path| path.as_os_str() == "-")
        .count();
    if uses > 1 {
        return Err(
            Error::usage("`-` is given more than once, and stdin can be read once")
                .hint("put all but one of them into files"),
        );
    }
    Ok(())
}
