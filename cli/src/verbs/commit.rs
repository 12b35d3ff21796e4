//! `commit`: keys fixed in public.

use super::tlog;
use crate::args::CommitArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::keys;
use hallmark::{Error, Exit};
use hallmark_evidence::commit::{Beside, Named, write};
use hallmark_evidence::logged::Kind;
use hallmark_verify::formats::{Commitments, Issued, KeyRole};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn run(args: &CommitArgs, output: &Output) -> Outcome {
    let named = args.named().map(|(given, role)| read(given, role));
    let named = named.collect::<Outcome<Vec<_>>>()?;
    let beside = Beside {
        profile: args.profile.as_deref(),
        decoy_seed: args.decoy_seed,
        cohorts: args.cohorts.as_deref(),
        issued: args.issued_from.clone().map(|from| Issued {
            from,
            to: args.issued_to.clone(),
        }),
    };
    let (commitments, is_logged) = write(&args.out, &named, &beside, |digest| {
        tlog::logged(&args.tlog, Kind::Commitments, digest)
    })?;
    output.result(
        || commitments_text(&commitments, args, is_logged),
        &commitments,
        &commitments.keys,
    )?;
    Ok(Exit::Done)
}

fn read(given: &str, role: KeyRole) -> Outcome<Named> {
    let (name, file) = given.split_once('=').ok_or_else(|| {
        Error::usage(format_args!("{given:?} is not NAME=FILE"))
            .hint("give each key a name, such as --key cohort-7=cohort-7.key")
    })?;
    Ok(Named {
        name: name.to_owned(),
        role,
        key: keys::read(Path::new(file))?,
    })
}

fn commitments_text(commitments: &Commitments, args: &CommitArgs, is_logged: bool) -> String {
    let mut text = String::new();
    for key in &commitments.keys {
        let _ = writeln!(text, "{} ({}): {}", key.name, key.key_id, key.commitment);
    }
    if args.cohorts.is_some() && !args.out.join(Commitments::COHORTS).is_file() {
        let _ = writeln!(
            text,
            "Of the table of cohorts only the digest was written: it is not what `cohorts draw` publishes"
        );
    }
    let out = args.out.display();
    let _ = writeln!(
        text,
        "Publish {out}/{}; keep {out}/openings with the keys{}",
        Commitments::FILE,
        if is_logged {
            ""
        } else {
            ". Nothing but your word says when it was made: log it with --tlog"
        }
    );
    text
}
