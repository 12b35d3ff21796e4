//! What can go wrong in a Parquet file, as a reason.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::errors::ParquetError;

use crate::error::Reason;

pub(super) fn damaged(error: &ParquetError) -> Reason {
    Reason::Parquet(error.to_string())
}

/// The Parquet crate still has asserts that a damaged file can reach. They must end in an error, not in a crash.
pub(super) fn catch<T>(read: impl FnOnce() -> Result<T, Reason>) -> Result<T, Reason> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Reason::Parquet(
            "the file is damaged in a way the decoder did not expect".to_owned(),
        ))
    })
}
