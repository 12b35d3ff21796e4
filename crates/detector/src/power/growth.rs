//! From cells to tokens: how many distinct fresh cells answers of a given length hold.

use super::PowerError;
use serde::{Deserialize, Serialize};

/// Distinct fresh cells after n generated tokens: coefficient · n^exponent (Heaps' law).
///
/// An exponent of 1 is a constant rate. Text repeats itself, so the rate of new cells falls: for
/// windows of two tokens .52 a token falling to .27 was published.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Growth {
    /// Cells at the first token.
    pub coefficient: f64,
    /// 1 for a constant rate, less where cells repeat.
    pub exponent: f64,
    /// Where the numbers are from.
    pub source: GrowthSource,
}

/// Where a [`Growth`] is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrowthSource {
    /// A constant that the caller gave.
    Given,
    /// A constant, the lowest published rate for windows of two tokens; longer windows repeat less.
    Assumed,
    /// Fitted on a pilot.
    Pilot,
}

/// The lowest published rate of new cells a token for windows of two tokens.
pub(super) const PUBLISHED_RATE: f64 = 0.27;

impl Growth {
    /// A constant rate of new cells a token.
    ///
    /// # Errors
    /// A rate outside (0, 1].
    pub fn constant(rate: f64) -> Result<Self, PowerError> {
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(PowerError::Value {
                field: "cells-per-token",
                found: rate,
                allowed: "above 0, at most 1",
            });
        }
        Ok(Self {
            coefficient: rate,
            exponent: 1.0,
            source: GrowthSource::Given,
        })
    }

    /// What is assumed where nothing is known; none for windows of one token, which repeat far
    /// more.
    #[must_use]
    pub fn assumed(window: usize) -> Option<Self> {
        (window >= 2).then_some(Self {
            coefficient: PUBLISHED_RATE,
            exponent: 1.0,
            source: GrowthSource::Assumed,
        })
    }

    /// Fits the law to a pilot: `seen` holds, after each of its answers, the tokens and the distinct
    /// fresh cells so far.
    ///
    /// Least squares of ln cells on ln tokens over the points from an eighth of the tokens on,
    /// the exponent kept within [0.2, 1]; the curve is then moved to pass through the last point,
    /// so that only growth beyond the pilot is a prediction. None for fewer than four such points
    /// or no cells.
    #[must_use]
    pub fn fit(seen: &[(u64, u64)]) -> Option<Self> {
        let &(tokens, cells) = seen.last()?;
        let points: Vec<(f64, f64)> = seen
            .iter()
            .filter(|&&(n, v)| n >= tokens.div_ceil(8) && n > 0 && v > 0)
            .map(|&(n, v)| ((n as f64).ln(), (v as f64).ln()))
            .collect();
        if points.len() < 4 || cells == 0 {
            return None;
        }
        let count = points.len() as f64;
        let mean_x = points.iter().map(|p| p.0).sum::<f64>() / count;
        let mean_y = points.iter().map(|p| p.1).sum::<f64>() / count;
        let spread: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
        let common: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
        if spread <= 0.0 {
            return None;
        }
        let exponent = (common / spread).clamp(0.2, 1.0);
        Some(Self {
            coefficient: cells as f64 / (tokens as f64).powf(exponent),
            exponent,
            source: GrowthSource::Pilot,
        })
    }

    /// Tokens that hold so many cells, rounded up.
    #[must_use]
    pub fn tokens(&self, cells: f64) -> f64 {
        (cells / self.coefficient).powf(1.0 / self.exponent).ceil()
    }

    /// Cells in so many tokens.
    #[must_use]
    pub fn cells(&self, tokens: f64) -> f64 {
        self.coefficient * tokens.powf(self.exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_recovered_from_its_own_points() {
        let seen: Vec<(u64, u64)> = (1..=200)
            .map(|i| (i * 500, (3.0 * (i as f64 * 500.0).powf(0.8)) as u64))
            .collect();
        let growth = Growth::fit(&seen).expect("enough points");
        assert!((growth.exponent - 0.8).abs() < 1e-3, "{growth:?}");
        let (tokens, cells) = seen[seen.len() - 1];
        assert!((growth.cells(tokens as f64) - cells as f64).abs() < 1.0);
        assert!((growth.tokens(cells as f64) - tokens as f64).abs() <= 1.0);
    }

    #[test]
    fn cells_cannot_outgrow_tokens_and_little_is_not_fitted() {
        let steep: Vec<(u64, u64)> = (1..20).map(|i| (i * 10, i * i)).collect();
        assert!((Growth::fit(&steep).expect("enough points").exponent - 1.0).abs() < 1e-12);
        assert_eq!(Growth::fit(&[]), None);
        assert_eq!(Growth::fit(&[(10, 5), (20, 9), (30, 11)]), None);
        assert_eq!(Growth::fit(&[(10, 0); 8]), None);
        assert!(Growth::constant(0.0).is_err() && Growth::constant(1.5).is_err());
        assert_eq!(Growth::assumed(1), None);
    }
}
