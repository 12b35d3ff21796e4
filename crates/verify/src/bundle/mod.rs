//! A bundle, checked from its digests to its arithmetic: one line a check.

mod commitments;
mod contents;
mod logged;
mod profile;
mod read;
mod runs;
mod signed;
mod times;
mod trust;
mod verified;

pub use trust::Trust;
pub use verified::Verified;

use crate::check::Check;
use crate::files::Files;
use crate::formats::Commitments;
use read::Bundle;

/// Checks a bundle.
#[must_use]
pub fn verify(files: &dyn Files, trust: &Trust) -> Verified {
    let mut checks = vec![];
    let listed = match files.list() {
        Ok(listed) => listed,
        Err(error) => {
            return Verified::of(vec![Check::fails(
                "the bundle can be read",
                error.to_string(),
            )]);
        }
    };
    let bundle = Bundle::new(files, listed);
    contents::check(&bundle, &mut checks);
    signed::check(&bundle, trust, &mut checks);
    let plan = bundle.plan(&mut checks);
    let commitments: Option<Commitments> = bundle.json(Commitments::FILE, &mut checks);
    let log = bundle.case_log(&mut checks);
    if let (Some((plan, plan_sha256)), Some(commitments), Some(log)) = (plan, commitments, log) {
        commitments::check(&bundle, &plan, &commitments, &mut checks);
        profile::check(&bundle, &plan, &commitments, &mut checks);
        times::check(&plan, &log, &mut checks);
        runs::check(&bundle, &plan, &plan_sha256, &log, &mut checks);
    }
    Verified::of(checks)
}
