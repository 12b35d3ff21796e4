//! `dual-gumbel`: a keyed coin per window picks one of two Gumbel streams.
//!
//! Which stream a window uses is fixed by the key, so every cell still has one word, uniform under
//! a random key, and the null is that of `gumbel`.

use super::gumbel::Gumbel;
use crate::cells::{CellBatch, TokenId};
use crate::law::Law;
use crate::mark::{Reading, Sampler, Scratch};
use crate::prf::Prf;
use crate::row::RowError;
use alloc::vec;

/// Gumbel-max sampling with two keyed streams.
pub struct DualGumbel<P> {
    coin: P,
    a: Gumbel<P>,
    b: Gumbel<P>,
}

/// The token of the cell whose lowest bit is a window's coin.
const COIN_TOKEN: TokenId = 0;

impl<P: Prf> DualGumbel<P> {
    /// The scheme over three independent functions: one for the coin, two for the noise.
    pub const fn new(coin: P, a: P, b: P) -> Self {
        Self {
            coin,
            a: Gumbel::new(a),
            b: Gumbel::new(b),
        }
    }

    fn stream(&self, coin: u32) -> &Gumbel<P> {
        if coin & 1 == 0 { &self.a } else { &self.b }
    }
}

impl<P: Prf> Reading for DualGumbel<P> {
    fn law(&self) -> Law {
        Law::Exponential
    }

    fn max_token(&self) -> TokenId {
        Reading::max_token(&self.a)
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        let mut coins = vec![0; cells.len()];
        self.coin.words(&cells.with_token(COIN_TOKEN), &mut coins);
        let mut words_b = vec![0; cells.len()];
        self.a.words(cells, out);
        self.b.words(cells, &mut words_b);
        for ((word, word_b), coin) in out.iter_mut().zip(words_b).zip(coins) {
            if coin & 1 == 1 {
                *word = word_b;
            }
        }
    }
}

impl<P: Prf> Sampler for DualGumbel<P> {
    fn max_token(&self) -> TokenId {
        Reading::max_token(self)
    }

    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        if candidates.is_empty() {
            return Err(RowError::AllMasked);
        }
        let mut window = [0; crate::cells::MAX_WINDOW];
        let window = &mut window[..candidates.window()];
        for (slot, id) in window.iter_mut().enumerate() {
            *id = candidates.slot(slot)[0];
        }
        self.stream(self.coin.word(window, COIN_TOKEN))
            .choose(candidates, logits, uniform, scratch)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.stream(self.coin.word(window, COIN_TOKEN))
            .choose_row(window, logits, uniform, scratch)
    }
}
