//! The rounds of `chacha12-v1` in lanes: one lane computes one block, and lanes never meet.
//!
//! Lane width is the only difference between the units. Two shapes of work use it:
//!
//! - [`words`]: each lane has its own nonce and block (independent cells), and at the end picks the
//!   one word that its cell asks for;
//! - [`row`]: all lanes share the nonce and take consecutive blocks. Under the word-major layout
//!   word `i` of sixteen consecutive blocks is sixteen consecutive tokens, so each state vector is
//!   stored as it stands.

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx2;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx512;
mod pieces;
mod place;
mod portable;
mod rounds;

use crate::cells::{CellBatch, TokenId};
use crate::simd::{Lanes, Unit};
use place::{block_counter, word_index};

pub(crate) use place::{SLOTS, nonce};

/// The words of independent cells. `out` is as long as `cells`, the window at most [`SLOTS`].
pub(crate) fn words(lanes: Lanes, key: &[u32; 8], cells: &CellBatch, out: &mut [u32]) {
    match lanes.0 {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX-512.
        Unit::Avx512 => unsafe { avx512::words(key, cells, out) },
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX2.
        Unit::Avx2 => unsafe { avx2::words(key, cells, out) },
        Unit::Portable => portable::words(key, cells, out),
    }
}

/// The words of tokens `first`, `first + 1`, … under one nonce.
pub(crate) fn row(lanes: Lanes, key: &[u32; 8], nonce: [u32; 3], first: TokenId, out: &mut [u32]) {
    match lanes.0 {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX-512.
        Unit::Avx512 => unsafe { avx512::row(key, nonce, first, out) },
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX2.
        Unit::Avx2 => unsafe { avx2::row(key, nonce, first, out) },
        Unit::Portable => portable::row(key, nonce, first, out),
    }
}

/// The word of one cell.
pub(crate) fn word(key: &[u32; 8], window: &[TokenId], token: TokenId) -> u32 {
    let block = portable::block::<1>(key, nonce(window).map(|n| [n]), [block_counter(token)]);
    let [word] = block[word_index(token)];
    word
}
