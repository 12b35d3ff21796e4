//! `scan`.

use super::{DedupArgs, InputArgs};
use hallmark_core::schemes::SCHEMES;
use std::path::PathBuf;

/// Which of several marks is in this text, if any?
///
/// Tries every profile with every key that fits it, on all inputs together, and adjusts for all that
/// was tried: the chance that text without any of these marks is given one of them is at most the
/// level. Profiles and keys that do not belong together are not tried.
#[derive(clap::Args)]
pub(crate) struct ScanArgs {
    /// A profile file; give as many as you like
    #[arg(long = "profile", value_name = "FILE")]
    pub(crate) profiles: Vec<PathBuf>,
    /// Another engine's scheme at its defaults, with --tokenizer or --vocab-size, instead of a profile
    /// file; `all` stands for every one
    #[arg(long = "scheme", value_name = "S", value_parser = names())]
    pub(crate) schemes: Vec<String>,
    /// A key file; give as many as you like
    #[arg(long = "key", value_name = "FILE", required = true)]
    pub(crate) keys: Vec<PathBuf>,
    /// For --scheme: number of token ids, where it differs from the tokenizer's
    #[arg(long, value_name = "V")]
    pub(crate) vocab_size: Option<u32>,
    /// The largest chance of a false answer over everything that is tried
    #[arg(long, value_name = "A", default_value_t = 0.001)]
    pub(crate) level: f64,
    #[command(flatten)]
    pub(crate) dedup: DedupArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

fn names() -> clap::builder::PossibleValuesParser {
    let foreign = SCHEMES.iter().filter(|row| !row.is_native());
    let names = foreign.map(|row| row.id);
    names.chain(["all"]).collect::<Vec<_>>().into()
}
