//! Where a cell's word lies: its window is the nonce, its token the block and the word in it.

use crate::cells::{MISSING, TokenId};

/// Tokens whose words lie in the same sixteen blocks.
pub(super) const GROUP: usize = 256;

/// The most window slots that a nonce holds.
pub(crate) const SLOTS: usize = 4;

/// A window of at most [`SLOTS`] ids as a nonce: 24 bits each, little-endian, unused slots all
/// ones.
pub(crate) fn nonce(window: &[TokenId]) -> [u32; 3] {
    let mut slots = [MISSING; SLOTS];
    slots[..window.len()].copy_from_slice(window);
    let [a, b, c, d] = slots.map(|id| id & 0x00ff_ffff);
    [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8]
}

#[inline(always)]
pub(super) fn block_counter(token: TokenId) -> u32 {
    ((token >> 8) << 4) | (token & 15)
}

#[inline(always)]
pub(super) fn word_index(token: TokenId) -> usize {
    (token >> 4 & 15) as usize
}
