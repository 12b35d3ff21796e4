//! Which lift a share of marked training text left, as studies found it.

use crate::finding::Effect;
use serde::{Deserialize, Serialize};

/// A table of studies. The built-in one is `calibration.toml` beside this file.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The table's own name: which one was used stands in every result.
    pub edition: String,
    /// What was studied.
    pub rows: Vec<Row>,
}

/// One setting that was studied.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// A name to refer to it by.
    pub name: String,
    /// The scheme that marked.
    pub scheme: SchemeName,
    /// Tokens in a window.
    pub window: usize,
    /// `green`: the share of green cells without a mark.
    pub gamma: Option<f64>,
    /// `green`: what was added to green logits.
    pub delta: Option<f64>,
    /// How the suspect was reached.
    pub access: Access,
    /// What it was asked.
    pub prompts: Prompts,
    /// What was trained, and how.
    pub student: String,
    /// Where the numbers are from.
    pub status: Status,
    /// The study: paper and table, or a document of this project.
    pub source: String,
    /// Beyond the points, lift ∝ share^exponent.
    pub exponent: f64,
    /// Lifts by share, both ascending.
    pub points: Vec<Point>,
}

/// A lift that was found.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Share of the training text that was marked, in (0, 1].
    pub share: f64,
    /// Lift of the green rate, of the mean score (nats), or of the rate of one bits, per distinct
    /// fresh cell.
    pub lift: f64,
}

/// A native scheme's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SchemeName {
    Gumbel,
    DualGumbel,
    Green,
    Tournament,
}

/// How the suspect was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Through an interface that gives text.
    Closed,
    /// With its weights, or its log-probabilities.
    Open,
}

/// What the suspect was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompts {
    /// Prompts of the harvest's own domain, from the provider's logs.
    Harvest,
    /// Any prompts.
    Generic,
}

/// Where a row's numbers are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As others published them.
    Published,
    /// Computed from what others published.
    Derived,
    /// Measured by this project; the study is in its tree.
    Measured,
}

/// What is to be looked up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The scheme that marks.
    pub scheme: SchemeName,
    /// Tokens in a window.
    pub window: usize,
    /// `green`: its γ.
    pub gamma: Option<f64>,
    /// `green`: its δ, where known.
    pub delta: Option<f64>,
    /// How the suspect is reached.
    pub access: Access,
    /// What it is asked.
    pub prompts: Prompts,
}

/// A lift and the share that leaves it, and which row says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Used<'a> {
    /// The row.
    pub row: &'a Row,
    /// Share of the training text that was marked. Above 1: even a wholly marked training text
    /// leaves less than that lift.
    pub share: f64,
    /// The lift.
    pub lift: f64,
    /// In what respects this goes beyond what was studied.
    pub outside: Vec<Outside>,
}

/// A respect in which a look-up goes beyond what was studied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// The share is below or above those studied.
    Share,
    /// Another γ was studied.
    Gamma,
    /// Another δ was studied.
    Delta,
}

/// The version of the format.
const FORMAT: u32 = 1;

impl Calibration {
    /// The table that is part of this program.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(include_str!("calibration.toml")).expect("the built-in table is tested")
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// When it is not TOML of this format, or a value makes no sense.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        let file: File = toml::from_str(text).map_err(|error| CalibrationError::Syntax {
            line: error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
            message: error.message().trim_end().to_owned(),
        })?;
        if file.hallmark_calibration != FORMAT {
            return Err(CalibrationError::Version {
                found: file.hallmark_calibration,
            });
        }
        for (index, row) in file.row.iter().enumerate() {
            let repeated = file.row[..index].iter().any(|other| other.name == row.name);
            let wrong = if repeated {
                Some("its name stands twice")
            } else {
                row.wrong()
            };
            if let Some(what) = wrong {
                return Err(CalibrationError::Row {
                    row: row.name.clone(),
                    what,
                });
            }
        }
        Ok(Self {
            edition: file.edition,
            rows: file.row,
        })
    }

    /// The lift that a share of marked training text leaves, by the row that is nearest: fewest
    /// respects outside, then the smallest lift. None where no row has the setting's scheme,
    /// window, access and prompts.
    #[must_use]
    pub fn lift(&self, setting: &Setting, share: f64) -> Option<Used<'_>> {
        self.applicable(setting)
            .map(|row| row.used(setting, share, row.lift(share)))
            .min_by(|a, b| {
                let key = |used: &Used<'_>| (used.outside.len(), used.lift);
                key(a).partial_cmp(&key(b)).expect("lifts are finite")
            })
    }

    /// The smallest share of marked training text that leaves a lift, by the row that is nearest:
    /// fewest respects outside, then the largest share.
    #[must_use]
    pub fn share(&self, setting: &Setting, lift: f64) -> Option<Used<'_>> {
        self.applicable(setting)
            .map(|row| row.used(setting, row.share(lift), lift))
            .min_by(|a, b| {
                let key = |used: &Used<'_>| (used.outside.len(), -used.share);
                key(a).partial_cmp(&key(b)).expect("shares are finite")
            })
    }

    /// The smallest share of marked training text that an examination could have seen with power 0.9:
    /// the one that leaves T1's smallest visible effect.
    #[must_use]
    pub fn smallest_share(&self, setting: &Setting, effect: &Effect) -> Option<Used<'_>> {
        self.share(setting, effect.smallest_visible - effect.null)
    }

    fn applicable(&self, setting: &Setting) -> impl Iterator<Item = &Row> {
        let wanted = (
            setting.scheme,
            setting.window,
            setting.access,
            setting.prompts,
        );
        self.rows
            .iter()
            .filter(move |row| (row.scheme, row.window, row.access, row.prompts) == wanted)
    }
}

impl Row {
    /// The lift at a share: between points by a straight line of the logarithms, beyond them by
    /// the exponent.
    #[must_use]
    pub fn lift(&self, share: f64) -> f64 {
        self.along(share, |point| (point.share, point.lift), self.exponent)
    }

    /// The share at a lift; may be above 1.
    #[must_use]
    pub fn share(&self, lift: f64) -> f64 {
        self.along(lift, |point| (point.lift, point.share), 1.0 / self.exponent)
    }

    fn along(&self, x: f64, pair: impl Fn(&Point) -> (f64, f64), exponent: f64) -> f64 {
        let first = pair(&self.points[0]);
        let last = pair(&self.points[self.points.len() - 1]);
        let power = |from: (f64, f64), exponent: f64| from.1 * (x / from.0).powf(exponent);
        if x <= first.0 {
            return power(first, exponent);
        }
        if x >= last.0 {
            return power(last, exponent);
        }
        let after = self.points.partition_point(|point| pair(point).0 < x);
        let (low, high) = (pair(&self.points[after - 1]), pair(&self.points[after]));
        power(low, (high.1 / low.1).ln() / (high.0 / low.0).ln())
    }

    fn used(&self, setting: &Setting, share: f64, lift: f64) -> Used<'_> {
        let studied = self.points[0].share..=self.points[self.points.len() - 1].share;
        // A share at the border comes back from a lift with rounding.
        let within = [1.0 - 1e-9, 1.0, 1.0 + 1e-9]
            .iter()
            .any(|factor| studied.contains(&(share * factor)));
        let differs = |ours: Option<f64>, theirs: Option<f64>| matches!((ours, theirs), (Some(a), Some(b)) if (a - b).abs() > 1e-9);
        let outside = [
            (Outside::Share, !within),
            (Outside::Gamma, differs(setting.gamma, self.gamma)),
            (Outside::Delta, differs(setting.delta, self.delta)),
        ];
        Used {
            row: self,
            share,
            lift,
            outside: outside
                .into_iter()
                .filter_map(|(respect, applies)| applies.then_some(respect))
                .collect(),
        }
    }

    /// What is wrong with it.
    fn wrong(&self) -> Option<&'static str> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let rising = |key: fn(&Point) -> f64| {
            self.points
                .windows(2)
                .all(|pair| key(&pair[0]) < key(&pair[1]))
        };
        let green = self.scheme == SchemeName::Green;
        if self.source.trim().is_empty() {
            Some("it names no source")
        } else if self.points.is_empty() {
            Some("it has no points")
        } else if !self
            .points
            .iter()
            .all(|p| positive(p.share) && p.share <= 1.0 && positive(p.lift))
        {
            Some("a share is in (0, 1] and a lift above 0")
        } else if !rising(|p| p.share) || !rising(|p| p.lift) {
            Some("shares and lifts must both rise from point to point")
        } else if !(positive(self.exponent) && self.exponent <= 4.0) {
            Some("its exponent must be above 0 and at most 4")
        } else if !(1..=4).contains(&self.window) {
            Some("its window must be 1 to 4")
        } else if green != self.gamma.is_some() || (self.delta.is_some() && !green) {
            Some("gamma and delta belong to green, which needs gamma")
        } else {
            None
        }
    }
}

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Not TOML, or a field that is unknown, missing or of another type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line number, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Another version of the format.
    #[error("hallmark-calibration = {found}: this program reads version {FORMAT}")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// A row that makes no sense.
    #[error("row {row:?}: {what}")]
    Row {
        /// Its name.
        row: String,
        /// What is wrong.
        what: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    hallmark_calibration: u32,
    edition: String,
    row: Vec<Row>,
}
