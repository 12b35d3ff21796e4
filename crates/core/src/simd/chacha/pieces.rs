//! Work cut into pieces of as many lanes as a unit has.

use super::place::{GROUP, SLOTS, block_counter};
use crate::cells::{CellBatch, MISSING, TokenId};

/// Calls `words` with the columns of `N` cells at a time; the last, shorter ones are padded.
///
/// One call site for whole and padded columns (here and in [`for_vectors`]): with two, the compiler
/// does not inline the rounds, and the state goes through memory.
#[inline(always)]
pub(super) fn for_columns<const N: usize>(
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
pub(super) fn for_vectors<const V: usize>(
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
