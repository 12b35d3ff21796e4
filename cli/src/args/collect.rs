//! `collect`.

use clap::ValueEnum;
use std::path::PathBuf;

/// Ask a suspect's model and keep its answers with everything that was shown.
///
/// Sends each prompt by itself to an endpoint, in the dialect that it speaks, and writes one record per answer,
/// which `examine` reads as it is. Every request and response goes into a log with its time, status
/// and SHA-256. Run the same command again to go on where it stopped: what was answered is not
/// asked again. This is the only verb that opens a network connection.
#[derive(clap::Args)]
pub(crate) struct CollectArgs {
    /// The endpoint up to its version, for instance `https://api.example.com/v1`. A query stays (`?api-version=…`)
    #[arg(long, value_name = "URL", required_unless_present_any = ["write_batch", "read_batch"])]
    pub(crate) endpoint: Option<String>,
    /// The model's name at the endpoint
    #[arg(long, value_name = "NAME")]
    pub(crate) model: String,
    /// The prompts: JSON lines with `prompt`, or `messages` that end with a user's turn; optional
    /// `id`, `system`, `group`. Nothing else of a line is sent
    #[arg(long, value_name = "FILE")]
    pub(crate) prompts: PathBuf,
    /// The file of answers, new or begun by the same command
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The log of everything sent and received [default: the file of answers with `.log.jsonl`
    /// instead of its extension]
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The environment variable that holds the API key
    #[arg(long, value_name = "NAME", conflicts_with = "api_key_file")]
    pub(crate) api_key_env: Option<String>,
    /// The file that holds the API key; only you may be able to read it
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// The header that takes the API key alone, where it is neither `Authorization: Bearer` nor the dialect's own
    #[arg(long, value_name = "NAME")]
    pub(crate) api_key_header: Option<String>,
    /// Which dialect the endpoint speaks. Without it `chat` is spoken, whatever the address
    #[arg(long, alias = "api", value_enum, default_value_t = Dialect::Chat)]
    pub(crate) dialect: Dialect,
    /// Ask nobody: write what is still to be asked into a file of a provider's batch
    #[arg(long, value_name = "FILE", conflicts_with_all = ["read_batch", "endpoint", "api_key_env", "api_key_file"])]
    pub(crate) write_batch: Option<PathBuf>,
    /// Ask nobody: take the answers out of the results of such a batch
    #[arg(long, value_name = "FILE", conflicts_with_all = ["endpoint", "api_key_env", "api_key_file"])]
    pub(crate) read_batch: Option<PathBuf>,
    /// System text for prompts that have none; it counts as shown
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// Answers to each prompt; every prompt's first comes before any second
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) answers_per_prompt: u32,
    /// The most tokens in an answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tokens: Option<u32>,
    /// The sampling temperature
    #[arg(long, value_name = "T")]
    pub(crate) temperature: Option<f64>,
    /// Ask for log-probabilities of N candidates for each token
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) logprobs: Option<u32>,
    /// A JSON object whose fields are added to every request, for instance
    /// `{"max_completion_tokens": 400}`
    #[arg(long, value_name = "JSON")]
    pub(crate) body: Option<String>,
    /// Requests a minute, at most
    #[arg(long, value_name = "PER_MINUTE")]
    pub(crate) rate: Option<f64>,
    /// Requests at a time, at most
    #[arg(long, value_name = "C", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// Seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0)]
    pub(crate) timeout: f64,
    /// Further attempts where an answer fails for a reason that may pass
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retries: u32,
    /// Seconds before the second attempt; doubled for each further one, up to a minute, less a
    /// random part. What the endpoint says comes first
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub(crate) pause: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// OpenAI's chat completions, which most endpoints speak
    Chat,
    /// OpenAI's completions: a text alone, and its continuation
    Completions,
    /// OpenAI's Responses
    Responses,
    /// Anthropic's Messages; --max-tokens is needed
    Anthropic,
    /// Azure's chat: --model names the deployment, the address ends in ?api-version=…
    Azure,
    /// vLLM's chat, asked for token ids
    Vllm,
    /// vLLM's completions, asked for token ids
    VllmCompletions,
    /// SGLang's own /generate: a text alone, its continuation and token ids
    Sglang,
}
