//! Why a profile cannot be used.

use super::limits::PROFILE_VERSION;
use alloc::string::String;

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML, or a field that is unknown, missing or of another type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line number, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A later version of the format, most likely.
    #[error("hallmark = {found}: this program reads profile version {PROFILE_VERSION}")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// A value out of range.
    #[error("{field} = {found}: allowed is {allowed}")]
    Value {
        /// Path of the field.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A section that belongs to another scheme, or one that is missing.
    #[error("scheme {scheme:?} {verb} [{section}] section")]
    Section {
        /// The profile's scheme.
        scheme: String,
        /// "needs a" or "takes no".
        verb: &'static str,
        /// The section's name.
        section: &'static str,
    },
    /// A window that the scheme does not have.
    #[error("window = {found}: {scheme} takes {least} to {most}")]
    Window {
        /// The profile's scheme.
        scheme: &'static str,
        /// Its window.
        found: usize,
        /// The shortest.
        least: usize,
        /// The longest.
        most: usize,
    },
    /// Lists of a GPU's generator.
    #[error(
        "device = \"cuda\": a GPU's generator gives other lists and tables than a CPU's, and they cannot be made again without one"
    )]
    Cuda,
}
