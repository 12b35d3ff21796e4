//! How often something happened, with limits.

use crate::error::{Error, Result};
use hallmark_detector::interval::{Interval, IntervalError, Sides, bounded_mean, clopper_pearson};
use serde::{Deserialize, Serialize};

/// The chance that an interval misses, both sides together.
pub const MISS: f64 = 0.05;

/// A share, with 95% limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How often it happened.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The share.
    pub rate: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl Rate {
    /// Of independent cases: Clopper–Pearson.
    pub(super) fn of_cases(count: u64, of: u64) -> Result<Self> {
        Self::within(count, of, clopper_pearson(of, count, MISS, Sides::Two))
    }

    /// Of `of` cases in `groups` groups of one size that are independent of each other, while cases of a group need not be:
    /// Hoeffding, over groups.
    pub(super) fn of_groups(count: u64, of: u64, groups: u64) -> Result<Self> {
        let rate = count as f64 / of as f64;
        Self::within(count, of, bounded_mean(groups, rate, MISS, Sides::Two))
    }

    /// Whether the share is above a level beyond what chance gives once in 1/`miss` cases.
    pub(super) fn is_above(&self, level: f64, miss: f64) -> Result<bool> {
        let low = clopper_pearson(self.of, self.count, miss, Sides::Lower);
        Ok(low.map_err(Error::usage)?.low > level)
    }

    /// The same of groups.
    pub(super) fn is_above_over(&self, groups: u64, level: f64, miss: f64) -> Result<bool> {
        let low = bounded_mean(groups, self.rate, miss, Sides::Lower);
        Ok(low.map_err(Error::usage)?.low > level)
    }

    fn within(
        count: u64,
        of: u64,
        interval: std::result::Result<Interval, IntervalError>,
    ) -> Result<Self> {
        let interval = interval.map_err(Error::usage)?;
        Ok(Self {
            count,
            of,
            rate: count as f64 / of as f64,
            low: interval.low,
            high: interval.high,
        })
    }
}
