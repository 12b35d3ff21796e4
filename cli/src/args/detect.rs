//! `detect` and `examine`.

use super::InputArgs;
use clap::ValueEnum;
use std::path::PathBuf;

/// Is this text marked?
///
/// Answers for each document and for all together. The p-value is the chance that a text without
/// this mark scores as high under a random key; it is not the chance that the text is innocent.
#[derive(clap::Args)]
pub(crate) struct DetectArgs {
    /// The key file; a root key stands for its default cohort; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    #[command(flatten)]
    pub(crate) dedup: DedupArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Was the model that wrote these answers trained on marked text?
///
/// Give the suspect's answers, each with everything it was shown when it answered. Windows that
/// it was shown are left out, and each distinct cell counts once over all answers. Three tests are
/// made under each key: T1, the sum of scores with its exact tail; T3, an e-process that stays valid
/// however often it is looked at; T5, the key's rank among decoy keys. All p-values are then
/// adjusted for the number of keys and tests (Holm).
#[derive(clap::Args)]
pub(crate) struct ExamineArgs {
    /// A key file; repeat it for several cohorts, and for a never-used key as a control
    #[arg(long = "key", value_name = "FILE", required = true)]
    pub(crate) keys: Vec<PathBuf>,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// Decoy keys among which the line-up hides the tested key, up to 1,000,000; 0 leaves the
    /// line-up out
    #[arg(long, value_name = "M", default_value_t = 999, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) decoys: u32,
    /// Which line-up: the decoys are drawn from the tested keys and this number
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) decoy_seed: u64,
    #[command(flatten)]
    pub(crate) dedup: DedupArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

#[derive(clap::Args)]
pub(crate) struct DedupArgs {
    /// How repeated cells are found: `compact` keeps 8 bytes a cell, `exact` keeps whole cells,
    /// `bloom` stays within --dedup-memory and may drop some new cells
    #[arg(long, value_enum, default_value_t = DedupName::Compact)]
    pub(crate) dedup: DedupName,
    /// Memory for `bloom`, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) dedup_memory: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DedupName {
    Compact,
    Exact,
    Bloom,
}
