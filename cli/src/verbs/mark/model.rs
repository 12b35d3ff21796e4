//! `mark` with a model in a file, which answers the prompts of another.

use super::hand::Hand;
use super::records::write;
use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use hallmark::Error;
use hallmark::files::NewFile;
use hallmark::files::profiles;
use hallmark::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_corpus::Tokenizer;
use hallmark_lab::gguf::{Chat, Gguf};
use hallmark_lab::{Chooser, LabError, Limit, Sampling, generate_until};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A line of the file of prompts.
#[derive(Deserialize)]
struct Prompt {
    prompt: String,
    id: Option<String>,
}

/// A record of an answer.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Which of several answers to its prompt, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    repetition: Option<u32>,
    /// What the model's chat template shows before the prompt: it was shown too.
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'a str>,
    prompt: &'a str,
    text: String,
    tokens: &'a [u32],
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_key: Option<u32>,
}

pub(super) fn run(path: &Path, args: &MarkArgs, output: &Output) -> Outcome {
    let (Some(tokenizer), Some(prompts)) = (&args.model.tokenizer, &args.model.prompts) else {
        return Err(Error::usage("--model needs --tokenizer and --prompts"));
    };
    let profile = args.profile.as_deref().map(profiles::read).transpose()?;
    let tokenizer = open_tokenizer(tokenizer, profile.as_ref())?;
    let prompts = read_prompts(prompts)?;
    let each = args.model.answers_per_prompt;
    let model = Gguf::open(path).map_err(|error| failure(path, &error))?;
    check_vocabulary(path, &model, &tokenizer)?;
    let encode = |text: &str| tokenizer.encode(text);
    let asked: Vec<(&Prompt, u32)> = prompts
        .iter()
        .flat_map(|prompt| (1..=each).map(move |repetition| (prompt, repetition)))
        .collect();
    let shown: Vec<Vec<u32>> = asked
        .iter()
        .map(|(prompt, _)| match model.chat() {
            Some(chat) => chat.ask(&prompt.prompt, encode),
            None => encode(&prompt.prompt),
        })
        .collect();
    let mut hand = Hand::new(args, profile.as_ref(), &shown, output)?;
    let file = NewFile::create(&args.out)?;
    let limit = Limit {
        tokens: args.model.max_tokens as usize,
        stop: model.chat().map(Chat::end).or(model.end()),
    };
    let sampling = Sampling {
        temperature: args.model.temperature,
        top_k: args.model.top_k.map(|k| k as usize),
        top_p: args.model.top_p,
    };
    let total = (shown.len() * limit.tokens) as u64;
    let mut progress = Progress::new(output, "writing tokens", Some(total));
    let answers = generate_until(
        &model,
        &shown,
        limit,
        &sampling,
        args.seed,
        &mut Known {
            chooser: &mut *hand.chooser,
            tokens: tokenizer.vocab_size() as usize,
        },
        &mut |done, _| progress.set(done as u64),
    )
    .map_err(|error| failure(path, &error))?;
    drop(progress);
    let records = asked.iter().zip(&answers).enumerate();
    let records = records.map(|(number, ((prompt, repetition), tokens))| Answer {
        id: prompt.id.as_ref().map(|id| match each {
            1 => id.clone(),
            _ => format!("{id}.{repetition}"),
        }),
        repetition: (each > 1).then_some(*repetition),
        sub_key: hand.sub_key(number),
        system: model.chat().and_then(Chat::system),
        prompt: &prompt.prompt,
        text: tokenizer.decode(tokens),
        tokens,
    });
    let tokens = answers.iter().map(Vec::len).sum();
    write(file, records, (tokens, limit.tokens), &hand, args, output)
}

/// Chooses among the tokens that the tokenizer knows: rows that pad the embedding stand for none.
struct Known<'a> {
    chooser: &'a mut dyn Chooser,
    tokens: usize,
}

impl Chooser for Known<'_> {
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
        self.chooser
            .choose(sequence, &mut logits[..self.tokens], uniform)
    }
}

/// Opens the tokenizer and holds it against the profile's.
fn open_tokenizer(path: &Path, profile: Option<&Profile>) -> Outcome<Tokenizer> {
    let tokenizer = tokenizers::open(path)?;
    if let Some(profile) = profile
        && !profile
            .tokenizer
            .sha256
            .as_deref()
            .is_some_and(|digest| tokenizer.is_named(digest))
    {
        return Err(Error::usage(format_args!(
            "profile {:?} is for another tokenizer than {}",
            profile.name,
            path.display()
        ))
        .hint("make the profile with `profile new --tokenizer FILE`"));
    }
    Ok(tokenizer)
}

/// A tokenizer may know fewer tokens than the embedding has rows, since those are often padded.
fn check_vocabulary(path: &Path, model: &Gguf, tokenizer: &Tokenizer) -> Outcome<()> {
    let (model, tokenizer) = (model.shape().vocab, tokenizer.vocab_size());
    if tokenizer as usize > model {
        return Err(Error::usage(format_args!(
            "{} has {model} tokens and the tokenizer {tokenizer}",
            path.display()
        ))
        .hint("give the tokenizer.json that belongs to the model"));
    }
    Ok(())
}

fn read_prompts(path: &Path) -> Outcome<Vec<Prompt>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::io("read the prompts", path, &error).hint("check the path"))?;
    let prompts = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                Error::usage(format_args!("{}:{}: {error}", path.display(), number + 1))
                    .hint(r#"each line is a JSON object such as {"prompt": "Write a story."}"#)
            })
        })
        .collect::<Outcome<Vec<Prompt>>>()?;
    if prompts.is_empty() {
        return Err(
            Error::usage(format_args!("{} has no prompts", path.display()))
                .hint(r#"each line is a JSON object such as {"prompt": "Write a story."}"#),
        );
    }
    Ok(prompts)
}

fn failure(path: &Path, error: &LabError) -> Error {
    match error {
        LabError::Sequence { .. } => Error::usage(error).hint(
            "sequences are numbered from 0 in the order of the prompts; \
             shorten that prompt or lower --max-tokens",
        ),
        LabError::Gguf(_) => Error::usage(format_args!("{}: {error}", path.display()))
            .hint("models of Llama's architecture in GGUF are run, such as SmolLM2"),
        LabError::Setting { .. } => Error::usage(error),
        _ => Error::integrity(format_args!("{}: {error}", path.display())),
    }
}
