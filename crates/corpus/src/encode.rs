//! Records to tokens, in parallel and in order.

use std::collections::VecDeque;

use rayon::prelude::*;

use crate::error::{CorpusError, Reason};
use crate::record::{Piece, Record, Source};
use crate::tokenizer::Tokenizer;

/// A record as tokens of the marking model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Where it stood.
    pub source: Source,
    /// The record's own `id`.
    pub id: Option<String>,
    /// The `group` it belongs to.
    pub group: Option<String>,
    /// What was shown, piece by piece: no window spans two. `None` where the record does not say.
    pub exposure: Option<Vec<Vec<u32>>>,
    /// The answer.
    pub tokens: Vec<u32>,
}

/// Tokenises records on the current rayon pool. Without a tokenizer only records of tokens pass; text is
/// [`Reason::NeedsTokenizer`].
///
/// The order is that of `records`, whatever the number of threads, and errors keep their place. A batch is read ahead
/// until it holds [`BATCH_BYTES`] or [`BATCH_RECORDS`], and its tokens; nothing more is kept.
pub fn encode<'t, I>(records: I, tokenizer: Option<&'t Tokenizer>) -> Encoded<'t, I::IntoIter>
where
    I: IntoIterator<Item = Result<Record, CorpusError>>,
{
    Encoded {
        records: records.into_iter(),
        tokenizer,
        ready: VecDeque::new(),
    }
}

/// Bytes (see [`Piece::bytes`]) after which a batch is tokenised.
pub const BATCH_BYTES: u64 = 4 << 20;
/// Records after which a batch is tokenised.
pub const BATCH_RECORDS: usize = 4096;

/// The iterator of [`encode`].
pub struct Encoded<'t, I> {
    records: I,
    tokenizer: Option<&'t Tokenizer>,
    ready: VecDeque<Result<TokenRecord, CorpusError>>,
}

impl<I> Encoded<'_, I> {
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
            self.ready = batch
                .into_par_iter()
                .map(|record| tokens(record?, tokenizer))
                .collect::<Vec<_>>()
                .into();
        }
        self.ready.pop_front()
    }
}

impl<I: Iterator<Item = Result<Record, CorpusError>>> Encoded<'_, I> {
    fn batch(&mut self) -> Vec<Result<Record, CorpusError>> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_RECORDS {
            let Some(record) = self.records.next() else {
                break;
            };
            if let Ok(record) = &record {
                bytes += record.body.bytes()
                    + record
                        .exposure
                        .iter()
                        .flatten()
                        .map(Piece::bytes)
                        .sum::<u64>();
            }
            batch.push(record);
        }
        batch
    }
}

fn tokens(record: Record, tokenizer: Option<&Tokenizer>) -> Result<TokenRecord, CorpusError> {
    let Record {
        source,
        id,
        group,
        exposure,
        body,
    } = record;
    let encode = |piece| match (piece, tokenizer) {
        (Piece::Tokens(tokens), _) => Ok(tokens),
        (Piece::Text(text), Some(tokenizer)) => Ok(tokenizer.encode(&text)),
        (Piece::Text(_), None) => Err(CorpusError::new(
            &source.file,
            Some(source.line),
            Reason::NeedsTokenizer,
        )),
    };
    let exposure = exposure
        .map(|pieces| pieces.into_iter().map(encode).collect())
        .transpose()?;
    let tokens = encode(body)?;
    Ok(TokenRecord {
        source,
        id,
        group,
        exposure,
        tokens,
    })
}
