//! What stands in a transparency log, and what proves it.

use crate::args::TlogArgs;
use crate::failure::Outcome;
use hallmark_evidence::logged::{Kind, LogAt, Proofs};
use hallmark_evidence::signer::Signer;

/// Logs the digest of a file; nothing is done where no log is named.
pub(super) fn logged(args: &TlogArgs, kind: Kind, sha256: &str) -> Outcome<Proofs> {
    let (Some(folder), Some(key)) = (&args.tlog, &args.tlog_key) else {
        return Ok(vec![]);
    };
    let log = LogAt {
        folder,
        origin: args.tlog_origin.as_deref(),
        signer: &Signer::read(key)?,
    };
    log.write(kind, sha256)
}
