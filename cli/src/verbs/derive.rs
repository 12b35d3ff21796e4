//! `derive`: the key of one cohort in one epoch.

use super::keygen::{created, report};
use crate::args::DeriveArgs;
use crate::failure::{Failure, Outcome};
use crate::key_files;
use crate::output::Output;
use hallmark_core::keys::{KeyFile, KeyProvider};

pub(crate) fn run(args: &DeriveArgs, output: &Output) -> Outcome {
    let root = match key_files::read(&args.key)? {
        KeyFile::Root(root) => root,
        KeyFile::Cohort(_) => {
            return Err(Failure::usage(format_args!(
                "{} holds a cohort key; cohort keys are derived from a root key",
                args.key.display()
            ))
            .hint("pass the root key file with --key"));
        }
    };
    let cohort = root
        .cohort_key(&args.epoch, &args.cohort)
        .map_err(|error| {
            Failure::usage(error).hint("names are 1 to 128 bytes of printable text")
        })?;
    let comments = [
        "Hallmark cohort key. Whoever holds it can make and find this cohort's mark: keep it secret."
            .to_owned(),
        created(),
        format!("epoch: {}", args.epoch),
        format!("cohort: {}", args.cohort),
        format!("derived from root: {}", root.public_id()),
    ];
    let key = KeyFile::Cohort(cohort);
    key_files::write(&args.out, &key, &comments)?;
    report(&key, "cohort", &args.out, "hallmark/derive/1", output)
}
