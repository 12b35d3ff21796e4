//! In what a run would do otherwise than was planned.

use super::folder::{Case, sha256};
use hallmark::{Plan, Result};
use hallmark_harvest::Sha256Digest;
use hallmark_verify::formats::{CasePlan, Commitments, Event};
use hallmark_verify::without_nulls;
use serde_json::Value;
use std::path::PathBuf;

impl Case {
    /// Names of files and fields in which a run by `actual` differs from what was planned, signed and logged.
    pub(super) fn deviations(&self, actual: &Plan) -> Result<Vec<String>> {
        let mut found = vec![];
        let planned = self
            .log
            .entries
            .iter()
            .find_map(|entry| match &entry.event {
                Event::Planned {
                    plan_sha256,
                    commitments_sha256,
                } => Some((plan_sha256, commitments_sha256)),
                _ => None,
            });
        let commitments = std::fs::read(self.root.join(Commitments::FILE)).unwrap_or_default();
        if planned.is_none_or(|(plan, _)| *plan != self.plan_sha256) {
            found.push(CasePlan::FILE.to_owned());
        }
        if planned.is_none_or(|(_, planned)| *planned != sha256(&commitments)) {
            found.push(Commitments::FILE.to_owned());
        }
        for file in &self.plan.files {
            let there = Sha256Digest::of_file(&self.root.join(&file.file));
            if there.is_ok_and(|(digest, _)| digest.to_string() != file.sha256) {
                found.push(file.file.clone());
            }
        }
        found.extend(fields(&self.plan.analysis, actual));
        Ok(found)
    }

    /// The library's plan, with answers that were given where none were planned.
    pub(super) fn library_plan(&self) -> Result<Plan> {
        use hallmark::Error;
        serde_json::from_value(self.plan.analysis.clone()).map_err(|error| {
            Error::integrity(format_args!("its analysis: {error}"))
                .at(self.root.join(CasePlan::FILE).display())
        })
    }

    /// Files of the plan that are not in the folder.
    pub(super) fn missing(&self) -> Option<PathBuf> {
        let mut files = self.plan.files.iter();
        let missing = files.find(|file| !self.root.join(&file.file).is_file());
        missing.map(|file| self.root.join(&file.file))
    }
}

/// Fields of the library's plan that are not as planned. Answers and their logs may come later than the plan.
fn fields(planned: &Value, actual: &Plan) -> Vec<String> {
    let actual = serde_json::to_value(actual).unwrap_or_default();
    hallmark_verify::plan::differences(planned, &without_nulls(&actual))
}
