//! `cohorts`: accounts drawn into cohorts.

use crate::args::{CohortsAction, CohortsArgs, CohortsDrawArgs, CohortsOpenArgs};
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::keys::{refuse_readable_by_others, write_private};
use hallmark::files::{NewFolder, write_new};
use hallmark::json::to_json;
use hallmark::{Error, Exit};
use hallmark_evidence::cohorts::{Cohort, CohortsError, Drawn, SEED_BYTES, Units, open, seal};
use hallmark_verify::formats::KeyRole;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

const PUBLISHED: &str = "cohorts.json";
const SEALED: &str = "accounts.age";

/// The longest list, map or identity that is read, in bytes.
const MAX_BYTES: u64 = 4 << 30;

pub(crate) fn run(args: &CohortsArgs, output: &Output) -> Outcome {
    match &args.action {
        CohortsAction::Draw(args) => draw(args, output),
        CohortsAction::Open(args) => opened(args, output),
    }
}

fn draw(args: &CohortsDrawArgs, output: &Output) -> Outcome {
    let list = text(&args.accounts)?;
    let failed = |error: CohortsError| Error::usage(error).at(args.accounts.display());
    let units = Units::read(&list).map_err(failed)?;
    let innocent: BTreeSet<String> = match &args.innocent {
        Some(path) => text(path)?.lines().map(str::to_owned).collect(),
        None => BTreeSet::new(),
    };
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    getrandom::fill(&mut *seed)
        .map_err(|error| Error::usage(format_args!("no randomness: {error}")))?;
    let folder = NewFolder::create(&args.out)?;
    let made = jiff::Timestamp::now().to_string();
    let cohorts = cohorts(args)?;
    let (drawn, sealed) =
        seal(&units, &innocent, &cohorts, seed, &args.recipients, made).map_err(Error::usage)?;
    let published = to_json(&drawn, true)? + "\n";
    write_new(&folder.path().join(PUBLISHED), published.as_bytes())?;
    write_private(&folder.path().join(SEALED), &sealed)?;
    folder.finish()?;
    output.result(|| drawn_text(&drawn), &drawn, &drawn.cohorts)?;
    Ok(Exit::Done)
}

fn cohorts(args: &CohortsDrawArgs) -> Outcome<Vec<Cohort>> {
    let of = |name: &str, role, weight| Cohort {
        name: name.to_owned(),
        role,
        weight,
    };
    let given = args.cohorts.iter().map(|given| {
        let (name, weight) = given.split_once('=').unwrap_or((given, "1"));
        let weight = weight.parse().map_err(|_| {
            Error::usage(format_args!("{given:?} is not NAME or NAME=WEIGHT"))
                .hint("a weight is a whole number, such as --cohort pilot=3")
        })?;
        Ok(of(name, KeyRole::Cohort, weight))
    });
    let mut cohorts = given.collect::<Outcome<Vec<_>>>()?;
    let counted = 1..=args.count.unwrap_or(0);
    cohorts.extend(counted.map(|n| of(&format!("cohort-{n}"), KeyRole::Cohort, 1)));
    let control = args.innocent_control.iter();
    cohorts.extend(control.map(|name| of(name, KeyRole::InnocentControl, 0)));
    let public = args.public_web.iter();
    cohorts.extend(public.map(|name| of(name, KeyRole::PublicWeb, 0)));
    let unused = args.never_used.iter();
    cohorts.extend(unused.map(|name| of(name, KeyRole::NeverUsed, 0)));
    let plain = |name: &str| {
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    match cohorts.iter().find(|cohort| !plain(&cohort.name)) {
        Some(cohort) => Err(Error::usage(format_args!(
            "{:?} is no name for a cohort",
            cohort.name
        ))
        .hint("a name has no blanks")),
        None => Ok(cohorts),
    }
}

fn opened(args: &CohortsOpenArgs, output: &Output) -> Outcome {
    let published = args.folder.join(PUBLISHED);
    let drawn: Drawn = serde_json::from_str(&text(&published)?)
        .map_err(|error| Error::usage(error).at(published.display()))?;
    let file =
        File::open(&args.identity).map_err(|error| Error::io("open", &args.identity, &error))?;
    refuse_readable_by_others(&args.identity, &file)?;
    let identity = Zeroizing::new(text(&args.identity)?);
    let sealed = args.folder.join(SEALED);
    let sealed = std::fs::read(&sealed).map_err(|error| Error::io("read", &sealed, &error))?;
    let assigned = open(&sealed, &identity, &drawn).map_err(|error| match error {
        CohortsError::Identity | CohortsError::Decrypt(_) => {
            Error::usage(error).hint("give the identity of a recipient that --recipient named")
        }
        error => Error::integrity(error),
    })?;
    if let Some(out) = &args.out {
        let mut table = Zeroizing::new(String::new());
        for (account, cohort) in &assigned.accounts {
            let _ = writeln!(table, "{account}\t{cohort}");
        }
        write_private(out, table.as_bytes())?;
    }
    output.result(|| drawn_text(&drawn), &drawn, &drawn.cohorts)?;
    Ok(Exit::Done)
}

fn text(path: &Path) -> Outcome<String> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().take(MAX_BYTES).read_to_string(&mut text),
        false => File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)),
    };
    read.map_err(|error| Error::io("read", path, &error))?;
    Ok(text)
}

fn drawn_text(drawn: &Drawn) -> String {
    let mut text = String::new();
    for cohort in &drawn.cohorts {
        let _ = writeln!(
            text,
            "{}: {} accounts in {} units",
            cohort.name, cohort.accounts, cohort.units
        );
    }
    let _ = writeln!(text, "seed committed to as {}", drawn.seed_commitment);
    text
}
