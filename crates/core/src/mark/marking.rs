//! Marking as another engine does: the same choice for the same logits, but for ties in floating point.

use super::foreign::{SglangDual, kept_lists};
use super::routed::Routed;
use super::{ForeignKeyMismatch, Green, Gumbel, KeyedMark, Mark, Tournament};
use crate::cells::{CellBatch, MISSING, TokenId};
use crate::foreign::kgw::KgwSeeds;
use crate::foreign::lists::{GreenLists as Lists, GreenWords, list_length};
use crate::foreign::murmur::SglangMurmur;
use crate::foreign::philox::{self, VllmPhilox};
use crate::foreign::synthid::{HfSynthId, SynthId2025};
use crate::keys::ForeignKey;
use crate::marker::{Before, Habits, Repeats};
use crate::prf::Prf;
use crate::profile::{Foreign, ForeignProfile, GreenLists, MAX_WINDOW, SynthIdHash};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Another engine's mark under a key, for a [`Marker`](crate::marker::Marker) with its habits.
#[derive(Clone)]
pub struct Marking {
    /// Chooses tokens. Its words are the engine's uniforms; for detection use [`KeyedMark`].
    pub mark: Arc<dyn Mark>,
    /// Which positions it marks.
    pub habits: Habits,
}

/// Why a mark cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkingError {
    /// The key does not fit.
    #[error(transparent)]
    Key(#[from] ForeignKeyMismatch),
    /// Only read here.
    #[error(
        "{scheme} is read and not made here; marks are made for vllm-gumbel-v1, vllm-dual-v1, sglang-gumbel-v1, sglang-dual-v1, hf-kgw-lefthash, hf-synthid and synthid-2025"
    )]
    ReadOnly {
        /// The scheme.
        scheme: &'static str,
    },
    /// The marker's windows are shorter.
    #[error("window = {window}: marks are made for windows of 1 to {MAX_WINDOW} tokens")]
    Window {
        /// The profile's.
        window: usize,
    },
}

impl Marking {
    /// The mark that `profile` describes, under `key`.
    ///
    /// # Errors
    /// When the key does not fit, or the mark is only read here.
    pub fn bind(profile: &ForeignProfile, key: &ForeignKey) -> Result<Self, MarkingError> {
        if !profile.scheme.takes(key.numbers().len()) {
            // Says what the key lacks.
            KeyedMark::bind(profile, key)?;
        }
        let window = profile.window;
        if window > MAX_WINDOW {
            return Err(MarkingError::Window { window });
        }
        let numbers = key.numbers();
        let read_only = || MarkingError::ReadOnly {
            scheme: profile.scheme.id(),
        };
        let (mark, before, repeats): (Arc<dyn Mark>, _, _) = match profile.scheme {
            Foreign::VllmGumbel => (
                Arc::new(Gumbel::new(VllmUniforms(VllmPhilox::new(
                    numbers[0], window, 0,
                )))),
                Before::Filling(MISSING),
                Repeats::Unmarked,
            ),
            Foreign::VllmDual { share } => {
                let (a, b) = philox::dual_keys(numbers[0]);
                let uniforms = |key| VllmUniforms(VllmPhilox::new(key, window, 0));
                (
                    Arc::new(Routed::new(uniforms(a), uniforms(b), share)),
                    Before::Filling(MISSING),
                    Repeats::Unmarked,
                )
            }
            Foreign::SglangGumbel => (
                Arc::new(Gumbel::new(SglangMurmur::new(numbers[0]))),
                Before::Prompt,
                Repeats::Unmarked,
            ),
            Foreign::SglangDual { share } => (
                Arc::new(Gumbel::new(SglangDual::new(numbers[0], numbers[1], share))),
                Before::Prompt,
                Repeats::Unmarked,
            ),
            Foreign::Green {
                lists: GreenLists::HfLeft,
                gamma,
                delta,
            } => {
                let vocabulary = profile.tokenizer.vocab_size;
                let green = list_length(vocabulary, gamma);
                let lists = Lists::new(vocabulary, green, kept_lists(vocabulary));
                let words = GreenWords::new(KgwSeeds::hf_left_hash(numbers[0]), lists);
                // Any threshold tells green words from others.
                (
                    Arc::new(Green::new(words, 1, delta as f32)),
                    Before::Prompt,
                    Repeats::Marked,
                )
            }
            Foreign::SynthId { hash, layers } => {
                let keys: Vec<i64> = numbers.iter().map(|n| n.cast_signed()).collect();
                let ngram = window + 1;
                let mark: Arc<dyn Mark> = match hash {
                    SynthIdHash::Table => {
                        Arc::new(Tournament::new(HfSynthId::new(&keys, ngram), layers))
                    }
                    SynthIdHash::Rounds => {
                        Arc::new(Tournament::new(SynthId2025::new(&keys, ngram), layers))
                    }
                };
                (mark, Before::Filling(0), Repeats::UnmarkedWithin(HISTORY))
            }
            _ => return Err(read_only()),
        };
        Ok(Self {
            mark,
            habits: Habits { before, repeats },
        })
    }
}

/// Contexts that `SynthID` remembers.
const HISTORY: usize = 1024;

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
