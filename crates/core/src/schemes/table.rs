//! Every scheme that is known: one row each.

use super::foreign::{kgw, sglang, synthid, textseal, three_bricks, vllm};
use super::native::{self, CHACHA12_V1};
use super::parameters::Parameters;
use super::row::{Checked, Family, Maker, Numbers, SchemeRow, Setting, TABLE, TORCH};
use crate::cells::MAX_WINDOW;
use crate::keys::{CohortKey, ForeignKey};
use crate::mark::Mark;
use Checked::{Documents, Running};

/// Every scheme: the native ones first, in the order of [`Scheme`](super::Scheme)'s constructors.
pub static SCHEMES: [SchemeRow; 24] = [
    row(
        "gumbel",
        CHACHA12_V1,
        Family::Gumbel,
        (1, 2, MAX_WINDOW),
        Parameters::None,
        native(native::gumbel),
        Checked::Native,
    )
    .made(),
    row(
        "dual-gumbel",
        CHACHA12_V1,
        Family::DualGumbel,
        (1, 2, MAX_WINDOW),
        Parameters::None,
        native(native::dual_gumbel),
        Checked::Native,
    )
    .made(),
    row(
        "green",
        CHACHA12_V1,
        Family::Green,
        (1, 2, MAX_WINDOW),
        GREEN,
        native(native::green),
        Checked::Native,
    )
    .made(),
    row(
        "tournament",
        CHACHA12_V1,
        Family::Tournament,
        (1, 2, MAX_WINDOW),
        Parameters::Tournament { layers: 32 },
        native(native::tournament),
        Checked::Native,
    )
    .made(),
    row(
        "vllm-gumbel-v1",
        "philox4x32-10-v1",
        Family::Gumbel,
        (1, 4, 16),
        Parameters::None,
        one(vllm::gumbel),
        VLLM,
    )
    .made(),
    row(
        "vllm-dual-v1",
        "philox4x32-10-v1",
        Family::DualGumbel,
        (1, 4, 16),
        Parameters::Dual { share: 0.1 },
        one(vllm::dual),
        VLLM,
    )
    .made(),
    row(
        "vllm-red-green-v1",
        "philox4x32-10-v1",
        Family::Green,
        (1, 4, 16),
        GREEN,
        one(vllm::red_green),
        VLLM_TREE,
    )
    .made(),
    row(
        "vllm-synthid-v1",
        "philox4x32-10-v1",
        Family::Tournament,
        (1, 4, 16),
        Parameters::Tournament { layers: 32 },
        one(vllm::synthid),
        VLLM_TREE,
    )
    .made(),
    row(
        "sglang-gumbel-v1",
        "murmur3-v1",
        Family::Gumbel,
        (1, 4, 16),
        Parameters::None,
        one(sglang::gumbel),
        SGLANG,
    )
    .made(),
    row(
        "sglang-dual-v1",
        "murmur3-v1",
        Family::DualGumbel,
        (1, 4, 16),
        Parameters::Dual { share: 0.5 },
        two(sglang::dual),
        SGLANG,
    )
    .made(),
    row(
        "hf-kgw-lefthash",
        TORCH,
        Family::Green,
        (1, 1, 1),
        GREEN,
        one(kgw::hf_left),
        TRANSFORMERS,
    )
    .made(),
    row(
        "hf-kgw-selfhash",
        TORCH,
        Family::Green,
        (1, 3, 9),
        GREEN,
        one(kgw::hf_self),
        TRANSFORMERS,
    ),
    row(
        "lm-watermarking-simple-1",
        TORCH,
        Family::Green,
        (1, 1, 1),
        GREEN,
        one(kgw::lm_simple),
        LM,
    ),
    row(
        "lm-watermarking-selfhash",
        TORCH,
        Family::Green,
        (1, 3, 9),
        GREEN,
        one(kgw::lm_self),
        LM,
    ),
    row(
        "lm-watermarking-minhash",
        TORCH,
        Family::Green,
        (1, 4, 10),
        GREEN,
        one(kgw::lm_min),
        LM,
    ),
    row(
        "lm-watermarking-skipgram",
        TORCH,
        Family::Green,
        (1, 5, 10),
        GREEN,
        one(kgw::lm_skip),
        LM,
    ),
    row(
        "hf-synthid",
        TABLE,
        Family::Tournament,
        (1, 4, 15),
        LAYERS,
        layers(synthid::table, synthid::table_weighted),
        TRANSFORMERS,
    )
    .made(),
    row(
        "synthid-2025",
        "synthid-rounds",
        Family::Tournament,
        (1, 4, 15),
        LAYERS,
        layers(synthid::rounds, synthid::rounds_weighted),
        Running("google-deepmind/synthid-text addb4a1"),
    )
    .made(),
    row(
        "textseal-green",
        "textseal-8191",
        Family::Green,
        (1, 2, 10),
        GREEN,
        one(textseal::green),
        SEAL,
    ),
    row(
        "textseal-gumbel",
        "textseal-8191",
        Family::Gumbel,
        (1, 2, 10),
        Parameters::None,
        one(textseal::gumbel),
        SEAL,
    ),
    row(
        "textseal-dual",
        "textseal-8191",
        Family::DualGumbel,
        (1, 2, 10),
        Parameters::None,
        one(textseal::dual),
        TWO_SEALS,
    ),
    row(
        "three-bricks-kgw",
        TORCH,
        Family::Green,
        (1, 2, 8),
        GREEN,
        one(three_bricks::green),
        BRICKS,
    ),
    row(
        "three-bricks-gumbel",
        TORCH,
        Family::Gumbel,
        (1, 2, 8),
        Parameters::None,
        one(three_bricks::gumbel),
        BRICKS,
    ),
    row(
        "unigram",
        TORCH,
        Family::Green,
        (1, 1, 1),
        GREEN,
        one(kgw::unigram),
        Documents("Zhao et al. 2023 and torch 2.6.0 on CPU"),
    ),
];

const GREEN: Parameters = Parameters::Green {
    gamma: 0.25,
    delta: 2.0,
};
const LAYERS: Parameters = Parameters::Tournament { layers: 30 };

const TRANSFORMERS: Checked = Running("transformers 5.23.0, torch 2.6.0 on CPU");
const LM: Checked = Documents("torch 2.6.0 on CPU and the documented hash of lm-watermarking");
const BRICKS: Checked = Documents("torch 2.6.0 on CPU and the documented hash of three_bricks");
const VLLM: Checked = Running("vLLM 0.33.0");
const VLLM_TREE: Checked = Documents("vLLM's tree of October 2026, which no release has yet");
const SGLANG: Checked = Running("SGLang 0.5.23");
const SEAL: Checked = Running("textseal 0.0.5 and facebookresearch/textseal 2c63fb8");
const TWO_SEALS: Checked =
    Documents("textseal 0.0.5 for each key; how two keys are combined, by description");

type OfNumbers = fn(&Setting, &ForeignKey) -> Mark;

const fn row(
    id: &'static str,
    prf: &'static str,
    family: Family,
    (least, default, most): (usize, usize, usize),
    parameters: Parameters,
    maker: Maker,
    checked: Checked,
) -> SchemeRow {
    SchemeRow {
        id,
        prf,
        family,
        windows: (least, most),
        window: default,
        parameters,
        is_made: false,
        maker,
        checked,
    }
}

impl SchemeRow {
    const fn made(self) -> Self {
        Self {
            is_made: true,
            ..self
        }
    }
}

const fn native(mark: fn(&Setting, &CohortKey) -> Mark) -> Maker {
    Maker::Cohort(mark)
}

const fn one(mark: OfNumbers) -> Maker {
    Maker::Numbers {
        count: Numbers::One,
        mark,
        weighted_mean: None,
    }
}

const fn two(mark: OfNumbers) -> Maker {
    Maker::Numbers {
        count: Numbers::Two,
        mark,
        weighted_mean: None,
    }
}

const fn layers(mark: OfNumbers, weighted_mean: OfNumbers) -> Maker {
    Maker::Numbers {
        count: Numbers::OnePerLayer,
        mark,
        weighted_mean: Some(weighted_mean),
    }
}
