//! A scheme with its parameters, as a profile names it.

use super::parameters::Parameters;
use super::row::{Maker, Numbers, SchemeRow};
use super::table::SCHEMES;
use core::fmt;

/// A row of the table with parameters.
#[derive(Clone, Copy)]
pub struct Scheme {
    row: &'static SchemeRow,
    parameters: Parameters,
}

impl Scheme {
    /// Gumbel-max sampling with keyed noise; does not change the distribution of a token.
    pub const GUMBEL: Self = Self::of(&SCHEMES[0]);

    /// Gumbel-max with two keyed streams and a keyed coin per window: more varied answers.
    pub const DUAL_GUMBEL: Self = Self::of(&SCHEMES[1]);

    /// A keyed part `gamma` of the vocabulary has `delta` nats added to its logits.
    #[must_use]
    pub const fn green(gamma: f64, delta: f64) -> Self {
        Self {
            row: &SCHEMES[2],
            parameters: Parameters::Green { gamma, delta },
        }
    }

    /// `SynthID`'s two-leaf tournament over the bits of the word, of 1 to 32 layers; keeps the distribution on average.
    #[must_use]
    pub const fn tournament(layers: u32) -> Self {
        Self {
            row: &SCHEMES[3],
            parameters: Parameters::Tournament { layers },
        }
    }

    /// The scheme of a row, with the engine's default parameters. The row need not be in the table.
    #[must_use]
    pub const fn of(row: &'static SchemeRow) -> Self {
        Self {
            row,
            parameters: row.parameters,
        }
    }

    /// The scheme of that name, with the engine's default parameters.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        SCHEMES.iter().find(|row| row.id == id).map(Self::of)
    }

    /// The same with other parameters; nothing when they are another scheme's.
    #[must_use]
    pub fn with(self, parameters: Parameters) -> Option<Self> {
        (parameters.section() == self.parameters.section()).then_some(Self { parameters, ..self })
    }

    /// What is known of it.
    #[must_use]
    pub const fn row(&self) -> &'static SchemeRow {
        self.row
    }

    /// Its parameters.
    #[must_use]
    pub const fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// Its name in profiles and key derivation.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.row.id
    }

    /// Whether it is this project's own.
    #[must_use]
    pub fn is_native(&self) -> bool {
        self.row.is_native()
    }

    /// The parameter that is out of range for such a vocabulary, its value, and what is allowed.
    pub(crate) fn fault(&self, vocabulary: u32) -> Option<(&'static str, f64, &'static str)> {
        self.parameters.fault().or(match self.parameters {
            // Lists have whole tokens.
            Parameters::Green { gamma, .. }
                if !self.is_native() && (f64::from(vocabulary) * gamma) as u32 == 0 =>
            {
                Some(("green.gamma", gamma, "at least one green token"))
            }
            _ => None,
        })
    }

    /// How many numbers its keys have; none where keys are a cohort's.
    #[must_use]
    pub fn numbers(&self) -> Option<(Numbers, usize)> {
        let layers = match self.parameters {
            Parameters::Tournament { layers } => layers,
            _ => 0,
        };
        match self.row.maker {
            Maker::Cohort(_) => None,
            Maker::Numbers { count, .. } => Some((count, count.count(layers))),
        }
    }
}

impl PartialEq for Scheme {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id() && self.parameters == other.parameters
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.id(), self.parameters)
    }
}
