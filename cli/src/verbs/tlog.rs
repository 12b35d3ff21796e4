//! What stands in a transparency log, and what proves it.

use crate::args::TlogArgs;
use crate::failure::Outcome;
use hallmark_evidence::log::Log;
use hallmark_evidence::signer::Signer;
use hallmark_verify::formats::LogEntry;

/// Files that prove it, each with its name.
pub(super) type Proofs = Vec<(&'static str, Vec<u8>)>;

/// Logs the digest of a file of a kind; nothing is done where no log is named.
pub(super) fn logged(
    args: &TlogArgs,
    kind: &str,
    proof: &'static str,
    sha256: &str,
) -> Outcome<Proofs> {
    let (Some(folder), Some(key)) = (&args.tlog, &args.tlog_key) else {
        return Ok(vec![]);
    };
    let signer = Signer::read(key)?;
    let origin = args.tlog_origin.clone();
    let origin = origin.unwrap_or_else(|| format!("hallmark-log/{}", signer.id()));
    let log = Log::open_or_create(folder, &origin)?;
    let index = log.append(&LogEntry { kind, sha256 }.bytes(), signer.signing_key())?;
    let public = log.public_key()?.map(|key| format!("{key}\n"));
    Ok(vec![
        (proof, log.prove(index)?.into_bytes()),
        ("log.pub", public.unwrap_or_default().into_bytes()),
    ])
}
