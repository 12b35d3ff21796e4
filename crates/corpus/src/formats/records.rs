//! What a stream is made of: a kind of record, and what every format gives of it.

use std::sync::Arc;

use crate::error::{CorpusError, Reason};
use crate::facts::Facts;
use crate::formats::Format;
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::Source;

/// A kind of record that can be read from files.
pub trait RecordKind: Sized {
    /// Whether a number of bad records may be skipped, where the options allow it.
    const SKIPPED_IF_BAD: bool;

    /// The records of an input, in the format it has.
    ///
    /// # Errors
    /// Where it has none that such records come in, or its first bytes show that it cannot be read.
    fn open(input: Input, options: Arc<ReadOptions>) -> Result<Opened<Self>, Reason>;

    /// Prepares a record as the options say, and notes what it was.
    fn prepared(self, _: &ReadOptions, _: &mut Facts) -> Self {
        self
    }

    /// Reads the records of one JSON object, in order; of those that are none, why.
    ///
    /// # Errors
    /// Where it holds no such record.
    fn from_json(
        json: &[u8],
        source: Source,
        options: &ReadOptions,
    ) -> Result<Several<Self>, Reason>;
}

/// An input's format and its records.
pub(crate) type Opened<K> = (Format, Box<dyn Records<K>>);

/// The records of one line, row or element.
pub(crate) type Several<K> = Vec<Result<K, Reason>>;

/// Records of one input in one format.
pub trait Records<K>: Send {
    /// The records of the next line, row or element. After an error that is a bad record, reading can go on.
    fn next_records(&mut self) -> Option<Result<Several<K>, CorpusError>>;

    /// The line, row or element that was read last.
    fn line(&self) -> u64;
}
