//! Bounds on what Parquet pages may unfold to.
//!
//! A page of a few bytes can claim a run of two thousand million equal values. The column reader would collect all that
//! belong to one row, so they are counted as the pages pass.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::fault::damaged;
use super::unpacked;
use crate::error::Reason;
use crate::limits::{LimitKind, Limits};

/// What may still be read, shared by the columns of a file.
#[derive(Debug)]
pub(super) struct Budget {
    file: File,
    limits: Limits,
    /// A token counts four bytes, so a document cannot have more values than this.
    max_row_values: u64,
    total_bytes: AtomicU64,
    row_values: AtomicU64,
    total_exceeded: AtomicBool,
    row_exceeded: AtomicBool,
}

impl Budget {
    pub(super) fn new(limits: &Limits, file: File) -> Self {
        Self {
            file,
            limits: limits.clone(),
            // Pages hold many rows, so small limits on documents must not refuse ordinary pages.
            max_row_values: (limits.max_document_bytes / 4).max(1 << 22),
            total_bytes: AtomicU64::new(0),
            row_values: AtomicU64::new(0),
            total_exceeded: AtomicBool::new(false),
            row_exceeded: AtomicBool::new(false),
        }
    }

    /// Fails where pages of a column unpack to more than they say.
    pub(super) fn check(&self, column: &ColumnChunkMetaData) -> Result<()> {
        unpacked::check(&self.file, column)
    }

    pub(super) fn start_row(&self) {
        self.row_values.store(0, Ordering::Relaxed);
    }

    /// Why a row could not be read: the limit that stopped its last page, or else the file's own fault.
    pub(super) fn reason(&self, error: &ParquetError) -> Reason {
        let (limit, value) = if self.total_exceeded.load(Ordering::Relaxed) {
            (LimitKind::TotalBytes, self.limits.max_total_bytes)
        } else if self.row_exceeded.load(Ordering::Relaxed) {
            (LimitKind::DocumentBytes, self.limits.max_document_bytes)
        } else {
            return damaged(error);
        };
        Reason::OverLimit { limit, value }
    }

    fn admit(&self, page: &Page) -> Result<()> {
        let bytes = page.buffer().len() as u64;
        let values = u64::from(page.num_values());
        if self.total_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes
            > self.limits.max_total_bytes
        {
            self.total_exceeded.store(true, Ordering::Relaxed);
        } else if self.row_values.fetch_add(values, Ordering::Relaxed) + values
            > self.max_row_values
        {
            self.row_exceeded.store(true, Ordering::Relaxed);
        } else {
            return Ok(());
        }
        Err(ParquetError::General("a limit is exceeded".to_owned()))
    }
}

/// Pages, counted.
pub(super) struct Guard {
    pages: Box<dyn PageReader>,
    budget: Arc<Budget>,
}

impl Guard {
    pub(super) fn new(pages: Box<dyn PageReader>, budget: Arc<Budget>) -> Self {
        Self { pages, budget }
    }
}

impl PageReader for Guard {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.as_ref()
            .map_or(Ok(()), |page| self.budget.admit(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for Guard {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
