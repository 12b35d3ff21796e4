//! What every test of an examination knows beside its own sums.

use crate::finding::{Condition, Counts, Finding, Found, Warning};
use crate::scores::Tally;
use crate::tail::Log10P;
use crate::weights::{WeightSource, Weighting, WindowWeights};

/// What every test knows beside its own sums.
pub(crate) struct Seen<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) weights: Option<&'a WindowWeights>,
}

impl Seen<'_> {
    /// A finding with what is the same for all tests.
    pub(crate) fn finding(&self, found: Found, key: &Tally, log10_p: Log10P) -> Finding {
        Finding {
            tokens: self.counts.tokens,
            scored: self.counts.scored,
            warnings: Warning::of(self.counts),
            ..Finding::new(found, key.mark.key().to_string(), log10_p)
        }
    }

    /// What the weights were made from, as seen by this key, and how.
    pub(crate) fn weighting(&self, key: &Tally) -> Option<(WeightSource, Weighting)> {
        let weights = self.weights?;
        Some((weights.source(key.mark.key()), weights.describe()))
    }
}

/// The finding of a weighted test, conditional where its weights depend on the key.
pub(crate) fn weighted(mut finding: Finding) -> Finding {
    if finding.weights() == Some(WeightSource::SameKey) {
        finding.unproven.push(Condition::KeyFreeWeights);
    }
    finding
}
