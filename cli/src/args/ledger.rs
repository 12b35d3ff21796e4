//! `ledger`.

use std::path::PathBuf;

/// What serving engines marked, out of their ledgers
///
/// Reads the ledgers that `[ledger]` of serving files name, says for each key how many answers are there and which
/// numbers are missing, and with --out writes one key's log in the order of its requests: what `index make --first`
/// takes. Several processes' ledgers are read together, if a gateway numbered their requests.
#[derive(clap::Args)]
pub(crate) struct LedgerArgs {
    /// Ledgers
    #[arg(value_name = "LEDGER", required = true)]
    pub(crate) ledgers: Vec<PathBuf>,
    /// Write one key's log to this new file; `-` is stdout, in place of the result
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Which key's, by its public id, where there are several
    #[arg(long, value_name = "ID", requires = "out")]
    pub(crate) key_id: Option<String>,
}
