//! `profile`: make, show and check.

use crate::args::{ProfileAction, ProfileArgs, ProfileNewArgs};
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::profile_text;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::NewFile;
use hallmark::files::profiles;
use hallmark::json::formats;
use hallmark::profile::{ListedScheme, ListedSchemes, ProfileJson, ShownProfile};
use hallmark::tokenizers;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Parameters, Scheme};
use std::path::Path;

pub(crate) fn run(args: ProfileArgs, output: &Output) -> Outcome {
    match args.action {
        ProfileAction::New(args) => make(&args, output),
        ProfileAction::List => list(output),
        ProfileAction::Show { profile } => {
            let profile = profiles::read(&profile)?;
            let shown = ShownProfile {
                schema: formats::Profile,
                profile: ProfileJson::from(&profile),
                tokenizer_matches: None,
            };
            output.result(|| profile_text(&profile), &shown, &[] as &[()])?;
            Ok(Exit::Done)
        }
        ProfileAction::Check { profile, tokenizer } => {
            check(&profile, tokenizer.as_deref(), output)
        }
    }
}

fn make(args: &ProfileNewArgs, output: &Output) -> Outcome {
    let window = args
        .window
        .or(args.ngram_len.map(|ngram| ngram.saturating_sub(1)));
    let scheme = scheme(args)?;
    let profile = Profile {
        name: args.name.clone(),
        scheme,
        window: window.unwrap_or(scheme.row().window),
        ring: args.ring,
        tokenizer: tokenizer(args, output)?,
    };
    profile.check().map_err(|error| {
        Error::usage(format_args!("this would be no valid profile: {error}"))
            .hint("see `hallmark profile new --help` for what each flag takes")
    })?;
    let mut file = NewFile::create(&args.out)?;
    file.write(profile.to_toml().as_bytes())?;
    file.finish()?;
    if args.out != Path::new("-") {
        output.note(format_args!(
            "profile {:?} ({}, window {}) written to {}",
            profile.name,
            profile.scheme.id(),
            profile.window,
            args.out.display()
        ));
    }
    Ok(Exit::Done)
}

fn tokenizer(args: &ProfileNewArgs, output: &Output) -> Outcome<TokenizerRef> {
    match (&args.tokenizer, args.vocab_size) {
        (Some(path), size) => {
            let tokenizer = tokenizers::open(path)?;
            let mut reference = tokenizers::reference(&tokenizer);
            if let Some(note) = tokenizers::slowly(&tokenizer) {
                output.note(note);
            }
            if let Some(size) = size {
                if size < reference.vocab_size {
                    return Err(Error::usage(format_args!(
                        "--vocab-size {size} is below the tokenizer's {}",
                        reference.vocab_size
                    ))
                    .hint("give the width of the model's logits, or leave --vocab-size out"));
                }
                reference.vocab_size = size;
            }
            Ok(reference)
        }
        (None, Some(vocab_size)) => Ok(TokenizerRef {
            vocab_size,
            sha256: None,
        }),
        (None, None) => tokenizers::built_in_ref(),
    }
}

/// Refuses the parameters that belong to other schemes.
fn only(args: &ProfileNewArgs, taken: &[&str]) -> Outcome<()> {
    for (flag, is_given) in [
        ("--gamma", args.gamma.is_some()),
        ("--delta", args.delta.is_some()),
        ("--layers", args.layers.is_some()),
        ("--share", args.share.is_some()),
    ] {
        if is_given && !taken.contains(&flag) {
            return Err(Error::usage(format_args!(
                "{flag} is no parameter of --scheme {}",
                args.scheme
            ))
            .hint(format_args!(
                "leave {flag} out, or name another scheme (`hallmark profile list`)"
            )));
        }
    }
    Ok(())
}

fn scheme(args: &ProfileNewArgs) -> Outcome<Scheme> {
    let scheme = Scheme::named(&args.scheme).ok_or_else(|| {
        Error::usage(format_args!("--scheme {}: no such scheme", args.scheme))
            .hint("`hallmark profile list` names all schemes")
    })?;
    let mut parameters = scheme.parameters();
    let taken: &[&str] = match &mut parameters {
        Parameters::Green { gamma, delta } => {
            *gamma = args.gamma.unwrap_or(*gamma);
            *delta = args.delta.unwrap_or(*delta);
            &["--gamma", "--delta"]
        }
        Parameters::Tournament { layers } => {
            *layers = args.layers.unwrap_or(*layers);
            &["--layers"]
        }
        Parameters::Dual { share } => {
            *share = args.share.unwrap_or(*share);
            &["--share"]
        }
        _ => &[],
    };
    only(args, taken)?;
    Ok(scheme.with(parameters).unwrap_or(scheme))
}

fn list(output: &Output) -> Outcome {
    let listed = ListedSchemes::all();
    let human = || {
        let line = |scheme: &ListedScheme| {
            format!(
                "{:26} {:18} window {} ({} to {})  {}\n",
                scheme.scheme,
                scheme.prf,
                scheme.default_window,
                scheme.windows[0],
                scheme.windows[1],
                scheme.checked
            )
        };
        listed.schemes.iter().map(line).collect()
    };
    output.result(human, &listed, &listed.schemes)?;
    Ok(Exit::Done)
}

fn check(path: &Path, tokenizer: Option<&Path>, output: &Output) -> Outcome {
    let profile = profiles::read(path)?;
    let built_in = tokenizers::built_in()?;
    let matches = match (tokenizer, &profile.tokenizer.sha256) {
        (Some(_), _) => {
            let tokenizer = tokenizers::of_profile(&profile, tokenizer)?;
            if let Some(note) = tokenizer.as_ref().and_then(tokenizers::slowly) {
                output.note(note);
            }
            Some(tokenizer.is_some())
        }
        (None, Some(digest)) if digest == built_in.digest() => Some(true),
        (None, _) => None,
    };
    let shown = ShownProfile {
        schema: formats::Profile,
        profile: ProfileJson::from(&profile),
        tokenizer_matches: matches,
    };
    let human = || {
        let tokenizer = match (matches, &profile.tokenizer.sha256) {
            (Some(_), _) => "the tokenizer is the one it names",
            (None, Some(_)) => "give --tokenizer FILE to check the tokenizer that it names",
            (None, None) => "it names no tokenizer: only token ids can be read under it",
        };
        format!("{}: a valid profile; {tokenizer}\n", path.display())
    };
    output.result(human, &shown, &[] as &[()])?;
    Ok(Exit::Done)
}
