//! Distinct units that a law needs one by one.

use hallmark_core::mark::Mark;

/// The distinct units of a corpus, where keys of a function are related: a tested key is then compared with others on
/// the same units.
#[derive(Clone, Default)]
pub(crate) struct SeenUnits(Option<Vec<u64>>);

impl SeenUnits {
    /// What the law of `mark` needs: nothing for most.
    pub(crate) fn for_law_of(mark: &Mark) -> Self {
        Self(mark.null().related().map(|_| vec![]))
    }

    /// Adds units that are new.
    pub(crate) fn add(&mut self, units: &[u64]) {
        if let Some(all) = &mut self.0 {
            all.extend(units);
        }
    }

    /// All of them, where they are needed.
    pub(crate) fn all(&self) -> Option<&[u64]> {
        self.0.as_deref()
    }
}
