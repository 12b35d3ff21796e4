//! `TextSeal`'s function (Meta's textseal at commit 2c63fb8): a hash of window and token with 8191
//! levels.
//!
//! In wrapping 64-bit integers, with one prime P for each window slot, oldest first:
//!
//! - H = ((Σ ctx·P + 100000007·t + 500001713·key)·15485863)·40499;
//! - H = H xor (H >> 13), the shift keeping the sign;
//! - v = H mod 8191, never negative; u = v/8191.
//!
//! Windows have 1 to 10 tokens. A token is green where u < γ, that is v < ⌈γ·8191⌉. The dual-key
//! mark scores `α·s_A` + `(1 − α)·s_B` with α = ½, where key B is key A + 12345.
//!
//! The key and the cell enter only through one sum: cells of the same Σ ctx·P + 100000007·t have
//! the same level under every key, and have to be counted once ([`cell_sum`]).

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;

mod shifted;

pub use shifted::SealScores;

/// `TextSeal`'s function under one key.
///
/// As a [`Prf`], the word of a cell is ⌊v·2³²/8191⌋: the smallest 32-bit fraction's numerator that
/// does not exceed the upstream uniform v/8191. Were u uniform on [0, 1), v/8191 would be u rounded
/// down to a level; so the exponential score of the word is at most that of a uniform, and its sum is
/// dominated by the Gamma law. The word is a strictly increasing function of the level, so a level
/// can be had back, and v < b is the same as word < [`word_of_level`]`(b)`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TextSeal {
    key: u64,
}

/// How many levels there are.
pub const LEVELS: u32 = 8191;

/// The longest window, in tokens.
pub const MAX_WINDOW: usize = SLOT_PRIMES.len();

impl TextSeal {
    /// The function under `key`; a negative key upstream is its two's complement here.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self { key }
    }

    /// The dual-key mark's second function: the key plus 12345.
    #[must_use]
    pub fn key_b(&self) -> Self {
        Self::new(self.key.wrapping_add(COMPANION))
    }

    /// v: the level of a cell, below [`LEVELS`].
    ///
    /// # Panics
    /// When the window does not have 1 to [`MAX_WINDOW`] tokens.
    #[must_use]
    pub fn level(&self, window: &[TokenId], token: TokenId) -> u32 {
        level(cell_sum(window, token).wrapping_add(self.part()))
    }

    fn part(&self) -> u64 {
        self.key.wrapping_mul(KEY_FACTOR)
    }
}

/// Σ ctx·P + 100000007·t, wrapping: all of a cell that reaches its level under any key.
///
/// # Panics
/// When the window does not have 1 to [`MAX_WINDOW`] tokens.
#[must_use]
pub fn cell_sum(window: &[TokenId], token: TokenId) -> u64 {
    window_sum(window).wrapping_add(token_part(token))
}

/// ⌊v·2³²/8191⌋, and the largest word for a `level` of 8191 or more.
#[must_use]
pub fn word_of_level(level: u32) -> u32 {
    u32::try_from((u64::from(level) << 32) / u64::from(LEVELS)).unwrap_or(u32::MAX)
}

/// How many levels are green: the number of v with v/8191 < `gamma`, which is ⌈γ·8191⌉.
#[must_use]
pub fn green_levels(gamma: f64) -> u32 {
    (0..LEVELS)
        .find(|&level| f64::from(level) / f64::from(LEVELS) >= gamma)
        .unwrap_or(LEVELS)
}

/// # Panics
/// The methods panic when a window does not have 1 to [`MAX_WINDOW`] tokens.
impl Prf for TextSeal {
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        word_of_level(self.level(window, token))
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        check_window(cells.window());
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        let part = self.part();
        for (i, (word, &token)) in out.iter_mut().zip(cells.tokens()).enumerate() {
            let mut sum = part.wrapping_add(token_part(token));
            for (slot, prime) in SLOT_PRIMES[..cells.window()].iter().enumerate() {
                sum = sum.wrapping_add(u64::from(cells.slot(slot)[i]).wrapping_mul(*prime));
            }
            *word = word_of_level(level(sum));
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        let part = self.part().wrapping_add(window_sum(window));
        for (i, word) in (0..).zip(out) {
            *word = word_of_level(level(part.wrapping_add(token_part(first.wrapping_add(i)))));
        }
    }
}

/// Without the key.
impl fmt::Debug for TextSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSeal").finish_non_exhaustive()
    }
}

/// Key B less key A.
const COMPANION: u64 = 12345;

/// What the key is multiplied by in the sum.
const KEY_FACTOR: u64 = 500_001_713;

/// 15485863·40499.
const MULTIPLIER: u64 = 15_485_863 * 40_499;

const SLOT_PRIMES: [u64; 10] = [
    10_000_019, 10_000_247, 10_000_439, 10_000_643, 10_000_747, 10_000_867, 10_000_993, 10_001_213,
    10_001_357, 10_001_501,
];

fn window_sum(window: &[TokenId]) -> u64 {
    check_window(window.len());
    let parts = window.iter().zip(SLOT_PRIMES);
    parts.fold(0, |sum: u64, (&id, prime)| {
        sum.wrapping_add(u64::from(id).wrapping_mul(prime))
    })
}

fn token_part(token: TokenId) -> u64 {
    u64::from(token).wrapping_mul(100_000_007)
}

#[inline(always)]
fn level(sum: u64) -> u32 {
    level_of_product(sum.wrapping_mul(MULTIPLIER))
}

/// The remainder by digits: 2¹³ ≡ 1 modulo 8191, so a number is congruent to the sum of its 13-bit digits;
/// and a negative one is its two's complement less 2⁶⁴ ≡ 2¹².
#[inline(always)]
fn level_of_product(product: u64) -> u32 {
    const DIGIT: u64 = LEVELS as u64;
    let hash = product ^ (product.cast_signed() >> 13).cast_unsigned();
    let digits = (hash & DIGIT)
        + (hash >> 13 & DIGIT)
        + (hash >> 26 & DIGIT)
        + (hash >> 39 & DIGIT)
        + (hash >> 52)
        + (hash >> 63) * (DIGIT - (1 << 12));
    // At most 4·8191 + 2·4095, so at most 8191 + 4 after this.
    let rest = (digits & DIGIT) + (digits >> 13);
    (if rest >= DIGIT { rest - DIGIT } else { rest }) as u32
}

fn check_window(slots: usize) {
    assert!(
        (1..=MAX_WINDOW).contains(&slots),
        "TextSeal takes windows of 1 to {MAX_WINDOW} tokens, got {slots}"
    );
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, MULTIPLIER, level, level_of_product};

    #[test]
    fn digits_give_the_remainder() {
        let mut sum = 1_u64;
        for i in 0..200_000_u64 {
            sum = sum
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(i ^ 1);
            for sum in [sum, sum >> 13, i, i.wrapping_neg(), i << 51, !0 >> (i % 64)] {
                let hash = sum.wrapping_mul(MULTIPLIER) as i64;
                let remainder = (hash ^ hash >> 13).rem_euclid(i64::from(LEVELS));
                assert_eq!(i64::from(level(sum)), remainder);
                let hash = sum as i64;
                let remainder = (hash ^ hash >> 13).rem_euclid(i64::from(LEVELS));
                assert_eq!(i64::from(level_of_product(sum)), remainder);
            }
        }
    }
}
