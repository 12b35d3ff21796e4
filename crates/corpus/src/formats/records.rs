//! What every format gives: one record after another.

use crate::error::CorpusError;
use crate::record::Record;

/// Records of one input in one format.
pub(crate) trait Records: Send {
    /// The next record. After an error that is a bad record, reading can go on.
    fn next_record(&mut self) -> Option<Result<Record, CorpusError>>;
}
