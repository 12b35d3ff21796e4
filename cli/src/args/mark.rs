//! `mark`.

use std::path::PathBuf;

/// Write marked text with the built-in model, for trials.
///
/// The built-in model is tiny and writes in the manner of Shakespeare. One record per answer, as a
/// JSON line: `text`, `tokens` (what was generated) and `prompt`.
#[derive(clap::Args)]
pub(crate) struct MarkArgs {
    /// The key file to mark with; a root key marks with its default cohort; `-` reads stdin
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "unmarked",
        conflicts_with = "unmarked"
    )]
    pub(crate) key: Option<PathBuf>,
    /// Write the same kind of text without a mark, as a control
    #[arg(long)]
    pub(crate) unmarked: bool,
    /// The profile file; its tokenizer must be the built-in model's
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// How many tokens to write in all, at least
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) tokens: u64,
    /// Seed of the ordinary randomness: same seed, same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The new file of records; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
