//! How a token is taken from logits.

/// How a token is taken from logits: the settings of candle's sampler, under their names.
#[derive(Clone, Debug, PartialEq)]
pub enum Sampling {
    /// The likeliest token.
    ArgMax,
    /// Any token, by its probability.
    All {
        /// Divides the logits.
        temperature: f64,
    },
    /// One of the `k` likeliest tokens.
    TopK {
        /// How many.
        k: usize,
        /// Divides the logits.
        temperature: f64,
    },
    /// One of the likeliest tokens that have probability `p` together (Holtzman et al. 2020).
    TopP {
        /// Their probability; all tokens where it is not between 0 and 1.
        p: f64,
        /// Divides the logits.
        temperature: f64,
    },
    /// Of the `k` likeliest tokens, one of those that have probability `p` together.
    TopKThenTopP {
        /// How many.
        k: usize,
        /// Their probability before the others are dropped; all `k` where it is not between 0 and their sum.
        p: f64,
        /// Divides the logits.
        temperature: f64,
    },
    /// Any token, by its probability, with the device's own randomness. The seed has no part in unmarked positions.
    GumbelSoftmax {
        /// Divides the logits.
        temperature: f64,
    },
}

impl Sampling {
    /// As candle reads an optional temperature and nucleus: next to no temperature is the likeliest token.
    #[must_use]
    pub fn from_options(temperature: Option<f64>, top_p: Option<f64>) -> Self {
        const LEAST: f64 = 1e-7;
        match (temperature, top_p) {
            (None, _) => Self::ArgMax,
            (Some(temperature), _) if temperature < LEAST => Self::ArgMax,
            (Some(temperature), None) => Self::All { temperature },
            (Some(temperature), Some(p)) => Self::TopP { p, temperature },
        }
    }

    /// Whether no draw is made.
    #[must_use]
    pub fn is_greedy(&self) -> bool {
        match self {
            Self::ArgMax => true,
            Self::GumbelSoftmax { temperature } => *temperature <= 0.0,
            _ => false,
        }
    }
}
