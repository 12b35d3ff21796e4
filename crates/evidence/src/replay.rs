//! Replay: with the disclosed keys, from the items to the same bytes.

use crate::case::{cells, within};
use crate::openings::Opening;
use crate::reading::Bundle;
use hallmark::examine::examine_disclosing;
use hallmark::json::to_json;
use hallmark::progress::Step;
use hallmark::{Error, Examined, Result};
use hallmark_core::keys::Key;
use hallmark_harvest::Sha256Digest;
use hallmark_verify::Check;
use hallmark_verify::arithmetic::Cells;
use hallmark_verify::bundle::Verified;
use hallmark_verify::files::Files;
use hallmark_verify::formats::{Commitments, FINDINGS};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is disclosed for a replay.
pub struct Disclosure<'a> {
    /// Keys that the plan names.
    pub keys: &'a [Key],
    /// What opens their commitments.
    pub openings: &'a [Opening],
    /// Folders and files where items and inputs are that the bundle does not hold; they are known by their digests.
    pub items: &'a [PathBuf],
}

/// Makes every run of a bundle again that ended with findings, and compares what it gives byte by byte.
///
/// # Errors
/// When the bundle has no such run, or a key or a file that one needs is not given.
pub fn replay(
    files: &dyn Files,
    disclosure: &Disclosure<'_>,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Verified> {
    let bundle = Bundle(files);
    let log = bundle.log()?;
    let runs = log.ended();
    if runs.is_empty() {
        return Err(Error::usage("no run of this bundle ended with findings"));
    }
    let mut checks = openings(files, disclosure)?;
    for run in runs {
        make(files, run, disclosure, progress, &mut checks)?;
    }
    Ok(Verified::of(checks))
}

/// Makes one run again.
fn make(
    files: &dyn Files,
    run: u64,
    disclosure: &Disclosure<'_>,
    progress: &mut dyn FnMut(Step<'_>),
    checks: &mut Vec<Check>,
) -> Result<()> {
    let bundle = Bundle(files);
    let name = format!("runs/{run}/{FINDINGS}");
    let findings = bundle.text(&name)?;
    let examined: Examined = serde_json::from_str(&findings).map_err(|error| {
        Error::integrity(error)
            .at(&name)
            .hint("this program reads bundles of its own version")
    })?;
    let folder = tempfile::tempdir()
        .map_err(|error| Error::usage(format_args!("cannot make a temporary folder: {error}")))?;
    refuse_other_paths(&examined)?;
    lay_out(files, &examined, disclosure.items, folder.path())?;
    let (again, shown) = within(folder.path(), || {
        examine_disclosing(&examined.plan, disclosure.keys, progress)
    })?;
    let text = to_json(&again, true)? + "\n";
    checks.push(compare(&name, findings.as_bytes(), text.as_bytes()));
    let name = format!("runs/{run}/{}", Cells::FILE);
    if let Some(shown) = shown {
        let bytes = bundle.bytes(&name)?;
        checks.push(compare(&name, &bytes, &cells(&again, shown)?));
    }
    Ok(())
}

fn openings(files: &dyn Files, disclosure: &Disclosure<'_>) -> Result<Vec<Check>> {
    let commitments: Commitments = Bundle(files).json(Commitments::FILE)?;
    let of = |key: &Key| {
        let id = key.public_id().to_string();
        let what = format!("key {id} opens its commitment");
        let opening = disclosure
            .openings
            .iter()
            .find(|opening| opening.key_id == id);
        match (commitments.key(&id), opening) {
            (None, _) => Check::fails(what, "no commitment names it"),
            (_, None) => Check::not_checked(what, "its opening was not given (--opening)"),
            (Some(committed), Some(opening)) if opening.opens(committed, key) => Check::holds(what),
            _ => Check::fails(what, "key and opening do not give the commitment"),
        }
    };
    Ok(disclosure.keys.iter().map(of).collect())
}

fn compare(name: &str, bundle: &[u8], again: &[u8]) -> Check {
    let what = format!("{name}: the same bytes again");
    if bundle == again {
        return Check::holds(what);
    }
    let at = bundle.iter().zip(again).position(|(a, b)| a != b);
    let at = at.unwrap_or(bundle.len().min(again.len()));
    Check::fails(
        what,
        format!(
            "{} and {} bytes, different from byte {at} on",
            bundle.len(),
            again.len()
        ),
    )
}

/// A plan is somebody else's: it reads what was examined, and nothing else of this machine.
fn refuse_other_paths(examined: &Examined) -> Result<()> {
    let mut plan = examined.plan.clone();
    let later = plan.answers.files.iter().chain(&plan.logs).cloned();
    let mut paths: Vec<PathBuf> = later.collect();
    paths.extend(plan.paths_mut().map(|path| path.clone()));
    let known = |path: &PathBuf| {
        let mut inputs = examined.inputs.iter();
        inputs.any(|input| Path::new(&input.file) == path)
    };
    match paths.iter().find(|path| !known(path)) {
        Some(path) => Err(Error::integrity(format_args!(
            "the plan reads {}, which is no file that was examined",
            path.display()
        ))
        .hint("`hallmark verify` says what is wrong with the bundle")),
        None => Ok(()),
    }
}

/// Puts every file that the examination read where it reads it.
fn lay_out(files: &dyn Files, examined: &Examined, items: &[PathBuf], to: &Path) -> Result<()> {
    let listed = files.list().map_err(Error::usage)?;
    let mut given: Option<BTreeMap<String, PathBuf>> = None;
    for input in &examined.inputs {
        hallmark_verify::files::check_name(&input.file).map_err(Error::integrity)?;
        let path = to.join(&input.file);
        let parent = path.parent().unwrap_or(to);
        std::fs::create_dir_all(parent)
            .map_err(|error| Error::io("make the folder", parent, &error))?;
        let failed = |error: std::io::Error| Error::io("copy", &path, &error);
        if listed.contains_key(&input.file) {
            let mut from = files.open(&input.file).map_err(failed)?;
            let mut file = std::fs::File::create_new(&path).map_err(failed)?;
            std::io::copy(&mut from, &mut file).map_err(failed)?;
        } else {
            let given = match &mut given {
                Some(given) => given,
                empty => empty.insert(by_digest(items)?),
            };
            let from = given.get(&input.sha256).ok_or_else(|| {
                Error::usage(format_args!(
                    "{} ({}, SHA-256 {}) is not in the bundle",
                    input.file, input.role, input.sha256
                ))
                .hint("give the folder that has it with --items; its name may be another")
            })?;
            std::fs::copy(from, &path).map_err(failed)?;
        }
        let (digest, _) = Sha256Digest::of_file(&path).map_err(failed)?;
        if digest.to_string() != input.sha256 {
            return Err(Error::integrity(format_args!(
                "{} is not the file that was examined: SHA-256 {digest}, and the findings say {}",
                input.file, input.sha256
            )));
        }
    }
    Ok(())
}

/// Files by their digests, of folders with all that is in them.
fn by_digest(items: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut rest: Vec<PathBuf> = items.to_vec();
    while let Some(path) = rest.pop() {
        let failed = |error: std::io::Error| Error::io("read", &path, &error);
        if path.is_dir() {
            for entry in std::fs::read_dir(&path).map_err(failed)? {
                rest.push(entry.map_err(failed)?.path());
            }
        } else if path.is_file() {
            let (digest, _) = Sha256Digest::of_file(&path).map_err(failed)?;
            found.insert(digest.to_string(), path);
        }
    }
    Ok(found)
}
