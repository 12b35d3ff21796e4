//! Commitments: keys fixed in public, to be opened later.

use crate::cohorts::Drawn;
use crate::logged::Proofs;
use crate::openings::Opening;
use hallmark::files::{NewFolder, write_new};
use hallmark::json::to_json;
use hallmark::{Error, Result};
use hallmark_core::keys::{COMMITMENT_NONCE_BYTES, Commitment, KeyFile};
use hallmark_harvest::Sha256Digest;
use hallmark_verify::digest::{hexadecimal, sha256};
use hallmark_verify::formats::{Commitments, CommitmentsFormat, CommittedKey, Issued, KeyRole};
use jiff::civil::Date;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// A key that is to be committed to.
pub struct Named {
    /// Its name in the case.
    pub name: String,
    /// What it is for.
    pub role: KeyRole,
    /// The key.
    pub key: KeyFile,
}

/// What is committed to beside keys.
#[derive(Clone, Debug, Default)]
pub struct Beside<'a> {
    /// The profile file.
    pub profile: Option<&'a Path>,
    /// Which draw of decoys.
    pub decoy_seed: Option<u64>,
    /// The table of cohorts. What `cohorts draw` published is put beside the commitments; of any other file, which may say who is where, only
    /// the digest is.
    pub cohorts: Option<&'a Path>,
    /// When the keys mark answers.
    pub issued: Option<Issued>,
}

/// Commits to keys, and writes a new folder: what is published, what opens it (`openings/`, for its owner alone), and what `prove` gives for
/// the digest of the first.
///
/// # Errors
/// As [`commit`]; and when the folder exists or cannot be written, or `prove` fails.
pub fn write(
    out: &Path,
    keys: &[Named],
    beside: &Beside<'_>,
    prove: impl FnOnce(&str) -> Result<Proofs>,
) -> Result<(Commitments, bool)> {
    let folder = NewFolder::create(out)?;
    let cohorts = beside.cohorts.map(published).transpose()?.flatten();
    let (commitments, openings) = commit(keys, beside, jiff::Timestamp::now().to_string())?;
    let text = to_json(&commitments, true)? + "\n";
    write_new(&folder.path().join(Commitments::FILE), text.as_bytes())?;
    if let Some(cohorts) = &cohorts {
        write_new(&folder.path().join(Commitments::COHORTS), cohorts)?;
    }
    let secret = folder.path().join("openings");
    std::fs::create_dir(&secret).map_err(|error| Error::io("make the folder", &secret, &error))?;
    for opening in &openings {
        opening.write(&secret.join(format!("{}.opening", opening.name)))?;
    }
    let proofs = prove(&sha256(text.as_bytes()))?;
    for (name, content) in &proofs {
        write_new(&folder.path().join(name), content)?;
    }
    folder.finish()?;
    Ok((commitments, !proofs.is_empty()))
}

/// Commits to the keys that mark, each under a nonce of its own.
///
/// # Errors
/// When a name or a key comes twice or a name cannot be one, a file cannot be read, or the operating system has no randomness.
pub fn commit(
    keys: &[Named],
    beside: &Beside<'_>,
    made: String,
) -> Result<(Commitments, Vec<Opening>)> {
    let mut committed: Vec<CommittedKey> = vec![];
    let mut openings = vec![];
    for Named { name, role, key } in keys {
        check_name(name)?;
        let marking = key.marking_key();
        let key_id = marking.public_id().to_string();
        if committed.iter().any(|other| other.name == *name) {
            return Err(Error::usage(format_args!("two keys are called {name}"))
                .hint("give each key a name of its own"));
        }
        if let Some(other) = committed.iter().find(|other| other.key_id == key_id) {
            return Err(
                Error::usage(format_args!("{name} and {} are one key", other.name))
                    .hint("commit to each key once"),
            );
        }
        let mut nonce = Zeroizing::new([0; COMMITMENT_NONCE_BYTES]);
        getrandom::fill(&mut *nonce)
            .map_err(|error| Error::usage(format_args!("no randomness: {error}")))?;
        committed.push(CommittedKey {
            name: name.clone(),
            key_id: key_id.clone(),
            root_id: match key {
                KeyFile::Root(_) => Some(key.public_id().to_string()),
                _ => None,
            },
            role: *role,
            commitment: hexadecimal(Commitment::to_key(&marking, &nonce).as_bytes()),
        });
        openings.push(Opening {
            name: name.clone(),
            key_id,
            nonce,
        });
    }
    let digest = |path: &Path| match Sha256Digest::of_file(path) {
        Ok((digest, _)) => Ok(digest.to_string()),
        Err(error) => Err(Error::io("read", path, &error)),
    };
    let commitments = Commitments {
        schema: CommitmentsFormat,
        made,
        keys: committed,
        profile_sha256: beside.profile.map(digest).transpose()?,
        decoy_seed: beside.decoy_seed,
        cohorts_sha256: beside.cohorts.map(digest).transpose()?,
        issued: beside.issued.as_ref().map(checked).transpose()?,
    };
    Ok((commitments, openings))
}

/// The longest table of cohorts that is looked at, in bytes.
const MAX_COHORTS: u64 = 64 << 20;

/// The bytes of a table of cohorts, where it is one that may be shown.
fn published(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| Error::io("read", path, &error);
    let mut bytes = vec![];
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_COHORTS + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let is_drawn =
        bytes.len() as u64 <= MAX_COHORTS && serde_json::from_slice::<Drawn>(&bytes).is_ok();
    Ok(is_drawn.then_some(bytes))
}

/// Dates that are dates, the first not behind the last.
fn checked(issued: &Issued) -> Result<Issued> {
    let date = |text: &str| -> Result<Date> {
        text.parse().map_err(|_| {
            Error::usage(format_args!("{text:?} is no date"))
                .hint("give year, month and day, such as 2026-12-01")
        })
    };
    let from = date(&issued.from)?;
    let to = issued.to.as_deref().map(date).transpose()?;
    if to.is_some_and(|to| to < from) {
        return Err(Error::usage(format_args!(
            "keys that mark answers from {from} on do not end before that"
        ))
        .hint("give the first day with --issued-from and the last with --issued-to"));
    }
    Ok(Issued {
        from: from.to_string(),
        to: to.map(|to| to.to_string()),
    })
}

/// Names stand in file names and in reports.
fn check_name(name: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.chars().all(fits) {
        return Err(Error::usage(format_args!("{name:?} is no name for a key"))
            .hint("use up to 64 letters, digits, `-`, `_` and `.`, such as 2026q4-cohort-7"));
    }
    Ok(())
}
