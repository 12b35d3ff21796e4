//! `merge`.

use std::path::PathBuf;

/// One e-value out of several examinations of one suspect
///
/// Takes the JSON that `examine --format json` printed, once for each examination, and averages T3's e-value at the
/// end, key by key. The mean of e-values is an e-value whatever the examinations have in common; how many there
/// are must have been decided without looking at their results. To go on with one examination
/// instead, run `examine` again over the old answers and the new ones, in the order of collection.
#[derive(clap::Args)]
pub(crate) struct MergeArgs {
    /// Results of `examine`, of one profile; `-` is stdin
    #[arg(value_name = "AUDIT", required = true)]
    pub(crate) audits: Vec<PathBuf>,
}
