//! What shows when something was there: an entry of a transparency log, a timestamp.

use crate::args::TlogArgs;
use crate::failure::Outcome;
use hallmark::Error;
use hallmark_collect::post;
use hallmark_evidence::logged::{Kind, LogAt, Proofs};
use hallmark_evidence::signer::Signer;
use hallmark_evidence::timestamp::Timestamp;
use hallmark_verify::digest::of_hexadecimal;

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
        proofs.push((kind.timestamp(), stamp.der().to_vec()));
    }
    Ok(proofs)
}
