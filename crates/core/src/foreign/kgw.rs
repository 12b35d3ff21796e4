//! Seeds of KGW green lists (Kirchenbauer et al. 2023, 2024): from a window to a torch seed.
//!
//! With M = 2⁶⁴ − 1, products of signed 64-bit integers wrapping as torch's do, and every remainder
//! taken as Python takes it (never negative):
//!
//! | scheme | upstream | default window | seed before mod M |
//! |---|---|---|---|
//! | [`hf_left_hash`](KgwSeeds::hf_left_hash) | transformers 5.23.0 | 1 | key·x, not wrapping |
//! | [`hf_self_hash`](KgwSeeds::hf_self_hash) | transformers 5.23.0 | 3 | min over w of (key·h(w))·h(current), w in the window or the current; h by the table of `key` |
//! | [`lm_simple_1`](KgwSeeds::lm_simple_1) | lm-watermarking | 1 | key·x, not wrapping |
//! | [`lm_self_hash`](KgwSeeds::lm_self_hash) | lm-watermarking | 3 | as transformers' self hash; h by the table of 2971215073 |
//! | [`lm_min_hash`](KgwSeeds::lm_min_hash) | lm-watermarking | 4 | min over x of h(key·x) |
//! | [`lm_skipgram`](KgwSeeds::lm_skipgram) | lm-watermarking | 5 | h(key·x), x the oldest |
//! | [`fixed`](KgwSeeds::fixed) | Unigram lists | 0 | the seed |
//!
//! h(x) = table\[x mod 1000003\] + 1, with table = `randperm(1000003)` on the CPU under the seed that
//! the last column says. In transformers V is the model configuration's vocabulary size, in
//! lm-watermarking the tokenizer's length; the list is the first ⌊γV⌋ of `randperm(V)`
//! ([`lists`](super::lists)). Lists drawn on a GPU are others.
//!
//! **Unigram** (Zhao et al. 2024) is one fixed list. What is assumed here is a list drawn like the
//! others, from one torch seed on the CPU. The authors' release draws its list with numpy, which is
//! not computed here: give such a list by its tokens
//! ([`GreenList::from_tokens`](super::lists::GreenList::from_tokens)).
//!
//! The window is the tokens before the current one: one fewer than upstream's context width for the
//! self hashes, whose context ends with the current token. Windows are whole in all of them; a [`MISSING`](crate::cells::MISSING) slot enters as the number
//! that stands for it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::lists::Seeds;
use super::torch;
use crate::cells::TokenId;

/// The hash key that transformers and lm-watermarking take by default: public.
pub const DEFAULT_KEY: u64 = 15_485_863;

/// The seed of lm-watermarking's table.
pub const LM_TABLE_SEED: u64 = 2_971_215_073;

/// Entries of a fixed table: a prime.
pub const TABLE_SIZE: u32 = 1_000_003;

/// The fixed table under a seed: `randperm(1000003)`, 4 MB, shared by clones.
#[derive(Clone)]
pub struct FixedTable {
    entries: Arc<Vec<u32>>,
}

impl FixedTable {
    /// The table under `manual_seed(seed)`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            entries: Arc::new(torch::randperm(TABLE_SIZE, seed)),
        }
    }

    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[u32] {
        &self.entries
    }

    /// h(x) = table\[x mod 1000003\] + 1, the remainder never negative.
    #[must_use]
    pub fn hash(&self, x: i64) -> i64 {
        let at = x.rem_euclid(i64::from(TABLE_SIZE));
        i64::from(self.entries[at as usize]) + 1
    }
}

impl fmt::Debug for FixedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedTable").finish_non_exhaustive()
    }
}

/// A KGW scheme's seeds under a key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KgwSeeds {
    key: u64,
    #[zeroize(skip)]
    window: usize,
    #[zeroize(skip)]
    scheme: Scheme,
}

#[derive(Clone)]
enum Scheme {
    Left,
    SelfHash(FixedTable),
    MinHash(FixedTable),
    Skipgram(FixedTable),
    Fixed,
}

impl KgwSeeds {
    /// transformers' `lefthash`: only the token before counts, whatever the context width.
    #[must_use]
    pub const fn hf_left_hash(key: u64) -> Self {
        Self {
            key,
            window: 1,
            scheme: Scheme::Left,
        }
    }

    /// transformers' `selfhash` with context width `window` + 1. Makes the table of `key`.
    #[must_use]
    pub fn hf_self_hash(key: u64, window: usize) -> Self {
        Self {
            key,
            window,
            scheme: Scheme::SelfHash(FixedTable::new(key)),
        }
    }

    /// lm-watermarking's `simple_1` (also `lefthash`).
    #[must_use]
    pub const fn lm_simple_1(key: u64) -> Self {
        Self::hf_left_hash(key)
    }

    /// lm-watermarking's `selfhash` (also `algorithm-3`), with context width `window` + 1.
    #[must_use]
    pub fn lm_self_hash(key: u64, window: usize) -> Self {
        Self {
            key,
            window,
            scheme: Scheme::SelfHash(FixedTable::new(LM_TABLE_SEED)),
        }
    }

    /// lm-watermarking's `minhash`.
    ///
    /// # Panics
    /// When `window` is 0.
    #[must_use]
    pub fn lm_min_hash(key: u64, window: usize) -> Self {
        assert!(window > 0, "{EMPTY}");
        Self {
            key,
            window,
            scheme: Scheme::MinHash(FixedTable::new(LM_TABLE_SEED)),
        }
    }

    /// lm-watermarking's `skipgram`.
    ///
    /// # Panics
    /// When `window` is 0.
    #[must_use]
    pub fn lm_skipgram(key: u64, window: usize) -> Self {
        assert!(window > 0, "{EMPTY}");
        Self {
            key,
            window,
            scheme: Scheme::Skipgram(FixedTable::new(LM_TABLE_SEED)),
        }
    }

    /// One list for the whole text, drawn under `seed`.
    #[must_use]
    pub const fn fixed(seed: u64) -> Self {
        Self {
            key: seed,
            window: 0,
            scheme: Scheme::Fixed,
        }
    }

    /// The self hash's numbers (key·h(w))·h(current), of which the least is the seed before mod M.
    fn self_hashes<'a>(
        &'a self,
        table: &'a FixedTable,
        window: &'a [TokenId],
        token: TokenId,
    ) -> impl Iterator<Item = i64> + 'a {
        let last = table.hash(i64::from(token));
        let ids = window.iter().copied().chain([token]);
        ids.map(move |id| {
            (self.key as i64)
                .wrapping_mul(table.hash(i64::from(id)))
                .wrapping_mul(last)
        })
    }

    /// key·x as torch multiplies.
    fn wrapping(&self, id: TokenId) -> i64 {
        (self.key as i64).wrapping_mul(i64::from(id))
    }
}

impl Seeds for KgwSeeds {
    fn window(&self) -> usize {
        self.window
    }

    fn takes_token(&self) -> bool {
        matches!(self.scheme, Scheme::SelfHash(_))
    }

    fn seed(&self, window: &[TokenId], token: TokenId) -> u64 {
        assert_eq!(window.len(), self.window, "window length of the scheme");
        match &self.scheme {
            Scheme::Left => {
                let product = u128::from(self.key) * u128::from(window[0]);
                (product % u128::from(MODULUS)) as u64
            }
            Scheme::SelfHash(table) => {
                let least = self.self_hashes(table, window, token).min();
                python_mod(least.expect("the current token is always there"))
            }
            Scheme::MinHash(table) => {
                let hashes = window.iter().map(|&id| table.hash(self.wrapping(id)));
                python_mod(hashes.min().expect("the window is not empty"))
            }
            Scheme::Skipgram(table) => python_mod(table.hash(self.wrapping(window[0]))),
            Scheme::Fixed => self.key,
        }
    }
}

/// Without the key.
impl fmt::Debug for KgwSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KgwSeeds")
            .field("window", &self.window)
            .field("takes_token", &self.takes_token())
            .finish_non_exhaustive()
    }
}

const EMPTY: &str = "the scheme looks at one token at least before the current one";

/// What upstream takes seeds modulo.
const MODULUS: u64 = u64::MAX;

/// A signed number mod 2⁶⁴ − 1 as in Python: a negative x gives 2⁶⁴ − 1 + x.
fn python_mod(x: i64) -> u64 {
    (x as u64).wrapping_sub(u64::from(x < 0))
}
