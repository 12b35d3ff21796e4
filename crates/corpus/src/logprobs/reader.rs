//! Records of log-probabilities out of files.

use std::sync::Arc;

use super::{LogprobRecord, layout};
use crate::error::Reason;
use crate::formats::jsonl::Lines;
#[cfg(feature = "parquet")]
use crate::formats::parquet::Objects;
use crate::formats::records::{Opened, RecordKind, Several};
use crate::formats::{Format, PARQUET_MAGIC};
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::Source;
use crate::stream::Stream;

/// The records of one or more files of JSON lines or Parquet, in order; `-` is standard input.
///
/// Bad records are skipped as far as the options allow, and counted. An answer without log-probabilities is none.
///
/// ```
/// use hallmark_corpus::logprobs::{LogprobReader, Positions};
/// use hallmark_corpus::ReadOptions;
///
/// let line = br#"{"context_tokens": [5, 6], "top": [[7, -0.2], [9, -2.5]]}"#;
/// let mut reader = LogprobReader::from_read("probe.jsonl", &line[..], &ReadOptions::default())?;
/// let record = reader.next().expect("one record")?;
/// assert!(matches!(record.positions, Positions::Context { ref tokens, .. } if tokens == &[5, 6]));
/// # Ok::<(), hallmark_corpus::CorpusError>(())
/// ```
pub type LogprobReader = Stream<LogprobRecord>;

impl RecordKind for LogprobRecord {
    const SKIPPED_IF_BAD: bool = true;

    fn open(input: Input, options: Arc<ReadOptions>) -> Result<Opened<Self>, Reason> {
        if !input.start.starts_with(PARQUET_MAGIC) {
            return Ok((Format::Jsonl, Box::new(Lines::new(input, options))));
        }
        #[cfg(feature = "parquet")]
        {
            let file = input.whole_file()?;
            let rows = Objects::new(input.file, file, options)?;
            Ok((Format::Parquet, Box::new(rows)))
        }
        #[cfg(not(feature = "parquet"))]
        Err(Reason::ParquetNotBuilt)
    }

    fn from_json(
        json: &[u8],
        source: Source,
        options: &ReadOptions,
    ) -> Result<Several<Self>, Reason> {
        Ok(vec![layout::record(json, source, options)])
    }
}
