//! `mark`: marked text from the built-in model.

use crate::args::MarkArgs;
use crate::builtin;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::NewFile;
use crate::output::{Output, to_json};
use crate::progress::Progress;
use crate::{key_files, profile_files};
use hallmark_core::mark;
use hallmark_lab::{Chooser, LabError, Marked, Sampling, Unmarked, assets, generate};
use serde::Serialize;
use std::path::Path;

/// A record of generated text.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    pub(crate) prompt: String,
    pub(crate) text: String,
    pub(crate) tokens: &'a [u32],
}

/// Tokens of each prompt and of each answer.
const PROMPT_TOKENS: usize = 12;
const ANSWER_TOKENS: usize = 200;

pub(crate) fn run(args: &MarkArgs, output: &Output) -> Outcome {
    let profile = profile_files::read(&args.profile)?;
    if profile.tokenizer.sha256 != builtin::tokenizer_ref()?.sha256 {
        return Err(Failure::usage(format_args!(
            "profile {:?} is for another tokenizer than the built-in model's",
            profile.name
        ))
        .hint("make a profile without --tokenizer and --vocab-size for the built-in model"));
    }
    let (mut chooser, key_id): (Box<dyn Chooser>, _) = match &args.key {
        Some(path) => {
            let key = key_files::read(path)?.marking_key();
            let mark = mark::bind(&profile, &key);
            (
                Box::new(Marked::new(mark, profile.window)),
                Some(key.public_id()),
            )
        }
        None => (Box::new(Unmarked), None),
    };
    let mut file = NewFile::create(&args.out)?;
    let tokenizer = assets::tokenizer().map_err(|error| failure(&error))?;
    let teacher = assets::teacher().map_err(|error| failure(&error))?;
    let answers = args.tokens.div_ceil(ANSWER_TOKENS as u64) as usize;
    let prompts = prompts(args.seed, answers, &tokenizer)?;
    let length = (args.tokens as usize).min(ANSWER_TOKENS);
    let mut progress = Progress::new(output, "writing tokens", Some((answers * length) as u64));
    let texts = generate(
        &teacher,
        &prompts,
        length,
        &Sampling::default(),
        args.seed,
        &mut *chooser,
        &mut |done, _| progress.set(done as u64),
    )
    .map_err(|error| failure(&error))?;
    drop(progress);
    for (prompt, tokens) in prompts.iter().zip(&texts) {
        let written = Written {
            prompt: tokenizer.decode(prompt),
            text: tokenizer.decode(tokens),
            tokens,
        };
        file.write(to_json(&written, false)?.as_bytes())?;
        file.write(b"\n")?;
    }
    file.finish()?;
    if args.out != Path::new("-") {
        let how = key_id.map_or_else(
            || "unmarked".to_owned(),
            |id| format!("marked with key {id}"),
        );
        output.note(format_args!(
            "{} answers of {length} tokens, {how}, written to {}",
            texts.len(),
            args.out.display()
        ));
    }
    Ok(Exit::Done)
}

/// As many prompts as asked for; when the corpus has fewer, they are asked again.
fn prompts(seed: u64, count: usize, tokenizer: &assets::Tokenizer) -> Outcome<Vec<Vec<u32>>> {
    let prompts =
        assets::prompts(seed, PROMPT_TOKENS, tokenizer).map_err(|error| failure(&error))?;
    Ok(prompts.into_iter().cycle().take(count).collect())
}

/// A failure inside the lab: its inputs are all built in, so it is the program's.
pub(super) fn failure(error: &LabError) -> Failure {
    Failure::integrity(format_args!("the built-in model: {error}"))
}
