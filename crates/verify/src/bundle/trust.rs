//! Whom the reader trusts.

use crate::note::VerifierKey;
use ed25519_dalek::VerifyingKey;

/// Whom the reader trusts, known from elsewhere than the bundle. Without it the bundle's own keys are taken, and the check says so.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Who may have signed the plan and the bundle.
    pub signers: Vec<VerifyingKey>,
    /// Keys of logs: a proof by another log is not taken.
    pub logs: Vec<VerifierKey>,
    /// Root certificates of timestamping authorities, in PEM.
    pub timestamp_roots: Vec<String>,
}
