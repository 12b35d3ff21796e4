//! Keys: those that are used were committed to.

use super::read::{Bundle, MAX_TEXT};
use crate::check::Check;
use crate::digest::sha256;
use crate::formats::{CasePlan, Commitments};
use serde_json::Value;

pub(super) fn check(
    bundle: &Bundle<'_>,
    plan: &CasePlan,
    commitments: &Commitments,
    checks: &mut Vec<Check>,
) {
    let what = "plan.toml names the commitments of this bundle";
    let content = bundle.read(Commitments::FILE, MAX_TEXT).unwrap_or_default();
    let digest = sha256(&content);
    checks.push(match digest == plan.commitments_sha256 {
        true => Check::holds(what),
        false => Check::fails(
            what,
            format!("{digest}; the plan says {}", plan.commitments_sha256),
        ),
    });
    cohorts(bundle, commitments, checks);
    for role in ["keys", "controls"] {
        for id in ids(&plan.analysis, role) {
            let what = format!("key {id} of the plan was committed to");
            checks.push(match commitments.key(&id) {
                Some(key) => Check {
                    detail: key.name.clone(),
                    ..Check::holds(what)
                },
                None => Check::fails(what, "no commitment names it"),
            });
        }
    }
    if let (Some(committed), planned) = (
        commitments.decoy_seed,
        plan.analysis.get("decoy_seed").and_then(Value::as_u64),
    ) {
        let what = "the plan draws the decoys that were committed to";
        checks.push(match planned == Some(committed) {
            true => Check::holds(what),
            false => Check::fails(
                what,
                format!("draw {committed} was committed to, {planned:?} planned"),
            ),
        });
    }
}

/// The table of cohorts is the one that was committed to.
fn cohorts(bundle: &Bundle<'_>, commitments: &Commitments, checks: &mut Vec<Check>) {
    let what = "cohorts.json is the table that was committed to";
    let is_there = bundle.has(Commitments::COHORTS);
    checks.push(match (&commitments.cohorts_sha256, is_there) {
        (None, false) => return,
        (None, true) => Check::fails(what, "the commitments name none"),
        (Some(_), false) => Check::not_checked(
            "the table of cohorts",
            "its digest was committed to, and it is not in the bundle",
        ),
        (Some(committed), true) => {
            let found = bundle.digest(Commitments::COHORTS);
            match found == *committed {
                true => Check::holds(what),
                false => Check::fails(what, format!("{found}; {committed} was committed to")),
            }
        }
    });
}

/// Public ids of keys in a library's plan or a finding.
pub(super) fn ids(value: &Value, role: &str) -> Vec<String> {
    let keys = value.get(role).and_then(Value::as_array);
    let id = |key: &Value| key.get("key_id").and_then(Value::as_str).map(str::to_owned);
    keys.into_iter().flatten().filter_map(id).collect()
}
