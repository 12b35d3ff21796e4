//! Vector units, chosen at run time: the only module of this crate with `unsafe` code.
//!
//! Every kernel here is a safe function from slices to slices or integers, written once per vector
//! unit (the PRF) or once for all and compiled for each (everything else). `unsafe` appears for two
//! reasons only:
//!
//! - **calling** a function compiled for a vector unit. A [`Lanes`] value can only be had from
//!   [`Lanes::detect`] or [`Lanes::available`], which ask the processor: the value is the proof;
//! - **loading and storing** vectors, in helpers that take arrays of exactly the vector's size.
//!
//! The arithmetic between is safe code: intrinsics are safe inside functions that enable their
//! feature.
#![cfg_attr(
    any(target_arch = "x86", target_arch = "x86_64"),
    expect(
        unsafe_code,
        reason = "vector loads and stores, and calls after the processor was asked"
    )
)]

use core::fmt;

pub(crate) mod chacha;
pub(crate) mod convolution;
pub(crate) mod rows;
pub(crate) mod swaps;
pub(crate) mod tournament;

/// A vector unit that this machine has.
///
/// All of them compute the same words and the same integer scores; they differ in speed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Lanes(Unit);

// Unit names only what the target architecture can have, so that matches are exhaustive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    Avx512,
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    Avx2,
    Portable,
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
cpufeatures::new!(
    cpu_avx512, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"
);
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
cpufeatures::new!(cpu_avx2, "avx2", "bmi1", "bmi2", "popcnt");

impl Lanes {
    /// Plain arrays, left to the compiler: works everywhere.
    pub const PORTABLE: Self = Self(Unit::Portable);

    /// The fastest unit of this machine. The processor is asked once.
    #[inline]
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            if cpu_avx512::get() {
                return Self(Unit::Avx512);
            }
            if cpu_avx2::get() {
                return Self(Unit::Avx2);
            }
        }
        Self::PORTABLE
    }

    /// Every unit of this machine, fastest first; the last is [`PORTABLE`](Self::PORTABLE).
    pub fn available() -> impl Iterator<Item = Self> {
        let units = [
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            cpu_avx512::get().then_some(Unit::Avx512),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            cpu_avx2::get().then_some(Unit::Avx2),
            Some(Unit::Portable),
        ];
        units.into_iter().flatten().map(Self)
    }

    /// Runs a portable kernel as compiled for this unit.
    ///
    /// The kernel must be inlined, or it is compiled for no unit: write `lanes.run(#[inline(always)] || f(…))` with
    /// an `#[inline(always)]` function `f`. `benches/engines` shows where that was forgotten.
    #[inline]
    pub(crate) fn run<R>(self, kernel: impl FnOnce() -> R) -> R {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
            fn avx512<R>(kernel: impl FnOnce() -> R) -> R {
                kernel()
            }
            #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
            fn avx2<R>(kernel: impl FnOnce() -> R) -> R {
                kernel()
            }
            match self.0 {
                // SAFETY: such a `Lanes` exists only where the processor has these features.
                Unit::Avx512 => return unsafe { avx512(kernel) },
                // SAFETY: as above.
                Unit::Avx2 => return unsafe { avx2(kernel) },
                Unit::Portable => {}
            }
        }
        kernel()
    }

    /// `avx512`, `avx2` or `portable`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Unit::Avx512 => "avx512",
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Unit::Avx2 => "avx2",
            Unit::Portable => "portable",
        }
    }
}

impl fmt::Debug for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
