//! Why a call on a request could not be done.

use hallmark_core::cells::TokenId;
use hallmark_core::marker::MarkerError;
use hallmark_core::row::RowError;

/// Why a call could not be done. The request's state is as before it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The marker's.
    #[error(transparent)]
    Marker(#[from] MarkerError),
    /// A row of another width than the profile's vocabulary.
    #[error(
        "a row of {found} logits, and the profile's vocabulary has {vocabulary}: take the profile of this model's tokenizer"
    )]
    Narrow {
        /// The row's width.
        found: usize,
        /// The profile's.
        vocabulary: usize,
    },
    /// A token that is none.
    #[error("{0} is no token id: ids are 0 to 4294967295, and -1 is padding")]
    Token(i64),
    /// Ordinary randomness that is none.
    #[error("uniform {0} is not in [0, 1)")]
    Uniform(f64),
    /// Rows that do not belong together.
    #[error(
        "the target's row has {target} logits, the draft's {draft}, and the drafted token is {token}"
    )]
    Rows {
        /// The target's length.
        target: usize,
        /// The draft's.
        draft: usize,
        /// The token.
        token: TokenId,
    },
    /// Tokens that begin behind those that are there.
    #[error("tokens from place {start} on, and {accepted} were accepted")]
    Start {
        /// Where they begin.
        start: usize,
        /// How many there are.
        accepted: usize,
    },
}

impl From<RowError> for RequestError {
    fn from(error: RowError) -> Self {
        Self::Marker(error.into())
    }
}
