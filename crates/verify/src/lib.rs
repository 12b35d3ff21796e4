//! Checks a bundle of evidence without any key.
//!
//! An auditor's crate: it reads files and never writes any, knows no secret, and computes every number again by code of its own.
//!
//! | | |
//! |---|---|
//! | [`bundle`] | [`verify()`](bundle::verify): every check of a bundle, one line each |
//! | [`arithmetic`] | from what is disclosed of each cell to every number of the findings |
//! | [`plan`] | in what a run differs from what was planned |
//! | [`dsse`], [`note`], [`tlog`], [`public_key`] | signatures, the transparency log |
//! | `timestamp` | RFC 3161 tokens, with the feature of that name |
//! | [`formats`], [`files`], [`digest`] | what is read |

pub mod arithmetic;
pub mod bundle;
mod canonical;
mod check;
pub mod digest;
pub mod dsse;
pub mod files;
pub mod formats;
pub mod note;
pub mod plan;
pub mod public_key;
mod text;
#[cfg(feature = "timestamp")]
pub mod timestamp;
pub mod tlog;

pub use canonical::{json as canonical_json, without_nulls};
pub use check::{Check, Verdict};
pub use public_key::public_id;
