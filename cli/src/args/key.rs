//! `keygen` and `derive`.

use std::path::PathBuf;

/// Make a new root key.
///
/// 32 bytes of the operating system's randomness, in a new file that only you can read. The key's
/// public id is printed; the key itself never is. Whoever holds the file can make and find the
/// mark, so keep it as you keep other signing keys, and keep a backup: a lost key cannot be
/// found again.
#[derive(clap::Args)]
pub(crate) struct KeygenArgs {
    /// The new key file; `-` writes to a pipe
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Make a key that signs plans, bundles and logs instead (Ed25519, PKCS #8 in PEM), and its public half in FILE.pub
    #[arg(long)]
    pub(crate) signing: bool,
}

/// Make the key of one cohort of accounts in one epoch.
///
/// The same root key, epoch and cohort always give the same key. A cohort key can be shown to an
/// opposing expert without giving away the root or any other cohort.
#[derive(clap::Args)]
pub(crate) struct DeriveArgs {
    /// The root key file; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The period in which the key marks, for instance 2026q4
    #[arg(long, required_unless_present = "default_cohort")]
    pub(crate) epoch: Option<String>,
    /// The group of accounts that shares the key
    #[arg(long, required_unless_present = "default_cohort")]
    pub(crate) cohort: Option<String>,
    /// Write the cohort key that the root key stands for when it marks directly, so that it can be
    /// shown without the root
    #[arg(long, conflicts_with_all = ["epoch", "cohort"])]
    pub(crate) default_cohort: bool,
    /// The new key file; `-` writes to a pipe
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
