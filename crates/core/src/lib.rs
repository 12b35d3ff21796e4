//! Hallmark's core: keys, pseudo-random functions, marking schemes, profiles and the per-request marker.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate alloc;

pub mod cells;
pub mod prf;
