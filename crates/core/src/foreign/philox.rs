//! vLLM's function `philox4x32-10-v1` (vLLM 0.32 and 0.33): the marks `vllm-gumbel-v1` and
//! `vllm-dual-v1`.
//!
//! `vllm-red-green-v1` and `vllm-synthid-v1` are over the same words, in vLLM's tree of October 2026.
//!
//! Philox4x32-10 is the counter function of Salmon et al., "Parallel Random Numbers: As Easy as 1,
//! 2, 3" (SC 2011): four words under a key of two.
//!
//! - **state of a window** of W tokens: (0x574D4358, W, 0, 0); then, for each block of four window
//!   slots, at offset o, state = philox(state xor block, key (`k_lo` xor o, `k_hi`)). Slots that a
//!   short block lacks are 0xFFFFFFFF − (place in the block);
//! - **word of token t**: word t mod 4 of philox((t div 4, s0, s1, s2), key (`k_lo` xor s3 xor
//!   `stream_hi`, `k_hi` xor 0x574D544B xor `stream_lo`)).
//!
//! The window is the last W **generated** tokens; one that there is not is 0xFFFFFFFF
//! ([`MISSING`](crate::cells::MISSING)). vLLM itself uses stream 0 and says that the function is
//! not a cryptographic one.

use core::array;
use core::fmt;

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;
use crate::simd::Lanes;

/// vLLM's function under one key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct VllmPhilox {
    key: u64,
    #[zeroize(skip)]
    window: usize,
    stream: u64,
}

impl VllmPhilox {
    /// The id under which vLLM names this function.
    pub const ID: &'static str = "philox4x32-10-v1";

    /// The longest window that vLLM accepts, in tokens.
    pub const MAX_WINDOW: usize = 16;

    /// The function for windows of `window` tokens. vLLM's own stream is 0.
    ///
    /// # Panics
    /// When `window` is 0 or above [`MAX_WINDOW`](Self::MAX_WINDOW).
    #[must_use]
    pub fn new(key: u64, window: usize, stream: u64) -> Self {
        assert!(
            (1..=Self::MAX_WINDOW).contains(&window),
            "{} takes windows of 1 to {} tokens, got {window}",
            Self::ID,
            Self::MAX_WINDOW,
        );
        Self {
            key,
            window,
            stream,
        }
    }

    /// How many tokens a window has.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Word-wise state after the windows of `L` cells; `slot` gives a slot of all of them.
    #[inline(always)]
    fn states<const L: usize>(&self, slot: impl Fn(usize) -> [u32; L]) -> [[u32; L]; 4] {
        let (low, high) = halves(self.key);
        let mut state = [[CONTEXT_DOMAIN; L], [self.window as u32; L], [0; L], [0; L]];
        for offset in (0..self.window).step_by(4) {
            for (place, word) in state.iter_mut().enumerate() {
                let block = if offset + place < self.window {
                    slot(offset + place)
                } else {
                    [u32::MAX - place as u32; L]
                };
                *word = xor(*word, block);
            }
            state = philox(state, [low ^ offset as u32; L], [high; L]);
        }
        state
    }

    /// The words of tokens 4·`quads` to 4·`quads` + 3.
    #[inline(always)]
    fn outputs<const L: usize>(&self, state: [[u32; L]; 4], quads: [u32; L]) -> [[u32; L]; 4] {
        let (low, high) = halves(self.key);
        let (stream_low, stream_high) = halves(self.stream);
        let [s0, s1, s2, s3] = state;
        philox(
            [quads, s0, s1, s2],
            xor([low ^ stream_high; L], s3),
            [high ^ TOKEN_DOMAIN ^ stream_low; L],
        )
    }

    fn check_window(&self, slots: usize) {
        assert_eq!(slots, self.window, "window length of {}", Self::ID);
    }
}

/// The two keys that vLLM derives from one for its dual-key mark: the first 8 bytes, big-endian, of
/// SHA-256(`key_a` or `key_b` ‖ the key as 8 bytes, big-endian).
#[must_use]
pub fn dual_keys(master: u64) -> (u64, u64) {
    let derive = |label: &[u8]| {
        let digest = Sha256::new()
            .chain_update(label)
            .chain_update(master.to_be_bytes())
            .finalize();
        digest[..8]
            .iter()
            .fold(0, |key, &byte| key << 8 | u64::from(byte))
    };
    (derive(b"key_a"), derive(b"key_b"))
}

/// The uniform that vLLM makes of a word: ((w div 256) + 1)/(2²⁴ + 1), in single precision.
#[must_use]
pub fn uniform(word: u32) -> f32 {
    ((f64::from(word >> 8) + 1.0) / 16_777_217.0) as f32
}

/// How many of the 2²⁴ uniforms of [`uniform`] lie below `gamma`, both in single precision, as vLLM compares them: 0 to 2²⁴ − 1 for
/// `gamma` in (0, 1). They are those of the smallest words.
#[must_use]
pub fn levels_below(gamma: f64) -> u32 {
    let gamma = gamma as f32;
    let (mut below, mut above) = (0, 1 << 24);
    while below < above {
        let level = below + (above - below) / 2;
        if uniform(level << 8) < gamma {
            below = level + 1;
        } else {
            above = level;
        }
    }
    below.min((1 << 24) - 1)
}

/// # Panics
/// The methods panic when a window does not have the function's length.
impl Prf for VllmPhilox {
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.check_window(window.len());
        let state = self.states(|slot| [window[slot]]);
        self.outputs(state, [token >> 2])[(token & 3) as usize][0]
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.words_portable(cells, out),
        );
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        Lanes::detect().run(
            #[inline(always)]
            || self.row_portable(window, first, out),
        );
    }
}

impl VllmPhilox {
    #[inline(always)]
    pub(crate) fn words_portable(&self, cells: &CellBatch, out: &mut [u32]) {
        self.check_window(cells.window());
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        let (chunks, rest) = out.as_chunks_mut::<LANES>();
        for (i, chunk) in chunks.iter_mut().enumerate() {
            let at = i * LANES;
            *chunk = self.some(
                |slot| lanes(&cells.slot(slot)[at..]),
                lanes(&cells.tokens()[at..]),
            );
        }
        let at = cells.len() - rest.len();
        for (i, word) in rest.iter_mut().enumerate() {
            [*word] = self.some(|slot| [cells.slot(slot)[at + i]], [cells.tokens()[at + i]]);
        }
    }

    #[inline(always)]
    pub(crate) fn row_portable(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.check_window(window.len());
        let state = self
            .states(|slot| [window[slot]])
            .map(|[word]| [word; LANES]);
        // The first block begins before `first` where `first` is no multiple of four.
        let skip = (first & 3) as usize;
        let few = (4 * LANES - skip).min(out.len());
        let (begin, rest) = out.split_at_mut(few);
        begin.copy_from_slice(&self.block(state, first >> 2)[skip..skip + few]);
        let mut quad = (first >> 2).wrapping_add(LANES as u32);
        let (blocks, end) = rest.as_chunks_mut();
        for words in blocks {
            *words = self.block(state, quad);
            quad = quad.wrapping_add(LANES as u32);
        }
        if !end.is_empty() {
            end.copy_from_slice(&self.block(state, quad)[..end.len()]);
        }
    }
}

impl VllmPhilox {
    /// The words of tokens from 4·`quad` on, in order.
    #[inline(always)]
    fn block(&self, state: [[u32; LANES]; 4], quad: u32) -> [u32; 4 * LANES] {
        let mut quads = [quad; LANES];
        for (lane, quad) in (0..).zip(&mut quads) {
            *quad = quad.wrapping_add(lane);
        }
        let words = self.outputs(state, quads);
        let mut block = [0; 4 * LANES];
        for lane in 0..LANES {
            for (place, words) in words.iter().enumerate() {
                block[4 * lane + place] = words[lane];
            }
        }
        block
    }

    #[inline(always)]
    fn some<const L: usize>(&self, slot: impl Fn(usize) -> [u32; L], tokens: [u32; L]) -> [u32; L] {
        let words = self.outputs(self.states(slot), tokens.map(|token| token >> 2));
        array::from_fn(|lane| words[(tokens[lane] & 3) as usize][lane])
    }
}

/// Without the key.
impl fmt::Debug for VllmPhilox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VllmPhilox")
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

const CONTEXT_DOMAIN: u32 = 0x574d_4358;
const TOKEN_DOMAIN: u32 = 0x574d_544b;

/// Cells computed side by side.
const LANES: usize = 16;

/// Philox4x32-10 on `L` counters, each under its own key. The words stand in 64 bits each, so that a product needs
/// no widening and no narrowing.
#[inline(always)]
fn philox<const L: usize>(counter: [[u32; L]; 4], low: [u32; L], high: [u32; L]) -> [[u32; L]; 4] {
    let mut counter = counter.map(|words| words.map(u64::from));
    let (mut low, mut high) = (low.map(u64::from), high.map(u64::from));
    for _ in 0..10 {
        let [c0, c1, c2, c3] = counter;
        for lane in 0..L {
            let p0 = (c0[lane] & WORD) * 0xd251_1f53;
            let p1 = (c2[lane] & WORD) * 0xcd9e_8d57;
            counter[0][lane] = p1 >> 32 ^ (c1[lane] ^ low[lane]) & WORD;
            counter[1][lane] = p1;
            counter[2][lane] = p0 >> 32 ^ (c3[lane] ^ high[lane]) & WORD;
            counter[3][lane] = p0;
            low[lane] = low[lane].wrapping_add(0x9e37_79b9);
            high[lane] = high[lane].wrapping_add(0xbb67_ae85);
        }
    }
    counter.map(|words| words.map(|word| word as u32))
}

/// A word's bits in 64; what stands above them is left out where it would matter.
const WORD: u64 = 0xffff_ffff;

#[inline(always)]
fn xor<const L: usize>(mut a: [u32; L], b: [u32; L]) -> [u32; L] {
    for (a, b) in a.iter_mut().zip(b) {
        *a ^= b;
    }
    a
}

#[inline(always)]
fn lanes(column: &[u32]) -> [u32; LANES] {
    *column
        .first_chunk()
        .expect("a whole chunk of cells is left")
}

fn halves(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published known answers of Random123 (`kat_vectors`).
    #[test]
    fn philox_gives_its_published_values() {
        let once = |c: [u32; 4], k: [u32; 2]| {
            philox(c.map(|word| [word]), [k[0]], [k[1]]).map(|[word]| word)
        };
        assert_eq!(
            once([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            once([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
    }

    /// Every level is compared as vLLM does it.
    #[test]
    fn levels_below_a_share_are_those_whose_uniform_is_below_it() {
        for gamma in [0.001, 0.1, 0.25, 0.5, 1.0 / 3.0, 0.999] {
            let single = gamma as f32;
            let below = (0..1 << 24).filter(|level| uniform(level << 8) < single);
            assert_eq!(levels_below(gamma) as usize, below.count(), "{gamma}");
        }
        assert_eq!(levels_below(0.25), 1 << 22);
    }
}
