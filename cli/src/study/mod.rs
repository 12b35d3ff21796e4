//! `study`: plans of arms, their folders, their examination, and the tables made from them.

pub(crate) mod corpora;
pub(crate) mod curve;
pub(crate) mod examiner;
pub(crate) mod folder;
pub(crate) mod heads;
pub(crate) mod logprobs;
pub(crate) mod nulls;
pub(crate) mod plan;
pub(crate) mod quality;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod tables;
