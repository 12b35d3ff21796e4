//! The marks of `three_bricks` (Fernandez et al. 2023) and radioactive-watermark (Sander et al.
//! 2024), `three-bricks-kgw` and `three-bricks-gumbel`, from a description of their hash.
//!
//! seed = salt (0 by default); for each window token x, oldest first, seed = (seed·35317 + x) mod
//! (2⁶⁴ − 1). Under that seed, torch's CPU generator gives
//!
//! - KGW: the first ⌊γV⌋ of `randperm(V)` as green list ([`GreenWords`](super::lists::GreenWords)
//!   over [`ThreeBricksSeeds`]);
//! - Gumbel: r = `rand(V)` in float32; a token t scores −ln(1 − r\[t\]) ([`ThreeBricksGumbel`]).
//!
//! The generator takes the low 32 bits of the seed, and seeds of different windows collide even
//! before: what has to be counted once is ([`list_seed`], t).

use alloc::vec::Vec;
use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::lists::{Seeds, list_seed};
use super::torch::{Shuffle, TorchRng};
use crate::cells::{CellBatch, TokenId};
use crate::prf::Prf;

/// Seeds by hash of the whole window.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ThreeBricksSeeds {
    salt: u64,
    #[zeroize(skip)]
    window: usize,
}

impl ThreeBricksSeeds {
    /// Seeds of windows of `window` tokens, starting from `salt`.
    #[must_use]
    pub const fn new(salt: u64, window: usize) -> Self {
        Self { salt, window }
    }
}

impl Seeds for ThreeBricksSeeds {
    fn window(&self) -> usize {
        self.window
    }

    fn seed(&self, window: &[TokenId], _token: TokenId) -> u64 {
        assert_eq!(window.len(), self.window, "window length of the scheme");
        window.iter().fold(self.salt, |seed, &id| {
            let next = u128::from(seed) * 35_317 + u128::from(id);
            (next % u128::from(u64::MAX)) as u64
        })
    }
}

/// Without the salt.
impl fmt::Debug for ThreeBricksSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreeBricksSeeds")
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// The Gumbel mark: the word of token t is r\[t\]·2³², whose low 8 bits are 0.
///
/// r has 24 bits, rounded down: the exponential score of the word is at most that of a uniform. A
/// single word costs t steps of the generator, a batch no more than its largest token for every
/// seed.
#[derive(Clone, Debug)]
pub struct ThreeBricksGumbel {
    seeds: ThreeBricksSeeds,
}

impl ThreeBricksGumbel {
    /// The mark over windows of `window` tokens, starting from `salt`.
    #[must_use]
    pub const fn new(salt: u64, window: usize) -> Self {
        Self {
            seeds: ThreeBricksSeeds::new(salt, window),
        }
    }

    /// The seeds.
    #[must_use]
    pub const fn seeds(&self) -> &ThreeBricksSeeds {
        &self.seeds
    }

    /// r\[t\] as a whole number of 2⁻²⁴.
    ///
    /// # Panics
    /// When the window does not have the mark's length.
    #[must_use]
    pub fn level(&self, window: &[TokenId], token: TokenId) -> u32 {
        let mut rng = TorchRng::new(self.seeds.seed(window, token));
        rng.skip(token as usize);
        rng.rand_u24()
    }
}

/// # Panics
/// The methods panic when a window does not have the mark's length.
impl Prf for ThreeBricksGumbel {
    /// The largest id of any vocabulary that the lists of the same mark could have.
    fn max_token(&self) -> TokenId {
        Shuffle::MAX_ITEMS - 1
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.level(window, token) << 8
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        assert_eq!(out.len(), cells.len(), "one word for each cell");
        let mut window = alloc::vec![0; cells.window()];
        let keyed = |(at, &token)| {
            for (slot, id) in window.iter_mut().enumerate() {
                *id = cells.slot(slot)[at];
            }
            (list_seed(self.seeds.seed(&window, token)), token, at)
        };
        let mut order: Vec<_> = cells.tokens().iter().enumerate().map(keyed).collect();
        order.sort_unstable();
        for group in order.chunk_by(|a, b| a.0 == b.0) {
            let mut rng = TorchRng::new(u64::from(group[0].0));
            let (mut passed, mut word) = (0, 0);
            for &(_, token, at) in group {
                let token = token as usize;
                // The same token again is the same word.
                if passed <= token {
                    rng.skip(token - passed);
                    word = rng.rand_u24() << 8;
                    passed = token + 1;
                }
                out[at] = word;
            }
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        let mut rng = TorchRng::new(self.seeds.seed(window, first));
        rng.skip(first as usize);
        out.fill_with(|| rng.rand_u24() << 8);
    }
}
