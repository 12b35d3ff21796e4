//! `probe`.

use super::TurnsArgs;
use hallmark::Inputs;
use std::path::PathBuf;

/// Choose prompts for a suspect out of a provider's own log.
///
/// A suspect shows what it learned where its answers pass through windows that it learned. So prompts
/// are chosen whose logged answers hold many windows that are frequent in the harvest and rare in
/// background text, each window counted once over all prompts. No key is asked for or used, and of
/// what follows a window nothing is known.
///
/// Beside the prompts a file with `.selection.json` instead of their extension says what they were
/// chosen from: digests of all inputs and of the prompts, the settings, and how many were considered.
#[derive(clap::Args)]
pub(crate) struct ProbeArgs {
    /// The log: files of records with `prompt` and `response`, or `messages`
    #[arg(long = "log", value_name = "LOG", required = true, num_args = 1..)]
    pub(crate) logs: Vec<PathBuf>,
    /// Indexes of the harvest, made by `index make` from logs; several are added up
    #[arg(long = "index", value_name = "FILE", num_args = 1.., required_unless_present = "generic", conflicts_with = "generic")]
    pub(crate) indexes: Vec<PathBuf>,
    /// An index of background text
    #[arg(long, value_name = "FILE", conflicts_with = "generic")]
    pub(crate) background: Option<PathBuf>,
    /// Give every prompt of the log the same chance instead, as a baseline
    #[arg(long)]
    pub(crate) generic: bool,
    /// How many prompts to choose
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: u32,
    /// Which draw: same seed, same prompts
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The new file of prompts, which `collect` and `mark` read
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The marking model's tokenizer.json, where it is not the built-in model's
    #[arg(long, value_name = "FILE")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// Where a field is found in records of another layout, for instance prompt=request.text
    #[arg(long = "field", value_name = "NAME=PATH")]
    pub(crate) fields: Vec<String>,
    /// Read every record as this layout, by name, and not as what its fields tell
    #[arg(long, value_name = "LAYOUT", conflicts_with = "fields")]
    pub(crate) layout: Option<String>,
    #[command(flatten)]
    pub(crate) turns: TurnsArgs,
    /// Go on after bad records, up to N of them; they are counted in the result
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_bad: u64,
    /// Read the log as this format, whatever its name says: jsonl, json, parquet, csv or tsv
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<String>,
}

impl ProbeArgs {
    /// The log as input, within the usual limits.
    pub(crate) fn input(&self) -> Inputs {
        Inputs {
            tokenizer: self.tokenizer.clone(),
            fields: self.fields.clone(),
            layout: self.layout.clone(),
            all_turns: self.turns.all(),
            assistant: self.turns.assistant.clone(),
            skip_bad: self.skip_bad,
            format: self.input_format.clone(),
            ..Inputs::of(self.logs.clone())
        }
    }
}
