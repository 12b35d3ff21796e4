//! `c2pa`: manifests in text.

use crate::args::{C2paAction, C2paArgs, C2paReadArgs, C2paSignArgs};
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::keys::refuse_readable_by_others;
use hallmark::files::{profiles, write_new};
use hallmark::text::plain;
use hallmark::{Error, Exit};
use hallmark_c2pa::{Binding, Credentials, Found, State, read, sign};
use hallmark_core::keys::PublicId;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 30;

pub(crate) fn run(args: &C2paArgs, output: &Output) -> Outcome {
    match &args.action {
        C2paAction::Sign(args) => signed(args),
        C2paAction::Read(args) => found(args, output),
    }
}

fn signed(args: &C2paSignArgs) -> Outcome {
    let id: PublicId = args.key_id.parse().map_err(|error| {
        Error::usage(error)
            .at(format_args!("--key-id {}", plain(&args.key_id)))
            .hint("give the id that `hallmark detect` prints: 16 hexadecimal digits")
    })?;
    let profile = profiles::read(&args.profile)?;
    let file = File::open(&args.certificate_key)
        .map_err(|error| Error::io("open the key", &args.certificate_key, &error))?;
    refuse_readable_by_others(&args.certificate_key, &file)?;
    let key = Zeroizing::new(text(&args.certificate_key)?);
    let chain = text(&args.certificate)?;
    let failed = |error: hallmark_c2pa::Error| Error::usage(error).at(args.text.display());
    let credentials = Credentials {
        chain: chain.as_bytes(),
        key: key.as_bytes(),
        algorithm: args.algorithm.parse().map_err(failed)?,
    };
    let binding = Binding::new(profile.scheme.id(), &id.to_string());
    let signed = sign(&text(&args.text)?, &binding, &credentials).map_err(failed)?;
    write_new(&args.out, signed.as_bytes())?;
    Ok(Exit::Done)
}

/// What was found, as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    state: &'static str,
    signed_by: Option<&'a str>,
    algorithm: Option<&'a str>,
    key_id: Option<&'a str>,
    problems: &'a [String],
}

fn found(args: &C2paReadArgs, output: &Output) -> Outcome {
    let trusted = args.trusted.as_deref().map(text).transpose()?;
    let given = text(&args.text)?;
    let found = match read(&given, trusted.as_deref()) {
        Err(error @ hallmark_c2pa::Error::NoManifest) => {
            output.note(error);
            return Ok(Exit::No);
        }
        other => other.map_err(|error| Error::usage(error).at(args.text.display()))?,
    };
    if let Some(out) = &args.without {
        write_new(out, found.text.as_bytes())?;
    }
    let binding = found.binding.as_ref();
    let shown = Shown {
        schema: "hallmark/c2pa/1",
        state: state(found.state),
        signed_by: found.signed_by.as_deref(),
        algorithm: binding.map(|binding| &binding.algorithm[..]),
        key_id: binding.map(|binding| &binding.key_id[..]),
        problems: &found.problems,
    };
    output.result(|| said(&found), &shown, shown.problems)?;
    Ok(match found.state {
        State::Invalid => Exit::No,
        State::Valid | State::Trusted => Exit::Done,
    })
}

const fn state(state: State) -> &'static str {
    match state {
        State::Invalid => "invalid",
        State::Valid => "valid",
        State::Trusted => "trusted",
    }
}

fn said(found: &Found) -> String {
    let mut text = format!("The manifest is {}.\n", state(found.state));
    if let Some(name) = &found.signed_by {
        let _ = writeln!(text, "Signed by {}", plain(name));
    }
    if let Some(binding) = &found.binding {
        let _ = writeln!(
            text,
            "It says that the text carries the mark {} of key {}",
            plain(&binding.algorithm),
            plain(&binding.key_id)
        );
    }
    for problem in &found.problems {
        let _ = writeln!(text, "  {}", plain(problem));
    }
    text
}

fn text(path: &Path) -> Outcome<String> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => io::stdin().take(MAX_BYTES).read_to_string(&mut text),
        false => File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)),
    };
    read.map_err(|error| Error::io("read", path, &error))?;
    Ok(text)
}
