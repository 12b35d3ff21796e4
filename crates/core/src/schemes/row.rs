//! What is known of a scheme without its parameters.

use super::parameters::Parameters;
use crate::keys::{CohortKey, ForeignKey};
use crate::mark::{Identity, Mark};
use core::ops::RangeInclusive;

/// The function of lists and uniforms that torch's generator draws on a CPU.
pub(crate) const TORCH: &str = "torch-mt19937";

/// The function of a table of bits that it draws.
pub(super) const TABLE: &str = "synthid-table";

/// A row of the table of schemes.
pub struct SchemeRow {
    /// Its name in profiles.
    pub id: &'static str,
    /// Its pseudo-random function's name in profiles.
    pub prf: &'static str,
    /// What it does to a model's choice, whoever made it.
    pub family: Family,
    /// The shortest and the longest window that it allows, in tokens before the position.
    pub windows: (usize, usize),
    /// The engine's default.
    pub window: usize,
    /// Its parameters, at the engine's defaults.
    pub parameters: Parameters,
    /// Whether marks are made here, or only read.
    pub is_made: bool,
    /// What becomes a mark with a key.
    pub maker: Maker,
    /// How this reading of it was checked.
    pub checked: Checked,
}

/// What a mark does to a model's choice: schemes of one family leave the same trace under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Keyed noise decides among the likely tokens.
    Gumbel,
    /// The same from one of two streams.
    DualGumbel,
    /// A keyed part of the vocabulary is raised.
    Green,
    /// A tournament over keyed bits.
    Tournament,
}

/// What becomes a mark with a key of its kind.
#[derive(Clone, Copy)]
pub enum Maker {
    /// A mark of this project, under a cohort's key.
    Cohort(fn(&Setting, &CohortKey) -> Mark),
    /// Another engine's, under a key of whole numbers.
    Numbers {
        /// How many it takes.
        count: Numbers,
        /// Makes it of exactly so many.
        mark: fn(&Setting, &ForeignKey) -> Mark,
        /// The same with upstream's weighted mean of layers in place of their plain mean, where it has one.
        weighted_mean: Option<fn(&Setting, &ForeignKey) -> Mark>,
    },
}

/// How many numbers an engine's key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// One.
    One,
    /// Two.
    Two,
    /// One for each layer.
    OnePerLayer,
}

/// What a mark depends on beside its key.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Whose mark it becomes.
    pub identity: Identity,
    /// The profile's parameters.
    pub parameters: Parameters,
    /// The engine's vocabulary.
    pub vocabulary: u32,
}

/// How a reading of a mark was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is this project's own, with golden vectors.
    Native,
    /// Against values from the engine's own code, run.
    Running(&'static str),
    /// Against a documented contract only.
    Documents(&'static str),
}

impl SchemeRow {
    /// Window lengths that it allows.
    #[must_use]
    pub fn allowed(&self) -> RangeInclusive<usize> {
        self.windows.0..=self.windows.1
    }

    /// Whether it is this project's own.
    #[must_use]
    pub fn is_native(&self) -> bool {
        matches!(self.maker, Maker::Cohort(_))
    }

    /// Whether torch's generator draws its lists, its uniforms or its table: a GPU's draws others than a CPU's.
    #[must_use]
    pub fn draws_with_torch(&self) -> bool {
        matches!(self.prf, TORCH | TABLE)
    }

    /// Whether which tokens are raised depends on how many ids the engine counts: its lists are drawn from all of them.
    #[must_use]
    pub fn counts_ids(&self) -> bool {
        self.prf == TORCH && self.family == Family::Green
    }
}

impl Numbers {
    /// How many that is, with so many layers.
    #[must_use]
    pub fn count(self, layers: u32) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::OnePerLayer => layers as usize,
        }
    }
}

impl Setting {
    /// γ and δ; those of a scheme without them are 0, which no checked profile has.
    pub(super) fn green(&self) -> (f64, f64) {
        match self.parameters {
            Parameters::Green { gamma, delta } => (gamma, delta),
            _ => (0.0, 0.0),
        }
    }

    /// Layers, 1 for a scheme without them.
    pub(super) fn layers(&self) -> u32 {
        match self.parameters {
            Parameters::Tournament { layers } => layers,
            _ => 1,
        }
    }

    /// The share of one of two keys, 0 for a scheme without them.
    pub(super) fn share(&self) -> f64 {
        match self.parameters {
            Parameters::Dual { share } => share,
            _ => 0.0,
        }
    }
}
