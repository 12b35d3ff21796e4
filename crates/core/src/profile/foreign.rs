//! Marks that other engines make: which there are, and their public parameters.

use super::file::File;
use super::{ProfileError, TokenizerRef, check_name, check_tokenizer};
use alloc::string::{String, ToString};
use core::ops::RangeInclusive;

/// The public description of a mark that another engine makes.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignProfile {
    /// A name for people.
    pub name: String,
    /// The engine's scheme with its parameters.
    pub scheme: Foreign,
    /// Tokens before a position that key its mark.
    pub window: usize,
    /// The marking model's tokenizer. `vocab_size` is what the engine takes as the vocabulary: lists are
    /// permutations of exactly that many ids.
    pub tokenizer: TokenizerRef,
}

/// A scheme of another engine with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Foreign {
    /// vLLM's Gumbel-max sampling over Philox.
    VllmGumbel,
    /// The same with two keys derived from one.
    VllmDual {
        /// The share of positions that key B marks; scores are weighted by 1 − share and share.
        share: f64,
    },
    /// `SGLang`'s Gumbel-max sampling over `MurmurHash3`.
    SglangGumbel,
    /// The same with two keys; a keyed coin for each window says which of them marks.
    SglangDual {
        /// The share of windows that key A marks.
        share: f64,
    },
    /// Green lists: Kirchenbauer et al. 2023 and what came of it.
    Green {
        /// How a list is found.
        lists: GreenLists,
        /// Share of the vocabulary that is green, in (0, 1).
        gamma: f64,
        /// What is added to a green token's logit, in nats.
        delta: f64,
    },
    /// `SynthID`-Text's tournament.
    SynthId {
        /// Which of its two hashes.
        hash: SynthIdHash,
        /// Keys, one for each layer.
        layers: u32,
    },
    /// Meta `TextSeal`'s Gumbel-max sampling over a 13-bit hash.
    TextSealGumbel,
    /// The same with two keys of equal weight.
    TextSealDual,
    /// The Gumbel-max sampling of `three_bricks` and `radioactive-watermark`.
    ThreeBricksGumbel,
}

/// How a green list is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GreenLists {
    /// Hugging Face transformers, `lefthash`.
    HfLeft,
    /// Hugging Face transformers, `selfhash`.
    HfSelf,
    /// The authors' `lm-watermarking`, `simple_1`.
    LmSimple,
    /// The same, `selfhash`.
    LmSelf,
    /// The same, `minhash`.
    LmMin,
    /// The same, `skipgram`.
    LmSkip,
    /// `three_bricks` and `radioactive-watermark`.
    ThreeBricks,
    /// One fixed list (Zhao et al. 2023).
    Unigram,
    /// Meta `TextSeal`: a threshold on a 13-bit hash.
    TextSeal,
}

/// Which hash `SynthID`-Text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynthIdHash {
    /// Hugging Face transformers to 5.23, `PyPI`'s `synthid-text` to 0.2.1: a table of 65,536 bits.
    Table,
    /// The authors' repository since June 2025.
    Rounds,
}

/// What is known of a foreign scheme without its parameters.
#[derive(Clone, Copy, Debug)]
pub struct ForeignScheme {
    /// Its name in profiles.
    pub id: &'static str,
    /// Its pseudo-random function's name in profiles.
    pub prf: &'static str,
    /// Window lengths that the engine allows, in tokens before the position.
    pub windows: (usize, usize),
    /// The engine's default.
    pub window: usize,
    /// Its parameters, at the engine's defaults.
    pub defaults: Foreign,
    /// How this reading of it was checked.
    pub checked: Checked,
}

/// How a reading of a foreign mark was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Against values from the engine's own code, run.
    Running(&'static str),
    /// Against a documented contract only.
    Documents(&'static str),
}

const fn green(lists: GreenLists) -> Foreign {
    Foreign::Green {
        lists,
        gamma: 0.25,
        delta: 2.0,
    }
}

/// Every foreign scheme.
pub const FOREIGN: [ForeignScheme; 18] = {
    use Checked::{Documents, Running};
    const TORCH: &str = "torch-mt19937";
    const TRANSFORMERS: Checked = Running("transformers 5.23.0, torch 2.6.0 on CPU");
    const LM: Checked = Documents("torch 2.6.0 on CPU and the documented hash of lm-watermarking");
    const BRICKS: Checked = Documents("torch 2.6.0 on CPU and the documented hash of three_bricks");
    const VLLM: Checked = Running("vLLM 0.33.0");
    const MURMUR: Checked = Running("SGLang 0.5.23");
    const SEAL: Checked = Running("textseal 0.0.5 and facebookresearch/textseal 2c63fb8");
    const TWO_SEALS: Checked =
        Documents("textseal 0.0.5 for each key; how two keys are combined, by description");
    const fn scheme(
        id: &'static str,
        prf: &'static str,
        (least, default, most): (usize, usize, usize),
        defaults: Foreign,
        checked: Checked,
    ) -> ForeignScheme {
        ForeignScheme {
            id,
            prf,
            windows: (least, most),
            window: default,
            defaults,
            checked,
        }
    }
    [
        scheme(
            "vllm-gumbel-v1",
            "philox4x32-10-v1",
            (1, 4, 16),
            Foreign::VllmGumbel,
            VLLM,
        ),
        scheme(
            "vllm-dual-v1",
            "philox4x32-10-v1",
            (1, 4, 16),
            Foreign::VllmDual { share: 0.1 },
            VLLM,
        ),
        scheme(
            "sglang-gumbel-v1",
            "murmur3-v1",
            (1, 4, 16),
            Foreign::SglangGumbel,
            MURMUR,
        ),
        scheme(
            "sglang-dual-v1",
            "murmur3-v1",
            (1, 4, 16),
            Foreign::SglangDual { share: 0.5 },
            MURMUR,
        ),
        scheme(
            "hf-kgw-lefthash",
            TORCH,
            (1, 1, 1),
            green(GreenLists::HfLeft),
            TRANSFORMERS,
        ),
        scheme(
            "hf-kgw-selfhash",
            TORCH,
            (1, 3, 9),
            green(GreenLists::HfSelf),
            TRANSFORMERS,
        ),
        scheme(
            "lm-watermarking-simple-1",
            TORCH,
            (1, 1, 1),
            green(GreenLists::LmSimple),
            LM,
        ),
        scheme(
            "lm-watermarking-selfhash",
            TORCH,
            (1, 3, 9),
            green(GreenLists::LmSelf),
            LM,
        ),
        scheme(
            "lm-watermarking-minhash",
            TORCH,
            (1, 4, 10),
            green(GreenLists::LmMin),
            LM,
        ),
        scheme(
            "lm-watermarking-skipgram",
            TORCH,
            (1, 5, 10),
            green(GreenLists::LmSkip),
            LM,
        ),
        scheme(
            "hf-synthid",
            "synthid-table",
            (1, 4, 15),
            Foreign::SynthId {
                hash: SynthIdHash::Table,
                layers: 30,
            },
            TRANSFORMERS,
        ),
        scheme(
            "synthid-2025",
            "synthid-rounds",
            (1, 4, 15),
            Foreign::SynthId {
                hash: SynthIdHash::Rounds,
                layers: 30,
            },
            Running("google-deepmind/synthid-text addb4a1"),
        ),
        scheme(
            "textseal-green",
            "textseal-8191",
            (1, 2, 10),
            green(GreenLists::TextSeal),
            SEAL,
        ),
        scheme(
            "textseal-gumbel",
            "textseal-8191",
            (1, 2, 10),
            Foreign::TextSealGumbel,
            SEAL,
        ),
        scheme(
            "textseal-dual",
            "textseal-8191",
            (1, 2, 10),
            Foreign::TextSealDual,
            TWO_SEALS,
        ),
        scheme(
            "three-bricks-kgw",
            TORCH,
            (1, 2, 8),
            green(GreenLists::ThreeBricks),
            BRICKS,
        ),
        scheme(
            "three-bricks-gumbel",
            TORCH,
            (1, 2, 8),
            Foreign::ThreeBricksGumbel,
            BRICKS,
        ),
        scheme(
            "unigram",
            TORCH,
            (1, 1, 1),
            green(GreenLists::Unigram),
            Documents("Zhao et al. 2023 and torch 2.6.0 on CPU"),
        ),
    ]
};

impl ForeignScheme {
    /// The scheme of that name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        FOREIGN.iter().find(|scheme| scheme.id == id)
    }

    /// Window lengths that the engine allows.
    #[must_use]
    pub fn allowed(&self) -> RangeInclusive<usize> {
        self.windows.0..=self.windows.1
    }
}

impl Foreign {
    /// What is known of the scheme.
    ///
    /// # Panics
    /// Never: every scheme is in the list.
    #[must_use]
    pub fn scheme(&self) -> &'static ForeignScheme {
        FOREIGN
            .iter()
            .find(|scheme| self.is_like(&scheme.defaults))
            .expect("every scheme is in the list")
    }

    /// Its name in profiles.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.scheme().id
    }

    /// Whether a key of so many numbers fits.
    #[must_use]
    pub fn takes(&self, numbers: usize) -> bool {
        match *self {
            Self::SynthId { layers, .. } => numbers == layers as usize,
            Self::SglangDual { .. } => numbers == 2,
            _ => numbers == 1,
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Green { lists: a, .. }, Self::Green { lists: b, .. }) => a == b,
            (Self::SynthId { hash: a, .. }, Self::SynthId { hash: b, .. }) => a == b,
            _ => core::mem::discriminant(self) == core::mem::discriminant(other),
        }
    }
}

impl ForeignProfile {
    /// The profile as the text of a profile file; [`AnyProfile::parse`](super::AnyProfile::parse) gives
    /// it back.
    ///
    /// # Panics
    /// Never: a profile has only plain values.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(&File::from(self)).expect("a profile has only plain values")
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the first field whose value is out of range.
    pub fn check(&self) -> Result<(), ProfileError> {
        let field = |field, found: String, allowed| {
            Err(ProfileError::Value {
                field,
                found,
                allowed,
            })
        };
        check_name(&self.name)?;
        check_tokenizer(&self.tokenizer)?;
        let scheme = self.scheme.scheme();
        if !scheme.allowed().contains(&self.window) {
            let (least, most) = scheme.windows;
            return Err(ProfileError::Window {
                scheme: scheme.id,
                found: self.window,
                least,
                most,
            });
        }
        match self.scheme {
            Foreign::Green { gamma, .. } if !(0.001..=0.999).contains(&gamma) => {
                field("green.gamma", gamma.to_string(), "0.001 to 0.999")
            }
            Foreign::Green { delta, .. } if !(delta > 0.0 && delta <= 30.0) => {
                field("green.delta", delta.to_string(), "above 0, at most 30")
            }
            Foreign::Green { gamma, .. }
                if (f64::from(self.tokenizer.vocab_size) * gamma) as u32 == 0 =>
            {
                field("green.gamma", gamma.to_string(), "at least one green token")
            }
            Foreign::SynthId { layers, .. } if !(1..=32).contains(&layers) => {
                field("tournament.layers", layers.to_string(), "1 to 32")
            }
            Foreign::VllmDual { share } | Foreign::SglangDual { share }
                if !(share > 0.0 && share < 1.0) =>
            {
                field("dual.share", share.to_string(), "above 0, below 1")
            }
            _ => Ok(()),
        }
    }
}
