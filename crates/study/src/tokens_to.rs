//! Evidence against tokens: how many tokens a test needs.

use crate::record::Point;

/// log10 p that the tables ask for.
pub const TARGET: f64 = -6.0;

/// Answer tokens from which on a test has log10 p at or below `target` and stays there to the last prefix at which it was
/// made: linear between the prefixes, from log10 p = 0 at none. None where its last value is above the target.
///
/// The first crossing would not do: taking the best of several prefixes is peeking, and a value that
/// comes and goes again would count as an arrival.
#[must_use]
pub fn tokens_to(points: &[Point], test: &str, target: f64) -> Option<f64> {
    let mut arrived = None;
    let (mut tokens, mut before) = (0.0, 0.0);
    for point in points {
        // T9 is made on the first prefixes only.
        let Some(&log10_p) = point.log10_p.get(test) else {
            break;
        };
        let next = point.tokens as f64;
        if log10_p > target {
            arrived = None;
        } else if arrived.is_none() {
            let through = (target - before) / (log10_p - before);
            arrived = Some(tokens + through * (next - tokens));
        }
        (tokens, before) = (next, log10_p);
    }
    arrived
}

/// How many times fewer tokens one test needs than another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Saving {
    /// Both reach the target.
    Times(f64),
    /// The other one does not, with all tokens there are: at least this.
    AtLeast(f64),
    /// The test itself does not.
    Unknown,
}

/// The saving of `test` over `other`.
#[must_use]
pub fn saving(points: &[Point], test: &str, other: &str, target: f64) -> Saving {
    let all = points.last().map_or(0.0, |point| point.tokens as f64);
    match (
        tokens_to(points, test, target),
        tokens_to(points, other, target),
    ) {
        (Some(own), Some(others)) => Saving::Times(others / own),
        (Some(own), None) => Saving::AtLeast(all / own),
        (None, _) => Saving::Unknown,
    }
}

impl Saving {
    /// A number that it is at least.
    #[must_use]
    pub fn at_least(self) -> Option<f64> {
        match self {
            Self::Times(times) | Self::AtLeast(times) => Some(times),
            Self::Unknown => None,
        }
    }
}

impl std::fmt::Display for Saving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Times(times) => write!(f, "{times:.1}"),
            Self::AtLeast(times) => write!(f, "≥ {times:.1}"),
            Self::Unknown => f.write_str("–"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn points(values: &[(u64, f64, f64)]) -> Vec<Point> {
        let point = |&(tokens, one, other): &(u64, f64, f64)| Point {
            tokens,
            log10_p: BTreeMap::from([("one".to_owned(), one), ("other".to_owned(), other)]),
            ..Point::default()
        };
        values.iter().map(point).collect()
    }

    #[test]
    fn tokens_are_interpolated_between_prefixes() {
        let points = points(&[(1000, -2.0, -1.0), (2000, -10.0, -2.0)]);
        assert_eq!(tokens_to(&points, "one", -1.0), Some(500.0));
        assert_eq!(tokens_to(&points, "one", -6.0), Some(1500.0));
        assert_eq!(tokens_to(&points, "other", -6.0), None);
        assert_eq!(tokens_to(&points, "none", -6.0), None);
    }

    #[test]
    fn a_value_that_comes_and_goes_is_no_arrival() {
        let points = points(&[(1000, -8.0, -8.0), (2000, -1.0, -1.0), (3000, -2.0, -11.0)]);
        assert_eq!(tokens_to(&points, "one", -6.0), None);
        assert_eq!(tokens_to(&points, "other", -6.0), Some(2500.0));
    }

    #[test]
    fn a_saving_over_a_test_that_never_arrives_is_a_lower_bound() {
        let points = points(&[(1000, -6.0, -1.0), (4000, -10.0, -2.0)]);
        assert_eq!(saving(&points, "one", "other", -6.0), Saving::AtLeast(4.0));
        assert_eq!(
            saving(&points, "one", "other", -2.0),
            Saving::Times(4000.0 / (1000.0 / 3.0))
        );
        assert_eq!(saving(&points, "other", "one", -6.0), Saving::Unknown);
    }
}
