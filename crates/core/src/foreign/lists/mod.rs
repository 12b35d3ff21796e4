//! Green lists drawn with torch: the first ⌊γV⌋ elements of `randperm(V)` under a seed per window.
//!
//! A list costs ⌊γV⌋ swaps, so lists are kept, as one bit a token, as far as asked for; tokens'
//! membership can be had without their lists, for sixteen seeds at a time.
//!
//! The generator takes only the low 32 bits of a seed: windows whose seeds agree there share their
//! list, and what has to be counted once is ([`list_seed`], token). Distinct tokens of one list are
//! hypergeometric, not independent.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::torch::{Permutation, Shuffle, TorchRng};
use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;

mod green_list;
mod members;
mod store;

pub use green_list::GreenList;

use store::Store;

/// The part of a seed that reaches torch's generator: its low 32 bits.
#[must_use]
pub const fn list_seed(seed: u64) -> u32 {
    seed as u32
}

/// ⌊γV⌋ as Python computes it, in double precision.
#[must_use]
pub fn list_length(vocab_size: u32, gamma: f64) -> u32 {
    (f64::from(vocab_size) * gamma) as u32
}

/// The green lists of every seed, for one vocabulary and one list length.
pub struct GreenLists {
    shuffle: Shuffle,
    store: Store,
}

impl GreenLists {
    /// The first `green` elements of `randperm(vocab_size)`. About `kept` lists of `vocab_size`/8
    /// bytes are kept for later calls (with the feature `std`; without it, none).
    ///
    /// Keep lists where seeds recur: a window of one token. A seed with few tokens costs no list
    /// at all ([`members`](Self::members)).
    ///
    /// # Panics
    /// When `vocab_size` is above [`Shuffle::MAX_ITEMS`], or `green` above `vocab_size`.
    #[must_use]
    pub fn new(vocab_size: u32, green: u32, kept: usize) -> Self {
        Self {
            shuffle: Shuffle::new(vocab_size, green),
            store: Store::new(vocab_size, kept),
        }
    }

    /// V.
    #[must_use]
    pub fn vocab_size(&self) -> u32 {
        self.shuffle.items()
    }

    /// How many tokens a list has.
    #[must_use]
    pub fn green(&self) -> u32 {
        self.shuffle.count()
    }

    /// An upper bound of the probability that a token is green, in units of 2⁻³², when the
    /// generator's words are independent and uniform: ⌈2³²·G/V⌉ + G for lists of G tokens.
    ///
    /// The second term is for the remainders of 32-bit words, which are not quite uniform: step i
    /// finds the token with probability at most 1/(V − i) + 2⁻³². (With exact 1/(V − i), no step
    /// finds it with probability 1 − G/V; each step's excess adds at most 2⁻³².)
    #[must_use]
    pub fn null_threshold(&self) -> u32 {
        let (green, all) = (u64::from(self.green()), u64::from(self.vocab_size().max(1)));
        let bound = (green << 32).div_ceil(all) + green;
        u32::try_from(bound).unwrap_or(u32::MAX)
    }

    /// The list of a seed.
    #[must_use]
    pub fn list(&self, seed: u64) -> Arc<GreenList> {
        let seed = list_seed(seed);
        if let Some(list) = self.store.find(seed) {
            return list;
        }
        let mut scratch = self.store.scratch();
        let list = Arc::new(self.draw(seed, &mut scratch));
        self.store.keep(seed, &list, scratch);
        list
    }

    /// Whether `token` is green under `seed`, without drawing or keeping the list.
    #[must_use]
    pub fn contains(&self, seed: u64, token: TokenId) -> bool {
        self.shuffle.contains(&mut TorchRng::new(seed), token)
    }

    fn draw(&self, seed: u32, scratch: &mut Permutation) -> GreenList {
        let tokens = self
            .shuffle
            .prefix(&mut TorchRng::new(u64::from(seed)), scratch);
        GreenList::from_tokens(self.vocab_size(), tokens)
    }
}

impl fmt::Debug for GreenLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GreenLists")
            .field("vocab_size", &self.vocab_size())
            .field("green", &self.green())
            .finish_non_exhaustive()
    }
}

/// From a cell to the seed of its list: a scheme under its key.
pub trait Seeds: Send + Sync {
    /// How many tokens before the current one a seed looks at.
    fn window(&self) -> usize;

    /// Whether the current token enters the seed, so that every cell has its own list.
    fn takes_token(&self) -> bool {
        false
    }

    /// The seed as handed to torch.
    ///
    /// # Panics
    /// When `window` has another length than [`window`](Self::window).
    fn seed(&self, window: &[TokenId], token: TokenId) -> u64;
}

/// Green lists as a function of cells: the word is [`GREEN`](Self::GREEN) or [`RED`](Self::RED), so
/// that a threshold on words at any γ between tells them apart.
///
/// Only membership is contractual. The law of a count of green tokens is that of
/// [`GreenLists::null_threshold`], and words are no uniforms.
#[derive(Debug)]
pub struct GreenWords<S> {
    seeds: S,
    lists: GreenLists,
}

impl<S: Seeds> GreenWords<S> {
    /// The word of a green token: the smallest.
    pub const GREEN: u32 = 0;

    /// The word of any other token: the largest.
    pub const RED: u32 = u32::MAX;

    /// The lists of a scheme.
    pub const fn new(seeds: S, lists: GreenLists) -> Self {
        Self { seeds, lists }
    }

    /// The scheme.
    pub const fn seeds(&self) -> &S {
        &self.seeds
    }

    /// The lists.
    pub const fn lists(&self) -> &GreenLists {
        &self.lists
    }

    fn check_window(&self, slots: usize) {
        assert_eq!(slots, self.seeds.window(), "window length of the scheme");
    }
}

/// # Panics
/// The methods panic when a window does not have the scheme's length.
impl<S: Seeds> Prf for GreenWords<S> {
    /// Larger ids are red, as they are in no list.
    fn max_token(&self) -> TokenId {
        crate::cells::MISSING - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.check_window(window.len());
        word(self.lists.contains(self.seeds.seed(window, token), token))
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.check_window(cells.window());
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        let mut window = alloc::vec![0; cells.window()];
        let seed = |(at, &token)| {
            for (slot, id) in window.iter_mut().enumerate() {
                *id = cells.slot(slot)[at];
            }
            self.seeds.seed(&window, token)
        };
        let seeds: Vec<u64> = cells.tokens().iter().enumerate().map(seed).collect();
        self.lists
            .members(&seeds, cells.tokens(), |at, green| out[at] = word(green));
    }

    /// Where the current token enters the seed, a row costs a list for every token.
    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.check_window(window.len());
        let tokens = (first..=u32::MAX).zip(out);
        if self.seeds.takes_token() {
            tokens.for_each(|(token, out)| *out = self.word(window, token));
        } else {
            let list = self.lists.list(self.seeds.seed(window, first));
            tokens.for_each(|(token, out)| *out = word(list.contains(token)));
        }
    }
}

const fn word(green: bool) -> u32 {
    if green { 0 } else { u32::MAX }
}
