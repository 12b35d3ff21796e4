//! `keygen`: a new root key.

use crate::args::KeygenArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::{keys, refuse_existing};
use hallmark::json::formats;
use hallmark::text::shown;
use hallmark_core::keys::{KEY_BYTES, KeyFile, RootKey};
use hallmark_evidence::signer::{Signer, write_public};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

/// The result of `keygen` and `derive`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Made<S> {
    schema: S,
    key_id: String,
    /// The id that findings name: of the default cohort where the file holds a root key. A signing key marks nothing, and this is its own id.
    marking_key_id: String,
    kind: String,
    file: String,
}

pub(crate) fn run(args: &KeygenArgs, output: &Output) -> Outcome {
    if args.signing {
        return signing(&args.out, output);
    }
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *bytes).map_err(|error| {
        Error::usage(format_args!(
            "the operating system gives no randomness: {error}"
        ))
    })?;
    let key = KeyFile::Root(RootKey::from_bytes(*bytes));
    let comments = [
        "Hallmark root key. Whoever holds it can make and find the mark: keep it secret."
            .to_owned(),
        created(),
    ];
    keys::write(&args.out, &key, &comments)?;
    report(&key, "root", &args.out, formats::Keygen, output)
}

/// A key that signs, and its public half beside it.
fn signing(out: &Path, output: &Output) -> Outcome {
    if out == Path::new("-") {
        return Err(Error::usage("a signing key is written to a file")
            .hint("name a file with --out FILE, which is made readable by you alone"));
    }
    let public = out.with_added_extension("pub");
    refuse_existing(&public)?;
    let signer = Signer::generate(out)?;
    write_public(&public, &signer.public())?;
    let shown = shown(out);
    let made = Made {
        schema: formats::Keygen,
        key_id: signer.id(),
        marking_key_id: signer.id(),
        kind: "signing".to_owned(),
        file: shown.clone(),
    };
    let human = format!(
        "signing key {} written to {shown}, its public half to {shown}.pub: publish that\n",
        signer.id()
    );
    output.result(|| human, &made, &[] as &[()])?;
    Ok(Exit::Done)
}

/// Says which key was made; on stderr where the key itself went to stdout.
pub(super) fn report<S: Serialize>(
    key: &KeyFile,
    kind: &str,
    file: &Path,
    schema: S,
    output: &Output,
) -> Outcome {
    let (key_id, marking_key_id) = (
        key.public_id().to_string(),
        key.marking_key().public_id().to_string(),
    );
    let shown = shown(file);
    let mut human = format!("{kind} key {key_id} written to {shown}\n");
    if marking_key_id != key_id {
        human += &format!("used directly, it marks and detects as cohort key {marking_key_id}\n");
    }
    if file == Path::new("-") {
        output.note(human.trim_end());
        return Ok(Exit::Done);
    }
    let made = Made {
        schema,
        key_id,
        marking_key_id,
        kind: kind.to_owned(),
        file: shown,
    };
    output.result(|| human, &made, &[] as &[()])?;
    Ok(Exit::Done)
}

/// The comment line that says when a key was made.
pub(super) fn created() -> String {
    format!(
        "created: {}",
        jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")
    )
}
