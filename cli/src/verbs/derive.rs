//! `derive`: the key of one cohort in one epoch.

use super::keygen::{created, report};
use crate::args::DeriveArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Error;
use hallmark::files::keys;
use hallmark::json::formats;
use hallmark_core::keys::{KeyFile, KeyProvider};

pub(crate) fn run(args: &DeriveArgs, output: &Output) -> Outcome {
    let root = match keys::read(&args.key)? {
        KeyFile::Root(root) => root,
        other => {
            let what = match other {
                KeyFile::Foreign(_) => "another engine's key",
                _ => "a cohort key",
            };
            return Err(Error::usage(format_args!(
                "{} holds {what}; cohort keys are derived from a root key",
                args.key.display()
            ))
            .hint("pass the root key file with --key"));
        }
    };
    let (cohort, place) = match (&args.epoch, &args.cohort) {
        (Some(epoch), Some(cohort)) => {
            let key = root.cohort_key(epoch, cohort).map_err(|error| {
                Error::usage(error).hint("names are 1 to 128 bytes of printable text")
            })?;
            (key, format!("epoch {epoch}, cohort {cohort}"))
        }
        _ => (
            root.default_cohort(),
            "the root key's default cohort".to_owned(),
        ),
    };
    let comments = [
        "Hallmark cohort key. Whoever holds it can make and find this cohort's mark: keep it secret."
            .to_owned(),
        created(),
        format!("of: {place}"),
        format!("derived from root: {}", root.public_id()),
    ];
    let key = KeyFile::Cohort(cohort);
    keys::write(&args.out, &key, &comments)?;
    report(&key, "cohort", &args.out, formats::Derive, output)
}
