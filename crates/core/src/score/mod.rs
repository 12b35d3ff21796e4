//! Scores of words in fixed point: integers, so that sums are the same bytes on every machine.
//!
//! Scores count units of 2^-[`SCORE_BITS`] nat. [`exponential`] is rounded **down** (against the
//! accuser: under the null hypothesis the sum is dominated by a Gamma law), [`log_reciprocal`] is
//! rounded **up** (an e-process must not be credited with more than it has).
//!
//! # Derivation
//! Both are −ln of a fraction x/2^32 with a whole x in \[1, 2^32): x = 2^32 − w for −ln(1 −
//! w/2^32), and x = w for −ln(w/2^32). Let z be the leading zeros of x and n = x·2^z, so that n
//! lies in \[2^31, 2^32):
//!
//! ```text
//! −ln(x/2^32) = z·ln 2 + f(n),   f(n) = −ln(n/2^32) in (0, ln 2]
//! ```
//!
//! f is replaced by a polygon with knots at n = 2^31 + i·2^23, i = 0…256. The top nine bits of n
//! give the interval i, the other 23 the position r in it, and one table of 257 whole numbers gives
//! the heights k of the knots. The height at r is `k[i] − (k[i] − k[i+1])·r/2^23`, in 32 bits:
//! r/2^7, rounded, is at most 2^16, and a step `k[i] − k[i+1]` is below 2^16.
//!
//! - **Lower polygon.** f is convex, so its tangent at the middle of an interval lies below it. A
//!   knot is the lower of the values there of the tangents of the two intervals that it borders,
//!   rounded down. Both ends of an interval thus lie on or below one line that lies below f, and so
//!   does the edge between them. The last interval uses the tangent at 2^32 instead (`k[255]` =
//!   2^15, `k[256]` = 0): words below 2^23 score exactly ⌊w/2^8⌋, and 0 scores 0. Every rounding
//!   goes down: r/2^7 and the product up, z·ln 2 down.
//! - **Upper polygon.** A knot is f, rounded up: an edge between points on or above a convex curve
//!   lies above it. Every rounding goes up.
//!
//! Both polygons are continuous and fall in n, and where z grows by one the step of ln 2 makes up
//! for the polygon's return to its start; so [`exponential`] never falls and [`log_reciprocal`]
//! never rises in w. The tables come from `vectors/score_tables.py`, which checks that steps fit.
//!
//! # How close
//! Over all 2^32 words, in nats: [`exponential`] is below the truth by at most 2.13e-6 and on
//! average by 4.4e-7 (the mean of the law is 1); [`log_reciprocal`] is above it by at most 2.05e-6
//! and on average by 7.2e-7. Measured by the test `every_word` (`tests/score_vectors.rs`), which
//! also checks both bounds and both monotonicities on every word.

mod sums;
mod tables;
mod word;

pub use word::{exponential, log_reciprocal};

use crate::simd::Lanes;

/// Fractional bits of a score: the unit is 2^-24 nat.
pub const SCORE_BITS: u32 = 24;

/// The most that [`exponential`] is below the truth, in its unit: 36·2^-24 nat (2.13e-6 measured
/// over all words, rounded up).
pub const MAX_DEFICIT: u32 = 36;

/// Σ [`exponential`] over `words`.
#[must_use]
pub fn sum_exponential(words: &[u32]) -> u64 {
    sums::exponential(Lanes::detect(), words)
}

/// Σ [`log_reciprocal`] over `words`.
#[must_use]
pub fn sum_log_reciprocal(words: &[u32]) -> u64 {
    sums::log_reciprocal(Lanes::detect(), words)
}

/// How many words are below `threshold`.
#[must_use]
pub fn count_below(words: &[u32], threshold: u32) -> u64 {
    sums::below(Lanes::detect(), words, threshold)
}

/// How many of the bits in `mask` are one, over all words.
#[must_use]
pub fn sum_ones(words: &[u32], mask: u32) -> u64 {
    sums::ones(Lanes::detect(), words, mask)
}
