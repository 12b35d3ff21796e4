//! `profile`: make, show and check.

use crate::args::{ProfileAction, ProfileArgs, ProfileNewArgs, SchemeName};
use crate::builtin;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::files::NewFile;
use crate::output::Output;
use crate::profile_files;
use crate::render::profile_text;
use clap::ValueEnum;
use hallmark_core::profile::{
    AnyProfile, CHACHA12_V1, Checked, FOREIGN, Foreign, ForeignProfile, ForeignScheme, MAX_WINDOW,
    Profile, Scheme, TokenizerRef,
};
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
            let profile = profile_files::read_any(&profile)?;
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
    let (name, tokenizer) = (args.name.clone(), tokenizer(args)?);
    let profile = match ForeignScheme::named(&args.scheme) {
        Some(known) => AnyProfile::Foreign(ForeignProfile {
            name,
            scheme: foreign_scheme(args, known)?,
            window: window.unwrap_or(known.window),
            tokenizer,
        }),
        None => AnyProfile::Native(Profile {
            name,
            scheme: native_scheme(args)?,
            window: window.unwrap_or(2),
            tokenizer,
        }),
    };
    let (checked, text) = match &profile {
        AnyProfile::Native(profile) => (profile.check(), profile.to_toml()),
        AnyProfile::Foreign(profile) => (profile.check(), profile.to_toml()),
    };
    checked.map_err(|error| {
        Failure::usage(format_args!("this would be no valid profile: {error}"))
            .hint("see `hallmark profile new --help` for what each flag takes")
    })?;
    let mut file = NewFile::create(&args.out)?;
    file.write(text.as_bytes())?;
    file.finish()?;
    if args.out != Path::new("-") {
        output.note(format_args!(
            "profile {:?} ({}, window {}) written to {}",
            profile.name(),
            profile.scheme_id(),
            profile.window(),
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

fn native_scheme(args: &ProfileNewArgs) -> Outcome<Scheme> {
    let scheme = match SchemeName::from_str(&args.scheme, false) {
        Ok(SchemeName::Gumbel) => Scheme::Gumbel,
        Ok(SchemeName::DualGumbel) => Scheme::DualGumbel,
        Ok(SchemeName::Green) => Scheme::Green {
            gamma: args.gamma.unwrap_or(0.25),
            delta: args.delta.unwrap_or(2.0),
        },
        Ok(SchemeName::Tournament) => Scheme::Tournament {
            layers: args.layers.unwrap_or(32),
        },
        Err(why) => return Err(Failure::usage(why)),
    };
    only(
        args,
        match scheme {
            Scheme::Gumbel | Scheme::DualGumbel => &[],
            Scheme::Green { .. } => &["--gamma", "--delta"],
            Scheme::Tournament { .. } => &["--layers"],
        },
    )?;
    Ok(scheme)
}

fn foreign_scheme(args: &ProfileNewArgs, known: &ForeignScheme) -> Outcome<Foreign> {
    let mut scheme = known.defaults;
    let taken: &[&str] = match &mut scheme {
        Foreign::Green { gamma, delta, .. } => {
            *gamma = args.gamma.unwrap_or(*gamma);
            *delta = args.delta.unwrap_or(*delta);
            &["--gamma", "--delta"]
        }
        Foreign::SynthId { layers, .. } => {
            *layers = args.layers.unwrap_or(*layers);
            &["--layers"]
        }
        Foreign::VllmDual { share } | Foreign::SglangDual { share } => {
            *share = args.share.unwrap_or(*share);
            &["--share"]
        }
        _ => &[],
    };
    only(args, taken)?;
    Ok(scheme)
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
    let native = ["gumbel", "dual-gumbel", "green", "tournament"].map(|scheme| ListedScheme {
        scheme,
        prf: CHACHA12_V1,
        default_window: 2,
        windows: [1, MAX_WINDOW],
        checked: "native".to_owned(),
    });
    let foreign = FOREIGN.iter().map(|known| ListedScheme {
        scheme: known.id,
        prf: known.prf,
        default_window: known.window,
        windows: [known.windows.0, known.windows.1],
        checked: checked(known.checked),
    });
    let listed = Listed {
        schema: "hallmark/profile-list/1",
        schemes: native.into_iter().chain(foreign).collect(),
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
        Checked::Running(what) => format!("checked against running code: {what}"),
        Checked::Documents(what) => format!("checked against documents only: {what}"),
    }
}

fn check(path: &Path, tokenizer: Option<&Path>, output: &Output) -> Outcome {
    let profile = profile_files::read_any(path)?;
    let built_in = builtin::tokenizer()?;
    let matches = match (tokenizer, &profile.tokenizer().sha256) {
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
        let tokenizer = match (matches, &profile.tokenizer().sha256) {
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
        let mut json = Self::plain(
            (&profile.name, profile.scheme.id(), CHACHA12_V1),
            profile.window,
            &profile.tokenizer,
        );
        match profile.scheme {
            Scheme::Gumbel | Scheme::DualGumbel => {}
            Scheme::Green { gamma, delta } => {
                (json.gamma, json.delta) = (Some(gamma), Some(delta));
            }
            Scheme::Tournament { layers } => json.layers = Some(layers),
        }
        json
    }
}

impl From<&ForeignProfile> for ProfileJson {
    fn from(profile: &ForeignProfile) -> Self {
        let known = profile.scheme.scheme();
        let mut json = Self::plain(
            (&profile.name, known.id, known.prf),
            profile.window,
            &profile.tokenizer,
        );
        json.checked = Some(checked(known.checked));
        match profile.scheme {
            Foreign::Green { gamma, delta, .. } => {
                (json.gamma, json.delta) = (Some(gamma), Some(delta));
            }
            Foreign::SynthId { layers, .. } => json.layers = Some(layers),
            Foreign::VllmDual { share } | Foreign::SglangDual { share } => {
                json.share = Some(share);
            }
            _ => {}
        }
        json
    }
}

impl From<&AnyProfile> for ProfileJson {
    fn from(profile: &AnyProfile) -> Self {
        match profile {
            AnyProfile::Native(profile) => profile.into(),
            AnyProfile::Foreign(profile) => profile.into(),
        }
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

    fn plain(
        (name, scheme, prf): (&str, &'static str, &'static str),
        window: usize,
        tokenizer: &TokenizerRef,
    ) -> Self {
        Self {
            name: name.to_owned(),
            scheme,
            prf,
            window,
            vocab_size: tokenizer.vocab_size,
            tokenizer_sha256: tokenizer.sha256.clone(),
            gamma: None,
            delta: None,
            layers: None,
            share: None,
            checked: None,
        }
    }
}
