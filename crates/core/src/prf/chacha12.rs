//! The native function, `chacha12-v1`: the key stream of `ChaCha` with 12 rounds.
//!
//! The construction is IETF `ChaCha` (RFC 8439, section 2.3) with 12 rounds instead of 20, a 96-bit
//! nonce and a 32-bit block counter, under a 256-bit key:
//!
//! - **nonce**: four slots of 24 bits, little-endian. The window's slots come first, oldest first;
//!   slots that the window does not have follow. Unused slots and
//!   [`MISSING`](crate::cells::MISSING) tokens are `0xFFFFFF`;
//! - **block counter**: `(token >> 8) · 16 + (token & 15)`;
//! - **word of the block**: `(token >> 4) & 15`, little-endian.
//!
//! Cells with windows of one length map to different (nonce, counter, word) triples, so no two of
//! them share input. (Profiles with other window lengths have other keys.) The order within a group
//! of 256 tokens is word-major: word 0 of sixteen consecutive blocks, then word 1, and so on, so
//! that sixteen lanes produce a row of logits in token order without a transpose, and one token
//! still costs one block.
//!
//! Twelve rounds, because evidence must not invite a question: published key recovery reaches 7.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;
use crate::simd::{Lanes, chacha};

/// The function `chacha12-v1` under one key.
///
/// The key is wiped from memory on drop. Vector registers and their spills during a call are not.
pub struct ChaCha12 {
    key: [u32; 8],
    lanes: Lanes,
}

impl ChaCha12 {
    /// The id under which profiles name this function.
    pub const ID: &'static str = "chacha12-v1";

    /// The largest token id; one more would look like a missing token.
    pub const MAX_TOKEN: TokenId = 0x00ff_fffe;

    /// The longest window, in tokens.
    pub const MAX_WINDOW: usize = chacha::SLOTS;

    /// The function under `key`, on the fastest vector unit of this machine.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self::with_lanes(key, Lanes::detect())
    }

    /// The same function on a vector unit of the caller's choice, for tests and measurements.
    #[must_use]
    pub fn with_lanes(mut key: [u8; 32], lanes: Lanes) -> Self {
        let mut this = Self { key: [0; 8], lanes };
        for (word, bytes) in this.key.iter_mut().zip(key.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        key.zeroize();
        this
    }

    /// The vector unit in use.
    #[must_use]
    pub fn lanes(&self) -> Lanes {
        self.lanes
    }
}

/// Token ids above [`MAX_TOKEN`](ChaCha12::MAX_TOKEN) are refused where ids enter (profiles,
/// records). Here only the low 24 bits of a window's ids count, in every method alike.
///
/// # Panics
/// The methods panic when a window is longer than [`MAX_WINDOW`](ChaCha12::MAX_WINDOW).
impl Prf for ChaCha12 {
    fn max_token(&self) -> TokenId {
        Self::MAX_TOKEN
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        check_window(window.len());
        chacha::word(&self.key, window, token)
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        check_window(cells.window());
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        chacha::words(self.lanes, &self.key, cells, out);
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        check_window(window.len());
        chacha::row(self.lanes, &self.key, chacha::nonce(window), first, out);
    }
}

#[inline]
fn check_window(slots: usize) {
    assert!(
        slots <= ChaCha12::MAX_WINDOW,
        "{} takes windows of at most {} tokens, got {slots}",
        ChaCha12::ID,
        ChaCha12::MAX_WINDOW,
    );
}

impl Drop for ChaCha12 {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl ZeroizeOnDrop for ChaCha12 {}

/// Without the key.
impl fmt::Debug for ChaCha12 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChaCha12")
            .field("lanes", &self.lanes)
            .finish_non_exhaustive()
    }
}
