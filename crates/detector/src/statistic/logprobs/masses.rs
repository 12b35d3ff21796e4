//! T9's mean probabilities by window and token: what the suspect believes, before any key is looked at.

use crate::cells::{Exposure, MAX_TOKEN};
use hallmark_core::cells::TokenId;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The suspect's probabilities, averaged over the occurrences of each distinct window.
///
/// Probabilities are kept in units of 2⁻³², rounded down, and summed as integers: the order of records is of no account.
///
/// ```
/// use hallmark_detector::{cells::Exposure, statistic::logprobs::Masses};
/// let mut masses = Masses::new(1);
/// let mut sequence = masses.sequence(Exposure::NOTHING);
/// sequence.position(&[7], &[(1, -0.1), (2, -3.0)])?;
/// sequence.position(&[7], &[(1, -0.1)])?; // the window came before in this sequence: left out
/// assert_eq!((masses.counts().positions, masses.counts().repeated), (2, 1));
/// assert_eq!(masses.windows(), 1);
/// # Ok::<(), hallmark_detector::statistic::logprobs::LogprobError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Masses {
    window: usize,
    pub(super) by_window: HashMap<Box<[TokenId]>, Mass>,
    counts: MassCounts,
}

/// The sum of probabilities of each token after one window.
#[derive(Clone, Debug, Default)]
pub(super) struct Mass {
    pub(super) occurrences: u64,
    /// In units of 2⁻³², sorted by token.
    pub(super) tokens: Vec<(TokenId, u64)>,
}

/// What was read and what was left out, the same for every key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MassCounts {
    /// Answers or contexts.
    pub sequences: u64,
    /// Sequences whose record does not say what was shown.
    pub exposure_unknown: u64,
    /// Positions with probabilities and a full window.
    pub positions: u64,
    /// Positions left out because their window had been shown.
    pub exposed: u64,
    /// Positions left out because their window had come before in the same sequence: what followed it then was seen.
    pub repeated: u64,
}

/// The positions of one answer or context, in order.
pub struct Sequence<'a> {
    masses: &'a mut Masses,
    shown: HashSet<Box<[TokenId]>>,
    passed: HashSet<Box<[TokenId]>>,
}

/// Probabilities that are none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LogprobError {
    /// A logarithm above 0, or not a number: perhaps probabilities were given.
    #[error(
        "token {token} has log-probability {found}; give natural logarithms of probabilities, at most 0"
    )]
    Logprob {
        /// The token.
        token: TokenId,
        /// What was found.
        found: f64,
    },
    /// Probabilities that sum to more than 1: logits, or another base of logarithms.
    #[error(
        "the probabilities of one position sum to {sum}; give normalised natural log-probabilities"
    )]
    Sum {
        /// Their sum.
        sum: f64,
    },
    /// A token that stands twice in one position.
    #[error("token {token} stands twice in one position; give each token once")]
    Twice {
        /// The token.
        token: TokenId,
    },
    /// A token that no mark can address.
    #[error("token id {token} is above the largest that a mark takes, {MAX_TOKEN}")]
    Token {
        /// The token.
        token: TokenId,
    },
    /// A window of another length.
    #[error("a window has {found} tokens, and the profile's has {expected}")]
    Window {
        /// Tokens in the profile's windows.
        expected: usize,
        /// Tokens in this one.
        found: usize,
    },
}

/// One in units of a mass.
pub(super) const ONE: f64 = 4_294_967_296.0;

/// What probabilities that were rounded on their way may sum to above 1.
const TOLERANCE: f64 = 1e-3;

impl Masses {
    /// Nothing observed; windows of `window` tokens.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self {
            window,
            by_window: HashMap::new(),
            counts: MassCounts::default(),
        }
    }

    /// Begins an answer or context with what was shown before it. Its positions follow in order.
    pub fn sequence(&mut self, exposure: Exposure<'_>) -> Sequence<'_> {
        self.counts.sequences += 1;
        self.counts.exposure_unknown += u64::from(!exposure.known);
        let windows = exposure
            .pieces
            .iter()
            .flat_map(|piece| piece.windows(self.window));
        Sequence {
            shown: windows.map(Box::from).collect(),
            passed: HashSet::new(),
            masses: self,
        }
    }

    /// Tokens in a window.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Distinct windows.
    #[must_use]
    pub fn windows(&self) -> usize {
        self.by_window.len()
    }

    /// What was read and left out.
    #[must_use]
    pub fn counts(&self) -> &MassCounts {
        &self.counts
    }
}

impl Sequence<'_> {
    /// Passes a position without probabilities: its window has now been seen with what follows it.
    pub fn pass(&mut self, window: &[TokenId]) {
        if !self.passed.contains(window) {
            self.passed.insert(window.into());
        }
    }

    /// Leaves out a position whose window was shown in another form, token by token or not.
    pub fn leave_out(&mut self, window: &[TokenId]) {
        self.masses.counts.positions += 1;
        self.masses.counts.exposed += 1;
        self.pass(window);
    }

    /// Adds the natural log-probabilities of tokens after `window`, the tokens before the position, oldest first.
    ///
    /// Tokens that are not listed count nothing; so do those at −∞. The window is left out where it was shown, or
    /// came before in this sequence: the model then saw what had followed it, and a copy is no evidence.
    ///
    /// # Errors
    /// Logarithms above 0 or `NaN`, a sum above 1, a token twice or too large, a window of another length. Nothing is then added.
    pub fn position(
        &mut self,
        window: &[TokenId],
        top: &[(TokenId, f64)],
    ) -> Result<(), LogprobError> {
        let masses = checked(window, self.masses.window, top)?;
        let counts = &mut self.masses.counts;
        counts.positions += 1;
        if self.shown.contains(window) {
            counts.exposed += 1;
        } else if self.passed.contains(window) {
            counts.repeated += 1;
        } else {
            let known = &mut self.masses.by_window;
            match known.get_mut(window) {
                Some(mass) => mass.add(&masses),
                None => {
                    let mut mass = Mass::default();
                    mass.add(&masses);
                    known.insert(window.into(), mass);
                }
            }
        }
        self.pass(window);
        Ok(())
    }
}

impl Mass {
    fn add(&mut self, masses: &[(TokenId, u64)]) {
        self.occurrences += 1;
        for &(token, mass) in masses {
            match self.tokens.binary_search_by_key(&token, |entry| entry.0) {
                // Beyond 2³² occurrences; saturation is a function of the masses alone.
                Ok(at) => self.tokens[at].1 = self.tokens[at].1.saturating_add(mass),
                Err(at) => self.tokens.insert(at, (token, mass)),
            }
        }
    }

    /// The mean probability of each token, in units of 2⁻³², rounded down.
    pub(super) fn means(&self) -> impl Iterator<Item = (TokenId, u64)> {
        let occurrences = self.occurrences.max(1);
        self.tokens
            .iter()
            .map(move |&(token, mass)| (token, mass / occurrences))
    }
}

/// The position's probabilities in units of 2⁻³², sorted by token.
fn checked(
    window: &[TokenId],
    length: usize,
    top: &[(TokenId, f64)],
) -> Result<Vec<(TokenId, u64)>, LogprobError> {
    if window.len() != length {
        return Err(LogprobError::Window {
            expected: length,
            found: window.len(),
        });
    }
    let largest = top
        .iter()
        .map(|entry| entry.0)
        .chain(window.iter().copied());
    if let Some(token) = largest.max().filter(|&token| token > MAX_TOKEN) {
        return Err(LogprobError::Token { token });
    }
    let mut masses = Vec::with_capacity(top.len());
    let mut sum = 0.0;
    for &(token, logprob) in top {
        // Some engines round a certainty to just above 0.
        if logprob.is_nan() || logprob > TOLERANCE {
            return Err(LogprobError::Logprob {
                token,
                found: logprob,
            });
        }
        let probability = libm::exp(logprob.min(0.0));
        sum += probability;
        masses.push((token, (probability * ONE) as u64));
    }
    if sum > 1.0 + TOLERANCE {
        return Err(LogprobError::Sum { sum });
    }
    masses.sort_unstable();
    if let Some(pair) = masses.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(LogprobError::Twice { token: pair[0].0 });
    }
    Ok(masses)
}
