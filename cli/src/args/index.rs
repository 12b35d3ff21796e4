//! `index make`, `index show`.

use super::InputArgs;
use clap::Subcommand;
use std::path::PathBuf;

/// Count the windows of logged answers, or of background text, into a file; show such a file.
///
/// An index says how often each window occurred (of marked text, in how many answers), and nothing of what followed it. Examinations
/// weigh cells by it, and `probe` chooses prompts by it. One file holds one source: the log of one cohort, or unmarked text. With --first
/// it says when each window was visited first, for T3r.
#[derive(clap::Args)]
pub(crate) struct IndexArgs {
    #[command(subcommand)]
    pub(crate) action: IndexAction,
}

#[derive(Subcommand)]
pub(crate) enum IndexAction {
    Make(Box<IndexMakeArgs>),
    /// Print what an index holds, after checking all of it against its digest
    Show {
        /// The index file
        index: PathBuf,
    },
}

/// Make an index of the windows of answers, without their prompts.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["marked_by", "key", "unmarked"]))]
pub(crate) struct IndexMakeArgs {
    /// The profile file: its window is counted, over its tokenizer's tokens
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// The public id of the key that marked these answers, as `derive` prints it
    #[arg(long, value_name = "KEY-ID")]
    pub(crate) marked_by: Option<String>,
    /// The key file that marked these answers; only its public id is used
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// No key marked this text: it serves as a background
    #[arg(long)]
    pub(crate) unmarked: bool,
    /// Keep when each window was visited first, for T3r: records hold the tokens as they were sampled, and stand in ascending order of
    /// their ids, which count the requests as they came in
    #[arg(long, conflicts_with_all = ["unmarked", "skip_bad"])]
    pub(crate) first: bool,
    /// With --first, take a log as it is: text is cut into tokens where records have none, and nothing need show their order. T3r is then
    /// conditional and decides nothing
    #[arg(long, requires = "first")]
    pub(crate) as_read: bool,
    /// Memory for hashes, in MiB; what does not fit goes to a scratch file
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) memory: u32,
    /// The folder of the scratch file [default: the folder of --out]
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    /// The new index file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}
