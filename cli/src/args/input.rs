//! What is read: flags shared by `detect` and `examine`.

use hallmark::Inputs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct InputArgs {
    /// JSONL, JSON, Parquet or text files, plain or compressed by gzip or zstd; `-` is stdin.
    ///
    /// Records hold `text` or `tokens`; or `prompt` and `response`, or `prompt_tokens` and
    /// `response_tokens`, where the prompt is what the model was shown; or `messages`, whose last
    /// assistant turn is the answer. Optional: `id`, `group`. A text file is one document.
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
    /// Take every assistant's turn of a chat for an answer, each with what stood before it as shown, and not the last one only
    #[arg(long)]
    pub(crate) all_turns: bool,
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
    /// Read the input as this format, whatever its name says: jsonl, json, text or parquet
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<String>,
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
            all_turns: self.all_turns,
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
