//! One student of a study: how it is taught, and how much of everything.

use hallmark_core::schemes::Scheme;

use super::StudyError;
use super::world::{Marking, ring_name};
use crate::keys::Cohort;

/// One student of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// How the marked answers were marked.
    pub scheme: Scheme,
    /// Tokens in a window of the mark.
    pub window: usize,
    /// Sub-keys of the key, of which one marks each answer: 1 without a ring.
    pub ring: u32,
    /// Share of the training answers that are marked, in (0, 1]. They answer prompts that no unmarked training answer
    /// answers.
    pub share: f64,
    /// Names the keys, the choice of prompts and the order of training.
    pub seed: u64,
    /// What is special about it.
    pub variant: Variant,
    /// How much of everything.
    pub size: Size,
}

/// What an arm is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Variant {
    /// A part of the training answers is marked with the key under test.
    Marked,
    /// No training answer is marked: the student is innocent.
    Clean,
    /// A part is marked, with another cohort's key: the student is innocent of the key under test.
    OtherKey,
    /// As `Marked`, then trained once more on unmarked answers.
    SecondFinetune {
        /// Unmarked answers of the second training, as a share of the first one's answers.
        amount: f64,
    },
    /// As `Marked`, with this share of the marked answers' tokens drawn anew from an unmarked model before the training
    /// (see [`World::neutral`](super::World::neutral)).
    Edited {
        /// Chance of each token to be drawn anew.
        rate: f64,
    },
}

impl Variant {
    /// A short name, for folders and tables.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Marked => "marked".to_owned(),
            Self::Clean => "clean".to_owned(),
            Self::OtherKey => "other-key".to_owned(),
            Self::SecondFinetune { amount } => format!("second-{:.0}", 100.0 * amount),
            Self::Edited { rate } => format!("edited-{:.0}", 100.0 * rate),
        }
    }

    /// Whether the student learnt from answers under the key that is tested.
    #[must_use]
    pub const fn is_guilty(&self) -> bool {
        !matches!(self, Self::Clean | Self::OtherKey)
    }
}

/// How much work an arm is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Answers that the student learns from.
    pub training_answers: usize,
    /// Prompts that the training answers may be to; an unmarked answer more than these are second answers to them.
    pub training_prompts: usize,
    /// Times the student sees each training answer.
    pub passes: usize,
    /// Answers in each training step.
    pub batch: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// The student's answers to the prompts of its marked training answers, which are asked in turn.
    pub harvest_answers: usize,
    /// Its answers to prompts that it was not trained on, in turn too.
    pub generic_answers: usize,
    /// Prompts that nobody is trained on, whose unmarked answers of the teacher are the background.
    pub background_answers: usize,
}

impl Arm {
    /// Training answers that are marked.
    #[must_use]
    pub fn marked_answers(&self) -> usize {
        ((self.share * self.size.training_answers as f64).round() as usize)
            .clamp(1, self.size.training_answers)
    }

    /// How the answers of a cohort are marked.
    #[must_use]
    pub fn marking(&self, cohort: Cohort) -> Marking {
        Marking {
            scheme: self.scheme,
            window: self.window,
            ring: self.ring,
            cohort,
            seed: self.seed,
            pool: self.size.training_prompts,
        }
    }

    /// A name that no other arm of the same size has.
    #[must_use]
    pub fn id(&self) -> String {
        format!(
            "{}-h{}{}-{}pct-s{}-{}",
            self.scheme.id(),
            self.window,
            ring_name(self.ring),
            100.0 * self.share,
            self.seed,
            self.variant.id()
        )
    }

    /// Refuses what cannot be run in any world.
    pub(super) fn check(&self) -> Result<(), StudyError> {
        let Size {
            training_answers,
            training_prompts,
            passes,
            batch,
            harvest_answers,
            generic_answers,
            background_answers,
            ..
        } = self.size;
        let smallest = [
            training_answers,
            training_prompts,
            passes,
            batch,
            harvest_answers,
            generic_answers,
            background_answers,
        ];
        if smallest.contains(&0) {
            return Err(StudyError::setting(
                "every number of a size must be positive".into(),
            ));
        }
        if !(self.share > 0.0 && self.share <= 1.0) {
            let what = format!("share {} must be in (0, 1]", self.share);
            return Err(StudyError::setting(what));
        }
        let marked = self.marked_answers();
        let clean = training_answers - marked;
        if marked > training_prompts || (clean > 0 && marked == training_prompts) {
            let what = format!(
                "{marked} marked and {clean} unmarked answers need more than {training_prompts} training_prompts"
            );
            return Err(StudyError::setting(what));
        }
        Ok(())
    }
}
