//! Eight blocks in sixteen 256-bit vectors. Rotations by whole bytes are shuffles.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::pieces::{for_columns, for_vectors};
use super::place::SLOTS;
use super::rounds::{CONSTANTS, DOUBLE_ROUNDS, double_round};
use crate::cells::{CellBatch, TokenId};

type State = [__m256i; 16];

#[target_feature(enable = "avx2")]
pub(super) fn words(key: &[u32; 8], cells: &CellBatch, out: &mut [u32]) {
    let mut state = [_mm256_setzero_si256(); 16];
    state[..12].copy_from_slice(&fixed_words(key));
    for_columns(cells, out, |slots, tokens, out| {
        let tokens = load(tokens);
        state[12..].copy_from_slice(&own_words(slots, tokens));
        let start = pick(&state, tokens);
        let end = pick(&permute(state), tokens);
        store(out, _mm256_add_epi32(start, end));
    });
}

#[target_feature(enable = "avx2")]
pub(super) fn row(key: &[u32; 8], nonce: [u32; 3], first: TokenId, out: &mut [u32]) {
    let mut start = [_mm256_setzero_si256(); 16];
    start[..12].copy_from_slice(&fixed_words(key));
    for (word, nonce) in start[13..].iter_mut().zip(nonce) {
        *word = _mm256_set1_epi32(nonce as i32);
    }
    let lane = load(&[0, 1, 2, 3, 4, 5, 6, 7]);
    for_vectors(first, out, |counter, out: &mut [[u32; 16]; 16]| {
        // Word i of blocks 0..8 and 8..16 are the halves of the group's i-th sixteen tokens.
        let (vectors, _) = out.as_flattened_mut().as_chunks_mut::<8>();
        for half in 0..2 {
            let counter = counter.wrapping_add(8 * half as u32);
            start[12] = _mm256_add_epi32(_mm256_set1_epi32(counter as i32), lane);
            let end = permute(start);
            for (i, (end, start)) in end.into_iter().zip(start).enumerate() {
                store(&mut vectors[2 * i + half], _mm256_add_epi32(end, start));
            }
        }
    });
}

/// The twelve words that depend on nothing but the key, in every lane.
#[target_feature(enable = "avx2")]
fn fixed_words(key: &[u32; 8]) -> [__m256i; 12] {
    let mut fixed = [_mm256_setzero_si256(); 12];
    for (vector, &word) in fixed.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        *vector = _mm256_set1_epi32(word as i32);
    }
    fixed
}

/// The last four words of eight cells' blocks: block counter and nonce.
#[target_feature(enable = "avx2")]
#[inline]
fn own_words(slots: [&[TokenId; 8]; SLOTS], tokens: __m256i) -> [__m256i; 4] {
    let low = _mm256_set1_epi32(0x00ff_ffff);
    let a = _mm256_and_si256(load(slots[0]), low);
    let b = _mm256_and_si256(load(slots[1]), low);
    let c = _mm256_and_si256(load(slots[2]), low);
    let d = load(slots[3]);
    [
        _mm256_or_si256(
            _mm256_slli_epi32::<4>(_mm256_srli_epi32::<8>(tokens)),
            _mm256_and_si256(tokens, _mm256_set1_epi32(15)),
        ),
        _mm256_or_si256(a, _mm256_slli_epi32::<24>(b)),
        _mm256_or_si256(_mm256_srli_epi32::<8>(b), _mm256_slli_epi32::<16>(c)),
        _mm256_or_si256(_mm256_srli_epi32::<16>(c), _mm256_slli_epi32::<8>(d)),
    ]
}

/// Of each lane's sixteen state words, the one that its token asks for.
#[target_feature(enable = "avx2")]
#[inline]
fn pick(state: &State, tokens: __m256i) -> __m256i {
    // Each bit of the word index in turn is brought to the sign, which is what the blend looks at.
    let bit = [
        _mm256_slli_epi32::<27>(tokens),
        _mm256_slli_epi32::<26>(tokens),
        _mm256_slli_epi32::<25>(tokens),
        _mm256_slli_epi32::<24>(tokens),
    ];
    let mut left = *state;
    for (level, mask) in bit.into_iter().enumerate() {
        for i in 0..8 >> level {
            left[i] = blend(left[2 * i], left[2 * i + 1], mask);
        }
    }
    left[0]
}

#[target_feature(enable = "avx2")]
#[inline]
fn blend(clear: __m256i, set: __m256i, sign: __m256i) -> __m256i {
    _mm256_castps_si256(_mm256_blendv_ps(
        _mm256_castsi256_ps(clear),
        _mm256_castsi256_ps(set),
        _mm256_castsi256_ps(sign),
    ))
}

#[target_feature(enable = "avx2")]
#[inline]
fn permute(mut state: State) -> State {
    for _ in 0..DOUBLE_ROUNDS {
        double_round!(quarter_round, state);
    }
    state
}

#[target_feature(enable = "avx2")]
#[inline]
fn quarter_round(s: &mut State, [a, b, c, d]: [usize; 4]) {
    s[a] = _mm256_add_epi32(s[a], s[b]);
    s[d] = rotate_16(_mm256_xor_si256(s[d], s[a]));
    s[c] = _mm256_add_epi32(s[c], s[d]);
    s[b] = rotate::<12, 20>(_mm256_xor_si256(s[b], s[c]));
    s[a] = _mm256_add_epi32(s[a], s[b]);
    s[d] = rotate_8(_mm256_xor_si256(s[d], s[a]));
    s[c] = _mm256_add_epi32(s[c], s[d]);
    s[b] = rotate::<7, 25>(_mm256_xor_si256(s[b], s[c]));
}

#[target_feature(enable = "avx2")]
#[inline]
fn rotate_16(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(
        x,
        _mm256_setr_epi8(
            2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, //
            2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
        ),
    )
}

#[target_feature(enable = "avx2")]
#[inline]
fn rotate_8(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(
        x,
        _mm256_setr_epi8(
            3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, //
            3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14,
        ),
    )
}

#[target_feature(enable = "avx2")]
#[inline]
fn rotate<const LEFT: i32, const RIGHT: i32>(x: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(x), _mm256_srli_epi32::<RIGHT>(x))
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: the array is 32 readable bytes; the load asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(words: &mut [u32; 8], vector: __m256i) {
    // SAFETY: the array is 32 writable bytes; the store asks for no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}
