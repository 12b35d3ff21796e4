//! One setting that was studied: lifts by share.

use super::setting::{Access, Outside, Prompts, SchemeName, Setting};
use serde::{Deserialize, Serialize};

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

impl Used<'_> {
    /// The smallest share that the study itself tried and that left this lift or more, if it was of this setting.
    #[must_use]
    pub fn tried(&self, lift: f64) -> Option<f64> {
        let is_of_setting = self.outside.iter().all(|&what| what == Outside::Share);
        let mut points = self.row.points.iter().filter(|_| is_of_setting);
        points
            .find(|point| point.lift >= lift)
            .map(|point| point.share)
    }
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

/// Where a row's numbers are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As others published them.
    Published,
    /// Computed from what others published.
    Derived,
    /// Measured by this project; the study is in its tree.
    Measured,
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

    /// What it says of a setting, with the respects in which it goes beyond its study.
    pub(super) fn used(&self, setting: &Setting, share: f64, lift: f64) -> Used<'_> {
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
    pub(super) fn wrong(&self) -> Option<&'static str> {
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
