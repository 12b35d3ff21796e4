//! What a tail refuses.

use thiserror::Error;

use super::limit::MAX_CELLS;

/// Input for which no tail probability exists. Every variant names a caller's mistake: data that
/// the detector counted itself never lead here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TailError {
    /// More successes than trials.
    #[error(
        "a count of {count} among {cells} cells is impossible; pass the count first scored on these same cells"
    )]
    CountExceedsCells {
        /// The count that was passed.
        count: u64,
        /// The number of cells or bits it was counted among.
        cells: u64,
    },
    /// A positive sum of scores over no cells.
    #[error(
        "a score sum of {sum}/2^24 over no cells is impossible; pass the number of distinct cells scored"
    )]
    SumWithoutCells {
        /// The sum in units of 2⁻²⁴ nat.
        sum: u64,
    },
    /// More cells than the error bounds cover.
    #[error(
        "{cells} cells or bits exceed the {MAX_CELLS} for which the tail's error bound holds; split the corpus"
    )]
    TooManyCells {
        /// The number that was passed.
        cells: u64,
    },
    /// A threshold below which no word lies.
    #[error(
        "a green threshold of 0 means that no word is green; pass floor(gamma * 2^32), at least 1"
    )]
    ThresholdZero,
    /// No weights, or only zero weights.
    #[error(
        "the tournament's weights are all zero or missing; pass one positive integer per layer"
    )]
    NoWeight,
    /// A weighted sum above the largest possible one.
    #[error(
        "a weighted sum of {sum} exceeds the largest possible one, {max}; use the weights the sum was made with"
    )]
    SumExceedsMaximum {
        /// The sum that was passed.
        sum: u64,
        /// cells × Σ weights.
        max: u64,
    },
    /// cells × Σ weights does not fit the arithmetic.
    #[error(
        "{cells} cells times the weights' total {total} exceeds 2^63; use smaller integer weights"
    )]
    WeightsTooLarge {
        /// The number of cells.
        cells: u64,
        /// Σ weights.
        total: u64,
    },
    /// A weight beyond [`MAX_WEIGHT`](super::MAX_WEIGHT).
    #[error(
        "a weight of {weight} exceeds 2^20 in absolute value; scale or quantise the weights first"
    )]
    WeightTooLarge {
        /// The weight that was passed.
        weight: i64,
    },
    /// A weighted sum that no scores of these groups can reach.
    #[error(
        "a weighted sum of {sum} cannot be reached, the groups allow at most {max}; pass the groups the sum was made with"
    )]
    WeightedSumImpossible {
        /// The sum that was passed.
        sum: i128,
        /// The largest possible one.
        max: i128,
    },
    /// Chernoff's bound of dependent scores holds for weights of one sign.
    #[error("a weight of {weight} among scores of lists: only weights of 0 and more have a bound")]
    NegativeWeight {
        /// The weight.
        weight: i64,
    },
}
