//! Sixteen lanes as plain arrays, in loops that the compiler turns into whatever vectors the target
//! has.

use super::pieces::{for_columns, for_vectors};
use super::place::{SLOTS, block_counter, word_index};
use super::rounds::{CONSTANTS, DOUBLE_ROUNDS, double_round};
use crate::cells::{CellBatch, TokenId};

const LANES: usize = 16;

type Lane<const N: usize> = [u32; N];

pub(super) fn words(key: &[u32; 8], cells: &CellBatch, out: &mut [u32]) {
    for_columns(cells, out, |slots, tokens: &[TokenId; LANES], out| {
        let block = block(key, nonces(slots), tokens.map(block_counter));
        for (lane, (word, &token)) in out.iter_mut().zip(tokens).enumerate() {
            *word = block[word_index(token)][lane];
        }
    });
}

pub(super) fn row(key: &[u32; 8], nonce: [u32; 3], first: TokenId, out: &mut [u32]) {
    let nonce = nonce.map(|word| [word; LANES]);
    for_vectors(first, out, |counter, out: &mut [[u32; 16]; 16]| {
        let counters = core::array::from_fn(|lane| counter.wrapping_add(lane as u32));
        *out = block(key, nonce, counters);
    });
}

/// `N` blocks: word `i` of block `lane` is `[i][lane]`.
#[inline(always)]
pub(super) fn block<const N: usize>(
    key: &[u32; 8],
    nonce: [Lane<N>; 3],
    counter: Lane<N>,
) -> [Lane<N>; 16] {
    let mut start = [[0; N]; 16];
    for (lanes, &word) in start.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        *lanes = [word; N];
    }
    start[12] = counter;
    start[13..].copy_from_slice(&nonce);
    let mut state = start;
    for _ in 0..DOUBLE_ROUNDS {
        double_round!(quarter_round, state);
    }
    for (state, start) in state.iter_mut().zip(start) {
        for (state, start) in state.iter_mut().zip(start) {
            *state = state.wrapping_add(start);
        }
    }
    state
}

#[inline(always)]
fn nonces<const N: usize>(slots: [&[TokenId; N]; SLOTS]) -> [Lane<N>; 3] {
    let mut nonces = [[0; N]; 3];
    for lane in 0..N {
        let [a, b, c, d] = slots.map(|slot| slot[lane] & 0x00ff_ffff);
        nonces[0][lane] = a | b << 24;
        nonces[1][lane] = b >> 8 | c << 16;
        nonces[2][lane] = c >> 16 | d << 8;
    }
    nonces
}

/// One loop over the lanes, not one per operation: the compiler makes vectors of this form, and of
/// shorter loops it makes scalars.
#[inline(always)]
fn quarter_round<const N: usize>(s: &mut [Lane<N>; 16], rows: [usize; 4]) {
    let [a, b, c, d] = s.get_disjoint_mut(rows).expect("four different rows");
    for lane in 0..N {
        let (mut w, mut x, mut y, mut z) = (a[lane], b[lane], c[lane], d[lane]);
        w = w.wrapping_add(x);
        z = (z ^ w).rotate_left(16);
        y = y.wrapping_add(z);
        x = (x ^ y).rotate_left(12);
        w = w.wrapping_add(x);
        z = (z ^ w).rotate_left(8);
        y = y.wrapping_add(z);
        x = (x ^ y).rotate_left(7);
        (a[lane], b[lane], c[lane], d[lane]) = (w, x, y, z);
    }
}
