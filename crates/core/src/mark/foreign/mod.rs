//! Other engines' marks under their keys, as the detector reads them.

use super::{KeyedMark, Null, Part, RelatedKeys, Unit};
use crate::foreign::kgw::KgwSeeds;
use crate::foreign::lists::{GreenLists as Lists, GreenWords, Seeds, list_length, list_seed};
use crate::foreign::murmur::{self, SglangMurmur};
use crate::foreign::philox::{self, VllmPhilox};
use crate::foreign::synthid::{self, HfSynthId, LayerScores, SynthId2025, TableScores};
use crate::foreign::textseal::{self, SealScores, TextSeal};
use crate::foreign::three_bricks::{ThreeBricksGumbel, ThreeBricksSeeds};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::prf::Prf;
use crate::profile::{Foreign, ForeignProfile, GreenLists, SynthIdHash};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

mod readings;

pub(super) use readings::SglangDual;
use readings::{SealGreen, Windowless, scored};

/// Why a key does not fit a foreign mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignKeyMismatch {
    /// Too few or too many numbers.
    #[error("{scheme} takes {needed} in its key and the key file holds {found}")]
    Numbers {
        /// The scheme.
        scheme: &'static str,
        /// How many, in words.
        needed: &'static str,
        /// How many there are.
        found: usize,
    },
    /// One number for each layer.
    #[error("the profile has {layers} layers and the key file holds {found} numbers")]
    Layers {
        /// Layers of the profile.
        layers: u32,
        /// Numbers of the key.
        found: usize,
    },
}

/// Lists kept where windows of one token recur: all of them, as far as they fit into 64 MiB.
pub(super) fn kept_lists(vocabulary: u32) -> usize {
    let bytes = (vocabulary as usize).div_ceil(64) * 8;
    (vocabulary as usize).min((64 << 20) / bytes.max(1))
}

impl KeyedMark {
    /// The mark that `profile` describes, under `key`.
    ///
    /// # Errors
    /// When the key does not have as many numbers as the scheme takes.
    pub fn bind(profile: &ForeignProfile, key: &ForeignKey) -> Result<Self, ForeignKeyMismatch> {
        let mark = Self::unlimited(profile, key)?;
        let key_bits = match mark.null {
            Null::RelatedKeys(_) | Null::ShiftedTable(_) => None,
            Null::Independent | Null::Lists => Some(key_bits(profile.scheme, key.numbers())),
        };
        Ok(Self { key_bits, ..mark })
    }

    /// Without a limit from the number of keys.
    fn unlimited(profile: &ForeignProfile, key: &ForeignKey) -> Result<Self, ForeignKeyMismatch> {
        let (window, vocabulary) = (profile.window, profile.tokenizer.vocab_size);
        let scheme = profile.scheme.id();
        let count = |needed: usize, words| match key.numbers() {
            numbers if numbers.len() == needed => Ok(numbers),
            numbers => Err(ForeignKeyMismatch::Numbers {
                scheme,
                needed: words,
                found: numbers.len(),
            }),
        };
        let one = || count(1, "one number").map(|numbers| numbers[0]);
        Ok(match profile.scheme {
            Foreign::VllmGumbel => Self::of(VllmPhilox::new(one()?, window, 0), Law::Exponential),
            Foreign::VllmDual { share } => {
                let (a, b) = philox::dual_keys(one()?);
                let part = |key, share: f64| Part {
                    weight: (share * WEIGHTS + 0.5) as u32,
                    reading: scored(VllmPhilox::new(key, window, 0), Law::Exponential),
                };
                Self {
                    parts: vec![part(a, 1.0 - share), part(b, share)],
                    unit: None,
                    null: Null::Independent,
                    key_bits: None,
                    dear: false,
                }
            }
            Foreign::SglangGumbel => Self {
                unit: Some(context_and_token()),
                ..Self::of(SglangMurmur::new(one()?), Law::Exponential)
            },
            Foreign::SglangDual { share } => {
                let keys = count(2, "two numbers")?;
                Self {
                    unit: Some(context_and_token()),
                    ..Self::of(SglangDual::new(keys[0], keys[1], share), Law::Exponential)
                }
            }
            Foreign::Green { lists, gamma, .. } => {
                let key = one()?;
                let drawn = |kept| Lists::new(vocabulary, list_length(vocabulary, gamma), kept);
                match lists {
                    GreenLists::HfLeft => {
                        Self::lists(KgwSeeds::hf_left_hash(key), drawn(kept_lists(vocabulary)))
                    }
                    GreenLists::LmSimple => {
                        Self::lists(KgwSeeds::lm_simple_1(key), drawn(kept_lists(vocabulary)))
                    }
                    GreenLists::LmSkip => Self::lists(
                        KgwSeeds::lm_skipgram(key, window),
                        drawn(kept_lists(vocabulary)),
                    ),
                    GreenLists::HfSelf => {
                        Self::lists(KgwSeeds::hf_self_hash(key, window), drawn(0))
                    }
                    GreenLists::LmSelf => {
                        Self::lists(KgwSeeds::lm_self_hash(key, window), drawn(0))
                    }
                    GreenLists::LmMin => Self::lists(KgwSeeds::lm_min_hash(key, window), drawn(0)),
                    GreenLists::ThreeBricks => {
                        Self::lists(ThreeBricksSeeds::new(key, window), drawn(0))
                    }
                    GreenLists::Unigram => Self::fixed_list(KgwSeeds::fixed(key), drawn(1)),
                    GreenLists::TextSeal => {
                        let prf = SealGreen::new(TextSeal::new(key), gamma);
                        let law = prf.law();
                        let green = textseal::green_levels(gamma);
                        let scores = SealScores::new(|level| u32::from(level < green));
                        Self::seal(key, scores, Self::of(prf, law))
                    }
                }
            }
            Foreign::SynthId { hash, layers } => {
                let keys: Vec<i64> = key.numbers().iter().map(|n| n.cast_signed()).collect();
                if keys.len() != layers as usize {
                    let found = keys.len();
                    return Err(ForeignKeyMismatch::Layers { layers, found });
                }
                Self::synthid(hash, &keys, window + 1)
            }
            Foreign::TextSealGumbel => {
                let key = one()?;
                let mark = Self::of(TextSeal::new(key), Law::Exponential);
                Self::seal(key, SealScores::new(seal_score), mark)
            }
            Foreign::TextSealDual => {
                let key = one()?;
                let a = TextSeal::new(key);
                let b = a.key_b();
                let part = |prf| Part {
                    weight: 1,
                    reading: scored(prf, Law::Exponential),
                };
                let mark = Self {
                    parts: vec![part(a), part(b)],
                    unit: None,
                    null: Null::Independent,
                    key_bits: None,
                    dear: false,
                };
                Self::seal(key, SealScores::dual(seal_score), mark)
            }
            Foreign::ThreeBricksGumbel => {
                let prf = ThreeBricksGumbel::new(one()?, window);
                let seeds = prf.seeds().clone();
                Self {
                    unit: Some(seed_and_token(seeds)),
                    dear: true,
                    ..Self::of(prf, Law::Exponential)
                }
            }
        })
    }

    /// The same with upstream's weighted mean in place of the mean of all layers' bits, for `SynthID`: the first
    /// layer weighs ten times as much as the last. Nothing for other schemes.
    ///
    /// # Errors
    /// As for [`bind`](Self::bind).
    pub fn bind_weighted_mean(
        profile: &ForeignProfile,
        key: &ForeignKey,
    ) -> Result<Option<Self>, ForeignKeyMismatch> {
        let whole = Self::bind(profile, key)?;
        let Foreign::SynthId { hash, layers } = profile.scheme else {
            return Ok(None);
        };
        let keys: Vec<i64> = key.numbers().iter().map(|n| n.cast_signed()).collect();
        let ngram_len = profile.window + 1;
        let law = Law::Bits { layers: 1 };
        let rounds = SynthId2025::new(&keys, ngram_len);
        let reading = |layer: usize| match hash {
            SynthIdHash::Table => scored(HfSynthId::new(&keys[layer..=layer], ngram_len), law),
            SynthIdHash::Rounds => scored(rounds.layer(layer), law),
        };
        let weights = synthid::layer_weights(layers);
        let parts = weights.into_iter().enumerate();
        Ok(Some(Self {
            parts: parts
                .map(|(layer, weight)| Part {
                    weight,
                    reading: reading(layer),
                })
                .collect(),
            ..whole
        }))
    }

    fn of(prf: impl Prf + 'static, law: Law) -> Self {
        Self {
            parts: vec![Part {
                weight: 1,
                reading: scored(prf, law),
            }],
            unit: None,
            null: Null::Independent,
            key_bits: None,
            dear: false,
        }
    }

    /// `TextSeal`'s units, and its keys' relation.
    fn seal(key: u64, scores: SealScores, mark: Self) -> Self {
        Self {
            unit: Some(Arc::new(textseal::cell_sum)),
            null: Null::RelatedKeys(RelatedKeys::of_one(key, scores)),
            ..mark
        }
    }

    fn lists<S: Seeds + Clone + 'static>(seeds: S, lists: Lists) -> Self {
        let threshold = lists.null_threshold();
        let unit = seed_and_token(seeds.clone());
        Self {
            unit: Some(unit),
            dear: true,
            null: Null::Lists,
            ..Self::of(GreenWords::new(seeds, lists), Law::Bernoulli { threshold })
        }
    }

    /// `SynthID`: one score of all layers' bits.
    fn synthid(hash: SynthIdHash, keys: &[i64], ngram_len: usize) -> Self {
        let law = Law::Bits {
            layers: keys.len() as u32,
        };
        let numbers: Vec<u64> = keys.iter().map(|key| key.cast_unsigned()).collect();
        match hash {
            SynthIdHash::Table => {
                let prf = HfSynthId::new(keys, ngram_len);
                let cells = prf.clone();
                let related = RelatedKeys::of_several(&numbers, TableScores::new());
                Self {
                    unit: Some(Arc::new(move |window, token| {
                        u64::from(cells.cell(window, token))
                    })),
                    null: Null::ShiftedTable(related),
                    ..Self::of(prf, law)
                }
            }
            SynthIdHash::Rounds => {
                let prf = SynthId2025::new(keys, ngram_len);
                let related = RelatedKeys::of_several(&numbers, LayerScores::new(&prf));
                Self {
                    unit: Some(Arc::new(synthid::content)),
                    null: Null::RelatedKeys(related),
                    ..Self::of(prf, law)
                }
            }
        }
    }

    /// One list for every window: only the token counts.
    fn fixed_list(seeds: KgwSeeds, lists: Lists) -> Self {
        let threshold = lists.null_threshold();
        Self {
            unit: Some(Arc::new(|_, token| u64::from(token))),
            null: Null::Lists,
            ..Self::of(
                Windowless(GreenWords::new(seeds, lists)),
                Law::Bernoulli { threshold },
            )
        }
    }
}

/// Bits of a key that the function keeps, or fewer where the numbers are short: then they stand for a draw from 16 or
/// 32 bits. One bit less where one of two keys is enough.
fn key_bits(scheme: Foreign, numbers: &[u64]) -> u32 {
    let kept = match scheme {
        Foreign::VllmGumbel | Foreign::VllmDual { .. } => 64,
        // Torch's generator and the state of Murmur's hash have 32.
        _ => 32,
    };
    let width = |&number: &u64| match 64 - number.min(number.wrapping_neg()).leading_zeros() {
        ..=16 => 16,
        17..=32 => 32,
        _ => 64,
    };
    let bits = numbers.iter().map(width).fold(kept, u32::min);
    match scheme {
        Foreign::VllmDual { .. } | Foreign::SglangDual { .. } => bits - 1,
        _ => bits,
    }
}

/// Weights of keys are multiples of 1/10,000.
const WEIGHTS: f64 = 10_000.0;

/// The exponential score of a level.
fn seal_score(level: u32) -> u32 {
    Law::Exponential.score(textseal::word_of_level(level))
}

/// The unit of functions that hash the window to 32 bits.
fn context_and_token() -> Unit {
    Arc::new(|window, token| u64::from(murmur::context_hash(window)) << 32 | u64::from(token))
}

/// The unit of lists and of rows of uniforms under a seed of 32 bits.
fn seed_and_token<S: Seeds + 'static>(seeds: S) -> Unit {
    Arc::new(move |window, token| {
        u64::from(list_seed(seeds.seed(window, token))) << 32 | u64::from(token)
    })
}
