//! Commitments: keys and what belongs to them, fixed in public before they are used.

use super::names::CommitmentsFormat;
use serde::{Deserialize, Serialize};

/// What was committed to together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Commitments {
    /// The name of this format.
    pub schema: CommitmentsFormat,
    /// When it was made, by the clock of the machine that made it: the log and a timestamp say more.
    pub made: String,
    /// Every key.
    pub keys: Vec<CommittedKey>,
    /// SHA-256 of the profile file, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_sha256: Option<String>,
    /// Which draw of decoys line-ups will be made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoy_seed: Option<u64>,
    /// SHA-256 of the table of cohorts, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohorts_sha256: Option<String>,
    /// When the keys mark answers, as whoever commits says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
}

/// When keys mark answers: dates as `2026-12-01`, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// The first day.
    pub from: String,
    /// The last, where one is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A key that was committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommittedKey {
    /// Its name in this case.
    pub name: String,
    /// Its public id.
    pub key_id: String,
    /// Public id of the root whose default cohort it is, where that is what the key file holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_id: Option<String>,
    /// What it is for.
    pub role: KeyRole,
    /// SHA-256 of label, key and nonce, in hexadecimal.
    pub commitment: String,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyRole {
    /// It marks answers to a group of accounts.
    Cohort,
    /// It marks what is published.
    PublicWeb,
    /// It marks answers to accounts that are known to be innocent.
    InnocentControl,
    /// It marks nothing.
    NeverUsed,
}

impl Commitments {
    /// Its name in a bundle.
    pub const FILE: &str = "commitments.json";

    /// The name of the table of cohorts in a bundle: how accounts were drawn and how many each cohort has, and not who they are.
    pub const COHORTS: &str = "cohorts.json";

    /// The key of this id.
    #[must_use]
    pub fn key(&self, key_id: &str) -> Option<&CommittedKey> {
        self.keys.iter().find(|key| key.key_id == key_id)
    }
}

/// What stands in a log for a file: its kind and its digest, so that the log shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry<'a> {
    /// `commitments` or `case-plan`.
    pub kind: &'a str,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: &'a str,
}

impl LogEntry<'_> {
    /// The entry's bytes: `hallmark-log-entry-1`, kind and digest, a line each.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        format!("hallmark-log-entry-1\n{}\n{}\n", self.kind, self.sha256).into_bytes()
    }
}

/// Where the proofs of one log stand in a case, and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogFiles {
    /// What it is called.
    pub words: &'static str,
    /// What the names of its proofs end in.
    suffix: &'static str,
    /// The name of its key.
    pub key: &'static str,
}

impl LogFiles {
    /// The log that commitments and plan were written to.
    pub const OWN: Self = Self {
        words: "the log",
        suffix: "tlog-proof",
        key: "log.pub",
    };

    /// A log elsewhere, whose proofs were brought to the case.
    pub const EXTERNAL: Self = Self {
        words: "the external log",
        suffix: "external.tlog-proof",
        key: "external-log.pub",
    };

    /// Both.
    pub const ALL: [Self; 2] = [Self::OWN, Self::EXTERNAL];

    /// The name of its proof of a file, whose name without its ending is `stem`.
    #[must_use]
    pub fn proof(&self, stem: &str) -> String {
        format!("{stem}.{}", self.suffix)
    }
}
