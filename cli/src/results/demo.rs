//! The result of `demo`.

use hallmark::json::formats;
use hallmark::profile::ProfileJson;
use hallmark_detector::finding::{Counts, Finding};
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};

/// The result of `demo`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Demo {
    pub(crate) schema: formats::Demo,
    /// Version of this program.
    pub(crate) version: String,
    pub(crate) seed: u64,
    pub(crate) size: String,
    pub(crate) profile: ProfileJson,
    /// The cohort key that marked the teacher's answers.
    pub(crate) key_id: String,
    /// A cohort key of the same root that marked nothing: the control.
    pub(crate) unused_key_id: String,
    pub(crate) decoys: u32,
    /// The teacher's own marked answers under the true key.
    pub(crate) teacher_log10_p: Log10P,
    pub(crate) students: Vec<StudentFinding>,
    pub(crate) does_not_show: Vec<String>,
}

/// What the examination of one student found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct StudentFinding {
    pub(crate) name: String,
    pub(crate) trained_on_marked: bool,
    /// T1 under the true key, adjusted for every key and test.
    pub(crate) log10_p: Log10P,
    /// T1 under the unused key, adjusted.
    pub(crate) unused_log10_p: Log10P,
    pub(crate) counts: Counts,
    pub(crate) tests: Vec<Finding>,
}
