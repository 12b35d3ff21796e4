//! `bundle`: what a case shows to others.

use super::verify::log_key;
use crate::args::BundleArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Exit;
use hallmark_evidence::bundle::{Contents, pack};
use hallmark_evidence::case::Case;
use hallmark_evidence::logged::bring;
use hallmark_evidence::signer::Signer;

pub(crate) fn run(args: &BundleArgs, output: &Output) -> Outcome {
    let case = Case::open(&args.case)?;
    let signer = Signer::read(&args.signer)?;
    if let Some(log) = &args.external_log {
        bring(&case, &args.external_proofs, &log_key(log)?)?;
    }
    let contents = Contents {
        with_items: args.with_items,
    };
    let manifest = pack(&case, &signer, &args.out, contents)?;
    output.result(
        || {
            format!(
                "{} files of case {} in {}, signed by {}\n",
                manifest.files.len(),
                manifest.case,
                args.out.display(),
                signer.id()
            )
        },
        &manifest,
        &manifest.files,
    )?;
    Ok(Exit::Done)
}
