//! The program as its users run it: transcripts of every verb, and every way in which it says no.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authority;
mod batch;
mod bench;
mod beside;
mod bring;
#[cfg(feature = "c2pa")]
mod c2pa;
mod calibrate;
mod campaign;
mod case;
mod collect;
mod conditions;
mod crash;
mod demo;
mod doctor;
mod engine_student;
mod first_visits;
mod foreign;
mod harvest;
mod keys_and_profiles;
mod kinds;
mod ledger;
mod localize;
mod mark_and_detect;
mod outcome;
mod power;
mod program;
mod rings;
mod serve;
mod study;
mod twins;
mod weighted;
