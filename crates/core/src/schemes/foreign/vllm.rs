//! vLLM's marks over Philox: Gumbel-max sampling with one key or two, a green list, a tournament.

use super::few_keys;
use crate::cells::{CellBatch, MISSING, TokenId};
use crate::foreign::philox::{self, VllmPhilox};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Before, Habits, Mark, Part, Reading, Repeats, Sampler, Scored, Scratch};
use crate::prf::Prf;
use crate::row::RowError;
use crate::schemes::green::Green;
use crate::schemes::gumbel::Gumbel;
use crate::schemes::row::Setting;
use crate::schemes::tournament::Tournament;
use alloc::sync::Arc;
use alloc::vec;

/// Bits of a key that the function keeps.
const BITS: u32 = 64;

const HABITS: Habits = Habits {
    before: Before::Filling(MISSING),
    repeats: Repeats::Unmarked,
};

/// Weights of keys are multiples of 1/10,000.
const WEIGHTS: f64 = 10_000.0;

fn philox(setting: &Setting, key: &ForeignKey) -> VllmPhilox {
    VllmPhilox::new(key.numbers()[0], setting.identity.window, 0)
}

/// One key.
pub(in crate::schemes) fn gumbel(setting: &Setting, key: &ForeignKey) -> Mark {
    let philox = || philox(setting, key);
    Mark::read(setting.identity, Scored::by(philox(), Law::Exponential))
        .with_key_bits(few_keys::bits(key, BITS))
        .made_by(Arc::new(Gumbel::new(VllmUniforms(philox()))), HABITS)
}

/// Two keys derived from one: the step's ordinary randomness, not the key, says which of them marks.
pub(in crate::schemes) fn dual(setting: &Setting, key: &ForeignKey) -> Mark {
    let share = setting.share();
    let (a, b) = philox::dual_keys(key.numbers()[0]);
    let philox = |key| VllmPhilox::new(key, setting.identity.window, 0);
    let part = |key, weight| Part {
        weight,
        reading: Scored::by(philox(key), Law::Exponential),
    };
    let second = ((share * WEIGHTS + 0.5) as u32).clamp(1, WEIGHTS as u32 - 1);
    let first = WEIGHTS as u32 - second;
    let common = greatest_common_divisor(first, second);
    let uniforms = |key| VllmUniforms(philox(key));
    Mark::read(setting.identity, Scored::by(philox(a), Law::Exponential))
        .with_parts(vec![part(a, first / common), part(b, second / common)])
        .with_key_bits(few_keys::bits_of_either(key, BITS))
        .made_by(
            Arc::new(Routed::new(uniforms(a), uniforms(b), share)),
            HABITS,
        )
}

/// Tokens whose uniform is below γ, in single precision: words below ⌈levels below γ⌉·2⁸, so that the law of a random word is
/// that exact share and not γ.
pub(in crate::schemes) fn red_green(setting: &Setting, key: &ForeignKey) -> Mark {
    let (gamma, delta) = setting.green();
    let threshold = philox::levels_below(gamma) << 8;
    biased(
        setting,
        key,
        Green::new(philox(setting, key), threshold, delta as f32),
    )
}

/// A tournament over the word's lowest bits.
pub(in crate::schemes) fn synthid(setting: &Setting, key: &ForeignKey) -> Mark {
    biased(
        setting,
        key,
        Tournament::new(philox(setting, key), setting.layers()),
    )
}

/// The choice is ordinary sampling from what the mark made of the row.
fn biased(setting: &Setting, key: &ForeignKey, scheme: impl Reading + Sampler + 'static) -> Mark {
    let scheme = Arc::new(scheme);
    Mark::read(setting.identity, scheme.clone())
        .with_key_bits(few_keys::bits(key, BITS))
        .made_by(scheme, HABITS)
}

const fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// vLLM's words, spread so that a word's uniform (w + ½)/2³² is vLLM's own ((w div 256) + 1)/(2²⁴ + 1), to 2⁻³³.
struct VllmUniforms(VllmPhilox);

impl VllmUniforms {
    /// ⌊(m + 1)·2³²/(2²⁴ + 1)⌋ for the level m.
    fn spread(word: u32) -> u32 {
        let level = u64::from(word >> 8) + 1;
        ((level << 32) / 0x100_0001) as u32
    }
}

impl Prf for VllmUniforms {
    fn max_token(&self) -> TokenId {
        self.0.max_token()
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        Self::spread(self.0.word(window, token))
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.0.words(cells, out);
        out.iter_mut().for_each(|word| *word = Self::spread(*word));
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        self.0.row(window, first, out);
        out.iter_mut().for_each(|word| *word = Self::spread(*word));
    }
}

/// Gumbel-max sampling under key A or, with probability `share`, under key B.
struct Routed<P> {
    a: Gumbel<P>,
    b: Gumbel<P>,
    share: f64,
}

impl<P: Prf> Routed<P> {
    const fn new(a: P, b: P, share: f64) -> Self {
        Self {
            a: Gumbel::new(a),
            b: Gumbel::new(b),
            share,
        }
    }

    fn key(&self, uniform: f64) -> &Gumbel<P> {
        if uniform < 1.0 - self.share {
            &self.a
        } else {
            &self.b
        }
    }
}

impl<P: Prf> Sampler for Routed<P> {
    fn max_token(&self) -> TokenId {
        Sampler::max_token(&self.a)
    }

    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.key(uniform)
            .choose(candidates, logits, uniform, scratch)
    }

    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError> {
        self.key(uniform)
            .choose_row(window, logits, uniform, scratch)
    }
}
