//! Why an examination or one of its tests could not go on.

use crate::cells::CellsError;
use crate::dedup::DedupError;
use crate::eprocess::EProcessError;
use crate::interval::IntervalError;
use crate::statistic::admission::Refused;
use crate::statistic::same_keys::Same;
use crate::tail::TailError;
use hallmark_core::cells::TokenId;
use hallmark_core::mark::KeyMismatch;

/// Why an examination could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExaminationError {
    /// More cells than the tails allow, or a law without a tail.
    #[error(transparent)]
    Tail(#[from] TailError),
    /// The same, for an interval.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// The same, for an e-process.
    #[error(transparent)]
    EProcess(#[from] EProcessError),
    /// A key that does not fit the profile.
    #[error(transparent)]
    Key(#[from] KeyMismatch),
    /// An answer was refused.
    #[error(transparent)]
    Cells(#[from] CellsError),
    /// Sums of scores are 64 bits.
    #[error("the sum of scores exceeds 64 bits; split the corpus")]
    Sum,
    /// Keys that cannot be contrasted.
    #[error(transparent)]
    Contrast(#[from] ContrastError),
    /// Log-probabilities of tokens that the mark does not know.
    #[error(transparent)]
    Logprobs(#[from] LogprobTestError),
    /// The de-duplication refused a block.
    #[error(transparent)]
    Dedup(#[from] DedupError),
    /// Weights or a control sample of windows of another length.
    #[error(
        "the profile's windows have {window} tokens and the weights' or the control sample's {other}: make the index from the same profile"
    )]
    Window {
        /// The profile's.
        window: usize,
        /// The other's.
        other: usize,
    },
    /// A test that the mark may not have.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Keys, or numbers of one key, that are the same in effect.
    #[error(transparent)]
    Same(#[from] Same),
    /// Each key has decoys of its own.
    #[error(
        "{each} decoys for each of {keys} keys are more than a million: ask for fewer, or for none"
    )]
    Decoys {
        /// Keys.
        keys: usize,
        /// Decoys of each.
        each: u32,
    },
    /// Nothing to test.
    #[error("an examination needs a key")]
    NoKey,
}

/// Marks that cannot be contrasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContrastError {
    /// Without one of each there is no pair.
    #[error("a contrast needs at least one tested key and one control")]
    NoPair,
}

/// Why the evidence has no finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogprobTestError {
    /// As the tails.
    #[error(transparent)]
    Tail(#[from] TailError),
    /// A token that the mark cannot address.
    #[error("token id {token} is above the largest that this mark takes, {most}")]
    Token {
        /// The token.
        token: TokenId,
        /// The largest.
        most: TokenId,
    },
}
