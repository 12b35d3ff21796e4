//! What shows when something was there: an entry of a transparency log, a timestamp.

use crate::args::{LogAction, LogAddArgs, LogArgs, TlogArgs};
use crate::failure::Outcome;
use crate::output::{Output, print};
use hallmark::files::write_new;
use hallmark::{Error, Exit};
use hallmark_collect::post;
use hallmark_evidence::logged::{Kind, LogAt, Proofs};
use hallmark_evidence::signer::Signer;
use hallmark_evidence::timestamp::Timestamp;
use hallmark_verify::digest::of_hexadecimal;
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(crate) fn run(args: &LogArgs, _: &Output) -> Outcome {
    match &args.action {
        LogAction::Entry(args) => {
            let content = read(&args.file)?;
            let at = |error: Error| error.at(args.file.display());
            let text = str::from_utf8(&content).map_err(|error| at(Error::usage(error)))?;
            let entry = Kind::of(text).map_err(at)?.entry(&content);
            print(str::from_utf8(&entry).map_err(Error::usage)?)?;
        }
        LogAction::Add(args) => add(args)?,
    }
    Ok(Exit::Done)
}

/// An entry of somebody's, in one's own log.
fn add(args: &LogAddArgs) -> Outcome<()> {
    let entry = read(&args.entry)?;
    let log = LogAt {
        folder: &args.tlog,
        origin: args.tlog_origin.as_deref(),
        signer: &Signer::read(&args.tlog_key)?,
    };
    if args.out.exists() {
        return Err(Error::usage(format_args!("{} exists", args.out.display()))
            .hint("name a new file for the proof"));
    }
    let (proof, _) = log.append(&entry)?;
    write_new(&args.out, proof.as_bytes())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = vec![];
    let file = File::open(path).map_err(|error| Error::io("open", path, &error))?;
    file.take(MAX_ENTRY + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("read", path, &error))?;
    match bytes.len() as u64 <= MAX_ENTRY {
        true => Ok(bytes),
        false => Err(Error::usage(format_args!(
            "{} has more than {MAX_ENTRY} bytes",
            path.display()
        ))
        .hint("a log has digests; give the entry, and not what it is of")),
    }
}

/// The longest file that is logged, or whose entry is asked for, in bytes.
const MAX_ENTRY: u64 = 256 << 20;

/// Logs and stamps the digest of a file; nothing is done where neither is asked for.
pub(super) fn logged(args: &TlogArgs, kind: Kind, sha256: &str) -> Outcome<Proofs> {
    let mut proofs = vec![];
    if let (Some(folder), Some(key)) = (&args.tlog, &args.tlog_key) {
        let log = LogAt {
            folder,
            origin: args.tlog_origin.as_deref(),
            signer: &Signer::read(key)?,
        };
        proofs = log.write(kind, sha256)?;
    }
    if let Some(address) = &args.tsa {
        let digest = of_hexadecimal(sha256).unwrap_or_default();
        let stamp = Timestamp::ask(&digest, |request| {
            post(address, "application/timestamp-query", request).map_err(|error| {
                Error::usage(error).hint("check the address of the authority, or go without --tsa")
            })
        })?;
        proofs.push((kind.timestamp().to_owned(), stamp.der().to_vec()));
    }
    Ok(proofs)
}
