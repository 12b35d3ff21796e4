//! Meta `TextSeal`: a 13-bit hash, green or Gumbel-max, with one key or two.

use crate::cells::{CellBatch, TokenId};
use crate::foreign::textseal::{self, SealScores, TextSeal};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Mark, Null, Part, RelatedKeys, Scored, Unit};
use crate::prf::Prf;
use crate::schemes::row::Setting;

/// A threshold on the hash.
pub(in crate::schemes) fn green(setting: &Setting, key: &ForeignKey) -> Mark {
    let (gamma, _) = setting.green();
    let prf = SealGreen::new(TextSeal::new(key.numbers()[0]), gamma);
    let (law, green) = (prf.law(), textseal::green_levels(gamma));
    let scores = SealScores::new(|level| u32::from(level < green));
    related(
        Mark::read(setting.identity, Scored::by(prf, law)),
        key.numbers()[0],
        scores,
    )
}

/// Gumbel-max sampling.
pub(in crate::schemes) fn gumbel(setting: &Setting, key: &ForeignKey) -> Mark {
    let prf = TextSeal::new(key.numbers()[0]);
    related(
        Mark::read(setting.identity, Scored::by(prf, Law::Exponential)),
        key.numbers()[0],
        SealScores::new(score),
    )
}

/// The same with two keys of equal weight.
pub(in crate::schemes) fn dual(setting: &Setting, key: &ForeignKey) -> Mark {
    let a = TextSeal::new(key.numbers()[0]);
    let b = a.key_b();
    let read = |prf| Scored::by(prf, Law::Exponential);
    let parts = [read(a.clone()), read(b)].map(|reading| Part { weight: 1, reading });
    related(
        Mark::read(setting.identity, read(a)).with_parts(parts.into()),
        key.numbers()[0],
        SealScores::dual(score),
    )
}

/// What the function consumes, and its keys' relation.
fn related(mark: Mark, key: u64, scores: SealScores) -> Mark {
    mark.with_unit(Unit::shared("textseal-8191", textseal::cell_sum), false)
        .with_null(Null::RelatedKeys(RelatedKeys::of_one(key, scores)))
}

/// The exponential score of a level.
fn score(level: u32) -> u32 {
    Law::Exponential.score(textseal::word_of_level(level))
}

/// `TextSeal`'s green cells: the smallest word where the level is below a bound, else the largest.
struct SealGreen {
    prf: TextSeal,
    /// Words below it are green ones' before this value maps them.
    bound: u32,
}

impl SealGreen {
    fn new(prf: TextSeal, gamma: f64) -> Self {
        let bound = textseal::word_of_level(textseal::green_levels(gamma));
        Self { prf, bound }
    }

    /// The share of green levels, rounded up.
    fn law(&self) -> Law {
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
