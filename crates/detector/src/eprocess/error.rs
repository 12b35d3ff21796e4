//! What an e-process refuses.

use thiserror::Error;

/// An impossible observation or null hypothesis. The process is unchanged after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EProcessError {
    /// More green cells than cells.
    #[error("{green} green cells among {cells} are impossible; pass the counts of the same chunk")]
    CountExceedsCells {
        /// Green cells in the chunk.
        green: u64,
        /// Cells in the chunk.
        cells: u64,
    },
    /// A sum over no cells.
    #[error(
        "a sum of {sum}/2^24 over no cells is impossible; pass the number of cells in the chunk"
    )]
    SumWithoutCells {
        /// The sum in units of 2⁻²⁴ nat.
        sum: u64,
    },
    /// A Gumbel score that no words can have.
    #[error(
        "a score of {score}/2^24 nat over {cells} cells is impossible; pass the sum of `score::exponential` over the chunk's words"
    )]
    ScoreExceedsCells {
        /// The sum in units of 2⁻²⁴ nat.
        score: u64,
        /// Cells in the chunk.
        cells: u64,
    },
    /// More cells in total than the error bounds cover.
    #[error("more than {limit} cells in one e-process; start another and report both")]
    TooManyCells {
        /// The largest total.
        limit: u64,
    },
    /// A green rate without room for an alternative.
    #[error(
        "a green threshold of {threshold}/2^32 leaves no higher rate to test; it must lie between 1 and 2^32 - 2"
    )]
    Threshold {
        /// The threshold that was passed.
        threshold: u32,
    },
}
