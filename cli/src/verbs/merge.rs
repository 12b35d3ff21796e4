//! `merge`: one e-value out of several examinations.

use crate::args::MergeArgs;
use crate::evidence::refuse_stdin_twice;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::render::merge_text;
use hallmark_detector::merge::{Rule, average};
use hallmark_detector::tail::{Log10E, Log10P};
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The result of `merge`.
#[derive(Serialize)]
pub(crate) struct MergedAudits {
    schema: &'static str,
    /// Version of this program.
    version: &'static str,
    /// What words are read from, as the results of `examine` name it.
    profile: Value,
    pub(crate) audits: Vec<AuditJson>,
    /// Always the average: results do not say which cells they scored.
    rule: Rule,
    pub(crate) keys: Vec<MergedKey>,
    pub(crate) does_not_show: Vec<&'static str>,
}

/// An examination that went in.
#[derive(Serialize)]
pub(crate) struct AuditJson {
    pub(crate) file: String,
    scored: u64,
}

/// The merged e-value of one key.
#[derive(Serialize)]
pub(crate) struct MergedKey {
    pub(crate) key_id: String,
    /// log10 of each audit's e-value, in their order.
    pub(crate) audits_log10_e: Vec<Log10E>,
    /// log10 of the merged e-value.
    pub(crate) log10_e: Log10E,
    /// log10 of the p-value 1/e of this key alone.
    pub(crate) log10_p: Log10P,
}

const DOES_NOT_SHOW: [&str; 2] = [
    "An e-value of x is seen with probability at most 1/x where the answers do not depend on the key; it is not the chance of that.",
    "p-values are of each key by itself: they are not adjusted for the number of keys.",
];

/// The largest result that is read, in bytes.
const MAX_RESULT: u64 = 64 << 20;

/// What `examine` found, as far as it is merged.
struct Audit {
    profile: Value,
    scored: u64,
    keys: Vec<(String, Log10E)>,
}

pub(crate) fn run(args: &MergeArgs, output: &Output) -> Outcome {
    refuse_stdin_twice(&args.audits)?;
    let audits: Vec<Audit> = args
        .audits
        .iter()
        .map(|path| read(path))
        .collect::<Outcome<_>>()?;
    let first = &audits[0];
    for (path, audit) in args.audits.iter().zip(&audits) {
        same(path, audit, first, &args.audits[0])?;
    }
    let keys = first.keys.iter().map(|(key_id, _)| {
        let audits_log10_e: Vec<Log10E> = audits
            .iter()
            .flat_map(|audit| audit.keys.iter())
            .filter(|(id, _)| id == key_id)
            .map(|&(_, log10_e)| log10_e)
            .collect();
        let log10_e = average(&audits_log10_e);
        MergedKey {
            key_id: key_id.clone(),
            audits_log10_e,
            log10_e,
            log10_p: log10_e.p_value(),
        }
    });
    let merged = MergedAudits {
        schema: "hallmark/merge/1",
        version: env!("CARGO_PKG_VERSION"),
        keys: keys.collect(),
        profile: first.profile.clone(),
        audits: args
            .audits
            .iter()
            .zip(&audits)
            .map(|(path, audit)| AuditJson {
                file: shown(path),
                scored: audit.scored,
            })
            .collect(),
        rule: Rule::Average,
        does_not_show: DOES_NOT_SHOW.to_vec(),
    };
    output.result(|| merge_text(&merged), &merged, &merged.keys)?;
    Ok(Exit::Done)
}

/// Refuses to merge what asks different questions.
fn same(path: &Path, audit: &Audit, first: &Audit, first_path: &Path) -> Outcome<()> {
    let (this, other) = (shown(path), shown(first_path));
    if audit.profile != first.profile {
        return Err(
            Failure::usage(format_args!("{this} is of another profile than {other}"))
                .hint("merge examinations under one profile; others ask about other marks"),
        );
    }
    let ids = |audit: &Audit| {
        let mut ids: Vec<String> = audit.keys.iter().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    if ids(audit) != ids(first) {
        return Err(
            Failure::usage(format_args!("{this} tried other keys than {other}")).hint(
                "examine with the same keys each time: leaving out the ones that did not show is choosing",
            ),
        );
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<Audit> {
    let name = shown(path);
    let mut text = String::new();
    let opened: io::Result<Box<dyn Read>> = match path.as_os_str() == "-" {
        true => Ok(Box::new(io::stdin())),
        false => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    opened
        .and_then(|file| file.take(MAX_RESULT + 1).read_to_string(&mut text))
        .map_err(|error| Failure::io("read", path, &error).hint("check the path"))?;
    if text.len() as u64 > MAX_RESULT {
        return Err(
            Failure::usage(format_args!("{name} is longer than {MAX_RESULT} bytes"))
                .hint("give the JSON that `examine --format json` printed"),
        );
    }
    let result: Value = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format_args!("{name} is not JSON: {error}"))
            .hint("give the JSON that `examine --format json` printed")
    })?;
    audit(&result).ok_or_else(|| {
        Failure::usage(format_args!("{name} is not a result of `examine` with T3"))
            .hint("give the JSON that `examine --format json` printed; `tournament` has no T3 and cannot be merged")
    })
}

/// The parts that are merged; nothing where one is missing.
fn audit(result: &Value) -> Option<Audit> {
    if result.get("schema")? != "hallmark/examine/1" {
        return None;
    }
    let tests = result.get("tests")?.as_array()?;
    let keys: Vec<(String, Log10E)> = tests
        .iter()
        .filter(|test| test["test"] == "T3")
        .map(|test| {
            let log10_e = Log10E::new(test.get("log10_e")?.as_f64()?).ok()?;
            Some((test.get("key_id")?.as_str()?.to_owned(), log10_e))
        })
        .collect::<Option<_>>()?;
    (!keys.is_empty()).then_some(Audit {
        profile: result.get("profile")?.clone(),
        scored: result.get("counts")?.get("scored")?.as_u64()?,
        keys,
    })
}
