//! `ledger`: what serving engines marked.

use crate::args::LedgerArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::ledger_text;
use hallmark::{Error, Exit};
use hallmark_serve::ledger::{Ledgers, Log};
use std::path::Path;

pub(crate) fn run(args: &LedgerArgs, output: &Output) -> Outcome {
    let ledgers = Ledgers::read(&args.ledgers)?;
    let summary = ledgers.summary();
    let Some(out) = &args.out else {
        output.result(|| ledger_text(&summary), &summary, &summary.keys)?;
        return Ok(Exit::Done);
    };
    if args.ledgers.iter().any(|ledger| ledger == out) {
        return Err(Error::usage("--out is one of the ledgers").hint("name a new file"));
    }
    let written = ledgers.write(args.key_id.as_deref(), out)?;
    if out == Path::new("-") {
        return Ok(Exit::Done);
    }
    let log = Log {
        written: Some(written),
        ..summary
    };
    output.result(|| ledger_text(&log), &log, &log.keys)?;
    Ok(Exit::Done)
}
