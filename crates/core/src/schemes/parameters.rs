//! Public parameters of schemes.

/// A scheme's public parameters: at most one section of a profile file.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Parameters {
    /// It has none.
    None,
    /// Of marks that raise the logits of a keyed part of the vocabulary.
    Green {
        /// Share of green cells, or of the vocabulary, under a random key, in (0, 1).
        gamma: f64,
        /// What is added to a green token's logit, in nats.
        delta: f64,
    },
    /// Of tournaments.
    Tournament {
        /// Layers, that is bits of the word used, or numbers of the key: 1 to 32.
        layers: u32,
    },
    /// Of marks with two keys.
    Dual {
        /// The share of positions that key B marks (vLLM), or of windows that key A marks (`SGLang`).
        share: f64,
    },
}

impl Parameters {
    /// The name of their section in a profile file.
    #[must_use]
    pub fn section(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Green { .. } => Some("green"),
            Self::Tournament { .. } => Some("tournament"),
            Self::Dual { .. } => Some("dual"),
        }
    }

    /// The field that is out of range, its value, and what is allowed.
    pub(crate) fn fault(&self) -> Option<(&'static str, f64, &'static str)> {
        match *self {
            Self::Green { gamma, .. } if !(0.001..=0.999).contains(&gamma) => {
                Some(("green.gamma", gamma, "0.001 to 0.999"))
            }
            Self::Green { delta, .. } if !(delta > 0.0 && delta <= 30.0) => {
                Some(("green.delta", delta, "above 0, at most 30"))
            }
            Self::Tournament { layers } if !(1..=32).contains(&layers) => {
                Some(("tournament.layers", f64::from(layers), "1 to 32"))
            }
            Self::Dual { share } if !(share > 0.0 && share < 1.0) => {
                Some(("dual.share", share, "above 0, below 1"))
            }
            _ => None,
        }
    }
}

/// ⌊γ·2³²⌋: a word below it is green.
#[must_use]
pub fn green_threshold(gamma: f64) -> u32 {
    (gamma * 4_294_967_296.0) as u32
}
