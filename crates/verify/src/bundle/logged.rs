//! Transparency logs: commitments and plan are entries, in this order.

use super::read::{Bundle, MAX_TEXT, stem};
use super::trust::Trust;
use crate::check::Check;
use crate::digest::sha256;
use crate::formats::{CasePlan, Commitments, LogEntry, LogFiles};
use crate::note::VerifierKey;
use crate::tlog::TlogProof;

/// What came of a file's proof by one log.
enum Proven {
    /// There is none.
    Absent,
    /// It is an entry, at this place; the words say where.
    Holds(u64, String),
    /// The log of this name is none of those that the reader named.
    Unnamed(String),
    /// It is not.
    Fails(String),
}

pub(super) fn check(bundle: &Bundle<'_>, trust: &Trust, checks: &mut Vec<Check>) {
    let of_file =
        |(file, kind): (&str, &str)| LogFiles::ALL.map(|at| proven(bundle, file, kind, &at, trust));
    let files = [
        (Commitments::FILE, "commitments"),
        (CasePlan::FILE, "case-plan"),
    ];
    let found = files.map(of_file);
    for ((file, _), found) in files.iter().zip(&found) {
        say(file, found, checks);
    }
    let [commitments, plan] = &found;
    for ((at, commitments), plan) in LogFiles::ALL.iter().zip(commitments).zip(plan) {
        let (Proven::Holds(commitments, _), Proven::Holds(plan, _)) = (commitments, plan) else {
            continue;
        };
        let what = format!("{} has the commitments before the plan", at.words);
        checks.push(match commitments < plan {
            true => Check::holds(what),
            false => Check::fails(what, format!("entries {commitments} and {plan}")),
        });
    }
}

/// A line for each proof of a file. One by a log that the reader did not name does not stand alone.
fn say(file: &str, found: &[Proven; 2], checks: &mut Vec<Check>) {
    if found.iter().all(|one| matches!(one, Proven::Absent)) {
        let why = format!(
            "there is no {}: it was not logged",
            LogFiles::OWN.proof(stem(file))
        );
        checks.push(Check::not_checked(format!("{file}: in the log"), why));
    }
    let by_named = found.iter().any(|one| matches!(one, Proven::Holds(..)));
    for (at, one) in LogFiles::ALL.iter().zip(found) {
        let what = format!("{file}: in {}", at.words);
        checks.push(match one {
            Proven::Absent => continue,
            Proven::Holds(_, place) => Check {
                detail: place.clone(),
                ..Check::holds(what)
            },
            Proven::Unnamed(origin) if by_named => {
                Check::not_checked(what, format!("{origin} is no log that you named"))
            }
            Proven::Unnamed(origin) => {
                Check::fails(what, format!("{origin} is no log that you named"))
            }
            Proven::Fails(error) => Check::fails(what, error),
        });
    }
}

fn proven(bundle: &Bundle<'_>, file: &str, kind: &str, at: &LogFiles, trust: &Trust) -> Proven {
    let name = at.proof(stem(file));
    if !bundle.has(&name) {
        return Proven::Absent;
    }
    verified(bundle, file, kind, at, trust).unwrap_or_else(Proven::Fails)
}

fn verified(
    bundle: &Bundle<'_>,
    file: &str,
    kind: &str,
    at: &LogFiles,
    trust: &Trust,
) -> Result<Proven, String> {
    let content = bundle.read(file, MAX_TEXT)?;
    let proof = bundle.read(&at.proof(stem(file)), MAX_TEXT)?;
    let proof = TlogProof::parse(&proof).map_err(|error| error.to_string())?;
    let (keys, whose) = match trust.logs.is_empty() {
        true => (
            vec![own_key(bundle, at)?],
            "by the key in the bundle: compare it with what the log's owner published",
        ),
        false => {
            let origin = proof.origin();
            let named = trust.logs.iter().filter(|key| key.name() == origin);
            let named: Vec<VerifierKey> = named.cloned().collect();
            if named.is_empty() {
                return Ok(Proven::Unnamed(origin.chars().take(160).collect()));
            }
            (named, "a log that you named")
        }
    };
    let sha256 = sha256(&content);
    let entry = LogEntry {
        kind,
        sha256: &sha256,
    };
    let mut why = String::new();
    for key in &keys {
        match proof.verify(&entry.bytes(), key) {
            Ok(checkpoint) => {
                let place = format!(
                    "entry {} of {} in {}, {whose}",
                    proof.index, checkpoint.size, checkpoint.origin
                );
                return Ok(Proven::Holds(proof.index, place));
            }
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

fn own_key(bundle: &Bundle<'_>, at: &LogFiles) -> Result<VerifierKey, String> {
    let wrong = |error: String| format!("{}: {error}", at.key);
    let text = bundle.text(at.key).map_err(wrong)?;
    text.trim_end()
        .parse()
        .map_err(|error: crate::note::NoteError| wrong(error.to_string()))
}
