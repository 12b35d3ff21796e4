//! The verbs, one file each.

pub(crate) mod bundle;
pub(crate) mod cohorts;
pub(crate) mod collect;
pub(crate) mod commit;
pub(crate) mod demo;
pub(crate) mod derive;
pub(crate) mod detect;
pub(crate) mod doctor;
pub(crate) mod examine;
pub(crate) mod index;
pub(crate) mod keygen;
pub(crate) mod ledger;
pub(crate) mod mark;
pub(crate) mod merge;
pub(crate) mod plan;
pub(crate) mod power;
pub(crate) mod probe;
pub(crate) mod profile;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod self_test;
pub(crate) mod shell;
pub(crate) mod study;
pub(crate) mod tlog;
pub(crate) mod verify;
