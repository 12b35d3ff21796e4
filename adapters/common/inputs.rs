//! What the examples read and write: a mark, prompts, records.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use hallmark_core::keys::KeyFile;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use serde_json::{Value, json};

/// The example's arguments.
pub(crate) struct Arguments {
    /// The model's weights.
    pub(crate) model: PathBuf,
    /// The mark; none where the key is `-`: then answers are unmarked.
    pub(crate) mark: Option<Mark>,
    /// Each with an `id` and a `prompt`.
    pub(crate) requests: Vec<Request>,
    /// Tokens of an answer at most.
    pub(crate) tokens: usize,
}

/// One prompt.
pub(crate) struct Request {
    /// Its name.
    pub(crate) id: String,
    /// What the user says.
    pub(crate) prompt: String,
}

/// Reads `MODEL KEY PROFILE PROMPTS COUNT TOKENS` and returns what stands after them too.
pub(crate) fn arguments() -> Result<(Arguments, Vec<PathBuf>), Box<dyn Error>> {
    let all: Vec<String> = std::env::args().skip(1).collect();
    let [model, key, profile, prompts, count, tokens, rest @ ..] = &all[..] else {
        return Err("usage: MODEL KEY PROFILE PROMPTS COUNT TOKENS [MORE...]; a KEY of - leaves answers unmarked".into());
    };
    let mark = match key.as_str() {
        "-" => None,
        key => {
            let profile = Profile::parse(&fs::read_to_string(profile)?)?;
            let key = KeyFile::parse(&fs::read_to_string(key)?)?;
            Some(Mark::new(&profile, &key.marking_key())?)
        }
    };
    let arguments = Arguments {
        model: model.into(),
        mark,
        requests: requests(&fs::read_to_string(prompts)?, count.parse()?)?,
        tokens: tokens.parse()?,
    };
    Ok((arguments, rest.iter().map(PathBuf::from).collect()))
}

fn requests(text: &str, count: usize) -> Result<Vec<Request>, Box<dyn Error>> {
    let lines = text.lines().take(count);
    let each = lines.map(|line| {
        let record: Value = serde_json::from_str(line)?;
        let field = |name: &str| {
            let text = record[name].as_str().map(ToString::to_string);
            text.ok_or_else(|| format!("a prompt has no text `{name}`: {line}"))
        };
        Ok(Request {
            id: field("id")?,
            prompt: field("prompt")?,
        })
    });
    each.collect()
}

/// A question as models that were trained on `ChatML` expect it, up to where the answer begins.
pub(crate) fn chat(question: &str) -> String {
    const SYSTEM: &str = "You are a helpful AI assistant named SmolLM, trained by Hugging Face";
    format!(
        "<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
    )
}

/// An answer as `hallmark detect` reads it, on one line.
pub(crate) fn record(request: &Request, response: &str, tokens: &[u32]) -> String {
    json!({ "id": request.id, "prompt": request.prompt, "response": response, "response_tokens": tokens }).to_string()
}
