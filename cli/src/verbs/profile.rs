//! `profile`: make, show and check.

use crate::args::{ProfileAction, ProfileArgs, ProfileNewArgs, SchemeName};
use crate::builtin;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::NewFile;
use crate::output::Output;
use crate::profile_files;
use crate::render::profile_text;
use hallmark_core::profile::{CHACHA12_V1, Profile, Scheme, TokenizerRef};
use serde::Serialize;
use std::path::Path;

/// A profile as findings and `profile show` carry it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProfileJson {
    name: String,
    scheme: &'static str,
    prf: &'static str,
    window: usize,
    vocab_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenizer_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gamma: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<u32>,
}

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    profile: ProfileJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenizer_matches: Option<bool>,
}

pub(crate) fn run(args: ProfileArgs, output: &Output) -> Outcome {
    match args.action {
        ProfileAction::New(args) => make(args, output),
        ProfileAction::Show { profile } => {
            let profile = profile_files::read(&profile)?;
            let shown = Shown {
                schema: "hallmark/profile/1",
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

fn make(args: ProfileNewArgs, output: &Output) -> Outcome {
    let window = match (args.window, args.ngram_len) {
        (None, None) => 2,
        (Some(window), _) => window,
        (None, Some(ngram)) => ngram.saturating_sub(1),
    };
    let scheme = scheme(&args)?;
    let tokenizer = match (&args.tokenizer, args.vocab_size) {
        (Some(path), size) => {
            let tokenizer = builtin::open_tokenizer(path)?;
            let mut reference = builtin::reference(&tokenizer);
            if let Some(size) = size {
                if size < reference.vocab_size {
                    return Err(Failure::usage(format_args!(
                        "--vocab-size {size} is below the tokenizer's {}",
                        reference.vocab_size
                    ))
                    .hint("give the width of the model's logits, or leave --vocab-size out"));
                }
                reference.vocab_size = size;
            }
            reference
        }
        (None, Some(vocab_size)) => TokenizerRef {
            vocab_size,
            sha256: None,
        },
        (None, None) => builtin::tokenizer_ref()?,
    };
    let profile = Profile {
        name: args.name,
        scheme,
        window,
        tokenizer,
    };
    profile.check().map_err(|error| {
        Failure::usage(format_args!("this would be no valid profile: {error}"))
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

fn scheme(args: &ProfileNewArgs) -> Outcome<Scheme> {
    let refuse = |flag: &str, scheme: &str| {
        Err(Failure::usage(format_args!(
            "{flag} is a parameter of --scheme {scheme} only"
        ))
        .hint(format_args!("leave {flag} out, or say --scheme {scheme}")))
    };
    if args.scheme != SchemeName::Green {
        if args.gamma.is_some() {
            return refuse("--gamma", "green");
        }
        if args.delta.is_some() {
            return refuse("--delta", "green");
        }
    }
    if args.scheme != SchemeName::Tournament && args.layers.is_some() {
        return refuse("--layers", "tournament");
    }
    Ok(match args.scheme {
        SchemeName::Gumbel => Scheme::Gumbel,
        SchemeName::DualGumbel => Scheme::DualGumbel,
        SchemeName::Green => Scheme::Green {
            gamma: args.gamma.unwrap_or(0.25),
            delta: args.delta.unwrap_or(2.0),
        },
        SchemeName::Tournament => Scheme::Tournament {
            layers: args.layers.unwrap_or(32),
        },
    })
}

fn check(path: &Path, tokenizer: Option<&Path>, output: &Output) -> Outcome {
    let profile = profile_files::read(path)?;
    let built_in = builtin::tokenizer()?;
    let matches = match (tokenizer, &profile.tokenizer.sha256) {
        (Some(_), _) => Some(builtin::tokenizer_for(&profile, tokenizer)?.is_some()),
        (None, Some(digest)) if digest == built_in.sha256() => Some(true),
        (None, _) => None,
    };
    let shown = Shown {
        schema: "hallmark/profile/1",
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

impl From<&Profile> for ProfileJson {
    fn from(profile: &Profile) -> Self {
        let (gamma, delta) = match profile.scheme {
            Scheme::Green { gamma, delta } => (Some(gamma), Some(delta)),
            _ => (None, None),
        };
        let layers = match profile.scheme {
            Scheme::Tournament { layers } => Some(layers),
            _ => None,
        };
        Self {
            name: profile.name.clone(),
            scheme: profile.scheme.id(),
            prf: CHACHA12_V1,
            window: profile.window,
            vocab_size: profile.tokenizer.vocab_size,
            tokenizer_sha256: profile.tokenizer.sha256.clone(),
            gamma,
            delta,
            layers,
        }
    }
}
