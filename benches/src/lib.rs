//! What the kernels are measured against: plain loops that do only what cannot be left out, and the
//! sampling steps of a serving engine, vectorised as well as we could write them.
//!
//! `unsafe` is here for the same two reasons as in `hallmark_core::simd`: vector loads and stores,
//! and calls of functions compiled for a unit that the processor was asked about.
#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "vector loads and stores, and calls after the processor was asked"
    )
)]

pub mod sampling;
pub mod straight;
pub mod stream;
pub mod top_k;

/// Compiles a portable `#[inline(always)]` function for each vector unit and dispatches.
macro_rules! for_every_unit {
    ($(#[$meta:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? = $portable:path) => {
        $(#[$meta])*
        pub fn $name($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma")]
                fn avx512($($arg: $ty),*) $(-> $ret)? {
                    $portable($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $ty),*) $(-> $ret)? {
                    $portable($($arg),*)
                }
                if $crate::has_avx512() {
                    // SAFETY: the processor was asked.
                    return unsafe { avx512($($arg),*) };
                }
                if $crate::has_avx2() {
                    // SAFETY: the processor was asked.
                    return unsafe { avx2($($arg),*) };
                }
            }
            $portable($($arg),*)
        }
    };
}
use for_every_unit;

/// Whether the AVX-512 baselines run here.
#[must_use]
pub fn has_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Whether the AVX2 baselines run here.
#[must_use]
pub fn has_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}
