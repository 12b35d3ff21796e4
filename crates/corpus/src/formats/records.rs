//! What a stream is made of: a kind of record, and what every format gives of it.

use std::sync::Arc;

use crate::error::{CorpusError, Reason};
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

    /// Takes the records out of it that come before it.
    fn take_earlier(&mut self) -> Vec<Self> {
        vec![]
    }

    /// Reads one record from the bytes of one JSON object.
    ///
    /// # Errors
    /// Where it is no such record.
    fn from_json(json: &[u8], source: Source, options: &ReadOptions) -> Result<Self, Reason>;
}

/// An input's format and its records.
pub(crate) type Opened<K> = (Format, Box<dyn Records<K>>);

/// Records of one input in one format.
pub trait Records<K>: Send {
    /// The next record. After an error that is a bad record, reading can go on.
    fn next_record(&mut self) -> Option<Result<K, CorpusError>>;
}
