//! What a check of a finding is about, and what it is called.

use super::super::cut::cut;
use super::super::examination::Scored;
use super::super::printed::Printed;

/// A finding, its name in checks, and what is disclosed under its key.
pub(super) struct Subject<'a> {
    pub(super) finding: Printed<'a>,
    pub(super) name: String,
    pub(super) key_id: &'a str,
    pub(super) scored: &'a Scored<'a>,
}

impl Subject<'_> {
    /// What a check of one field is called.
    pub(super) fn what(&self, field: &str) -> String {
        format!("{}: {field}", self.name)
    }
}

/// A finding's name in checks.
pub(in crate::arithmetic) fn name(finding: Printed<'_>) -> String {
    let text = |field: &str| cut(finding.text(field).unwrap_or("?"));
    let control = match finding.text("control_id") {
        Ok(control) => format!(" against {}", cut(control)),
        Err(_) => String::new(),
    };
    format!("{} of key {}{control}", text("test"), text("key_id"))
}
