//! `twins`: second answers that are never sent.

use super::tlog;
use crate::args::{TwinsAction, TwinsArgs, TwinsCommitArgs, TwinsDrawArgs, TwinsTestArgs};
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::{twins_committed_text, twins_drawn_text, twins_tested_text};
use hallmark::files::keys;
use hallmark::{Error, Exit};
use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_evidence::logged::Kind;
use hallmark_evidence::twins::{
    Asked, Committed, Conclusion, Opened, Scores, TwinsOpening, commit_seed, commit_table, drawn,
    test,
};
use std::path::Path;

pub(crate) fn run(args: &TwinsArgs, output: &Output) -> Outcome {
    match &args.action {
        TwinsAction::Draw(args) => draw(args, output),
        TwinsAction::Commit(args) => commit(args, output),
        TwinsAction::Test(args) => tested(args, output),
    }
}

fn draw(args: &TwinsDrawArgs, output: &Output) -> Outcome {
    let opening = TwinsOpening::read(&args.opening)?;
    let drawn = drawn(&args.seed, &opening, &args.requests)?;
    output.result(|| twins_drawn_text(&drawn), &drawn, &drawn.drawn)?;
    Ok(Exit::Done)
}

fn commit(args: &TwinsCommitArgs, output: &Output) -> Outcome {
    let prove = |digest: &str| tlog::logged(&args.tlog, Kind::Twins, digest);
    let committed: Committed = match (&args.key, &args.twins, &args.seed, &args.opening) {
        (Some(key), ..) => {
            let name = args.name.as_deref().unwrap_or_default();
            let share = args.share.unwrap_or_default();
            commit_seed(&args.out, &root(key)?, name, share, prove)?
        }
        (None, Some(twins), Some(seed), Some(opening)) => {
            let opening = TwinsOpening::read(opening)?;
            let requests = args.requests.as_deref();
            commit_table(&args.out, seed, &opening, twins, requests, prove)?
        }
        _ => {
            return Err(Error::usage("neither a seed nor twins were given")
                .hint("give --key, --name and --share, or --seed, --opening and --twins"));
        }
    };
    let is_logged = args.tlog.tlog.is_some() || args.tlog.tsa.is_some();
    output.result(
        || twins_committed_text(&committed, &args.out, is_logged),
        &committed,
        &[] as &[()],
    )?;
    Ok(Exit::Done)
}

fn root(path: &Path) -> Outcome<RootKey> {
    match keys::read(path)? {
        KeyFile::Root(root) => Ok(root),
        _ => Err(Error::usage("the file holds no root key")
            .at(path.display())
            .hint("seeds of twins are derived from a root key, as `hallmark keygen` writes it")),
    }
}

fn tested(args: &TwinsTestArgs, output: &Output) -> Outcome {
    let opening = TwinsOpening::read(&args.opening)?;
    let opened = Opened::read(&args.folder, &opening)?;
    let scores = match (&args.scores, &args.answers, &args.twins) {
        (Some(scores), ..) => {
            let own = Scores::read(scores, &opened)?;
            match &args.reference {
                Some(reference) => own.less(&Scores::read(reference, &opened)?),
                None => own,
            }
        }
        (None, Some(answers), Some(twins)) => Scores::similar(answers, twins, &opened)?,
        _ => {
            return Err(
                Error::usage("nothing says what the suspect gives each twin")
                    .hint("give --scores, or --answers and --twins"),
            );
        }
    };
    let asked = Asked {
        accounts: args.accounts.clone(),
        every_account: args.every_account,
        alpha: args.alpha,
    };
    let tested = test(&opened, &scores, &asked)?;
    output.result(|| twins_tested_text(&tested), &tested, &tested.findings)?;
    Ok(match tested.outcome {
        Conclusion::Inconclusive => Exit::TooLittle,
        Conclusion::Found | Conclusion::NotFound => Exit::Done,
    })
}
