//! Weights of windows: how much a cell counts in the weighted tests, decided without its token.
//!
//! A suspect that was trained on a harvest shows the mark most where the harvest had much to say,
//! compared with everything else the suspect learned from. A provider's logs say where that is: how often
//! each window occurred in what was harvested, and in text at large. Weights see hashes of windows
//! and counts of them ([`WindowCounts`]), never a token that follows, a word or a key, so the words
//! of distinct cells stay independent and uniform given the weights.
//!
//! Weights are whole numbers from a fixed [`LADDER`] of sixteen, so that a weighted sum is an integer
//! and its law depends on sixteen counts only.

mod ladder;
mod source;

pub use ladder::{LADDER, LEVELS};
pub use source::WeightSource;

use hallmark_core::keys::PublicId;
use hallmark_core::windows::{WindowCounts, WindowHash};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The share of the suspect's training text that the harvest is assumed to be, where none is
/// stated: a wrong one costs power only.
pub const ASSUMED_SHARE: f64 = 0.01;

/// λ where none is stated, in windows.
pub const PRIOR: f64 = 2.0;

/// The least λ of the second form.
pub const OTHER_PRIOR: f64 = 20.0;

/// ρ of a window that a filter keeps.
const FILTERED_SHARE: f64 = 0.25;

/// How counts of windows become weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightRule {
    /// In proportion to ρ = H / (H + κ·B + λ), for a window that the harvests held H times and the
    /// background B times.
    ///
    /// κ = (ΣH·(1 − s)/s)/ΣB scales the background to the suspect's other training text, if the
    /// harvest is the share s of all of it. ρ is then the share of the harvest among all that the
    /// suspect learned after this window, and the lift of a count model is in proportion to it.
    Graded {
        /// s, above 0 and below 1.
        assumed_share: f64,
        /// λ ≥ 0: text after this window that neither count knows of, as if it occurred so often.
        prior: f64,
        /// Whether windows that no harvest held have the smallest weight above 0 instead of 0.
        floor: bool,
    },
    /// 1 for windows that a harvest held, 0 for all others.
    Filter,
}

impl Default for WeightRule {
    fn default() -> Self {
        Self::Graded {
            assumed_share: ASSUMED_SHARE,
            prior: PRIOR,
            floor: false,
        }
    }
}

/// The weight of every window, fixed before any answer or key is seen.
#[derive(Clone)]
pub struct WindowWeights {
    harvests: Vec<Arc<dyn WindowCounts>>,
    background: Option<Arc<dyn WindowCounts>>,
    rule: WeightRule,
    background_scale: f64,
    window: usize,
}

/// The name of a [`WeightRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RuleName {
    /// [`WeightRule::Graded`].
    Graded,
    /// [`WeightRule::Filter`].
    Filter,
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Graded => "graded",
            Self::Filter => "filter",
        })
    }
}

/// What weights were made from and how, as a finding carries it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weighting {
    /// How counts became weights.
    pub rule: RuleName,
    /// s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_share: Option<f64>,
    /// κ; 0 without a background.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_scale: Option<f64>,
    /// λ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
    /// Whether windows that no harvest held have the smallest weight instead of 0.
    pub floor: bool,
    /// Windows in all harvests, with repetitions.
    pub harvest_windows: u64,
    /// Windows in the background, with repetitions.
    pub background_windows: u64,
}

/// Why no weights can be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// No harvest, or only empty ones.
    #[error(
        "the harvest holds no windows: every weight would be 0; give an index of harvested text"
    )]
    NoHarvest,
    /// Counts of windows of different lengths.
    #[error(
        "one index counts windows of {first} tokens and another of {other}: make each from the same profile"
    )]
    Window {
        /// The first index's.
        first: usize,
        /// Another's.
        other: usize,
    },
    /// A share that is none.
    #[error("the assumed share is {found}, and must be above 0 and below 1")]
    Share {
        /// What was given.
        found: f64,
    },
    /// A prior that is none.
    #[error("the prior is {found}, and must be a finite number of windows, 0 or more")]
    Prior {
        /// What was given.
        found: f64,
    },
    /// The background has no windows.
    #[error("the background holds no windows; give an index of text at large, or none")]
    NoBackground,
}

impl WindowWeights {
    /// Weights by `rule` from the windows of `harvests`, whose counts add up, against those of a
    /// background.
    ///
    /// # Errors
    /// Without a harvest; with an empty index, windows of different lengths, or a parameter out of range.
    pub fn new(
        harvests: Vec<Arc<dyn WindowCounts>>,
        background: Option<Arc<dyn WindowCounts>>,
        rule: WeightRule,
    ) -> Result<Self, WeightsError> {
        let first = harvests.first().ok_or(WeightsError::NoHarvest)?.window();
        let other = harvests
            .iter()
            .chain(&background)
            .map(|counts| counts.window())
            .find(|&window| window != first);
        if let Some(other) = other {
            return Err(WeightsError::Window { first, other });
        }
        let total: u64 = harvests.iter().map(|counts| counts.total()).sum();
        if total == 0 {
            return Err(WeightsError::NoHarvest);
        }
        let background_scale = match rule {
            WeightRule::Filter => 0.0,
            WeightRule::Graded {
                assumed_share: share,
                prior,
                ..
            } => {
                if !(share > 0.0 && share < 1.0) {
                    return Err(WeightsError::Share { found: share });
                }
                if !(prior >= 0.0 && prior.is_finite()) {
                    return Err(WeightsError::Prior { found: prior });
                }
                match background.as_ref().map(|counts| counts.total()) {
                    None => 0.0,
                    Some(0) => return Err(WeightsError::NoBackground),
                    Some(windows) => total as f64 * (1.0 - share) / share / windows as f64,
                }
            }
        };
        Ok(Self {
            harvests,
            background,
            rule,
            background_scale,
            window: first,
        })
    }

    /// λ; nothing for a filter.
    #[must_use]
    pub fn prior(&self) -> Option<f64> {
        match self.rule {
            WeightRule::Graded { prior, .. } => Some(prior),
            WeightRule::Filter => None,
        }
    }

    /// The same weights without the background.
    #[must_use]
    pub fn without_background(&self) -> Self {
        Self {
            background: None,
            background_scale: 0.0,
            ..self.clone()
        }
    }

    /// The second form of T2's weights, for a suspect that learned much beside this text that the background does not tell of: without the
    /// background, and with a prior of [`OTHER_PRIOR`] or more. Nothing where that is no other form.
    #[must_use]
    pub fn second_form(&self) -> Option<Self> {
        let prior = self.prior()?;
        let differs = self.background.is_some() || prior < OTHER_PRIOR;
        differs.then(|| {
            self.without_background()
                .with_prior_of_at_least(OTHER_PRIOR)
        })
    }

    /// The same weights with so much prior or more: windows that the harvest held seldom then weigh in proportion to how often.
    #[must_use]
    pub fn with_prior_of_at_least(&self, least: f64) -> Self {
        let rule = match self.rule {
            WeightRule::Graded {
                assumed_share,
                prior,
                floor,
            } => WeightRule::Graded {
                assumed_share,
                prior: prior.max(least),
                floor,
            },
            WeightRule::Filter => WeightRule::Filter,
        };
        Self {
            rule,
            ..self.clone()
        }
    }

    /// Tokens in a window.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// The weight of each level of this rule: [`LADDER`], or 0 and 1 for a filter.
    #[must_use]
    pub fn of_levels(&self) -> [u16; LEVELS] {
        match self.rule {
            WeightRule::Graded { .. } => LADDER,
            WeightRule::Filter => {
                let mut weights = [0; LEVELS];
                weights[1] = 1;
                weights
            }
        }
    }

    /// ρ as it is taken for the windows of each level: what the level's weight stands for, or ¼ for those that
    /// a filter keeps.
    pub(crate) fn harvest_shares(&self) -> [f64; LEVELS] {
        self.of_levels().map(|weight| match self.rule {
            WeightRule::Graded { .. } => f64::from(weight) / f64::from(LADDER[LEVELS - 1]),
            WeightRule::Filter => f64::from(weight) * FILTERED_SHARE,
        })
    }

    /// Writes the level of each of `windows` into `levels`, which has the same length.
    pub fn levels(&self, windows: &[WindowHash], levels: &mut [u8]) {
        let mut harvest = vec![0_u64; windows.len()];
        let mut counts = vec![0; windows.len()];
        for index in &self.harvests {
            index.counts(windows, &mut counts);
            for (sum, &count) in harvest.iter_mut().zip(&counts) {
                *sum += u64::from(count);
            }
        }
        counts.fill(0);
        if let (Some(background), WeightRule::Graded { .. }) = (&self.background, self.rule) {
            background.counts(windows, &mut counts);
        }
        for ((level, &harvest), &background) in levels.iter_mut().zip(&harvest).zip(&counts) {
            *level = self.level(harvest, background);
        }
    }

    /// What the weights came from, as seen by a key.
    #[must_use]
    pub fn source(&self, key: PublicId) -> WeightSource {
        WeightSource::of(
            self.harvests
                .iter()
                .chain(&self.background)
                .map(|counts| counts.marked_by()),
            key,
        )
    }

    /// What the weights came from and how.
    #[must_use]
    pub fn describe(&self) -> Weighting {
        let harvest_windows = self.harvests.iter().map(|counts| counts.total()).sum();
        let background_windows = self.background.as_ref().map_or(0, |counts| counts.total());
        match self.rule {
            WeightRule::Filter => Weighting {
                rule: RuleName::Filter,
                assumed_share: None,
                background_scale: None,
                prior: None,
                floor: false,
                harvest_windows,
                background_windows,
            },
            WeightRule::Graded {
                assumed_share,
                prior,
                floor,
            } => Weighting {
                rule: RuleName::Graded,
                assumed_share: Some(assumed_share),
                background_scale: Some(self.background_scale),
                prior: Some(prior),
                floor,
                harvest_windows,
                background_windows,
            },
        }
    }

    fn level(&self, harvest: u64, background: u32) -> u8 {
        match self.rule {
            WeightRule::Filter => u8::from(harvest > 0),
            WeightRule::Graded { floor, .. } if harvest == 0 => u8::from(floor),
            WeightRule::Graded { prior, .. } => {
                let harvest = harvest as f64;
                let others = self.background_scale * f64::from(background) + prior;
                ladder::level(harvest / (harvest + others))
            }
        }
    }
}
