//! Two sets of sixteen blocks: thirty-two vectors, just as many as there are registers.
//!
//! Sixteen blocks alone leave the processor waiting, because each of a set's four chains of
//! operations needs its last result: two sets side by side measured a fifth faster (Zen 5).

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::pieces::{for_columns, for_vectors};
use super::place::SLOTS;
use super::rounds::{CONSTANTS, DOUBLE_ROUNDS};
use crate::cells::{CellBatch, TokenId};

type State = [__m512i; 16];

#[target_feature(enable = "avx512f")]
pub(super) fn words(key: &[u32; 8], cells: &CellBatch, out: &mut [u32]) {
    let mut start = [[_mm512_setzero_si512(); 16]; 2];
    start[0][..12].copy_from_slice(&fixed_words(key));
    start[1] = start[0];
    for_columns(cells, out, |slots, tokens: &[TokenId; 32], out| {
        let tokens = load_pair(tokens);
        let slots = slots.map(|slot| load_pair(slot));
        for half in 0..2 {
            let own = own_words(slots.map(|slot| slot[half]), tokens[half]);
            start[half][12..].copy_from_slice(&own);
        }
        let [mut one, mut two] = start;
        permute!(one, two);
        let end = [one, two];
        for (half, out) in out.as_chunks_mut().0.iter_mut().enumerate() {
            let start = pick(&start[half], tokens[half]);
            let end = pick(&end[half], tokens[half]);
            store(out, _mm512_add_epi32(start, end));
        }
    });
}

#[target_feature(enable = "avx512f")]
pub(super) fn row(key: &[u32; 8], nonce: [u32; 3], first: TokenId, out: &mut [u32]) {
    let mut start = [_mm512_setzero_si512(); 16];
    start[..12].copy_from_slice(&fixed_words(key));
    for (word, nonce) in start[13..].iter_mut().zip(nonce) {
        *word = _mm512_set1_epi32(nonce as i32);
    }
    let lane = load(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    for_vectors(first, out, |counter, out: &mut [[u32; 16]; 32]| {
        start[12] = _mm512_add_epi32(_mm512_set1_epi32(counter as i32), lane);
        let mut next = start;
        next[12] = _mm512_add_epi32(start[12], _mm512_set1_epi32(16));
        let (mut one, mut two) = (start, next);
        permute!(one, two);
        for i in 0..16 {
            store(&mut out[i], _mm512_add_epi32(one[i], start[i]));
            store(&mut out[16 + i], _mm512_add_epi32(two[i], next[i]));
        }
    });
}

/// The twelve words that depend on nothing but the key, in every lane.
#[target_feature(enable = "avx512f")]
fn fixed_words(key: &[u32; 8]) -> [__m512i; 12] {
    let mut fixed = [_mm512_setzero_si512(); 12];
    for (vector, &word) in fixed.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        *vector = _mm512_set1_epi32(word as i32);
    }
    fixed
}

/// The last four words of sixteen cells' blocks: block counter and nonce.
#[target_feature(enable = "avx512f")]
#[inline]
fn own_words([a, b, c, d]: [__m512i; SLOTS], tokens: __m512i) -> [__m512i; 4] {
    let low = _mm512_set1_epi32(0x00ff_ffff);
    let a = _mm512_and_si512(a, low);
    let b = _mm512_and_si512(b, low);
    let c = _mm512_and_si512(c, low);
    [
        _mm512_or_si512(
            _mm512_slli_epi32::<4>(_mm512_srli_epi32::<8>(tokens)),
            _mm512_and_si512(tokens, _mm512_set1_epi32(15)),
        ),
        _mm512_or_si512(a, _mm512_slli_epi32::<24>(b)),
        _mm512_or_si512(_mm512_srli_epi32::<8>(b), _mm512_slli_epi32::<16>(c)),
        _mm512_or_si512(_mm512_srli_epi32::<16>(c), _mm512_slli_epi32::<8>(d)),
    ]
}

/// Of each lane's sixteen state words, the one that its token asks for.
#[target_feature(enable = "avx512f")]
#[inline]
fn pick(state: &State, tokens: __m512i) -> __m512i {
    let bit = [16, 32, 64, 128].map(|bit| _mm512_test_epi32_mask(tokens, _mm512_set1_epi32(bit)));
    let mut left = *state;
    for (level, mask) in bit.into_iter().enumerate() {
        for i in 0..8 >> level {
            left[i] = _mm512_mask_blend_epi32(mask, left[2 * i], left[2 * i + 1]);
        }
    }
    left[0]
}

/// The twelve rounds of two states. (A macro: the compiler does not inline a function of this size,
/// and would pass thirty-two vectors through memory.)
macro_rules! permute {
    ($s:ident, $t:ident) => {
        for _ in 0..DOUBLE_ROUNDS {
            step!($s, $t, 16, [0, 1, 2, 3], [4, 5, 6, 7], [12, 13, 14, 15]);
            step!($s, $t, 12, [8, 9, 10, 11], [12, 13, 14, 15], [4, 5, 6, 7]);
            step!($s, $t, 8, [0, 1, 2, 3], [4, 5, 6, 7], [12, 13, 14, 15]);
            step!($s, $t, 7, [8, 9, 10, 11], [12, 13, 14, 15], [4, 5, 6, 7]);

            step!($s, $t, 16, [0, 1, 2, 3], [5, 6, 7, 4], [15, 12, 13, 14]);
            step!($s, $t, 12, [10, 11, 8, 9], [15, 12, 13, 14], [5, 6, 7, 4]);
            step!($s, $t, 8, [0, 1, 2, 3], [5, 6, 7, 4], [15, 12, 13, 14]);
            step!($s, $t, 7, [10, 11, 8, 9], [15, 12, 13, 14], [5, 6, 7, 4]);
        }
    };
}
use permute;

/// x += y, z = (z ^ x) <<< by, for the four quarter rounds of both sets.
macro_rules! step {
    ($s:ident, $t:ident, $by:literal, [$($x:literal),+], [$($y:literal),+], [$($z:literal),+]) => {
        $($s[$x] = _mm512_add_epi32($s[$x], $s[$y]);)+
        $($t[$x] = _mm512_add_epi32($t[$x], $t[$y]);)+
        $($s[$z] = _mm512_xor_si512($s[$z], $s[$x]);)+
        $($t[$z] = _mm512_xor_si512($t[$z], $t[$x]);)+
        $($s[$z] = _mm512_rol_epi32::<$by>($s[$z]);)+
        $($t[$z] = _mm512_rol_epi32::<$by>($t[$z]);)+
    };
}
use step;

#[target_feature(enable = "avx512f")]
#[inline]
fn load_pair(words: &[u32; 32]) -> [__m512i; 2] {
    let (halves, _) = words.as_chunks();
    [load(&halves[0]), load(&halves[1])]
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(words: &[u32; 16]) -> __m512i {
    // SAFETY: the array is 64 readable bytes; the load asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(words: &mut [u32; 16], vector: __m512i) {
    // SAFETY: the array is 64 writable bytes; the store asks for no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
}
