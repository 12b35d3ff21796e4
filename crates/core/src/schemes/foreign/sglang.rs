//! `SGLang`'s Gumbel-max sampling over `MurmurHash3`, with one key or two.

use super::few_keys;
use crate::cells::{CellBatch, TokenId};
use crate::foreign::murmur::{self, SglangMurmur};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Before, Habits, Mark, Repeats, Scored, Unit};
use crate::prf::Prf;
use crate::schemes::gumbel::Gumbel;
use crate::schemes::row::Setting;
use alloc::sync::Arc;
use alloc::vec;

/// Bits of a key that the state of Murmur's hash keeps.
const BITS: u32 = 32;

const HABITS: Habits = Habits {
    before: Before::Prompt,
    repeats: Repeats::Unmarked,
};

/// One key.
pub(in crate::schemes) fn gumbel(setting: &Setting, key: &ForeignKey) -> Mark {
    let murmur = || SglangMurmur::new(key.numbers()[0]);
    mark(setting, murmur(), murmur()).with_key_bits(few_keys::bits(key, BITS))
}

/// Two keys: a keyed coin for each window says which of them marks.
pub(in crate::schemes) fn dual(setting: &Setting, key: &ForeignKey) -> Mark {
    let dual = || SglangDual::new(key.numbers()[0], key.numbers()[1], setting.share());
    mark(setting, dual(), dual()).with_key_bits(few_keys::bits_of_either(key, BITS))
}

/// What hashes the window to 32 bits.
fn mark<P: Prf + 'static>(setting: &Setting, read: P, made: P) -> Mark {
    let unit = Unit::shared("murmur3-v1", |window, token| {
        u64::from(murmur::context_hash(window)) << 32 | u64::from(token)
    });
    Mark::read(setting.identity, Scored::by(read, Law::Exponential))
        .with_unit(unit, false)
        .made_by(Arc::new(Gumbel::new(made)), HABITS)
}

/// `SGLang`'s two keys: a keyed coin for each window says which of them marks.
struct SglangDual {
    keys: (u64, u64),
    a: SglangMurmur,
    b: SglangMurmur,
    /// Coins below it are key A's.
    threshold: u64,
}

impl SglangDual {
    fn new(a: u64, b: u64, share: f64) -> Self {
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
