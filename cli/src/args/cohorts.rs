//! `cohorts`.

use clap::Subcommand;
use std::path::PathBuf;

/// Which accounts share a key: a random draw that can be shown later
///
/// Every account, or cluster of accounts that belong together, falls into a cohort by a keyed function of its name. What is published says how
/// it was drawn and how large cohorts are; who is where is encrypted (age) for those who may read it, and belongs in no bundle.
#[derive(clap::Args)]
pub(crate) struct CohortsArgs {
    #[command(subcommand)]
    pub(crate) action: CohortsAction,
}

#[derive(Subcommand)]
pub(crate) enum CohortsAction {
    Draw(CohortsDrawArgs),
    Open(CohortsOpenArgs),
}

/// Draw accounts into cohorts
///
/// Writes a folder: `cohorts.json`, to be committed to with `commit --cohorts`, and `accounts.age`, which only the recipients can read.
#[derive(clap::Args)]
pub(crate) struct CohortsDrawArgs {
    /// The accounts: one a line, or an account, a tabulator and its cluster; `-` is stdin
    #[arg(value_name = "LIST")]
    pub(crate) accounts: PathBuf,
    /// A cohort to draw into, with its weight where it is not 1; repeat it
    #[arg(
        long = "cohort",
        value_name = "NAME[=WEIGHT]",
        required_unless_present = "count"
    )]
    pub(crate) cohorts: Vec<String>,
    /// So many cohorts of equal weight, named cohort-1 and so on
    #[arg(long, value_name = "N", conflicts_with = "cohorts", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: Option<u32>,
    /// The cohort of accounts that are known to be innocent, named in --innocent
    #[arg(long, value_name = "NAME", requires = "innocent")]
    pub(crate) innocent_control: Option<String>,
    /// The accounts known to be innocent: one a line
    #[arg(long, value_name = "LIST", requires = "innocent_control")]
    pub(crate) innocent: Option<PathBuf>,
    /// The cohort of published text: no account is in it
    #[arg(long, value_name = "NAME")]
    pub(crate) public_web: Option<String>,
    /// A cohort whose key marks nothing; repeat it
    #[arg(long, value_name = "NAME")]
    pub(crate) never_used: Vec<String>,
    /// Who may read the map: an age recipient (age1…); repeat it
    #[arg(long = "recipient", value_name = "AGE1", required = true)]
    pub(crate) recipients: Vec<String>,
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Open the map, draw again, and compare with what was published
#[derive(clap::Args)]
pub(crate) struct CohortsOpenArgs {
    /// The folder that `cohorts draw` wrote
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The age identity of somebody who may read the map
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: PathBuf,
    /// Write accounts and their cohorts to this new file, separated by a tabulator; only you can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
