//! What can be wrong with an input: what, where, why, and what to do next.

use std::{fmt, io, sync::Arc};

use thiserror::Error;

use crate::formats::EVENTS;
use crate::limits::LimitKind;

/// A failure to read an input. `Display` says where, what and why in one line; [`CorpusError::hint`] the next step.
#[derive(Debug)]
pub struct CorpusError {
    /// The file as it was named by the caller; `-` is standard input.
    pub file: Arc<str>,
    /// The line (in Parquet the row) on which the bad record starts, from 1; `None` where the file as a whole is bad.
    pub line: Option<u64>,
    /// What is wrong.
    pub reason: Reason,
}

impl CorpusError {
    pub(crate) fn new(file: &Arc<str>, line: Option<u64>, reason: Reason) -> Self {
        Self {
            file: Arc::clone(file),
            line,
            reason,
        }
    }

    /// Whether only this record is bad, so that reading can go on behind it. [`ReadOptions::skip_bad`] allows a number
    /// of these; every other error ends the run.
    ///
    /// [`ReadOptions::skip_bad`]: crate::ReadOptions::skip_bad
    #[must_use]
    pub fn is_bad_record(&self) -> bool {
        self.reason.is_bad_record()
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        self.reason.hint()
    }
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for CorpusError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.reason)
    }
}

/// Why an input or a record cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The path does not exist, is a folder, or may not be read.
    #[error("cannot be opened: {0}")]
    Open(#[source] io::Error),
    /// The device or pipe failed half-way.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The compressed stream ends before its end: an interrupted copy or download.
    #[error("the {0} stream ends too early")]
    Truncated(Compression),
    /// The compressed stream is not what its first bytes promise, or something follows it.
    #[error("the {0} stream is damaged: {1}")]
    Damaged(Compression, String),
    /// Its name says text, or says nothing, and its content is records.
    #[error("looks like {0}, and would be read as one text")]
    Disguised(&'static str),
    /// Nothing was in the file: an interrupted export, or the wrong file.
    #[error("holds no record")]
    Empty,
    /// Written by a tool whose default is not UTF-8.
    #[error("starts with a UTF-16 byte order mark; only UTF-8 is read")]
    Utf16,
    /// An archive of files, a workbook or a document.
    #[error("is a zip archive")]
    Zip,
    /// Parquet keeps its index at the end, so it cannot be read from a pipe or out of a compressed stream.
    #[error(
        "is Parquet, which must be an uncompressed file on disk, not a pipe or a compressed stream"
    )]
    ParquetNeedsFile,
    /// This build leaves the `parquet` feature out.
    #[error("is Parquet, which this build does not read")]
    ParquetNotBuilt,
    /// The Parquet file is damaged, or uses a codec or encoding that is not built in.
    #[error("the Parquet data cannot be read: {0}")]
    Parquet(String),
    /// A Parquet column has a type that its field cannot have.
    #[error("column `{column}` is {found}; {expected} is needed")]
    Column {
        /// The column, dotted.
        column: String,
        /// Its type in the file.
        found: String,
        /// The types that fit the field.
        expected: &'static str,
    },
    /// The brackets and commas around the records of a JSON file do not fit, so the next record cannot be found.
    #[error("the JSON around the records is broken: {0}")]
    Structure(&'static str),
    /// Too large or too deep. Refused as a whole; nothing is cut.
    #[error("exceeds {limit} = {value}")]
    OverLimit {
        /// Which limit.
        limit: LimitKind,
        /// Its value.
        value: u64,
    },
    /// Not UTF-8: another encoding, or a damaged file.
    #[error("is not UTF-8 from byte {at} of the record")]
    Utf8 {
        /// Bytes of the record (or text file) that are good.
        at: usize,
    },
    /// A row of a table has another number of cells than the first line has names.
    #[error("has {found} cells, and the first line names {expected} fields")]
    Cells {
        /// Cells of the row.
        found: u64,
        /// Names in the first line.
        expected: u64,
    },
    /// A text file with a NUL byte: binary, or UTF-16 without a byte order mark.
    #[error("holds a NUL at byte {at}, so it is not a text file")]
    Nul {
        /// Where.
        at: usize,
    },
    /// Not JSON: a cut line, a stray comma, a lone surrogate such as `\ud800`, a raw control character.
    #[error("is not valid JSON: {why} (byte {column} of its line)")]
    Json {
        /// What the parser says.
        why: String,
        /// Position within the line at which the parser stopped, from 1.
        column: usize,
    },
    /// The line holds JSON, but a bare string, number or list.
    #[error("is {found}, not a JSON object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// A field that is read stands twice in one record, so its value depends on the reader.
    #[error("has the field `{0}` twice")]
    Duplicate(String),
    /// A field has a value of the wrong kind.
    #[error("`{field}` is {found}; {expected} is needed")]
    Kind {
        /// The field (as mapped).
        field: String,
        /// What it is.
        found: String,
        /// What fits.
        expected: &'static str,
    },
    /// A list of tokens holds something that is no token of the mark's tokenizer.
    #[error("`{field}` has {found} at position {index}, {why}")]
    Token {
        /// The field (as mapped).
        field: String,
        /// Position in the list, from 0.
        index: usize,
        /// What stands there.
        found: String,
        /// What is wrong with it.
        why: TokenFault,
    },
    /// None of `text`, `tokens`, `response`, `response_tokens`, `messages` is there.
    #[error("fits no layout: {found}")]
    NoLayout {
        /// The fields that the record has.
        found: String,
        /// What to type, where the names of the fields say it.
        hint: Option<String>,
    },
    /// The record has none of the places of the layout that was named.
    #[error("is no record of the layout `{layout}`: {found}")]
    OtherLayout {
        /// The layout that was named.
        layout: &'static str,
        /// The fields that the record has.
        found: String,
        /// The layout that it unmistakably has.
        seems: Option<&'static str>,
    },
    /// A field was mapped to a path that no record has.
    #[error("`--field {field}={path}` leads nowhere in every record: the last {found}")]
    Nowhere {
        /// The field.
        field: String,
        /// The path.
        path: String,
        /// The fields that the last record has.
        found: String,
    },
    /// The record holds one piece of an answer, as services stream them.
    #[error("is one piece of a streamed answer")]
    Piece {
        /// The command that joins the pieces.
        join: &'static str,
    },
    /// The record is one event of a call, and the answer is another.
    #[error("says what was asked in a call, and its answer stands in another record")]
    Asked {
        /// The place of the span that both have.
        span: &'static str,
    },
    /// A table's quotation mark is never closed: everything behind it is one cell.
    #[error("has a quotation mark in line {line} that is never closed")]
    OpenQuote {
        /// The line of the mark.
        line: u64,
    },
    /// The record is of a request that failed or was refused: it has no answer. Counted apart, and never the end of a run.
    #[error("is no answer: the request failed ({failure})")]
    Failed {
        /// What failed: a code, a kind or a message.
        failure: String,
    },
    /// Every record of the inputs is of a request that failed.
    #[error("holds no answer: all {failed} requests in it failed, the last of them with {failure}")]
    OnlyFailed {
        /// How many.
        failed: u64,
        /// What failed last.
        failure: String,
    },
    /// Requests stand apart, and this record does not say which it is, or answers.
    #[error("has no `{field}`, by which answers and requests are joined")]
    NoId {
        /// The field (as mapped).
        field: String,
    },
    /// No request has the answer's id.
    #[error("answers {id:?}, which is none of the requests")]
    NoRequest {
        /// The id.
        id: String,
    },
    /// Two answers have one id.
    #[error("answers {id:?}, which was answered before")]
    AnsweredTwice {
        /// The id.
        id: String,
    },
    /// Two requests have one id.
    #[error("is a second request {id:?}")]
    RequestedTwice {
        /// The id.
        id: String,
    },
    /// A request's prompt may be given as tokens, at a place where nobody would read them as such.
    #[error("`{field}` is a list of whole numbers, which may be tokens that were shown")]
    MayBeTokens {
        /// The field.
        field: String,
    },
    /// Requests come as JSON.
    #[error("is no file of requests, which are JSON objects")]
    NotRequests,
    /// More than one layout fits, so what the answer is would be a guess.
    #[error("fits more than one layout: it has {found}")]
    TwoLayouts {
        /// The fields that contradict.
        found: String,
        /// The flags that would decide, each in its own way.
        flags: String,
    },
    /// The path to the answer leads to one of its parts.
    #[error("the answer's place is one of {parts} parts of `{list}`, and the others belong to it")]
    PartOfAnswer {
        /// The list of parts.
        list: String,
        /// How many of them have text.
        parts: usize,
    },
    /// The answer's text holds the prompt as well, and so do its token ids.
    #[error("holds a whole chat in the text of its answer, and its token ids are of all of it")]
    IdsOfChat,
    /// A chat log without an assistant's turn that has text.
    #[error("`{field}` holds no answer: {why}")]
    NoAnswer {
        /// The field (as mapped).
        field: String,
        /// What is missing.
        why: String,
    },
    /// The record has text, and no tokenizer was given.
    #[error(
        "holds text, its answer or (beside an answer of tokens) its prompt, and text cannot be scored without the mark's tokenizer"
    )]
    NeedsTokenizer,
    /// The reference itself fails on a text of the record.
    #[error("{0}")]
    Untokenized(String),
    /// More bad records than [`skip_bad`](crate::ReadOptions::skip_bad) allows.
    #[error("{last_reason} (and {allowed} bad records before it were skipped, as many as allowed)")]
    TooManyBad {
        /// How many were allowed, and skipped.
        allowed: u64,
        /// What is wrong with the record that went beyond.
        last_reason: Box<Reason>,
    },
}

impl Reason {
    pub(crate) fn is_bad_record(&self) -> bool {
        match self {
            // Of a text file, nothing would be left; the skip is counted all the same.
            Self::Utf8 { .. }
            | Self::Nul { .. }
            | Self::Cells { .. }
            | Self::Json { .. }
            | Self::NotAnObject { .. }
            | Self::Duplicate(_)
            | Self::Kind { .. }
            | Self::Token { .. }
            | Self::NoLayout { .. }
            | Self::OtherLayout { .. }
            | Self::Piece { .. }
            | Self::Asked { .. }
            | Self::TwoLayouts { .. }
            | Self::NoAnswer { .. }
            | Self::IdsOfChat
            | Self::PartOfAnswer { .. }
            | Self::NoId { .. }
            | Self::NoRequest { .. }
            | Self::AnsweredTwice { .. } => true,
            Self::OverLimit { limit, .. } => *limit != LimitKind::TotalBytes,
            Self::Open(_)
            | Self::Read(_)
            | Self::Truncated(_)
            | Self::Damaged(..)
            | Self::Disguised(_)
            | Self::Empty
            | Self::Utf16
            | Self::Zip
            | Self::ParquetNeedsFile
            | Self::ParquetNotBuilt
            | Self::Parquet(_)
            | Self::Column { .. }
            | Self::Structure(_)
            | Self::NeedsTokenizer
            | Self::Untokenized(_)
            | Self::Failed { .. }
            | Self::OnlyFailed { .. }
            | Self::Nowhere { .. }
            | Self::OpenQuote { .. }
            | Self::RequestedTwice { .. }
            | Self::MayBeTokens { .. }
            | Self::NotRequests
            | Self::TooManyBad { .. } => false,
        }
    }

    /// What is wrong, without where: the same for every record that has the same fault.
    pub(crate) fn cause(&self) -> String {
        let text = match self {
            Self::Json { why, .. } => return format!("is not valid JSON: {why}"),
            Self::Utf8 { .. } => return "is not UTF-8".to_owned(),
            Self::NoRequest { .. } => return "answers none of the requests".to_owned(),
            Self::AnsweredTwice { .. } => return "answers what was answered before".to_owned(),
            other => other.to_string(),
        };
        // Places within a record.
        let mut cause = String::with_capacity(text.len());
        for c in text.chars() {
            if !c.is_ascii_digit() {
                cause.push(c);
            } else if !cause.ends_with('N') {
                cause.push('N');
            }
        }
        cause
    }

    fn hint(&self) -> String {
        let text = match self {
            Self::Open(e) if e.kind() == io::ErrorKind::NotFound => "check the path",
            Self::Open(_) => "check that it is a file, and that you may read it",
            Self::Read(e) if e.kind() == io::ErrorKind::IsADirectory => {
                "this is a folder: name the files in it"
            }
            Self::Read(_) => {
                "check the disk or the command that writes to the pipe, then run again"
            }
            Self::Truncated(_) | Self::Damaged(..) => {
                "fetch or make the file again; a part of an answer file is not read, since what is missing may matter"
            }
            Self::Disguised(what) if *what == EVENTS => {
                "take their data: sed -n 's/^data: *//p' FILE | grep -v DONE > events.jsonl"
            }
            Self::Disguised(_) => "say what it is with --input-format (jsonl, json, text)",
            Self::Empty => "check that this is the right file and that its export finished",
            Self::Utf16 => "convert it first, for example with `iconv -f UTF-16 -t UTF-8`",
            Self::Zip => {
                "unpack it first (`unzip FILE`) and name the files in it; save a workbook as CSV"
            }
            Self::ParquetNeedsFile => {
                "write it to disk (and uncompress it), then name the file; Parquet compresses inside"
            }
            Self::ParquetNotBuilt => {
                "use a build with the `parquet` feature, or convert the file to JSONL"
            }
            Self::Parquet(_) => {
                "write the file again (its codec or an encoding in it is not read, or it is damaged), or convert it to JSONL"
            }
            Self::Column { .. } => {
                "convert the column, or map another one with `--field name=path`"
            }
            Self::Structure(_) => {
                "repair the file (it may have been cut), or give the format if this is not one array of records"
            }
            Self::OverLimit {
                limit: limit @ LimitKind::DocumentBytes,
                ..
            } => {
                return format!(
                    "raise `--{limit}` if it is meant to be this large; with --turns all each answer counts with all that was shown before it. Do not cut a talk in parts: what stood before an answer was shown"
                );
            }
            Self::OverLimit { limit, .. } => {
                return format!(
                    "split the input, or raise `{limit}` if it is meant to be this large"
                );
            }
            Self::Utf8 { .. } => "convert the input to UTF-8, or find out which tool damaged it",
            Self::Cells { .. } => {
                "quote cells that hold the delimiter or line breaks, or say which table it is with --input-format (csv, tsv)"
            }
            Self::Nul { .. } => "give the format if it is not text; convert it if it is UTF-16",
            Self::Json { .. } => {
                "repair or drop the record, allow some with `--skip-bad N`, or give the format if this is not JSON"
            }
            Self::NotAnObject { found: "a list" } => {
                "if the whole file is one array, read it with --input-format json; else write one JSON object a line"
            }
            Self::NotAnObject { .. } => "write one JSON object a record, such as {\"text\": \"…\"}",
            Self::Duplicate(_) => "keep one of the two; a reader could see either",
            Self::Kind { .. } => {
                "correct the record, or map the right field with `--field name=path`"
            }
            Self::Token {
                why: TokenFault::OutsideVocabulary(_),
                ..
            } => {
                "check that the tokens were made with the tokenizer of this profile; text is re-tokenised safely"
            }
            Self::Token { .. } => {
                "write token ids as a list of whole numbers, or give the text instead"
            }
            Self::NoLayout {
                hint: Some(hint), ..
            } => return hint.clone(),
            Self::OtherLayout {
                seems: Some(seems), ..
            } => return format!("it is read as `{seems}` where --layout is left out"),
            Self::OtherLayout { .. } => {
                "leave --layout out if records say themselves what they are, or name the fields with `--field response=PATH`"
            }
            Self::Nowhere { field, .. } => {
                return format!("correct the path, or leave `--field {field}=…` out");
            }
            Self::Piece { join } => {
                return format!("join the pieces first, for example: {join} FILE > answers.jsonl");
            }
            Self::Asked { span } => {
                return format!(
                    "join the events of each call, for example: jq -s -c 'group_by(.{span})[] | {{resourceLogs: .}}' FILE > calls.jsonl"
                );
            }
            Self::OpenQuote { .. } => {
                "close it, or double it where it belongs to the cell; if nothing is quoted in this table, convert it to JSON lines"
            }
            Self::NoLayout { .. } => {
                "name the field that holds the answer, for example `--field response=output.text` or `--field text=body`"
            }
            Self::Failed { .. } | Self::OnlyFailed { .. } => {
                "ask again what failed; a request without an answer is no evidence of either kind"
            }
            Self::NoId { .. } => {
                "name the field that answers and requests share, for example `--field id=custom_id`"
            }
            Self::NoRequest { .. } => {
                "give every file of requests with `--requests FILE`: what was shown for an answer must be known"
            }
            Self::AnsweredTwice { .. } | Self::RequestedTwice { .. } => {
                "ids must be different: several answers to one request have ids of their own"
            }
            Self::MayBeTokens { .. } => {
                "say where a request has its tokens, `--field prompt_tokens=PATH`, or drop the list if it is none"
            }
            Self::NotRequests => "give the JSON lines that were sent to the service",
            Self::TwoLayouts { flags, .. } => {
                return format!(
                    "say which is the answer: {flags}; the others then count as shown, so drop what repeats the answer"
                );
            }
            Self::PartOfAnswer { .. } => {
                "end the path at the list: its parts are joined, for example `--field response=contents.1.parts`"
            }
            Self::IdsOfChat => {
                "leave --ids out: a text is cut where its template's marks stand, and ids are not"
            }
            Self::NoAnswer { .. } => {
                "drop records without an answer, map the answer with `--field response=path`, or say which role answers with `--assistant ROLE`"
            }
            Self::NeedsTokenizer => {
                "give the `tokenizer.json` whose digest the profile names, or records with `tokens`"
            }
            Self::Untokenized(_) => {
                "leave the record out, or give it with `tokens` instead of text"
            }
            Self::TooManyBad { last_reason, .. } => {
                return format!(
                    "{}; or raise `--skip-bad` if so many bad records are expected",
                    last_reason.hint()
                );
            }
        };
        text.to_owned()
    }
}

/// How a file was compressed, told by its first bytes and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952; members may follow one another.
    Gzip,
    /// RFC 8878; frames may follow one another.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

/// Why something in a list of tokens is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// A string, a fraction, a list, `null`, or a negative number.
    #[error("which is not a whole number from 0")]
    NotAnId,
    /// More than 32 bits.
    #[error("which is more than a 32-bit token id can be")]
    TooLarge,
    /// Not below the size of the vocabulary.
    #[error("which is not below the vocabulary's size of {0}")]
    OutsideVocabulary(u32),
}
