//! Scores of words in fixed point: integers, so that sums are the same bytes on every machine.
//!
//! Scores count units of 2^-[`SCORE_BITS`] nat. [`exponential`] is rounded **down** (against the
//! accuser: under the null hypothesis the sum is dominated by a Gamma law), [`log_reciprocal`] is
//! rounded **up** (an e-process must not be credited with more than it has).
//!
//! # Derivation
//! Both are −ln of a fraction x/2^32 with a whole x in \[1, 2^32): x = 2^32 − w for
//! −ln(1 − w/2^32), and x = w for −ln(w/2^32). Let z be the leading zeros of x and n = x·2^z, so that
//! n lies in \[2^31, 2^32):
//!
//! −ln(x/2^32) = z·ln 2 + f(n), with f(n) = −ln(n/2^32) in (0, ln 2].
//!
//! f is replaced by a polygon with knots at b_i = 2^31 + i·2^23, i = 0…256. The top nine bits of n
//! give i and the other 23 the position r in the interval; one table of 257 whole numbers gives the
//! knots' heights k_i. The height at r is k_i − (k_i − k_{i+1})·r/2^23, computed in 32 bits from
//! ⌈r/2^7⌉ or ⌊r/2^7⌋ of at most 2^16 and a step k_i − k_{i+1} below 2^16.
//!
//! - **Lower polygon.** f is convex, so its tangent T_i at the middle of interval i lies below it. Knot
//!   i is ⌊min(T_{i−1}(b_i), T_i(b_i))⌋. Both ends of interval i thus lie on or below T_i, hence the
//!   edge between them lies below T_i, hence below f. The last interval uses the tangent at 2^32
//!   instead (k_255 = 2^15, k_256 = 0): words below 2^23 score exactly ⌊w/2^8⌋, and 0 scores 0. All
//!   roundings go down: ⌈r/2^7⌉, the product up, z·ln 2 down.
//! - **Upper polygon.** Knot i is ⌈f(b_i)⌉: an edge between points on or above a convex curve lies
//!   above it. All roundings go up.
//!
//! Both polygons are continuous and falling in n, and where z grows the step of ln 2 is larger than
//! the gap between a polygon's two ends, so `exponential` never falls and `log_reciprocal` never
//! rises in w. The tables and their proof obligations (a step fits 16 bits) come from
//! `vectors/score_tables.py`.
//!
//! # How close
//! MEASURED

mod tables;

use crate::simd::{self, Lanes};
use tables::{LN2_DOWN, LN2_TIMES_40, LOWER, UPPER};

/// Fractional bits of a score: the unit is 2^-24 nat.
pub const SCORE_BITS: u32 = 24;

/// −ln(1 − w/2^32), rounded down. Zero for w = 0, never falls in w, at most 31·ln 2 + ….
#[inline]
#[must_use]
pub fn exponential(word: u32) -> u32 {
    let (zeros, interval, rest) = normalise((!word).saturating_add(1));
    let from = LOWER[interval];
    let fall = ((from - LOWER[interval + 1]) * rest.div_ceil(128) + 0xffff) >> 16;
    ((LN2_DOWN * zeros) >> 3) + from - fall
}

/// −ln(w/2^32), rounded up; 40·ln 2 for w = 0. Never rises in w.
#[inline]
#[must_use]
pub fn log_reciprocal(word: u32) -> u32 {
    if word == 0 {
        return LN2_TIMES_40;
    }
    let (zeros, interval, rest) = normalise(word);
    let from = UPPER[interval];
    let fall = ((from - UPPER[interval + 1]) * (rest / 128)) >> 16;
    ((LN2_DOWN + 1) * zeros).div_ceil(8) + from - fall
}

/// Σ [`exponential`] over `words`.
#[must_use]
pub fn sum_exponential(words: &[u32]) -> u64 {
    simd::sums::exponential(Lanes::detect(), words)
}

/// How many words are below `threshold`.
#[must_use]
pub fn count_below(words: &[u32], threshold: u32) -> u64 {
    simd::sums::below(Lanes::detect(), words, threshold)
}

/// How many of the bits in `mask` are one, over all words.
#[must_use]
pub fn sum_ones(words: &[u32], mask: u32) -> u64 {
    simd::sums::ones(Lanes::detect(), words, mask)
}

/// Leading zeros, the interval of 256, and the position in it of 2^23.
#[inline(always)]
fn normalise(x: u32) -> (u32, usize, u32) {
    let zeros = x.leading_zeros();
    let n = x << zeros;
    (zeros, (n >> 23 & 0xff) as usize, n & 0x007f_ffff)
}
