//! Checks a bundle of evidence without any key.
//!
//! An auditor's crate: it reads files and never writes any, knows no secret, and computes every number again by code of its own.

pub mod arithmetic;
mod check;

pub use check::{Check, Verdict};
