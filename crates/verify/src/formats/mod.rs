//! The files of a bundle, as they are written and read: each names its format, and an unknown field is refused.

mod bundle;
mod case_log;
mod cells;
mod commitments;
mod names;
mod plan;

pub use bundle::{FileEntry, Manifest};
pub use case_log::{CaseLog, CaseLogError, Entry, Event};
pub use cells::{CellsError, CellsFormat, Header, MOST_SOURCES};
pub use commitments::{Commitments, CommittedKey, Issued, KeyRole, LogEntry, LogFiles};
pub use names::{
    BUNDLE_PREDICATE, BundleFormat, CaseLogFormat, CasePlanFormat, CommitmentsFormat,
    PLAN_PREDICATE, VerifyFormat,
};
/// The name of findings in a run's folder.
pub const FINDINGS: &str = "findings.json";

pub use plan::{CasePlan, Fixed, PlannedFile, Proposition};
