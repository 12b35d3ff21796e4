//! `merge`: one e-value out of several examinations.

use crate::error::{Error, Result};
use crate::json::{VERSION, formats};
use crate::profile::ProfileJson;
use crate::read::refuse_stdin_twice;
use crate::text::shown;
use hallmark_detector::finding::Condition;
use hallmark_detector::merge::{Rule, average};
use hallmark_detector::tail::{Log10E, Log10P};
use hallmark_harvest::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The result of `merge`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergedAudits {
    /// The name of this format.
    pub schema: formats::Merge,
    /// Version of this program.
    pub version: String,
    /// What words are read from, as the results of `examine` name it.
    pub profile: ProfileJson,
    /// The examinations that went in.
    pub audits: Vec<AuditJson>,
    /// Always the average: results do not say which cells they scored.
    pub rule: Rule,
    /// Every key.
    pub keys: Vec<MergedKey>,
    /// What this does not show.
    pub does_not_show: Vec<String>,
}

/// An examination that went in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditJson {
    /// Its file.
    pub file: String,
    /// Distinct cells that it scored.
    pub scored: u64,
    /// SHA-256 of the file.
    #[serde(default)]
    pub sha256: String,
    /// SHA-256 of its plan, as the file has it; results of version 1 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_sha256: Option<String>,
}

/// The merged e-value of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergedKey {
    /// Public id of the key.
    pub key_id: String,
    /// log10 of each audit's e-value, in their order.
    pub audits_log10_e: Vec<Log10E>,
    /// log10 of the merged e-value.
    pub log10_e: Log10E,
    /// log10 of the p-value 1/e of this key alone.
    pub log10_p: Log10P,
    /// Conditions that some audit's e-value needs and nobody has shown to hold. (No order of answers changes an e-value at the end.)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproven: Vec<Condition>,
}

const DOES_NOT_SHOW: [&str; 3] = [
    "Results are taken as the files have them: that nobody changed one is shown by its signature or its SHA-256, and by examining again.",
    "An e-value of x is seen with probability at most 1/x where the answers do not depend on the key; it is not the chance of that.",
    "p-values are of each key by itself: they are not adjusted for the number of keys.",
];

/// The largest result that is read, in bytes.
const MAX_RESULT: u64 = 64 << 20;

/// What `examine` found, as far as it is merged.
struct Audit {
    profile: ProfileJson,
    scored: u64,
    sha256: String,
    plan_sha256: Option<String>,
    keys: Vec<AuditKey>,
}

/// An audit's e-value of one key.
struct AuditKey {
    id: String,
    log10_e: Log10E,
    /// What its bets were in proportion to.
    weights: Option<String>,
    unproven: Vec<Condition>,
}

/// Averages the e-values of results of `examine`, key by key; `-` is stdin.
///
/// # Errors
/// When a file is no result of `examine` with T3, or they are of different profiles or keys.
pub fn merge(files: &[PathBuf]) -> Result<MergedAudits> {
    refuse_stdin_twice(files)?;
    let audits: Vec<Audit> = files.iter().map(|path| read(path)).collect::<Result<_>>()?;
    let Some(first) = audits.first() else {
        return Err(Error::usage("nothing to merge").hint("give results of `examine`"));
    };
    for (path, audit) in files.iter().zip(&audits) {
        same(path, audit, first, &files[0])?;
    }
    for (at, audit) in audits.iter().enumerate() {
        if let Some(other) = audits[..at]
            .iter()
            .position(|other| other.sha256 == audit.sha256)
        {
            let (this, other) = (shown(&files[at]), shown(&files[other]));
            return Err(
                Error::usage(format_args!("{this} is the same result as {other}"))
                    .hint("give each examination once"),
            );
        }
    }
    let keys = first.keys.iter().map(|AuditKey { id: key_id, .. }| {
        let own = || {
            let keys = audits.iter().flat_map(|audit| audit.keys.iter());
            keys.filter(|key| key.id == *key_id)
        };
        let audits_log10_e: Vec<Log10E> = own().map(|key| key.log10_e).collect();
        let mut unproven: Vec<Condition> = own().flat_map(|key| key.unproven.clone()).collect();
        unproven.retain(|&condition| condition != Condition::KeyFreeOrder);
        unproven.sort_unstable();
        unproven.dedup();
        let log10_e = average(&audits_log10_e);
        MergedKey {
            key_id: key_id.clone(),
            audits_log10_e,
            log10_e,
            log10_p: log10_e.p_value(),
            unproven,
        }
    });
    let audited = files.iter().zip(&audits).map(|(path, audit)| AuditJson {
        file: shown(path),
        scored: audit.scored,
        sha256: audit.sha256.clone(),
        plan_sha256: audit.plan_sha256.clone(),
    });
    Ok(MergedAudits {
        schema: formats::Merge,
        version: VERSION.to_owned(),
        keys: keys.collect(),
        profile: first.profile.clone(),
        audits: audited.collect(),
        rule: Rule::Average,
        does_not_show: DOES_NOT_SHOW.map(str::to_owned).to_vec(),
    })
}

/// Refuses to merge what asks different questions.
fn same(path: &Path, audit: &Audit, first: &Audit, first_path: &Path) -> Result<()> {
    let (this, other) = (shown(path), shown(first_path));
    if audit.profile != first.profile {
        return Err(
            Error::usage(format_args!("{this} is of another profile than {other}"))
                .hint("merge examinations under one profile; others ask about other marks"),
        );
    }
    let ids = |audit: &Audit| {
        let mut ids: Vec<String> = audit.keys.iter().map(|key| key.id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    if ids(audit) != ids(first) {
        return Err(
            Error::usage(format_args!("{this} tried other keys than {other}")).hint(
                "examine with the same keys each time: leaving out the ones that did not show is choosing",
            ),
        );
    }
    let weights = |audit: &Audit| audit.keys.iter().any(|key| key.weights.is_some());
    if weights(audit) != weights(first) {
        return Err(Error::usage(format_args!(
            "of {this} and {other} one bets by weights and the other does not"
        ))
        .hint("examine both with the same indexes, or without any: which e-value is merged must not be chosen by what it shows"));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Audit> {
    let name = shown(path);
    let mut text = String::new();
    let opened: io::Result<Box<dyn Read>> = match path.as_os_str() == "-" {
        true => Ok(Box::new(io::stdin())),
        false => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    opened
        .and_then(|file| file.take(MAX_RESULT + 1).read_to_string(&mut text))
        .map_err(|error| Error::io("read", path, &error).hint("check the path"))?;
    if text.len() as u64 > MAX_RESULT {
        return Err(
            Error::usage(format_args!("{name} is longer than {MAX_RESULT} bytes"))
                .hint("give the JSON that `examine --format json` printed"),
        );
    }
    let not_a_result = |what: String| {
        let what = format!("{name} is not a result of `examine` with T3: {what}");
        Error::usage(what).hint(
            "give the JSON that `examine --format json` printed; `tournament` has no T3 and cannot be merged",
        )
    };
    let result: Result1Or2 =
        serde_json::from_str(&text).map_err(|error| not_a_result(error.to_string()))?;
    if !READ.contains(&result.schema.as_str()) {
        return Err(not_a_result(format!(
            "it is {:?}, and {READ:?} can be merged",
            result.schema
        )));
    }
    let sha256 = Sha256Digest::of(text.as_bytes()).to_string();
    let t3 = result.tests.into_iter().filter(|test| test.test == "T3");
    let keys: Vec<AuditKey> = t3
        .filter_map(|test| {
            Some(AuditKey {
                id: test.key_id,
                log10_e: test.log10_e?,
                weights: test.weights,
                unproven: test.unproven,
            })
        })
        .collect();
    if keys.is_empty() {
        return Err(not_a_result("it has none".to_owned()));
    }
    Ok(Audit {
        profile: result.profile,
        scored: result.counts.scored,
        sha256,
        plan_sha256: result.plan_sha256,
        keys,
    })
}

/// The formats that are read: what is merged has the same names and meaning in both.
const READ: [&str; 2] = ["hallmark/examine/1", formats::Examine::ID];

/// The parts of a result that are merged.
#[derive(Deserialize)]
struct Result1Or2 {
    schema: String,
    profile: ProfileJson,
    counts: Scored,
    #[serde(default)]
    plan_sha256: Option<String>,
    tests: Vec<OneTest>,
}

#[derive(Deserialize)]
struct Scored {
    scored: u64,
}

#[derive(Deserialize)]
struct OneTest {
    test: String,
    key_id: String,
    log10_e: Option<Log10E>,
    #[serde(default)]
    weights: Option<String>,
    #[serde(default)]
    unproven: Vec<Condition>,
}
