//! `profile`: make, show and check.

use crate::args::{ProfileAction, ProfileArgs, ProfileNewArgs};
use crate::builtin;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::NewFile;
use crate::output::Output;
use crate::profile_files;
use crate::render::profile_text;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Checked, Parameters, SCHEMES, Scheme, SchemeRow};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// A profile as findings and `profile show` carry it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProfileJson {
    name: String,
    pub(crate) scheme: &'static str,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// How the reading of another engine's mark was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked: Option<String>,
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
        ProfileAction::New(args) => make(&args, output),
        ProfileAction::List => list(output),
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

fn make(args: &ProfileNewArgs, output: &Output) -> Outcome {
    let window = args
        .window
        .or(args.ngram_len.map(|ngram| ngram.saturating_sub(1)));
    let scheme = scheme(args)?;
    let profile = Profile {
        name: args.name.clone(),
        scheme,
        window: window.unwrap_or(scheme.row().window),
        tokenizer: tokenizer(args)?,
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

fn tokenizer(args: &ProfileNewArgs) -> Outcome<TokenizerRef> {
    match (&args.tokenizer, args.vocab_size) {
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
            Ok(reference)
        }
        (None, Some(vocab_size)) => Ok(TokenizerRef {
            vocab_size,
            sha256: None,
        }),
        (None, None) => builtin::tokenizer_ref(),
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
            return Err(Failure::usage(format_args!(
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
        Failure::usage(format_args!("--scheme {}: no such scheme", args.scheme))
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

/// A scheme as `profile list` prints it.
#[derive(Serialize)]
struct ListedScheme {
    scheme: &'static str,
    prf: &'static str,
    default_window: usize,
    windows: [usize; 2],
    /// "native", or how the reading of another engine's mark was checked.
    checked: String,
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    schemes: Vec<ListedScheme>,
}

fn list(output: &Output) -> Outcome {
    let listed = |row: &SchemeRow| ListedScheme {
        scheme: row.id,
        prf: row.prf,
        default_window: row.window,
        windows: [row.windows.0, row.windows.1],
        checked: checked(row.checked),
    };
    let listed = Listed {
        schema: "hallmark/profile-list/1",
        schemes: SCHEMES.iter().map(listed).collect(),
    };
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

/// How the reading of another engine's mark was checked, in words.
pub(crate) fn checked(checked: Checked) -> String {
    match checked {
        Checked::Native => "native".to_owned(),
        Checked::Running(what) => format!("checked against running code: {what}"),
        Checked::Documents(what) => format!("checked against documents only: {what}"),
    }
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
        let row = profile.scheme.row();
        let mut json = Self {
            name: profile.name.clone(),
            scheme: row.id,
            prf: row.prf,
            window: profile.window,
            vocab_size: profile.tokenizer.vocab_size,
            tokenizer_sha256: profile.tokenizer.sha256.clone(),
            gamma: None,
            delta: None,
            layers: None,
            share: None,
            checked: (!row.is_native()).then(|| checked(row.checked)),
        };
        match profile.scheme.parameters() {
            Parameters::Green { gamma, delta } => {
                (json.gamma, json.delta) = (Some(gamma), Some(delta));
            }
            Parameters::Tournament { layers } => json.layers = Some(layers),
            Parameters::Dual { share } => json.share = Some(share),
            _ => {}
        }
        json
    }
}

impl ProfileJson {
    /// Its name and scheme, for lists.
    pub(crate) fn named(&self) -> String {
        let mut text = if self.name == self.scheme {
            format!("{} (window {}", self.name, self.window)
        } else {
            format!("{} ({}, window {}", self.name, self.scheme, self.window)
        };
        if let Some(gamma) = self.gamma {
            let _ = write!(text, ", γ {gamma}");
        }
        if let Some(layers) = self.layers {
            let _ = write!(text, ", {layers} layers");
        }
        text.push(')');
        text
    }
}
