//! What is read: flags shared by `detect` and `examine`.

use clap::ValueEnum;
use hallmark::Inputs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct InputArgs {
    /// JSONL, JSON, CSV, TSV, Parquet or text files, plain or compressed by gzip or zstd; `-` is stdin.
    ///
    /// Records hold `text` or `tokens`; or `prompt` and `response`, or `prompt_tokens` and
    /// `response_tokens`, where the prompt is what the model was shown; or `messages`, whose last
    /// assistant turn is the answer. Optional: `id`, `group`. A text file is one document. Exports of common services and tools
    /// are told by their fields (docs/bring-your-data.md), and --field names those of others.
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How records are read.
#[derive(clap::Args)]
pub(crate) struct ReadingArgs {
    /// The marking model's tokenizer.json, where it is not the built-in model's
    #[arg(long, value_name = "FILE")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// Where a field is found in records of another layout, for instance response=choices.0.text
    #[arg(long = "field", value_name = "NAME=PATH")]
    pub(crate) fields: Vec<String>,
    /// What was asked, where answers stand in one file and requests in another, as batch services give them: joined by `id`
    /// (for instance `--field id=custom_id`)
    #[arg(long, value_name = "FILE")]
    pub(crate) requests: Vec<PathBuf>,
    /// Read every record as this layout, by name, and not as what its fields tell
    #[arg(long, value_name = "LAYOUT", conflicts_with = "fields")]
    pub(crate) layout: Option<String>,
    #[command(flatten)]
    pub(crate) turns: TurnsArgs,
    #[command(flatten)]
    pub(crate) text: TextArgs,
    /// Go on after bad records, up to N of them; they are counted in the result
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_bad: u64,
    /// Refuse a JSON record that is longer than this [default: 64 MiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_record_bytes: Option<u64>,
    /// Refuse a document that is, with what was shown for it, longer than this [default: 64 MiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_document_bytes: Option<u64>,
    /// Refuse a file that is longer than this, after decompression [default: 256 GiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_total_bytes: Option<u64>,
    /// Refuse a record with more levels of arrays and objects than this, at most 126 [default: 64]
    #[arg(long, value_name = "LEVELS", value_parser = clap::value_parser!(u32).range(1..=126))]
    pub(crate) max_nesting: Option<u32>,
    /// Read the input as this format, whatever its name says: jsonl, json, text, parquet, csv or tsv
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<String>,
}

/// Which turns of a chat are answers.
#[derive(clap::Args)]
pub(crate) struct TurnsArgs {
    /// Which of the assistant's turns in a chat are answers: the `last` with text, or `all` of them and their calls of tools, each
    /// with what stood before it as shown
    #[arg(long, value_enum, default_value_t = Turns::Last)]
    pub(crate) turns: Turns,
    /// A role of the chat that answers, beside the usual names of the assistant; repeat it
    #[arg(long, value_name = "ROLE")]
    pub(crate) assistant: Vec<String>,
}

/// How text becomes tokens.
#[derive(clap::Args)]
pub(crate) struct TextArgs {
    /// Undo what programs change for looks (special spaces, invisible characters, curly quotes, HTML entities, line ends, look-alike
    /// letters: docs/normalise.md), in answers and in what was shown. Decide before you see a score
    #[arg(long)]
    pub(crate) normalise: bool,
    /// Where a record has text and token ids of its answer, take the ids. They are evidence only if they are what the model sampled:
    /// a text can be cut in many ways, and whoever wrote the record chose one
    #[arg(long)]
    pub(crate) ids: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Turns {
    Last,
    All,
}

impl TurnsArgs {
    pub(crate) fn all(&self) -> bool {
        self.turns == Turns::All
    }
}

impl InputArgs {
    /// The same as the library takes it.
    pub(crate) fn inputs(&self) -> Inputs {
        self.reading.inputs(&self.inputs)
    }
}

impl ReadingArgs {
    /// These files, read so.
    pub(crate) fn inputs(&self, files: &[PathBuf]) -> Inputs {
        Inputs {
            files: files.to_vec(),
            tokenizer: self.tokenizer.clone(),
            fields: self.fields.clone(),
            requests: self.requests.clone(),
            layout: self.layout.clone(),
            all_turns: self.turns.all(),
            assistant: self.turns.assistant.clone(),
            normalise: self.text.normalise,
            ids: self.text.ids,
            skip_bad: self.skip_bad,
            max_record_bytes: self.max_record_bytes,
            max_document_bytes: self.max_document_bytes,
            max_total_bytes: self.max_total_bytes,
            max_nesting: self.max_nesting,
            format: self.input_format.clone(),
            at_hand: None,
        }
    }
}
