//! What every format gives: one record of log-probabilities after another.

use super::LogprobRecord;
use crate::error::CorpusError;
use crate::options::ReadOptions;

/// Records of one input in one format.
pub(super) trait Records: Send {
    fn next_record(&mut self, options: &ReadOptions) -> Result<Option<LogprobRecord>, CorpusError>;
}
