//! Marks of other engines, bit for bit: the functions only, from the named upstream versions.
//!
//! Integers are contractual here: words, list members, seeds, levels and bits. Every one is checked
//! against the vectors in `conformance/vectors/` (`tests/foreign_vectors.rs`).
//!
//! | module | reads the marks of |
//! |---|---|
//! | [`philox`] | vLLM: Gumbel, dual-key Gumbel |
//! | [`murmur`] | `SGLang`: Gumbel, dual-key Gumbel |
//! | [`textseal`] | Meta `TextSeal`: dual-key Gumbel, green |
//! | [`synthid`] | SynthID-Text, in transformers and in the GitHub version of 2025 |
//! | [`kgw`] | KGW green lists, in transformers and lm-watermarking; fixed lists |
//! | [`three_bricks`] | `three_bricks` and radioactive-watermark: KGW and Gumbel |
//!
//! [`torch`] is torch's CPU generator, [`lists`] are the green lists drawn with it.
//!
//! Many of these functions give distinct cells the same word: they pass the window through few bits.
//! What has to be counted once is said at each of them. Their keys are secrets all the same, and are
//! kept out of debug output.

pub mod kgw;
pub mod lists;
pub mod murmur;
pub mod philox;
pub mod synthid;
pub mod textseal;
pub mod three_bricks;
pub mod torch;
