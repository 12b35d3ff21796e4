//! Sixteen lanes in one vector.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use crate::foreign::torch::{CHUNK, Chunk, Lane, Shuffle, follow_portable};

#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
pub(super) fn follow(shuffle: &Shuffle, seeds: &Lane, places: &mut [Lane]) {
    follow_portable(shuffle, seeds, places, |chunk, places| {
        touched(chunk, places)
    });
}

/// A call of its own: otherwise the compiler keeps the words and divisors of the chunk for the next places,
/// in more registers than there are.
#[target_feature(enable = "avx512f")]
#[inline(never)]
fn touched(chunk: &Chunk<'_>, places: &Lane) -> u32 {
    let set = |x: u32| _mm512_set1_epi32(x.cast_signed());
    let places = load(places);
    let mut least = set(u32::MAX);
    for (words, divisor) in chunk.words.iter().zip(chunk.divisors) {
        let x = _mm512_sub_epi32(load(words), places);
        let product = _mm512_mullo_epi32(x, set(divisor.inverse));
        least = _mm512_min_epu32(least, _mm512_rorv_epi32(product, set(divisor.twos)));
    }
    let found = _mm512_cmple_epu32_mask(least, set(chunk.most));
    let ahead = _mm512_sub_epi32(places, set(chunk.from));
    let moved = _mm512_cmplt_epu32_mask(ahead, set(CHUNK as u32));
    u32::from(found | moved)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(words: &Lane) -> __m512i {
    // SAFETY: the array is 64 readable bytes; the load asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}
