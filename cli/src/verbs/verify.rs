//! `verify`: a bundle checked without any key.

use crate::args::VerifyArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::checks_text;
use hallmark::files::kinds::kind_of;
use hallmark::{Error, Exit};
use hallmark_evidence::signer::read_public;
use hallmark_verify::bundle::{Trust, verify};
use hallmark_verify::files::{Archive, Files, Folder};
use hallmark_verify::note::{NoteError, VerifierKey};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &VerifyArgs, output: &Output) -> Outcome {
    let files = open(&args.bundle)?;
    let signers = args.signers.iter();
    let signers = signers.map(|path| read_public(path).map_err(|error| other_kind(path, error)));
    let logs = args.tlog_public.iter().map(|path| log_key(path));
    let trust = Trust {
        signers: signers.collect::<Outcome<_>>()?,
        logs: logs.collect::<Outcome<_>>()?,
        timestamp_roots: args
            .tsa_roots
            .iter()
            .map(|path| text(path))
            .collect::<Outcome<_>>()?,
    };
    let verified = verify(&*files, &trust);
    output.result(
        || checks_text(&verified, args.brief),
        &verified,
        &verified.checks,
    )?;
    Ok(exit(verified.holds))
}

/// Why a file is no signer's public key: what it is instead, where that is known.
fn other_kind(path: &Path, error: Error) -> Error {
    const MOST: u64 = 64 * 1024;
    let mut begin = String::new();
    let read = File::open(path).map(|file| file.take(MOST).read_to_string(&mut begin));
    let is_key = begin.contains("BEGIN PUBLIC KEY");
    let kind = read.ok().and_then(|_| kind_of(&begin)).filter(|_| !is_key);
    let kind = kind.or_else(|| begin.starts_with("hallmark-").then_some("a key of a mark"));
    match kind {
        None => error,
        Some(kind) => Error::usage(format_args!("no signer's public key: it is {kind}"))
            .at(path.display())
            .hint("give the public key in PEM that belongs to the signing key, as its owner published it"),
    }
}

/// A log's public key.
pub(super) fn log_key(path: &Path) -> Outcome<VerifierKey> {
    let key = text(path)?.trim_end().parse();
    key.map_err(|error: NoteError| {
        Error::usage(error)
            .at(path.display())
            .hint("give the log's key as one line, name+hash+base64, as its owner published it")
    })
}

/// How a program ends.
pub(super) fn exit(holds: bool) -> Exit {
    match holds {
        true => Exit::Done,
        false => Exit::No,
    }
}

/// A bundle's files, of a folder or an archive.
pub(super) fn open(path: &Path) -> Outcome<Box<dyn Files>> {
    if path.is_dir() {
        return Ok(Box::new(Folder(PathBuf::from(path))));
    }
    let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    let archive = Archive::read(&bytes).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("give the folder or the .tar that `hallmark bundle` made")
    })?;
    Ok(Box::new(archive))
}

fn text(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))
}
