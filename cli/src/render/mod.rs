//! Results as a person reads them. Not an interface: wording may change.

#[cfg(test)]
mod agreement;
mod beside;
mod calibrate;
mod campaign;
mod checks;
mod collect;
mod counts;
mod demo;
mod detect;
mod doctor;
mod effect;
mod examine;
mod index;
mod ledger;
mod mark;
mod merge;
mod p_value;
mod power;
mod probe;
mod profile;
mod reading;
mod scan;
mod skipped;
mod study;
mod twins;

pub(crate) use calibrate::calibrate_text;
pub(crate) use campaign::{
    campaign_text, cleared_group_text, explain_text, keyed_text, worlds_text,
};
pub(crate) use checks::checks_text;
pub(crate) use collect::collect_text;
pub(crate) use demo::demo_text;
pub(crate) use detect::detect_text;
pub(crate) use doctor::doctor_text;
pub(crate) use examine::examine_text;
pub(crate) use index::index_text;
pub(crate) use ledger::ledger_text;
pub(crate) use mark::mark_text;
pub(crate) use merge::merge_text;
pub(crate) use power::power_text;
pub(crate) use probe::probe_text;
pub(crate) use profile::profile_text;
pub(crate) use scan::scan_text;
pub(crate) use study::{nulls_text, quality_text, tables_text};
pub(crate) use twins::{twins_committed_text, twins_drawn_text, twins_tested_text};
