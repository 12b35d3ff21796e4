//! Studies with real students: what is left of a mark when only a part of the training answers carried it.
//!
//! An [`Arm`] is one student: how its teacher's answers were marked, which share of them, and what was done to them or to
//! the student afterwards. [`run`] makes its training answers, trains it, and lets it answer two kinds of prompts: those of its
//! own marked training answers, and prompts that nobody trained on. Beside its answers it leaves what a provider and an
//! examiner would have: the log of the marked answers, the log of another cohort's answers to the same
//! prompts, a background sample of unmarked text, and a control sample of a student that saw no mark.
//!
//! Two [`World`]s: [`Shakespeare`] is built in and makes everything on demand; [`Corpora`] takes a larger teacher's answers
//! from files, since making them takes hours.
//!
//! Nothing here examines anything.

mod arm;
mod cache;
mod compact;
mod corpora;
mod edits;
mod error;
mod quality;
mod run;
mod shakespeare;
mod world;

pub use arm::{Arm, Size, Variant};
pub use cache::Cache;
pub use compact::CompactVocabulary;
pub use corpora::{Corpora, CorporaSettings, Corpus, TeacherAnswer};
pub use error::StudyError;
pub use quality::{MarkSetting, Quality, by_prompt, measure};
pub use run::{Both, Left, Prompted, control_name, run};
pub use shakespeare::Shakespeare;
pub use world::{Marking, PromptKind, World};
