//! Parquet rows to records of log-probabilities.

use std::fs::File;
use std::sync::Arc;

use super::records::Records;
use super::{LogprobRecord, layout};
use crate::error::{CorpusError, Reason};
use crate::formats::parquet::Objects;
use crate::options::ReadOptions;
use crate::record::Source;

/// Rows, each read as the JSON object that it stands for.
pub(super) struct Rows {
    file: Arc<str>,
    objects: Objects,
    row: u64,
}

impl Rows {
    pub(super) fn new(name: Arc<str>, file: File, options: &ReadOptions) -> Result<Self, Reason> {
        Ok(Self {
            file: name,
            objects: Objects::new(file, &options.limits)?,
            row: 0,
        })
    }

    fn next(&mut self, options: &ReadOptions) -> Result<Option<LogprobRecord>, Reason> {
        let Some(object) = self.objects.next_object()? else {
            return Ok(None);
        };
        let source = Source {
            file: Arc::clone(&self.file),
            line: self.row,
        };
        layout::record(object.to_string().as_bytes(), source, options).map(Some)
    }
}

impl Records for Rows {
    fn next_record(&mut self, options: &ReadOptions) -> Result<Option<LogprobRecord>, CorpusError> {
        self.row += 1;
        self.next(options)
            .map_err(|reason| CorpusError::new(&self.file, Some(self.row), reason))
    }
}
