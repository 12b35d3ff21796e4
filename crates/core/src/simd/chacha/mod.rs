//! The rounds of `chacha12-v1` in lanes: one lane computes one block, and lanes never meet.
//!
//! Lane width is the only difference between the units. Two shapes of work use it:
//!
//! - [`words`]: each lane has its own nonce and block (independent cells), and at the end picks the
//!   one word that its cell asks for;
//! - [`row`]: all lanes share the nonce and take consecutive blocks. Under the word-major layout
//!   word `i` of sixteen consecutive blocks is sixteen consecutive tokens, so each state vector is
//!   stored as it stands.

use crate::cells::{CellBatch, MISSING, TokenId};
use crate::simd::{Lanes, Unit};

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx2;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx512;
mod portable;

/// Tokens whose words lie in the same sixteen blocks.
const GROUP: usize = 256;

/// The most window slots that a nonce holds.
pub(crate) const SLOTS: usize = 4;

const DOUBLE_ROUNDS: usize = 6;

/// "expand 32-byte k"
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

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

/// A window of at most [`SLOTS`] ids as a nonce: 24 bits each, little-endian, unused slots all
/// ones.
pub(crate) fn nonce(window: &[TokenId]) -> [u32; 3] {
    let mut slots = [MISSING; SLOTS];
    slots[..window.len()].copy_from_slice(window);
    let [a, b, c, d] = slots.map(|id| id & 0x00ff_ffff);
    [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8]
}

#[inline(always)]
fn block_counter(token: TokenId) -> u32 {
    ((token >> 8) << 4) | (token & 15)
}

#[inline(always)]
fn word_index(token: TokenId) -> usize {
    (token >> 4 & 15) as usize
}

/// The eight quarter rounds of a column round and a diagonal round.
macro_rules! double_round {
    ($quarter:path, $state:ident) => {
        $quarter(&mut $state, [0, 4, 8, 12]);
        $quarter(&mut $state, [1, 5, 9, 13]);
        $quarter(&mut $state, [2, 6, 10, 14]);
        $quarter(&mut $state, [3, 7, 11, 15]);
        $quarter(&mut $state, [0, 5, 10, 15]);
        $quarter(&mut $state, [1, 6, 11, 12]);
        $quarter(&mut $state, [2, 7, 8, 13]);
        $quarter(&mut $state, [3, 4, 9, 14]);
    };
}
use double_round;

/// Calls `words` with the columns of `N` cells at a time; the last, shorter ones are padded.
///
/// One call site for whole and padded columns (here and in [`for_vectors`]): with two, the compiler
/// does not inline the rounds, and the state goes through memory.
#[inline(always)]
fn for_columns<const N: usize>(
    cells: &CellBatch,
    out: &mut [u32],
    mut words: impl FnMut([&[TokenId; N]; SLOTS], &[TokenId; N], &mut [u32; N]),
) {
    let missing = [MISSING; N];
    let (mut padded_slots, mut padded_tokens, mut padded_out) = ([missing; SLOTS], [0; N], [0; N]);
    let columns = cells.window().min(SLOTS);
    for (i, out) in out.chunks_mut(N).enumerate() {
        let at = i * N..i * N + out.len();
        let mut slots = [&missing; SLOTS];
        let tokens;
        if out.len() == N {
            for (slot, column) in slots.iter_mut().enumerate().take(columns) {
                *column = cells.slot(slot)[at.clone()].first_chunk().expect("N cells");
            }
            tokens = cells.tokens()[at].first_chunk().expect("N cells");
        } else {
            for (slot, padded) in padded_slots.iter_mut().enumerate().take(columns) {
                padded[..out.len()].copy_from_slice(&cells.slot(slot)[at.clone()]);
            }
            padded_tokens[..out.len()].copy_from_slice(&cells.tokens()[at]);
            slots = padded_slots.each_ref();
            tokens = &padded_tokens;
        }
        let whole = out.first_chunk_mut();
        let is_whole = whole.is_some();
        words(slots, tokens, whole.unwrap_or(&mut padded_out));
        if !is_whole {
            out.copy_from_slice(&padded_out[..out.len()]);
        }
    }
}

/// Cuts a stretch of a row into vectors of sixteen tokens, and calls `vectors` with `V` of them and
/// the counter of their first block; `V` is a multiple of the sixteen vectors of a group. At the
/// ends that many are computed and a part of them kept.
#[inline(always)]
fn for_vectors<const V: usize>(
    first: TokenId,
    out: &mut [u32],
    mut vectors: impl FnMut(u32, &mut [[u32; 16]; V]),
) {
    let mut padded = [[0; 16]; V];
    let mut skip = first as usize % GROUP;
    let mut counter = block_counter(first - skip as u32);
    let mut rest = out;
    while !rest.is_empty() {
        let tokens = rest.len().min(16 * V - skip);
        let out;
        (out, rest) = rest.split_at_mut(tokens);
        let whole = out.as_chunks_mut().0.first_chunk_mut();
        let is_whole = whole.is_some();
        vectors(counter, whole.unwrap_or(&mut padded));
        if !is_whole {
            out.copy_from_slice(&padded.as_flattened()[skip..][..tokens]);
        }
        counter = counter.wrapping_add(V as u32);
        skip = 0;
    }
}
