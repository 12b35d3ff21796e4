//! The verbs, one file each.

pub(crate) mod demo;
pub(crate) mod derive;
pub(crate) mod detect;
pub(crate) mod examine;
pub(crate) mod keygen;
pub(crate) mod mark;
pub(crate) mod profile;
pub(crate) mod self_test;
pub(crate) mod shell;
