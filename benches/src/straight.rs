//! Twelve rounds of `ChaCha` in lanes and nothing else: the time below which no batch can go.
//!
//! Three input columns are loaded and used as they are, and word 0 of each block is stored. Packing
//! the window into the nonce and picking the word that the token asks for are left out.

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

/// Words 0 of as many blocks as `tokens` has entries; a multiple of 32 of them.
/// Two sets of sixteen lanes take turns, which is faster than one on some processors.
///
/// # Panics
/// When the processor has no AVX-512, or the lengths differ or are no multiple of 32.
pub fn avx512(key: &[u32; 8], columns: [&[u32]; 2], tokens: &[u32], out: &mut [u32]) {
    assert!(crate::has_avx512() && tokens.len().is_multiple_of(32));
    assert!(columns.iter().all(|column| column.len() == tokens.len()) && out.len() == tokens.len());
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the processor was asked and the lengths were checked.
    unsafe {
        thirty_two(key, columns, tokens, out);
    }
}

/// As [`avx512`], eight lanes of AVX2.
///
/// # Panics
/// When the processor has no AVX2, or the lengths differ or are no multiple of 8.
pub fn avx2(key: &[u32; 8], columns: [&[u32]; 2], tokens: &[u32], out: &mut [u32]) {
    assert!(crate::has_avx2() && tokens.len().is_multiple_of(8));
    assert!(columns.iter().all(|column| column.len() == tokens.len()) && out.len() == tokens.len());
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the processor was asked and the lengths were checked.
    unsafe {
        eight(key, columns, tokens, out);
    }
}

const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// One double round over the states `v`, whose quarter rounds take turns.
macro_rules! double_round {
    ([$($v:ident)+], $($op:expr),+) => {
        quarter_round!([$($v)+], 0, 4, 8, 12, $($op),+);
        quarter_round!([$($v)+], 1, 5, 9, 13, $($op),+);
        quarter_round!([$($v)+], 2, 6, 10, 14, $($op),+);
        quarter_round!([$($v)+], 3, 7, 11, 15, $($op),+);
        quarter_round!([$($v)+], 0, 5, 10, 15, $($op),+);
        quarter_round!([$($v)+], 1, 6, 11, 12, $($op),+);
        quarter_round!([$($v)+], 2, 7, 8, 13, $($op),+);
        quarter_round!([$($v)+], 3, 4, 9, 14, $($op),+);
    };
}

macro_rules! quarter_round {
    ([$($v:ident)+], $a:expr, $b:expr, $c:expr, $d:expr,
     $add:expr, $xor:expr, $r16:expr, $r12:expr, $r8:expr, $r7:expr) => {
        $($v[$a] = $add($v[$a], $v[$b]); $v[$d] = $r16($xor($v[$d], $v[$a]));)+
        $($v[$c] = $add($v[$c], $v[$d]); $v[$b] = $r12($xor($v[$b], $v[$c]));)+
        $($v[$a] = $add($v[$a], $v[$b]); $v[$d] = $r8($xor($v[$d], $v[$a]));)+
        $($v[$c] = $add($v[$c], $v[$d]); $v[$b] = $r7($xor($v[$b], $v[$c]));)+
    };
}

/// # Safety
/// All slices have the same length, a multiple of 32.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn thirty_two(key: &[u32; 8], columns: [&[u32]; 2], tokens: &[u32], out: &mut [u32]) {
    let mut start = [_mm512_setzero_si512(); 16];
    for (vector, &word) in start.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        *vector = _mm512_set1_epi32(word as i32);
    }
    for i in (0..tokens.len()).step_by(32) {
        let (mut v, mut w) = (start, start);
        for (v, i) in [(&mut v, i), (&mut w, i + 16)] {
            // SAFETY: i + 16 is at most the length of each slice.
            unsafe {
                v[12] = _mm512_loadu_si512(tokens.as_ptr().add(i).cast());
                v[13] = _mm512_loadu_si512(columns[0].as_ptr().add(i).cast());
                v[14] = _mm512_loadu_si512(columns[1].as_ptr().add(i).cast());
            }
        }
        for _ in 0..6 {
            double_round!(
                [v w],
                _mm512_add_epi32,
                _mm512_xor_si512,
                |x| _mm512_rol_epi32::<16>(x),
                |x| _mm512_rol_epi32::<12>(x),
                |x| _mm512_rol_epi32::<8>(x),
                |x| _mm512_rol_epi32::<7>(x)
            );
        }
        for (v, i) in [(v, i), (w, i + 16)] {
            let word = _mm512_add_epi32(v[0], start[0]);
            // SAFETY: as above.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().add(i).cast(), word) };
        }
    }
}

/// # Safety
/// All slices have the same length, a multiple of 8.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn eight(key: &[u32; 8], columns: [&[u32]; 2], tokens: &[u32], out: &mut [u32]) {
    let by_16 = _mm256_set_epi64x(
        0x0d0c_0f0e_0908_0b0a,
        0x0504_0706_0100_0302,
        0x0d0c_0f0e_0908_0b0a,
        0x0504_0706_0100_0302,
    );
    let by_8 = _mm256_set_epi64x(
        0x0e0d_0c0f_0a09_080b,
        0x0605_0407_0201_0003,
        0x0e0d_0c0f_0a09_080b,
        0x0605_0407_0201_0003,
    );
    let mut start = [_mm256_setzero_si256(); 16];
    for (vector, &word) in start.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        *vector = _mm256_set1_epi32(word as i32);
    }
    for i in (0..tokens.len()).step_by(8) {
        // SAFETY: i + 8 is at most the length of each slice.
        unsafe {
            start[12] = _mm256_loadu_si256(tokens.as_ptr().add(i).cast());
            start[13] = _mm256_loadu_si256(columns[0].as_ptr().add(i).cast());
            start[14] = _mm256_loadu_si256(columns[1].as_ptr().add(i).cast());
        }
        let mut v = start;
        for _ in 0..6 {
            double_round!(
                [v],
                _mm256_add_epi32,
                _mm256_xor_si256,
                |x| _mm256_shuffle_epi8(x, by_16),
                |x| _mm256_or_si256(_mm256_slli_epi32::<12>(x), _mm256_srli_epi32::<20>(x)),
                |x| _mm256_shuffle_epi8(x, by_8),
                |x| _mm256_or_si256(_mm256_slli_epi32::<7>(x), _mm256_srli_epi32::<25>(x))
            );
        }
        let word = _mm256_add_epi32(v[0], start[0]);
        // SAFETY: as above.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().add(i).cast(), word) };
    }
}
