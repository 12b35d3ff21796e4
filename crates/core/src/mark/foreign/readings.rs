//! Other engines' words as a detector reads them.

use crate::cells::{CellBatch, TokenId};
use crate::foreign::murmur::{self, SglangMurmur};
use crate::foreign::textseal::{self, TextSeal};
use crate::law::Law;
use crate::mark::Reading;
use crate::prf::Prf;
use alloc::sync::Arc;
use alloc::vec;

pub(super) fn scored<P: Prf + 'static>(prf: P, law: Law) -> Arc<dyn Reading> {
    Arc::new(Scored { prf, law })
}

/// The words of a function under a law.
struct Scored<P> {
    prf: P,
    law: Law,
}

impl<P: Prf> Reading for Scored<P> {
    fn law(&self) -> Law {
        self.law
    }

    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
    }
}

/// `TextSeal`'s green cells: the smallest word where the level is below a bound, else the largest.
pub(super) struct SealGreen {
    prf: TextSeal,
    /// Words below it are green ones' before this value maps them.
    bound: u32,
}

impl SealGreen {
    pub(super) fn new(prf: TextSeal, gamma: f64) -> Self {
        let bound = textseal::word_of_level(textseal::green_levels(gamma));
        Self { prf, bound }
    }

    /// The share of green levels, rounded up.
    pub(super) fn law(&self) -> Law {
        Law::Bernoulli {
            threshold: self.bound.saturating_add(1),
        }
    }

    fn map(&self, words: &mut [u32]) {
        for word in words {
            *word = if *word < self.bound { 0 } else { u32::MAX };
        }
    }
}

impl Prf for SealGreen {
    fn max_token(&self) -> TokenId {
        self.prf.max_token()
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        let mut word = [self.prf.word(window, token)];
        self.map(&mut word);
        word[0]
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.prf.words(cells, out);
        self.map(out);
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.prf.row(window, first, out);
        self.map(out);
    }
}

/// A function of the token alone.
pub(super) struct Windowless<P>(pub(super) P);

impl<P: Prf> Prf for Windowless<P> {
    fn max_token(&self) -> TokenId {
        self.0.max_token()
    }

    fn word(&self, _window: &[TokenId], token: TokenId) -> u32 {
        self.0.word(&[], token)
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        let mut tokens = CellBatch::new(0, 0);
        tokens.fill(&[], cells.tokens());
        self.0.words(&tokens, out);
    }

    fn row(&self, _window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.0.row(&[], first, out);
    }
}

/// `SGLang`'s two keys: a keyed coin for each window says which of them marks.
pub(in crate::mark) struct SglangDual {
    keys: (u64, u64),
    a: SglangMurmur,
    b: SglangMurmur,
    /// Coins below it are key A's.
    threshold: u64,
}

impl SglangDual {
    pub(in crate::mark) fn new(a: u64, b: u64, share: f64) -> Self {
        Self {
            keys: (a, b),
            a: SglangMurmur::new(a),
            b: SglangMurmur::new(b),
            threshold: (share * 4_294_967_296.0) as u64,
        }
    }

    fn of(&self, window: &[TokenId]) -> &SglangMurmur {
        let coin = murmur::coin(self.keys.0, self.keys.1, murmur::context_hash(window));
        if u64::from(coin) < self.threshold {
            &self.a
        } else {
            &self.b
        }
    }
}

impl Prf for SglangDual {
    fn max_token(&self) -> TokenId {
        self.a.max_token()
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        self.of(window).word(window, token)
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        let mut other = vec![0; out.len()];
        self.a.words(cells, out);
        self.b.words(cells, &mut other);
        let mut contexts = vec![0; out.len()];
        murmur::context_hashes(cells, &mut contexts);
        for ((word, other), context) in out.iter_mut().zip(other).zip(contexts) {
            let coin = murmur::coin(self.keys.0, self.keys.1, context);
            if u64::from(coin) >= self.threshold {
                *word = other;
            }
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.of(window).row(window, first, out);
    }
}
