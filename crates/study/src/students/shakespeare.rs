//! The built-in world: Shakespeare's teacher answers Shakespeare's speeches.

use hallmark_core::keys::CohortKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_corpus::Tokenizer;
use hallmark_lab::assets;
use hallmark_lab::random;
use hallmark_lab::{Chooser, Exchange, Marked, Sampling, Transformer, Unmarked, generate};

use super::quality::{MarkSetting, by_prompt};
use super::world::{Marking, PromptKind, World};
use super::{Cache, StudyError};
use crate::keys::{Cohort, study_key};

/// The built-in world: a teacher of 0.92 million parameters and a student base of 0.72 million, both trained on
/// Shakespeare. Prompts are the first 12 tokens of speeches that neither has seen, answers are 72 tokens.
#[derive(Debug)]
pub struct Shakespeare {
    tokenizer: Tokenizer,
    teacher: Transformer,
    prompts: Vec<Vec<u32>>,
}

const PROMPT_TOKENS: usize = 12;
const ANSWER_TOKENS: usize = 72;
/// Prompts that nobody is trained on, of either kind.
const HELD_OUT: usize = 1200;
/// Seeds of this world's own draws, apart from those of arms.
const SEED: u64 = 0x7374_7564_7900;

impl Shakespeare {
    /// Opens the built-in assets.
    ///
    /// # Errors
    /// If they are damaged.
    pub fn open() -> Result<Self, StudyError> {
        let tokenizer = assets::tokenizer()?;
        Ok(Self {
            teacher: assets::teacher()?,
            prompts: assets::prompts(SEED, PROMPT_TOKENS, &tokenizer)?,
            tokenizer,
        })
    }

    /// The teacher's answers under a mark to the first `prompts` generic prompts, `answers` to each, all under one key: those to
    /// one prompt stand together.
    ///
    /// # Errors
    /// [`StudyError::Setting`] if there are fewer prompts.
    pub fn repeated(
        &self,
        setting: MarkSetting,
        prompts: usize,
        answers: usize,
    ) -> Result<Vec<Vec<Exchange>>, StudyError> {
        if prompts > HELD_OUT {
            let what = format!("{prompts} prompts, and there are {HELD_OUT}");
            return Err(StudyError::setting(what));
        }
        let asked: Vec<Vec<u32>> = (0..prompts)
            .flat_map(|number| {
                std::iter::repeat_n(self.prompt(PromptKind::Generic, number), answers)
            })
            .collect();
        let mut chooser: Box<dyn Chooser> = match setting {
            None => Box::new(Unmarked),
            Some((scheme, window, ring)) => Box::new(self.marked(
                &Marking {
                    scheme,
                    window,
                    ring,
                    cohort: Cohort::Tested,
                    seed: SEED,
                    pool: asked.len(),
                },
                asked.len(),
            )?),
        };
        let draws = random::derived(SEED + 2, 0);
        let texts = self.answer(&self.teacher, &asked, draws, &mut *chooser)?;
        Ok(by_prompt(exchanges(&asked, texts)))
    }

    /// The unmarked teacher.
    #[must_use]
    pub fn teacher(&self) -> &Transformer {
        &self.teacher
    }

    /// Tokens of every answer.
    #[must_use]
    pub const fn answer_tokens(&self) -> usize {
        ANSWER_TOKENS
    }

    fn marked(&self, marking: &Marking, answers: usize) -> Result<Marked, StudyError> {
        let profile = Profile {
            name: "study".into(),
            scheme: marking.scheme,
            window: marking.window,
            ring: marking.ring,
            tokenizer: TokenizerRef {
                vocab_size: self.teacher.config().vocab as u32,
                sha256: None,
            },
        };
        let refused = |error: &dyn std::fmt::Display| StudyError::setting(error.to_string());
        let mark = Mark::new(&profile, &study_key(marking.seed, marking.cohort).into());
        let mark = mark.map_err(|error| refused(&error))?;
        let sub_keys = marking.sub_keys(answers);
        Marked::of_ring(&mark, vec![], sub_keys).map_err(|error| refused(&error))
    }

    fn answer(
        &self,
        model: &Transformer,
        prompts: &[Vec<u32>],
        seed: u64,
        chooser: &mut dyn Chooser,
    ) -> Result<Vec<Vec<u32>>, StudyError> {
        Ok(generate(
            model,
            prompts,
            ANSWER_TOKENS,
            &Sampling::default(),
            seed,
            chooser,
            &mut |_, _| {},
        )?)
    }
}

impl World for Shakespeare {
    fn name(&self) -> &'static str {
        "shakespeare"
    }

    fn base(&self, _: &Cache) -> Result<Transformer, StudyError> {
        Ok(assets::student_base()?)
    }

    fn neutral(&self, _: &Cache) -> Result<Transformer, StudyError> {
        Ok(self.teacher.clone())
    }

    fn prompts(&self, kind: PromptKind) -> usize {
        match kind {
            PromptKind::Training => self.prompts.len() - 2 * HELD_OUT,
            PromptKind::Generic | PromptKind::Background => HELD_OUT,
        }
    }

    fn prompt(&self, kind: PromptKind, number: usize) -> Vec<u32> {
        let first = match kind {
            PromptKind::Generic => 0,
            PromptKind::Background => HELD_OUT,
            PromptKind::Training => 2 * HELD_OUT,
        };
        self.prompts[first + number].clone()
    }

    fn key(&self, marking: &Marking) -> Option<CohortKey> {
        Some(study_key(marking.seed, marking.cohort))
    }

    fn marked(
        &self,
        marking: &Marking,
        prompts: &[usize],
        cache: &Cache,
    ) -> Result<Vec<Exchange>, StudyError> {
        let Marking { cohort, seed, .. } = *marking;
        let prompts: Vec<Vec<u32>> = prompts
            .iter()
            .map(|&number| self.prompt(PromptKind::Training, number))
            .collect();
        let name = format!("{}-{}", cohort.name(), marking.id());
        let answers = cache.answers(&name, prompts.len(), || {
            let mut chooser = self.marked(marking, prompts.len())?;
            let part = match cohort {
                Cohort::Tested => 1,
                Cohort::Other => 2,
            };
            let draws = random::derived(random::derived(SEED, seed), part);
            self.answer(&self.teacher, &prompts, draws, &mut chooser)
        })?;
        Ok(exchanges(&prompts, answers))
    }

    fn clean(
        &self,
        kind: PromptKind,
        count: usize,
        round: usize,
        cache: &Cache,
    ) -> Result<Vec<Exchange>, StudyError> {
        let prompts: Vec<Vec<u32>> = (0..count).map(|number| self.prompt(kind, number)).collect();
        let name = format!("clean-{kind:?}-r{round}").to_lowercase();
        let answers = cache.answers(&name, count, || {
            let draws = random::derived(SEED + 1, (round * 3 + kind as usize) as u64);
            self.answer(&self.teacher, &prompts, draws, &mut Unmarked)
        })?;
        Ok(exchanges(&prompts, answers))
    }

    fn ask(
        &self,
        model: &Transformer,
        prompts: &[Vec<u32>],
        seed: u64,
    ) -> Result<Vec<Exchange>, StudyError> {
        let answers = self.answer(model, prompts, seed, &mut Unmarked)?;
        Ok(exchanges(prompts, answers))
    }

    fn text(&self, tokens: &[u32]) -> String {
        self.tokenizer.decode(tokens)
    }
}

fn exchanges(prompts: &[Vec<u32>], answers: Vec<Vec<u32>>) -> Vec<Exchange> {
    let pairs = prompts.iter().zip(answers);
    pairs
        .map(|(prompt, answer)| Exchange {
            prompt: prompt.clone(),
            answer,
        })
        .collect()
}
