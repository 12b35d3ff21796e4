//! Sixteen blocks in sixteen 512-bit vectors: the whole state stays in registers.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::{CONSTANTS, DOUBLE_ROUNDS, GROUP, SLOTS, double_round, for_columns, for_groups};
use crate::cells::{CellBatch, TokenId};

type State = [__m512i; 16];

#[target_feature(enable = "avx512f")]
pub(super) fn words(key: &[u32; 8], cells: &CellBatch, out: &mut [u32]) {
    let mut state = [_mm512_setzero_si512(); 16];
    state[..12].copy_from_slice(&fixed_words(key));
    for_columns(cells, out, |slots, tokens| {
        let tokens = load(tokens);
        state[12..].copy_from_slice(&own_words(slots, tokens));
        let start = pick(&state, tokens);
        let end = pick(&permute(state), tokens);
        let mut words = [0; 16];
        store(&mut words, _mm512_add_epi32(start, end));
        words
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
    for_groups(first, out, |counter, out: &mut [u32; GROUP]| {
        start[12] = _mm512_add_epi32(_mm512_set1_epi32(counter as i32), lane);
        let end = permute(start);
        let (vectors, _) = out.as_chunks_mut::<16>();
        for ((out, end), start) in vectors.iter_mut().zip(end).zip(start) {
            store(out, _mm512_add_epi32(end, start));
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
fn own_words(slots: [&[TokenId; 16]; SLOTS], tokens: __m512i) -> [__m512i; 4] {
    let low = _mm512_set1_epi32(0x00ff_ffff);
    let a = _mm512_and_si512(load(slots[0]), low);
    let b = _mm512_and_si512(load(slots[1]), low);
    let c = _mm512_and_si512(load(slots[2]), low);
    let d = load(slots[3]);
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

#[target_feature(enable = "avx512f")]
#[inline]
fn permute(mut state: State) -> State {
    for _ in 0..DOUBLE_ROUNDS {
        double_round!(quarter_round, state);
    }
    state
}

#[target_feature(enable = "avx512f")]
#[inline]
fn quarter_round(s: &mut State, [a, b, c, d]: [usize; 4]) {
    s[a] = _mm512_add_epi32(s[a], s[b]);
    s[d] = _mm512_rol_epi32::<16>(_mm512_xor_si512(s[d], s[a]));
    s[c] = _mm512_add_epi32(s[c], s[d]);
    s[b] = _mm512_rol_epi32::<12>(_mm512_xor_si512(s[b], s[c]));
    s[a] = _mm512_add_epi32(s[a], s[b]);
    s[d] = _mm512_rol_epi32::<8>(_mm512_xor_si512(s[d], s[a]));
    s[c] = _mm512_add_epi32(s[c], s[d]);
    s[b] = _mm512_rol_epi32::<7>(_mm512_xor_si512(s[b], s[c]));
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
