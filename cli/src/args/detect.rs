//! `detect`, and what it shares with `examine`.

use super::InputArgs;
use clap::ValueEnum;
use hallmark::dedup::Dedup;
use hallmark::detect::Detecting;
use std::path::PathBuf;

/// Is this text marked?
///
/// Answers for each document and for all together, and says where in a document the mark is. The
/// p-value is the chance that a text without
/// this mark scores as high under a random key; it is not the chance that the text is innocent.
#[derive(clap::Args)]
pub(crate) struct DetectArgs {
    /// The key file; a root key stands for its default cohort; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// The largest p that is called a finding, for each document by itself and for all together
    #[arg(long, value_name = "A", default_value_t = 0.001)]
    pub(crate) level: f64,
    /// The level at which a passage of a document is called marked, shared by all windows of the
    /// document that are tried
    #[arg(long, value_name = "A", default_value_t = 0.001)]
    pub(crate) passage_level: f64,
    /// Score SynthID by the weighted mean, as upstream does: the first layer weighs ten times as much as
    /// the last (hf-synthid, synthid-2025)
    #[arg(long)]
    pub(crate) weighted_mean: bool,
    /// Quote this result of `calibrate` (JSON), of the same profile and key: the rates that it counted for texts as long as
    /// half of these are at least
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// Put the texts of documents with marked passages into the JSON result, so that `report` shows the passages in them
    #[arg(long)]
    pub(crate) with_text: bool,
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

impl DetectArgs {
    /// How the library is to look.
    pub(crate) fn how(&self) -> Detecting {
        Detecting {
            level: self.level,
            passage_level: self.passage_level,
            weighted_mean: self.weighted_mean,
            dedup: self.dedup.dedup(),
            with_text: self.with_text,
        }
    }
}

impl DedupArgs {
    /// The set that the flags ask for.
    pub(crate) fn dedup(&self) -> Dedup {
        match self.dedup {
            DedupName::Compact => Dedup::Compact,
            DedupName::Exact => Dedup::Exact,
            DedupName::Bloom => Dedup::Bloom {
                mib: self.dedup_memory,
            },
        }
    }
}
