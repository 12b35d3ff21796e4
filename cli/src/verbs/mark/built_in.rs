//! `mark` with the built-in model, which continues lines of its corpus.

use super::hand::Hand;
use super::records::{Written, write};
use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use hallmark::Error;
use hallmark::files::NewFile;
use hallmark::files::profiles;
use hallmark::tokenizers;
use hallmark_corpus::Tokenizer;
use hallmark_lab::{LabError, Sampling, assets, generate};

/// Tokens of each prompt and of each answer.
const PROMPT_TOKENS: usize = 12;
const ANSWER_TOKENS: usize = 200;

pub(super) fn run(args: &MarkArgs, output: &Output) -> Outcome {
    let profile = args.profile.as_deref().map(profiles::read).transpose()?;
    if let Some(profile) = &profile
        && profile.tokenizer.sha256 != tokenizers::built_in_ref()?.sha256
    {
        return Err(Error::usage(format_args!(
            "profile {:?} is for another tokenizer than the built-in model's",
            profile.name
        ))
        .hint("make a profile without --tokenizer and --vocab-size for the built-in model"));
    }
    let tokenizer = assets::tokenizer().map_err(|error| failure(&error))?;
    let wanted = args.tokens.unwrap_or(1);
    let answers = wanted.div_ceil(ANSWER_TOKENS as u64) as usize;
    let prompts = prompts(args.seed, answers, &tokenizer)?;
    let mut hand = Hand::new(args, profile.as_ref(), &prompts, output)?;
    let file = NewFile::create(&args.out)?;
    let teacher = assets::teacher().map_err(|error| failure(&error))?;
    let length = (wanted as usize).min(ANSWER_TOKENS);
    let mut progress = Progress::new(output, "writing tokens", Some((answers * length) as u64));
    let texts = generate(
        &teacher,
        &prompts,
        length,
        &Sampling::default(),
        args.seed,
        &mut *hand.chooser,
        &mut |done, _| progress.set(done as u64),
    )
    .map_err(|error| failure(&error))?;
    drop(progress);
    let records = prompts.iter().zip(&texts).enumerate();
    let records = records.map(|(number, (prompt, tokens))| Written {
        id: (number + 1).to_string(),
        sub_key: hand.sub_key(number),
        prompt: tokenizer.decode(prompt),
        text: tokenizer.decode(tokens),
        tokens,
    });
    let tokens = texts.iter().map(Vec::len).sum();
    write(file, records, (tokens, length), &hand, args, output)
}

/// As many prompts as asked for; when the corpus has fewer, they are asked again.
fn prompts(seed: u64, count: usize, tokenizer: &Tokenizer) -> Outcome<Vec<Vec<u32>>> {
    let prompts =
        assets::prompts(seed, PROMPT_TOKENS, tokenizer).map_err(|error| failure(&error))?;
    Ok(prompts.into_iter().cycle().take(count).collect())
}

/// A failure inside the lab: its inputs are all built in, so it is the program's.
pub(in crate::verbs) fn failure(error: &LabError) -> Error {
    Error::integrity(format_args!("the built-in model: {error}"))
}
