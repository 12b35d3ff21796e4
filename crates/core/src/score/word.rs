//! The score of one word.

use super::tables::{LN2_DOWN, LN2_TIMES_40, LOWER, UPPER};

/// −ln(1 − w/2^32), rounded down: 0 for w = 0, 32·ln 2 less 2e-6 for the largest word.
///
/// The score of a cell under the `gumbel` schemes. Needs no float and never falls in w.
#[inline]
#[must_use]
pub fn exponential(word: u32) -> u32 {
    let (zeros, interval, rest) = normalise((!word).saturating_add(1));
    let from = LOWER[interval];
    let fall = ((from - LOWER[interval + 1]) * rest.div_ceil(128) + 0xffff) >> 16;
    ((LN2_DOWN * zeros) >> 3) + from - fall
}

/// −ln(w/2^32), rounded up; 0 counts as if it were 2^-8, giving 40·ln 2. Never rises in w.
///
/// For the e-process over uniforms, whose factors are powers of u = w/2^32.
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

/// Leading zeros, the interval of 256, and the position in it of 2^23.
#[inline(always)]
fn normalise(x: u32) -> (u32, usize, u32) {
    let zeros = x.leading_zeros();
    let n = x << zeros;
    (zeros, (n >> 23 & 0xff) as usize, n & 0x007f_ffff)
}
