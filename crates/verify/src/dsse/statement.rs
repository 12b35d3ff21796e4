//! in-toto statements, version 1: something that is said of files, which are named by their digests.

use super::{DsseError, json};
use crate::text::{from_hex, to_hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Version 1 of the statement.
const TYPE: &str = "https://in-toto.io/Statement/v1";

/// The most subjects that are read.
const MAX_SUBJECTS: usize = 65_536;

/// Something that is said of files.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is said of; names are unique.
    pub subjects: Vec<Subject>,
    /// What kind of thing is said, as a URI with a version in it.
    pub predicate_type: String,
    /// What is said.
    pub predicate: Value,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name or path.
    pub name: String,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

impl Statement {
    /// The statement as JSON.
    ///
    /// # Errors
    /// When it has no subject, too many, or two of one name.
    pub fn to_json(&self) -> Result<Vec<u8>, DsseError> {
        self.refuse_subjects()?;
        let subject = self.subjects.iter().map(|subject| FormSubject {
            name: subject.name.clone(),
            digest: FormDigest {
                sha256: to_hex(&subject.sha256),
            },
        });
        let form = Form {
            kind: TYPE.to_owned(),
            subject: subject.collect(),
            predicate_type: self.predicate_type.clone(),
            predicate: json::Once(self.predicate.clone()),
        };
        serde_json::to_vec(&form).map_err(|error| DsseError::Statement {
            why: error.to_string(),
        })
    }

    /// Reads a statement. Only a signature says that it was not changed.
    ///
    /// # Errors
    /// When it is none: unknown or repeated fields, at any depth, another type, a digest of another kind.
    pub fn parse(bytes: &[u8]) -> Result<Self, DsseError> {
        let form: Form = serde_json::from_slice(bytes).map_err(|error| DsseError::Statement {
            why: error.to_string(),
        })?;
        if form.kind != TYPE {
            return Err(DsseError::StatementType {
                found: form.kind.chars().take(100).collect(),
                expected: TYPE,
            });
        }
        let subjects =
            form.subject
                .into_iter()
                .map(|subject| match from_hex(&subject.digest.sha256) {
                    Some(sha256) => Ok(Subject {
                        name: subject.name,
                        sha256,
                    }),
                    None => Err(DsseError::Digest { name: subject.name }),
                });
        let statement = Self {
            subjects: subjects.collect::<Result<_, _>>()?,
            predicate_type: form.predicate_type,
            predicate: form.predicate.0,
        };
        statement.refuse_subjects()?;
        Ok(statement)
    }

    fn refuse_subjects(&self) -> Result<(), DsseError> {
        let found = self.subjects.len();
        if !(1..=MAX_SUBJECTS).contains(&found) {
            let limit = MAX_SUBJECTS;
            return Err(DsseError::Subjects { limit, found });
        }
        let mut names = BTreeSet::new();
        let twice = self.subjects.iter().find(|one| !names.insert(&one.name));
        match twice {
            None => Ok(()),
            Some(subject) => Err(DsseError::TwoSubjects {
                name: subject.name.clone(),
            }),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<FormSubject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: json::Once,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormSubject {
    name: String,
    digest: FormDigest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormDigest {
    sha256: String,
}
