//! The manifest: every file of a bundle with its digest.

use super::names::BundleFormat;
use serde::{Deserialize, Serialize};

/// Every file of a bundle but the manifest itself and the envelope that signs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The name of this format.
    pub schema: BundleFormat,
    /// The name of the case.
    pub case: String,
    /// Version of the program that packed it.
    pub version: String,
    /// The files, by name.
    pub files: Vec<FileEntry>,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name within the bundle, with `/` between folders.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Its own name in a bundle.
    pub const FILE: &str = "manifest.json";

    /// The name of the envelope that signs it.
    pub const SIGNED: &str = "manifest.dsse.json";
}
