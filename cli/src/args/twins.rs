//! `twins`.

use super::TlogArgs;
use clap::Subcommand;
use std::path::PathBuf;

/// Ghost twins: second answers that are never sent, and a committed coin that says which of both is
///
/// For a share of all requests the serving side draws two answers with independent randomness and sends the one that the coin names. Whoever did
/// not learn from what was sent cannot tell it from its twin. So a suspect's log-probabilities, or its answers, say whether it depends on what was
/// sent to one account, however few answers that account had (docs/tests/twins.md).
#[derive(clap::Args)]
pub(crate) struct TwinsArgs {
    #[command(subcommand)]
    pub(crate) action: TwinsAction,
}

#[derive(Subcommand)]
pub(crate) enum TwinsAction {
    Draw(TwinsDrawArgs),
    Commit(TwinsCommitArgs),
    Test(TwinsTestArgs),
}

/// Say which requests have twins, and which twin is sent
///
/// A function of the seed and each request's id alone. Commit to the seed first (`twins commit --key`).
#[derive(clap::Args)]
pub(crate) struct TwinsDrawArgs {
    /// What was published of the seed: the twins.json of `twins commit --key`
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: PathBuf,
    /// The twins.opening that was written with it
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: PathBuf,
    /// Ids of requests, one a line; `-` is stdin
    #[arg(value_name = "LIST")]
    pub(crate) requests: PathBuf,
}

/// Commit to a seed before the first twin is drawn, or to the twins before the suspect is asked
///
/// With --key: writes a folder with `twins.json`, to be published, and `twins.opening`, which only you can read. With --twins: a folder with
/// `twins.json`, `table.jsonl` (digests of both answers of each request) and the seed's commitment. With --tlog either stands in a transparency
/// log.
#[derive(clap::Args)]
pub(crate) struct TwinsCommitArgs {
    /// The root key file, from which the seed is derived; `-` reads stdin
    #[arg(long, value_name = "FILE", requires_all = ["name", "share"], conflicts_with_all = ["seed", "opening", "twins", "requests"], required_unless_present = "twins")]
    pub(crate) key: Option<PathBuf>,
    /// The name of the draw, such as 2026q4: another name, another seed
    #[arg(long, value_name = "NAME", requires = "key")]
    pub(crate) name: Option<String>,
    /// The share of requests that have twins, such as 0.01
    #[arg(long, value_name = "R", requires = "key")]
    pub(crate) share: Option<f64>,
    /// The seed's twins.json, as it was published
    #[arg(long, value_name = "FILE", requires = "twins")]
    pub(crate) seed: Option<PathBuf>,
    /// The twins.opening that was written with it
    #[arg(long, value_name = "FILE", requires = "twins")]
    pub(crate) opening: Option<PathBuf>,
    /// The twins: a line of JSON for each request with id, a, b, and where there are any account, conversation, prompt and sent
    #[arg(long, value_name = "FILE", requires_all = ["seed", "opening"])]
    pub(crate) twins: Option<PathBuf>,
    /// Ids of all requests, one a line: shows that no twins were left out
    #[arg(long, value_name = "FILE", requires = "twins")]
    pub(crate) requests: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tlog: TlogArgs,
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Test whether a suspect depends on which twins were sent
#[derive(clap::Args)]
pub(crate) struct TwinsTestArgs {
    /// The folder that `twins commit --twins` wrote
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The twins.opening of its seed
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: PathBuf,
    /// What the suspect gives each twin: a line of JSON with id, a and b, such as log-probabilities per token; both or null
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "answers",
        conflicts_with = "answers"
    )]
    pub(crate) scores: Option<PathBuf>,
    /// The same of a model that cannot have learned from what was sent: what it says too is taken off
    #[arg(long, value_name = "FILE", requires = "scores")]
    pub(crate) reference: Option<PathBuf>,
    /// The suspect's answers to the same prompts: a line of JSON with id and answer; they are compared with both twins
    #[arg(long, value_name = "FILE", requires = "twins")]
    pub(crate) answers: Option<PathBuf>,
    /// The file of twins that the table was made of
    #[arg(long, value_name = "FILE", requires = "answers")]
    pub(crate) twins: Option<PathBuf>,
    /// An account that is asked about, beside all together; repeat it
    #[arg(
        long = "account",
        value_name = "NAME",
        conflicts_with = "every_account"
    )]
    pub(crate) accounts: Vec<String>,
    /// Ask about every account
    #[arg(long)]
    pub(crate) every_account: bool,
    /// The level of a finding, after adjustment for all accounts and tests
    #[arg(long, value_name = "A", default_value_t = 0.001)]
    pub(crate) alpha: f64,
}
