//! The p-value of a sum of scores, by the law of one cell's score.

use crate::tail::{Log10P, TailError, binomial_upper, gamma_upper, tournament_upper};
use hallmark_core::law::Law;

/// The p-value of a sum of scores over `cells` distinct cells: an upper bound of the chance that a
/// random key gives as much (`docs/statistics.md`, sections 1 and 2).
///
/// # Errors
/// When the sum is impossible for that many cells, or there are more than the tails allow.
pub fn p_value(law: Law, cells: u64, sum: u64) -> Result<Log10P, TailError> {
    match law {
        Law::Exponential => gamma_upper(cells, sum),
        Law::Bernoulli { threshold } => binomial_upper(cells, sum, threshold),
        Law::Bits { layers } => tournament_upper(cells, layers, sum),
    }
}
