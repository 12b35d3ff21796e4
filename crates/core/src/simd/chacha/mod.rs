//! ChaCha12 in lanes: one lane computes one block, and lanes never meet.
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
pub(crate) const GROUP: usize = 256;

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
pub(crate) fn row(
    lanes: Lanes,
    key: &[u32; 8],
    nonce: [u32; 3],
    first: TokenId,
    out: &mut [u32],
) {
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

/// A window of at most [`SLOTS`] ids as a nonce: 24 bits each, little-endian, unused slots all ones.
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

/// Cuts a batch into columns of `N` cells; the last, shorter ones are padded.
#[inline(always)]
fn for_columns<const N: usize>(
    cells: &CellBatch,
    out: &mut [u32],
    mut words: impl FnMut([&[TokenId; N]; SLOTS], &[TokenId; N]) -> [u32; N],
) {
    let unused = &[MISSING; N];
    let slots = |from: usize| {
        let mut slots = [unused; SLOTS];
        for (slot, column) in slots.iter_mut().enumerate().take(cells.window()) {
            *column = cells.slot(slot)[from..].first_chunk().expect("a full column");
        }
        slots
    };
    let (tokens, rest) = cells.tokens().as_chunks::<N>();
    let (out, out_rest) = out.as_chunks_mut::<N>();
    for (i, (tokens, out)) in tokens.iter().zip(out).enumerate() {
        *out = words(slots(i * N), tokens);
    }
    if !rest.is_empty() {
        let mut padded = [[MISSING; N]; SLOTS];
        for (slot, column) in padded.iter_mut().enumerate().take(cells.window()) {
            let from = cells.len() - rest.len();
            column[..rest.len()].copy_from_slice(&cells.slot(slot)[from..]);
        }
        let mut tokens = [0; N];
        tokens[..rest.len()].copy_from_slice(rest);
        let padded = [&padded[0], &padded[1], &padded[2], &padded[3]];
        out_rest.copy_from_slice(&words(padded, &tokens)[..rest.len()]);
    }
}

/// Cuts a stretch of a row into groups of 256 tokens; at unaligned ends a whole group is computed
/// and a part of it kept. `group` is given the counter of the group's first block.
#[inline(always)]
fn for_groups(first: TokenId, out: &mut [u32], mut group: impl FnMut(u32, &mut [u32; GROUP])) {
    let skip = first as usize % GROUP;
    let mut counter = block_counter(first - skip as u32);
    let mut part = |skip: usize, counter: u32, out: &mut [u32]| {
        let mut whole = [0; GROUP];
        group(counter, &mut whole);
        out.copy_from_slice(&whole[skip..][..out.len()]);
    };
    let mut rest = out;
    if skip > 0 {
        let head;
        (head, rest) = rest.split_at_mut(rest.len().min(GROUP - skip));
        part(skip, counter, head);
        counter = counter.wrapping_add(16);
    }
    let (groups, tail) = rest.as_chunks_mut();
    let tail_counter = counter.wrapping_add(16 * groups.len() as u32);
    if !tail.is_empty() {
        part(0, tail_counter, tail);
    }
    for whole in groups {
        group(counter, whole);
        counter = counter.wrapping_add(16);
    }
}
