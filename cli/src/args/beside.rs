//! What `examine` does beside the sums of scores: the shape of the scores, log-probabilities.

use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct BesideArgs {
    /// T8: also ask whether there are too many very large scores, though their sum may be ordinary;
    /// for the Gumbel schemes
    #[arg(long)]
    pub(crate) shape: bool,
    /// T9: the suspect's log-probabilities, as JSON lines: answers with `logprobs` as `collect` writes
    /// them, `tokens` and `top_logprobs`, or `context_tokens` and `top`; repeat it for several files
    #[arg(long = "logprobs", value_name = "FILE")]
    pub(crate) logprobs: Vec<PathBuf>,
    /// The same of a model that never saw marked text, best the suspect's base model at the same
    /// positions: T9 then weighs by the difference
    #[arg(
        long = "reference-logprobs",
        value_name = "FILE",
        requires = "logprobs"
    )]
    pub(crate) reference_logprobs: Vec<PathBuf>,
}
