//! Ghost twins: was the answer that was sent learned, rather than its twin that was not?
//!
//! For some requests two answers were drawn and a fair coin decided which was sent. A feature of the suspect, such as the log-probability per token
//! that it gives an answer, is computed for both. Where nothing of the suspect depends on the coins, the sign of each difference, sent less
//! unsent, is a fair coin whatever the answers are, so
//!
//! ```text
//! differences → sign test (binomial), weighted signed sum (weighted tail), bets (e-value)
//! ```
//!
//! are exact. Derivation, and what becomes of pairs without a score: `docs/tests/twins.md`.

mod sequential;
mod weights;

use crate::interval::{Interval, Sides, clopper_pearson};
use crate::multiplicity::times;
use crate::tail::{HALF, Log10E, Log10P, Method, binomial_upper, weighted_upper};
use hallmark_core::law::Law;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is found in the pairs of one account, or of all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TwinsFinding {
    /// Pairs whose twins differ in the feature.
    pub pairs: u64,
    /// Pairs whose twins do not: they say nothing.
    pub ties: u64,
    /// Pairs without a score.
    pub missing: u64,
    /// Pairs in which the sent twin has the larger feature.
    pub sent_larger: u64,
    /// Their share among `pairs`, at 95%; one half where the suspect learned nothing of what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Interval>,
    /// log10 p of the sign test.
    pub log10_p_sign: Log10P,
    /// log10 p of the sign test if every pair without a score had spoken against it: this holds whatever decided which are missing.
    pub log10_p_sign_missing_against: Log10P,
    /// log10 p of the signed sum, pairs weighted by how much their twins differ.
    pub log10_p_weighted: Log10P,
    /// How its tail was bounded.
    pub method: Method,
    /// log10 of the e-value of bets on all pairs in their order.
    pub log10_e: Log10E,
    /// The largest that it was on the way.
    pub log10_e_largest: Log10E,
}

/// A difference that is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the difference of pair {place} is not finite")]
pub struct NotFinite {
    /// The pair, from 0.
    pub place: usize,
}

/// Tests pairs in their order: each the feature of the sent twin less that of the unsent one, or nothing where it has no score.
///
/// # Errors
/// When a difference is not finite.
///
/// ```
/// use hallmark_detector::statistic::twins;
/// let found = twins::test(&[Some(1.0), Some(0.5), Some(2.0), Some(0.0), None])?;
/// assert_eq!((found.pairs, found.sent_larger, found.ties, found.missing), (3, 3, 1, 1));
/// assert_eq!(found.log10_p_sign.to_string(), "1.3e-1"); // 1/8
/// assert_eq!(found.log10_p_sign_missing_against.to_string(), "3.2e-1"); // 5/16
/// # Ok::<(), twins::NotFinite>(())
/// ```
pub fn test(differences: &[Option<f64>]) -> Result<TwinsFinding, NotFinite> {
    let wrong = |difference: &Option<f64>| difference.is_some_and(|d| !d.is_finite());
    if let Some(place) = differences.iter().position(wrong) {
        return Err(NotFinite { place });
    }
    let scored: Vec<f64> = differences.iter().flatten().copied().collect();
    let missing = (differences.len() - scored.len()) as u64;
    let telling: Vec<f64> = scored.iter().copied().filter(|d| *d != 0.0).collect();
    let sent_larger = telling.iter().filter(|d| **d > 0.0).count() as u64;
    let pairs = telling.len() as u64;
    let sign = |pairs| binomial_upper(pairs, sent_larger, HALF).unwrap_or(Log10P::ONE);
    let (groups, sum) = weights::signed(&telling);
    let law = Law::Bernoulli { threshold: HALF };
    let weighted = weighted_upper(law, &groups, sum);
    let (log10_e, log10_e_largest) = sequential::log10_e(&telling);
    Ok(TwinsFinding {
        pairs,
        ties: scored.len() as u64 - pairs,
        missing,
        sent_larger,
        share: clopper_pearson(pairs, sent_larger, 0.05, Sides::Two)
            .ok()
            .filter(|_| pairs > 0),
        log10_p_sign: sign(pairs),
        log10_p_sign_missing_against: sign(pairs + missing),
        log10_p_weighted: weighted.map_or(Log10P::ONE, |tail| tail.log10_p),
        method: weighted.map_or(Method::Exact, |tail| tail.method),
        log10_e,
        log10_e_largest,
    })
}

/// Two-sided p of the same signed sum: do sent and unsent twins differ at all in something that no suspect decides, such as their length?
///
/// # Errors
/// As [`test()`].
pub fn two_sided(differences: &[f64]) -> Result<Log10P, NotFinite> {
    let some = |sign: f64| {
        differences
            .iter()
            .map(|d| Some(sign * d))
            .collect::<Vec<_>>()
    };
    let above = test(&some(1.0))?.log10_p_weighted;
    let below = test(&some(-1.0))?.log10_p_weighted;
    Ok(times(above.min(below), 2))
}

impl TwinsFinding {
    /// What decides: the sign test, the weighted sum and the bets, or where pairs have no score, the sign test with these against it and nothing
    /// of the others.
    #[must_use]
    pub fn deciding(&self) -> [Log10P; 3] {
        if self.missing > 0 {
            return [self.log10_p_sign_missing_against, Log10P::ONE, Log10P::ONE];
        }
        [
            self.log10_p_sign,
            self.log10_p_weighted,
            self.log10_e_largest.p_value(),
        ]
    }

    /// The e-value that a list of many accounts goes by: that of the bets at the end, or where pairs have no score, of the sign test.
    #[must_use]
    pub fn screening(&self) -> Log10E {
        if self.missing > 0 {
            return crate::multiplicity::calibrate(self.log10_p_sign_missing_against);
        }
        self.log10_e
    }
}
