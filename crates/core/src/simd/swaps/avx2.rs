//! Eight lanes in one vector, so that every step takes two.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use crate::foreign::torch::{CHUNK, Chunk, Lane, Shuffle, follow_portable};

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn follow(shuffle: &Shuffle, seeds: &Lane, places: &mut [Lane]) {
    follow_portable(shuffle, seeds, places, |chunk, places| {
        touched(chunk, places)
    });
}

/// A call of its own: otherwise the compiler keeps the words and divisors of the chunk for the next places,
/// in more registers than there are.
#[target_feature(enable = "avx2")]
#[inline(never)]
fn touched(chunk: &Chunk<'_>, places: &Lane) -> u32 {
    let set = |x: u32| _mm256_set1_epi32(x.cast_signed());
    let places = load(places);
    let mut least = [set(u32::MAX); 2];
    for (words, divisor) in chunk.words.iter().zip(chunk.divisors) {
        let (inverse, twos) = (set(divisor.inverse), set(divisor.twos));
        // A shift by 32 gives 0.
        let rest = set(32 - divisor.twos);
        let words = load(words);
        for half in 0..2 {
            let x = _mm256_sub_epi32(words[half], places[half]);
            let product = _mm256_mullo_epi32(x, inverse);
            let right = _mm256_srlv_epi32(product, twos);
            let left = _mm256_sllv_epi32(product, rest);
            least[half] = _mm256_min_epu32(least[half], _mm256_or_si256(right, left));
        }
    }
    let at_most = |x, bound| _mm256_cmpeq_epi32(_mm256_min_epu32(x, bound), x);
    let mut lanes = 0;
    for half in 0..2 {
        let found = at_most(least[half], set(chunk.most));
        let ahead = _mm256_sub_epi32(places[half], set(chunk.from));
        let moved = at_most(ahead, set(CHUNK as u32 - 1));
        let either = _mm256_castsi256_ps(_mm256_or_si256(found, moved));
        lanes |= _mm256_movemask_ps(either).cast_unsigned() << (8 * half);
    }
    lanes
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(words: &Lane) -> [__m256i; 2] {
    let (halves, _) = words.as_chunks::<8>();
    // SAFETY: each half is 32 readable bytes; the loads ask for no alignment.
    unsafe {
        [
            _mm256_loadu_si256(halves[0].as_ptr().cast()),
            _mm256_loadu_si256(halves[1].as_ptr().cast()),
        ]
    }
}
