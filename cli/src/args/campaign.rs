//! `campaign`.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// From usage logs to groups of accounts that act as one, and to keys of their own
///
/// Accounts that share payment, addresses, devices or templates in the first weeks propose groups; the minutes of their requests in the weeks
/// after test them. Two lists come out: the cohort list (false discovery rate 5%), whose accounts get a key, and the named list (0.1%), about
/// which people decide. Coordinated is all that this says: it is no theft, and no accusation (docs/campaigns.md).
#[derive(clap::Args)]
pub(crate) struct CampaignArgs {
    #[command(subcommand)]
    pub(crate) action: CampaignAction,
}

#[derive(Subcommand)]
pub(crate) enum CampaignAction {
    Scan(Box<CampaignScanArgs>),
    Explain(CampaignExplainArgs),
    Cohorts(CampaignCohortsArgs),
    Pseudonyms(CampaignPseudonymsArgs),
    Worlds(CampaignWorldsArgs),
}

/// Whose key makes pseudonyms.
#[derive(clap::Args)]
pub(crate) struct PseudonymArgs {
    /// The root key file, from which the key of pseudonyms is derived; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The domain of pseudonyms: those of two domains cannot be compared
    #[arg(long, value_name = "NAME", default_value = "campaigns")]
    pub(crate) domain: String,
}

/// Find groups of accounts that act as one
///
/// Reads a table of requests (time, account, and what a request shows: attr.ip, attr.template, …) and one of attributes (account, kind, value,
/// `first_seen`), from JSON lines, CSV and Parquet. Accounts and values become pseudonyms as they are read; nothing else of them is written.
#[derive(clap::Args)]
pub(crate) struct CampaignScanArgs {
    #[command(flatten)]
    pub(crate) pseudonyms: PseudonymArgs,
    /// Tables of requests
    #[arg(value_name = "LOG", required = true)]
    pub(crate) requests: Vec<PathBuf>,
    /// A table of attributes; repeat it
    #[arg(long, value_name = "FILE")]
    pub(crate) attributes: Vec<PathBuf>,
    /// What wrote the logs: own, ledger, litellm, langfuse, helicone, otel, openai-usage, anthropic-usage, cloudflare,
    /// nginx or caddy
    #[arg(long, value_name = "NAME", default_value = "own")]
    pub(crate) layout: String,
    /// Where a field stands: time, end, account, unit, system, turn, `attr.KIND`, kind, value or `first_seen`, and a dotted path; repeat it
    #[arg(long = "field", value_name = "NAME=PATH")]
    pub(crate) fields: Vec<String>,
    /// Leave out so many records that cannot be used, and count them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_bad: u64,
    /// A value that more accounts share proposes nothing; nor does one that more than a tenth of all share
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=5000))]
    pub(crate) cap: u32,
    /// Take these files into a state on disk (a new file, or one that this made), and scan everything that was ever taken. Files that were taken
    /// are passed over, only windows that are over test, and what was killed half-way is begun again
    #[arg(long, value_name = "STATE")]
    pub(crate) follow: Option<PathBuf>,
    /// Weeks that propose groups; a third of all unless told otherwise, with --follow 3
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=52))]
    pub(crate) propose_weeks: Option<u32>,
    /// A window that is not over tests nothing, as with --follow
    #[arg(long)]
    pub(crate) whole_windows: bool,
    /// Weeks of a window: an account's hours are exchanged within it, and each window has an e-value of its own; windows of twice as many are tested too
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=52))]
    pub(crate) window_weeks: u32,
    /// Surrogates of each window: no window's e-value is above their number and one
    #[arg(long, value_name = "R", default_value_t = 9999, value_parser = clap::value_parser!(u32).range(9..=100_000))]
    pub(crate) surrogates: u32,
    /// Draws the surrogates
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write a line for each campaign to this new file
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: Option<PathBuf>,
}

/// Say why accounts were put together, what would clear one of them, or why a group was cleared
#[derive(clap::Args)]
pub(crate) struct CampaignExplainArgs {
    /// What `campaign scan --format json` printed
    #[arg(value_name = "RESULT")]
    pub(crate) result: PathBuf,
    /// A campaign (c-…), a cleared group (g-…), or the pseudonym of an account of either
    #[arg(value_name = "CAMPAIGN")]
    pub(crate) campaign: String,
    /// Write a self-contained page for people to this new file; `-` is stdout, instead of the result
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Give each campaign keys of its own
///
/// Writes a folder: `keys/`, with one key for each cohort, or two for each campaign (--halves: by a committed draw, so that one can repeat
/// what the other shows) and one for matched accounts; `ring.tsv`, which says of each pseudonym which label its requests have; and `cohorts.json`,
/// to be committed to with `commit --cohorts`, with `map.txt`, which opens it.
#[derive(clap::Args)]
pub(crate) struct CampaignCohortsArgs {
    /// What `campaign scan --format json` printed
    #[arg(value_name = "RESULT")]
    pub(crate) result: PathBuf,
    /// The root key file; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The epoch of the new keys
    #[arg(long, value_name = "NAME")]
    pub(crate) epoch: String,
    /// Two keys for each campaign
    #[arg(long)]
    pub(crate) halves: bool,
    /// A file that names keys in use by their public ids, such as commitments, ledgers and results; repeat it, or say --none-in-use
    #[arg(long, value_name = "FILE", required_unless_present = "none_in_use")]
    pub(crate) in_use: Vec<PathBuf>,
    /// No key is in use yet
    #[arg(long, conflicts_with = "in_use")]
    pub(crate) none_in_use: bool,
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Print the pseudonyms of accounts, a line each, in the order of the list
#[derive(clap::Args)]
pub(crate) struct CampaignPseudonymsArgs {
    #[command(flatten)]
    pub(crate) pseudonyms: PseudonymArgs,
    /// Accounts, one a line; `-` is stdin
    #[arg(value_name = "LIST")]
    pub(crate) accounts: PathBuf,
    /// The list is of declared organisations, each of which has one pseudonym for all of its accounts
    #[arg(long)]
    pub(crate) units: bool,
}

/// Make worlds of innocents and harvests, and scan them; or write one as files
#[derive(clap::Args)]
pub(crate) struct CampaignWorldsArgs {
    /// The plan: TOML, as in docs/studies/campaigns
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Worlds
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) worlds: u32,
    /// The seed of the first; the others follow
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Weeks of a window
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=52))]
    pub(crate) window_weeks: u32,
    /// Surrogates of each window
    #[arg(long, value_name = "R", default_value_t = 9999, value_parser = clap::value_parser!(u32).range(9..=100_000))]
    pub(crate) surrogates: u32,
    /// Which hours of an account are exchanged
    #[arg(long, value_enum, default_value_t = WithinName::HourOfDay)]
    pub(crate) within: WithinName,
    /// Write the first world into this new folder, and scan nothing
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// Which hours may be exchanged.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum WithinName {
    /// Those of one hour of the day.
    HourOfDay,
    /// All of a week.
    Window,
}
