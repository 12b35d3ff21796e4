//! Where cohort keys come from: a root key in memory, or a service that holds the root.

use super::{CohortKey, NameError, RootKey};

/// Hands out cohort keys. A key-management service implements it to keep the root to itself.
///
/// It is asked once per cohort and epoch, never per token.
pub trait KeyProvider {
    /// What can go wrong: a bad name, or the service.
    type Error;

    /// The key of `cohort` in `epoch`.
    ///
    /// # Errors
    /// When a name cannot be used or the provider has no answer.
    fn cohort_key(&self, epoch: &str, cohort: &str) -> Result<CohortKey, Self::Error>;
}

impl KeyProvider for RootKey {
    type Error = NameError;

    fn cohort_key(&self, epoch: &str, cohort: &str) -> Result<CohortKey, NameError> {
        self.epoch(epoch)?.cohort(cohort)
    }
}
