//! `mark`.

use std::path::PathBuf;

/// Write marked text with the built-in model or a GGUF model, for trials.
///
/// The built-in model is tiny and writes in the manner of Shakespeare. With --model, a model of
/// Llama's architecture answers the prompts of a file. One record per answer, as a JSON line:
/// `text`, `tokens` (what was generated) and `prompt`.
///
/// A text that exists already cannot be marked as it stands: the mark lies in choices among likely tokens, and a finished text has
/// none left. Let a model rephrase it under the mark (--prompts with a prompt that asks for it): that keeps the meaning, not the words.
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
    /// The profile file; its tokenizer must be the model's. Not needed with --unmarked
    #[arg(long, value_name = "FILE", required_unless_present = "unmarked")]
    pub(crate) profile: Option<PathBuf>,
    /// How many tokens the built-in model writes in all, at least; with --model say --max-tokens for each answer
    #[arg(
        long,
        value_name = "N",
        required_unless_present = "model",
        conflicts_with = "model",
        value_parser = clap::value_parser!(u64).range(1..=10_000_000)
    )]
    pub(crate) tokens: Option<u64>,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Seed of the ordinary randomness: same seed, same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The new file of records; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// A model from a file.
#[derive(clap::Args)]
pub(crate) struct ModelArgs {
    /// Answer with this model instead of the built-in one: a GGUF file of Llama's architecture
    #[arg(
        long,
        value_name = "FILE",
        requires = "tokenizer",
        requires = "prompts"
    )]
    pub(crate) model: Option<PathBuf>,
    /// That model's tokenizer.json
    #[arg(long, value_name = "FILE", requires = "model")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// What to answer: JSON lines, each with a `prompt` and perhaps an `id`
    #[arg(long, value_name = "FILE", requires = "model")]
    pub(crate) prompts: Option<PathBuf>,
    /// The longest answer, in tokens
    #[arg(long, value_name = "N", requires = "model", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_tokens: u32,
    /// Answers to each prompt; of several, each has its number as `repetition` and at the end of its id
    #[arg(long, value_name = "N", requires = "model", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) answers_per_prompt: u32,
    /// Keep only so many of the likeliest tokens
    #[arg(long, value_name = "K", requires = "model", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) top_k: Option<u32>,
    /// Then keep only the likeliest tokens that have this probability together
    #[arg(long, value_name = "P", requires = "model")]
    pub(crate) top_p: Option<f32>,
    /// Divides the logits
    #[arg(long, value_name = "T", requires = "model", default_value_t = 1.0)]
    pub(crate) temperature: f32,
}
