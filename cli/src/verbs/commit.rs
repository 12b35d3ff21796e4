//! `commit`: keys fixed in public.

use super::tlog;
use crate::args::CommitArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::{NewFolder, keys, write_new};
use hallmark::json::to_json;
use hallmark::{Error, Exit};
use hallmark_evidence::commit::{Beside, Named, commit};
use hallmark_verify::digest::sha256;
use hallmark_verify::formats::{Commitments, KeyRole};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn run(args: &CommitArgs, output: &Output) -> Outcome {
    let named = args.named().map(|(given, role)| read(given, role));
    let named = named.collect::<Outcome<Vec<_>>>()?;
    let folder = NewFolder::create(&args.out)?;
    let beside = Beside {
        profile: args.profile.as_deref(),
        decoy_seed: args.decoy_seed,
        cohorts: args.cohorts.as_deref(),
    };
    let (commitments, openings) = commit(&named, beside, jiff::Timestamp::now().to_string())?;
    let text = to_json(&commitments, true)? + "\n";
    write_new(&folder.path().join(Commitments::FILE), text.as_bytes())?;
    let secret = folder.path().join("openings");
    std::fs::create_dir(&secret).map_err(|error| Error::io("make the folder", &secret, &error))?;
    for opening in &openings {
        opening.write(&secret.join(format!("{}.opening", opening.name)))?;
    }
    let digest = sha256(text.as_bytes());
    let proofs = tlog::logged(&args.tlog, "commitments", "commitments.tlog-proof", &digest)?;
    for (name, content) in &proofs {
        write_new(&folder.path().join(name), content)?;
    }
    folder.finish()?;
    output.result(
        || commitments_text(&commitments, &args.out, !proofs.is_empty()),
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

fn commitments_text(commitments: &Commitments, out: &Path, is_logged: bool) -> String {
    let mut text = String::new();
    for key in &commitments.keys {
        let _ = writeln!(text, "{} ({}): {}", key.name, key.key_id, key.commitment);
    }
    let out = out.display();
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
