//! Tables of the state, and its errors.

use hallmark::{Error, Result};
use redb::TableDefinition;
use std::path::Path;

/// What the state is of: names and numbers.
pub(super) const HEAD: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("head");
/// Files that were taken, by SHA-256 and table, with the number of their records.
pub(super) const FILES: TableDefinition<'_, &[u8], u64> = TableDefinition::new("files");
/// Accounts.
pub(super) const ACCOUNTS: TableDefinition<'_, u128, ()> = TableDefinition::new("accounts");
/// Account and hour since 1970, with its active minutes.
pub(super) const HOURS: TableDefinition<'_, (u128, u32), u64> = TableDefinition::new("hours");
/// Kind, value and account, with the minute in which that was first seen, 0 being before anything.
pub(super) const LINKS: TableDefinition<'_, (&str, u128, u128), u32> =
    TableDefinition::new("links");
/// Account and declared organisation.
pub(super) const UNITS: TableDefinition<'_, (u128, u128), ()> = TableDefinition::new("units");

/// An error of the store as one of a file.
pub(super) trait OfState<T> {
    fn of(self, path: &Path) -> Result<T>;
}

impl<T, E: Into<redb::Error>> OfState<T> for std::result::Result<T, E> {
    fn of(self, path: &Path) -> Result<T> {
        self.map_err(|error| {
            let error = error.into();
            let hint = match error {
                redb::Error::DatabaseAlreadyOpen => "another scan has this state open: wait until it ends",
                redb::Error::Io(ref error) if error.kind() == std::io::ErrorKind::InvalidData => "this is no state: give one that `campaign scan --follow` made, or a new path",
                redb::Error::Io(_) => "see whether the path is a file that may be written, and the disk is not full",
                _ => "give a state that `campaign scan --follow` made, or a new path; a state can be made again from its logs",
            };
            Error::usage(error).at(path.display()).hint(hint)
        })
    }
}
