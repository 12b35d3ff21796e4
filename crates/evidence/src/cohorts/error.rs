//! Why a draw or its map failed.

use thiserror::Error;

/// Why a draw or its map failed. Nothing of an account is in it but the number of its line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CohortsError {
    /// A line of the list of accounts cannot be used.
    #[error("line {line}: {what}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is nobody to draw.
    #[error("no account is listed")]
    Nobody,
    /// No cohort has a weight.
    #[error("no cohort has a weight above 0, so nobody can be drawn into one")]
    NoCohort,
    /// Two cohorts have one name.
    #[error("two cohorts are called {0}")]
    SameName(String),
    /// A recipient is none.
    #[error("recipient {0:?} is no age recipient: one begins with age1")]
    Recipient(String),
    /// Nobody could read the map.
    #[error("no recipient is named, so nobody could read the map")]
    NoRecipient,
    /// The identity is none.
    #[error("this is no age identity: a line begins with AGE-SECRET-KEY-1")]
    Identity,
    /// The map cannot be decrypted.
    #[error("the map cannot be decrypted: {0}")]
    Decrypt(String),
    /// The map cannot be encrypted.
    #[error("the map cannot be encrypted: {0}")]
    Encrypt(String),
    /// The map is not what the program writes.
    #[error("the map is damaged: line {0}")]
    Map(usize),
    /// An account stands where the draw did not put it.
    #[error("line {line} of the map: the draw puts this account into {drawn}")]
    NotDrawn {
        /// The line, from 1.
        line: usize,
        /// Where the draw puts it.
        drawn: String,
    },
    /// What was published is not of this map.
    #[error("what was published is of another map, or its {0} was changed")]
    Published(&'static str),
}
