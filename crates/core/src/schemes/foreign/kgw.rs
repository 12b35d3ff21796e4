//! Green lists of Kirchenbauer et al. 2023 and what came of them: transformers, lm-watermarking, unigram.

use super::few_keys;
use super::lists::{self, TORCH_BITS};
use crate::cells::{CellBatch, TokenId};
use crate::foreign::kgw::KgwSeeds;
use crate::foreign::lists::GreenWords;
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Before, Habits, Mark, Null, Repeats, Scored, Unit};
use crate::prf::Prf;
use crate::schemes::green::Green;
use crate::schemes::row::Setting;
use alloc::sync::Arc;

/// transformers, `lefthash`.
pub(in crate::schemes) fn hf_left(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = || KgwSeeds::hf_left_hash(key.numbers()[0]);
    let kept = lists::kept(setting.vocabulary);
    let (_, delta) = setting.green();
    let words = GreenWords::new(seeds(), lists::drawn(setting, kept));
    // Any threshold tells green words from others.
    let sampler = Green::new(words, 1, delta as f32);
    let habits = Habits {
        before: Before::Prompt,
        repeats: Repeats::Marked,
    };
    lists::mark(setting, key, seeds(), kept).made_by(Arc::new(sampler), habits)
}

/// transformers, `selfhash`.
pub(in crate::schemes) fn hf_self(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = KgwSeeds::hf_self_hash(key.numbers()[0], setting.identity.window);
    lists::mark(setting, key, seeds, 0)
}

/// lm-watermarking, `simple_1`.
pub(in crate::schemes) fn lm_simple(setting: &Setting, key: &ForeignKey) -> Mark {
    let kept = lists::kept(setting.vocabulary);
    lists::mark(setting, key, KgwSeeds::lm_simple_1(key.numbers()[0]), kept)
}

/// The same, `selfhash`.
pub(in crate::schemes) fn lm_self(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = KgwSeeds::lm_self_hash(key.numbers()[0], setting.identity.window);
    lists::mark(setting, key, seeds, 0)
}

/// The same, `minhash`.
pub(in crate::schemes) fn lm_min(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = KgwSeeds::lm_min_hash(key.numbers()[0], setting.identity.window);
    lists::mark(setting, key, seeds, 0)
}

/// The same, `skipgram`.
pub(in crate::schemes) fn lm_skip(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = KgwSeeds::lm_skipgram(key.numbers()[0], setting.identity.window);
    lists::mark(setting, key, seeds, lists::kept(setting.vocabulary))
}

/// One list for every window (Zhao et al. 2023): only the token counts.
pub(in crate::schemes) fn unigram(setting: &Setting, key: &ForeignKey) -> Mark {
    let lists = lists::drawn(setting, 1);
    let law = Law::Bernoulli {
        threshold: lists.null_threshold(),
    };
    let words = Windowless(GreenWords::new(KgwSeeds::fixed(key.numbers()[0]), lists));
    Mark::read(setting.identity, Scored::by(words, law))
        .with_unit(Unit::shared("token", |_, token| u64::from(token)), false)
        .with_null(Null::Lists)
        .with_key_bits(few_keys::bits(key, TORCH_BITS))
}

/// A function of the token alone.
struct Windowless<P>(P);

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
