//! Records to tokens, in parallel and in order.

use std::collections::VecDeque;

use rayon::prelude::*;

use crate::earlier::{Asked, Earlier};
use crate::error::{CorpusError, Reason};
use crate::forms::Shown;
use crate::piece::Piece;
use crate::record::{Record, Source};
use crate::starts;
use crate::tokenizer::{Tokenizer, TokenizerError};

/// A record as tokens of the marking model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Where it stood.
    pub source: Source,
    /// The record's own `id`.
    pub id: Option<String>,
    /// The `group` it belongs to.
    pub group: Option<String>,
    /// The number of the sub-key that marked it, where the record says so.
    pub sub_key: Option<u32>,
    /// What was, or may have been, shown, piece by piece: no window spans two.
    pub exposure: Vec<Vec<u32>>,
    /// Where several turns of a chat are answers: what stands before this one, which they share. It is compared, and not among the pieces.
    pub earlier: Option<Earlier>,
    /// Whether the record says what was shown (see [`Record::exposure_known`]).
    pub exposure_known: bool,
    /// For each token of the answer, how many tokens before it (255 at most) stand in what was shown, in whatever form, or as they are in
    /// `earlier`: see [`encode`]. Empty where nothing was shown, or no tokenizer says which letters tokens have.
    pub in_other_form: Vec<u8>,
    /// How the answer was given.
    pub given: Given,
    /// Where the record has text and token ids of its answer: whether the tokenizer cuts the text in another way.
    pub cut_otherwise: Option<bool>,
    /// The answer.
    pub tokens: Vec<u32>,
}

/// How an answer was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Given {
    /// As text, which the tokenizer cut.
    #[default]
    Text,
    /// As token ids, and they are those that the tokenizer gives their text.
    Tokens,
    /// As token ids that the tokenizer does not give their text: whoever wrote the record, or sampled the answer, chose them.
    OtherTokens,
    /// As token ids, and there was no tokenizer to compare them with.
    UnknownTokens,
}

/// Tokenises records on the current rayon pool.
///
/// With a tokenizer, text counts and tokens beside it do not ([`Piece::Both`]). A text of exposure becomes several pieces,
/// in this order: as it is, trimmed, trimmed behind a space, and trimmed behind a line break, since a copy may start
/// in another way than the original and then has other first tokens; after them its tokens, where the record has them.
///
/// Without a tokenizer, tokens count. A record whose answer or prompt, or whatever else it says was shown, is text only is
/// [`Reason::NeedsTokenizer`]. Strings of a record that does not say what was shown are then passed over, and its
/// [`TokenRecord::exposure_known`] is false with them or without.
///
/// With a tokenizer, answer and exposure are also compared by their letters and digits, since what was shown may be told
/// again in another form: escapes of JSON, HTML, addresses and mail are undone on both sides, tags of HTML and numbers of
/// lines left out of what was shown, case, normal form and everything but letters and digits of all. Where a window's letters are within
/// the letters of one piece, [`TokenRecord::in_other_form`] reaches over it.
///
/// The order is that of `records`, whatever the number of threads, and errors keep their place. A batch is read ahead
/// until it holds [`BATCH_BYTES`] or [`BATCH_RECORDS`] and the next record is no answer of the same chat, and its tokens, about one a byte of the
/// answers and four a byte of the exposure at most; nothing more is kept.
pub fn encode<'t, I>(records: I, tokenizer: Option<&'t Tokenizer>) -> Encoded<'t, I::IntoIter>
where
    I: IntoIterator<Item = Result<Record, CorpusError>>,
{
    Encoded {
        records: records.into_iter(),
        next: None,
        tokenizer,
        ready: VecDeque::new(),
        with_ids: 0,
        cut_otherwise: 0,
    }
}

/// Bytes (see [`Piece::bytes`]) after which a batch is tokenised.
pub const BATCH_BYTES: u64 = 4 << 20;
/// Records after which a batch is tokenised.
pub const BATCH_RECORDS: usize = 4096;

/// The iterator of [`encode`].
pub struct Encoded<'t, I> {
    records: I,
    /// Read, and of the next batch.
    next: Option<Result<Record, CorpusError>>,
    tokenizer: Option<&'t Tokenizer>,
    ready: VecDeque<Result<TokenRecord, CorpusError>>,
    with_ids: u64,
    cut_otherwise: u64,
}

impl<I> Encoded<'_, I> {
    /// Answers that came as text with token ids beside it, and those of them whose text the tokenizer cuts in another way.
    pub fn with_ids(&self) -> (u64, u64) {
        (self.with_ids, self.cut_otherwise)
    }

    /// The records' source, for example to ask a [`Reader`](crate::Reader) what it skipped.
    pub fn records(&self) -> &I {
        &self.records
    }
}

impl<I: Iterator<Item = Result<Record, CorpusError>>> Iterator for Encoded<'_, I> {
    type Item = Result<TokenRecord, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            let batch = self.batch();
            let tokenizer = self.tokenizer;
            let mut records: Vec<_> = batch
                .into_par_iter()
                .map(|record| tokens(record?, tokenizer))
                .collect();
            if let Some(tokenizer) = tokenizer {
                with_earlier(&mut records, tokenizer);
            }
            self.ready = records.into();
        }
        let next = self.ready.pop_front();
        if let Some(Ok(record)) = &next
            && let Some(otherwise) = record.cut_otherwise
        {
            self.with_ids += 1;
            self.cut_otherwise += u64::from(otherwise);
        }
        next
    }
}

impl<I: Iterator<Item = Result<Record, CorpusError>>> Encoded<'_, I> {
    fn batch(&mut self) -> Vec<Result<Record, CorpusError>> {
        let mut batch: Vec<Result<Record, CorpusError>> = Vec::new();
        let mut bytes = 0;
        while let Some(record) = self.next.take().or_else(|| self.records.next()) {
            let is_full = bytes >= BATCH_BYTES || batch.len() >= BATCH_RECORDS;
            if is_full && !is_one_chat(batch.last(), &record) {
                self.next = Some(record);
                break;
            }
            if let Ok(record) = &record {
                bytes += record.body.bytes();
                bytes += record.exposure.iter().map(Piece::bytes).sum::<u64>();
            }
            batch.push(record);
        }
        batch
    }
}

/// Whether a record's answer is of the same chat as the one before it: what they share is compared once.
fn is_one_chat(
    last: Option<&Result<Record, CorpusError>>,
    next: &Result<Record, CorpusError>,
) -> bool {
    match (last, next) {
        (Some(Ok(last)), Ok(next)) => match (&last.earlier, &next.earlier) {
            (Some(last), Some(next)) => next.is_with(last),
            _ => false,
        },
        _ => false,
    }
}

/// Compares answers of one chat with what they share of it.
fn with_earlier(records: &mut [Result<TokenRecord, CorpusError>], tokenizer: &Tokenizer) {
    let of = |record: &Result<TokenRecord, CorpusError>| record.as_ref().ok()?.earlier.clone();
    let is_one = |one: &_, other: &_| match (of(one), of(other)) {
        (Some(one), Some(other)) => one.is_with(&other),
        _ => false,
    };
    for chat in records.chunk_by_mut(is_one) {
        let Some(earlier) = of(&chat[0]) else {
            continue;
        };
        let answers = chat.iter().flatten().filter_map(|record| {
            Some(Asked {
                at: record.earlier.as_ref()?.at,
                tokens: &record.tokens,
            })
        });
        let answers: Vec<Asked<'_>> = answers.collect();
        let reach = earlier.reach(&answers, tokenizer);
        match reach {
            Ok(reach) => {
                for (record, reach) in chat.iter_mut().flatten().zip(reach) {
                    record.in_other_form.resize(reach.len(), 0);
                    for (most, own) in record.in_other_form.iter_mut().zip(reach) {
                        *most = (*most).max(own);
                    }
                }
            }
            Err(error) => {
                for record in chat {
                    if let Ok(TokenRecord { source, .. }) = record {
                        let reason = Reason::Untokenized(error.to_string());
                        *record = Err(CorpusError::new(&source.file, Some(source.line), reason));
                    }
                }
            }
        }
    }
}

fn tokens(mut record: Record, tokenizer: Option<&Tokenizer>) -> Result<TokenRecord, CorpusError> {
    if let Some(earlier) = &record.earlier {
        record.exposure.extend(earlier.near());
        if tokenizer.is_none() {
            let tokens = earlier.tokens().iter().cloned();
            record.exposure.extend(tokens.map(Piece::Tokens));
        }
    }
    let source = record.source;
    let needs_tokenizer =
        || CorpusError::new(&source.file, Some(source.line), Reason::NeedsTokenizer);
    let untokenized = |error: TokenizerError| {
        CorpusError::new(
            &source.file,
            Some(source.line),
            Reason::Untokenized(error.to_string()),
        )
    };
    let given = match (&record.body, tokenizer) {
        (Piece::Text(_) | Piece::Both { .. }, Some(_)) | (Piece::Text(_), None) => Given::Text,
        (Piece::Tokens(tokens), Some(tokenizer)) => {
            match tokenizer.try_encode(&tokenizer.decode(tokens)) {
                Ok(own) if own == *tokens => Given::Tokens,
                _ => Given::OtherTokens,
            }
        }
        (Piece::Tokens(_) | Piece::Both { .. }, None) => Given::UnknownTokens,
    };
    let mut cut_otherwise = None;
    let tokens = match (record.body, tokenizer) {
        (Piece::Text(text), Some(tokenizer)) => tokenizer.try_encode(&text).map_err(untokenized)?,
        (Piece::Both { text, tokens }, Some(tokenizer)) => {
            let encoded = tokenizer.try_encode(&text).map_err(untokenized)?;
            cut_otherwise = Some(encoded != tokens);
            encoded
        }
        (Piece::Tokens(tokens) | Piece::Both { tokens, .. }, _) => tokens,
        (Piece::Text(_), None) => return Err(needs_tokenizer()),
    };
    let in_other_form = match tokenizer {
        Some(tokenizer) => {
            let answer = tokens.iter().map(|&token| tokenizer.bytes(token));
            Shown::of(&record.exposure, tokenizer).reach(answer)
        }
        None => vec![],
    };
    if record.earlier.is_some() && tokenizer.is_none() && record.exposure_known {
        return Err(needs_tokenizer());
    }
    let mut exposure = Vec::new();
    for piece in record.exposure {
        let (text, tokens) = match piece {
            Piece::Text(text) => (Some(text), None),
            Piece::Tokens(tokens) => (None, Some(tokens)),
            Piece::Both { text, tokens } => (Some(text), Some(tokens)),
        };
        match (text, tokenizer) {
            (Some(text), Some(tokenizer)) => {
                exposure.extend(starts::tokens(&text, tokenizer).map_err(untokenized)?);
            }
            (Some(_), None) if tokens.is_none() && record.exposure_known => {
                return Err(needs_tokenizer());
            }
            _ => {}
        }
        exposure.extend(tokens);
    }
    Ok(TokenRecord {
        source,
        id: record.id,
        group: record.group,
        sub_key: record.sub_key,
        exposure,
        earlier: record.earlier,
        exposure_known: record.exposure_known,
        in_other_form,
        given,
        cut_otherwise,
        tokens,
    })
}
