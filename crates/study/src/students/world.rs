//! Where a study's teacher, prompts and answers come from.

use hallmark_core::keys::CohortKey;
use hallmark_core::schemes::{Parameters, Scheme};
use hallmark_lab::{Exchange, Transformer, sub_keys};

use super::{Cache, StudyError};
use crate::keys::Cohort;

/// Where students come from and what they learn. Prompts are known by their number within their kind.
pub trait World: Sync {
    /// A name for folders and tables.
    fn name(&self) -> &'static str;

    /// What every student starts from: it saw no marked text.
    ///
    /// # Errors
    /// Whatever keeps it from being read or made.
    fn base(&self, cache: &Cache) -> Result<Transformer, StudyError>;

    /// The unmarked model that edits draw from, in the students' vocabulary.
    ///
    /// # Errors
    /// As for [`World::base`].
    fn neutral(&self, cache: &Cache) -> Result<Transformer, StudyError>;

    /// How many prompts of a kind there are.
    fn prompts(&self, kind: PromptKind) -> usize;

    /// A prompt, in the students' tokens.
    fn prompt(&self, kind: PromptKind, number: usize) -> Vec<u32>;

    /// The key of a marking; none where this world has no such answers.
    fn key(&self, marking: &Marking) -> Option<CohortKey>;

    /// The teacher's marked answers to training prompts, in their order. The first answers do not depend on how many are
    /// asked for.
    ///
    /// # Errors
    /// [`StudyError::Setting`] if this world has no such answers.
    fn marked(
        &self,
        marked: &Marking,
        prompts: &[usize],
        cache: &Cache,
    ) -> Result<Vec<Exchange>, StudyError>;

    /// The teacher's unmarked answers to the first `count` prompts of a kind; another `round`, other answers.
    ///
    /// # Errors
    /// [`StudyError::Setting`] if this world has no such answers.
    fn clean(
        &self,
        kind: PromptKind,
        count: usize,
        round: usize,
        cache: &Cache,
    ) -> Result<Vec<Exchange>, StudyError>;

    /// A student's answers, sampled at temperature 1 without any key.
    ///
    /// # Errors
    /// As for [`generate`](hallmark_lab::generate).
    fn ask(
        &self,
        model: &Transformer,
        prompts: &[Vec<u32>],
        seed: u64,
    ) -> Result<Vec<Exchange>, StudyError>;

    /// The text of students' tokens.
    fn text(&self, tokens: &[u32]) -> String;
}

/// Which prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// Training answers are to these.
    Training,
    /// Nobody is trained on these; students are asked them.
    Generic,
    /// Nobody is trained on these; the teacher's unmarked answers to them are the background.
    Background,
}

/// How answers are marked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marking {
    /// The scheme.
    pub scheme: Scheme,
    /// Tokens in a window.
    pub window: usize,
    /// Sub-keys of the key, of which one marks each answer.
    pub ring: u32,
    /// Whose key.
    pub cohort: Cohort,
    /// Seed of the keys and of the order of prompts.
    pub seed: u64,
    /// Training prompts that the order is of.
    pub pool: usize,
}

impl Marking {
    /// A name that no other marking has, without its cohort.
    #[must_use]
    pub fn id(&self) -> String {
        let Self {
            scheme,
            window,
            ring,
            seed,
            pool,
            ..
        } = self;
        let parameters = match scheme.parameters() {
            Parameters::Green { gamma, delta } => format!("-{gamma}-{delta}"),
            Parameters::Tournament { layers } => format!("-{layers}"),
            _ => String::new(),
        };
        let ring = ring_name(*ring);
        format!(
            "{}{parameters}-h{window}{ring}-s{seed}-of{pool}",
            scheme.id()
        )
    }

    /// The sub-key of each of the first `count` answers; none without a ring.
    #[must_use]
    pub fn sub_keys(&self, count: usize) -> Vec<u32> {
        sub_keys(self.ring, count, self.seed)
    }
}

/// What the names of arms and files say of a ring.
pub(super) fn ring_name(ring: u32) -> String {
    match ring {
        1 => String::new(),
        ring => format!("-ring{ring}"),
    }
}
