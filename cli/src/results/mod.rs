//! Results of those verbs that are the program's own; the others are the library's.

pub(crate) mod campaign;
pub(crate) mod collect;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod mark;
pub(crate) mod probe;
