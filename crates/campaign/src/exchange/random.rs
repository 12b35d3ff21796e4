//! Randomness of surrogates: a key stream of its own for each seed, window and account, so that threads and order change nothing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The stream of an account in a window.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// `what` says what it is for: two uses never share a stream.
    pub(crate) fn new(seed: &[u8; 32], what: &str, window: u32, account: u128) -> Self {
        let digest = Sha256::new()
            .chain_update(b"hallmark campaign surrogates v1\0")
            .chain_update(seed)
            .chain_update((what.len() as u32).to_le_bytes())
            .chain_update(what)
            .chain_update(window.to_le_bytes())
            .chain_update(account.to_le_bytes());
        Self(ChaCha8Rng::from_seed(digest.finalize().into()))
    }

    /// A number below `bound`, each with the same chance (Lemire's rejection).
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let mut product = u64::from(self.0.next_u32()) * u64::from(bound);
        // What is rejected is below 2³² mod bound, and so below bound: few draws need the division.
        if (product as u32) < bound {
            let reject = bound.wrapping_neg() % bound;
            while (product as u32) < reject {
                product = u64::from(self.0.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }

    /// Puts items into an order of which each has the same chance.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}
