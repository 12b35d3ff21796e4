//! What every test of an examination knows beside its own sums.

use crate::finding::{Counts, Finding, Test, Warning};
use crate::scores::Tally;
use crate::tail::Log10P;
use crate::weights::{WeightSource, WindowWeights};

/// What every test knows beside its own sums.
pub(crate) struct Seen<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) weights: Option<&'a WindowWeights>,
}

impl Seen<'_> {
    /// A finding with what is the same for all tests; the statistic is yet to come.
    pub(crate) fn finding(&self, test: Test, key: &Tally, log10_p: Log10P) -> Finding {
        Finding {
            tokens: self.counts.tokens,
            scored: self.counts.scored,
            warnings: Warning::of(self.counts),
            ..Finding::new(test, key.mark.key().to_string(), log10_p)
        }
    }

    /// Says in the finding of a weighted test what the weights were.
    pub(crate) fn weighted(&self, finding: Finding, key: &Tally) -> Finding {
        let Some(weights) = self.weights else {
            return finding;
        };
        let source = weights.source(key.mark.key());
        let mut finding = Finding {
            weights: Some(source),
            weighting: Some(weights.describe()),
            ..finding
        };
        if source == WeightSource::SameKey {
            finding.warnings.push(Warning::SameKeyWeights);
        }
        finding
    }
}
