//! The world of a larger teacher, whose answers come from files.

use std::fmt;

use hallmark_core::keys::CohortKey;
use hallmark_core::schemes::Scheme;
use hallmark_lab::{
    Config, Exchange, Lessons, Limit, Sampling, TrainConfig, Transformer, Unmarked, generate_until,
    train,
};

use super::compact::CompactVocabulary;
use super::world::{Marking, PromptKind, World};
use super::{Cache, StudyError};
use crate::keys::Cohort;

/// A larger teacher's world, from answers that were made beforehand. Students are transformers with a vocabulary of their
/// own; what they start from is trained on the teacher's unmarked answers to the training prompts.
pub struct Corpora {
    vocabulary: CompactVocabulary,
    settings: CorporaSettings,
    /// Prompt and unmarked answer, in the students' tokens, in the order of the file.
    clean: Vec<Exchange>,
    marked: Vec<Marked>,
}

/// The shape of students and the length of what they see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CorporaSettings {
    /// The teacher's tokens that students have too.
    pub tokens: usize,
    /// Blocks of a student.
    pub layers: usize,
    /// Width of a student.
    pub width: usize,
    /// Students' tokens of a prompt: its last ones.
    pub prompt_tokens: usize,
    /// Students' tokens of an answer: its first ones.
    pub answer_tokens: usize,
    /// Passes over the unmarked answers that make the base.
    pub base_passes: usize,
    /// Prompts of each kind that nobody is trained on.
    pub held_out: usize,
}

impl Default for CorporaSettings {
    fn default() -> Self {
        Self {
            tokens: 8000,
            layers: 4,
            width: 128,
            prompt_tokens: 48,
            answer_tokens: 208,
            base_passes: 8,
            held_out: 100,
        }
    }
}

/// A prompt and an answer, in the teacher's tokens.
#[derive(Clone, Debug)]
pub struct TeacherAnswer {
    /// The prompt's tokens.
    pub prompt: Vec<u32>,
    /// The answer's tokens.
    pub answer: Vec<u32>,
}

/// Answers to the first prompts, all under one mark.
pub struct Corpus {
    /// The mark's scheme.
    pub scheme: Scheme,
    /// Tokens in its window.
    pub window: usize,
    /// Whose key it is.
    pub cohort: Cohort,
    /// The key.
    pub key: CohortKey,
    /// The answers, to the same prompts as the unmarked ones and in their order.
    pub answers: Vec<TeacherAnswer>,
}

struct Marked {
    scheme: Scheme,
    window: usize,
    cohort: Cohort,
    key: CohortKey,
    answers: Vec<Exchange>,
}

impl fmt::Debug for Corpora {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Corpora")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Seed of the base's weights and training.
const SEED: u64 = 0x636f_7270_6f72_6100;

impl Corpora {
    /// A world of these answers. `teacher` holds the bytes of each of the teacher's tokens, none for its signs.
    ///
    /// # Errors
    /// [`StudyError::Setting`] if a marked answer is to another prompt than the unmarked one in its place, or there are fewer
    /// unmarked answers than are held out.
    pub fn new(
        teacher: Vec<Vec<u8>>,
        clean: &[TeacherAnswer],
        marked: Vec<Corpus>,
        settings: CorporaSettings,
    ) -> Result<Self, StudyError> {
        if clean.len() <= 2 * settings.held_out {
            let (found, held_out) = (clean.len(), 2 * settings.held_out);
            let what =
                format!("{found} unmarked answers, and {held_out} are held out: more are needed");
            return Err(StudyError::setting(what));
        }
        let texts = clean[..clean.len() - 2 * settings.held_out]
            .iter()
            .flat_map(|one| [&one.prompt[..], &one.answer]);
        let vocabulary = CompactVocabulary::new(teacher, texts, settings.tokens);
        let exchange = |one: &TeacherAnswer| exchange(&vocabulary, &settings, one);
        let marked = marked
            .into_iter()
            .map(|corpus| {
                let same = corpus
                    .answers
                    .iter()
                    .zip(clean)
                    .all(|(marked, clean)| marked.prompt == clean.prompt);
                if !same || corpus.answers.len() > clean.len() {
                    let (scheme, window) = (corpus.scheme.id(), corpus.window);
                    let what = format!(
                        "{scheme} h={window}: its answers must be to the prompts of the unmarked ones, in their order"
                    );
                    return Err(StudyError::setting(what));
                }
                Ok(Marked {
                    scheme: corpus.scheme,
                    window: corpus.window,
                    cohort: corpus.cohort,
                    key: corpus.key,
                    answers: corpus.answers.iter().map(exchange).collect(),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            clean: clean.iter().map(exchange).collect(),
            marked,
            settings,
            vocabulary,
        })
    }

    fn find(&self, marking: &Marking) -> Option<&Marked> {
        self.marked.iter().find(|corpus| {
            corpus.scheme == marking.scheme
                && corpus.window == marking.window
                && corpus.cohort == marking.cohort
                && marking.ring == 1
        })
    }

    fn first(&self, kind: PromptKind) -> usize {
        match kind {
            PromptKind::Training => 0,
            PromptKind::Generic => self.clean.len() - 2 * self.settings.held_out,
            PromptKind::Background => self.clean.len() - self.settings.held_out,
        }
    }
}

impl World for Corpora {
    fn name(&self) -> &'static str {
        "corpora"
    }

    fn base(&self, cache: &Cache) -> Result<Transformer, StudyError> {
        let CorporaSettings {
            layers,
            width,
            base_passes,
            ..
        } = self.settings;
        let lessons = &self.clean[..self.prompts(PromptKind::Training)];
        let name = format!("base-{layers}x{width}-{base_passes}-of{}", lessons.len());
        cache.model(&name, || {
            let config = Config {
                layers,
                width,
                context: self.settings.prompt_tokens + self.settings.answer_tokens + 2,
                vocab: self.vocabulary.size(),
            };
            let mut model = Transformer::new(config, SEED)?;
            let config = TrainConfig {
                steps: (base_passes * lessons.len()).div_ceil(BATCH),
                batch: BATCH,
                learning_rate: 2e-3,
                seed: SEED,
                ..TrainConfig::default()
            };
            train(
                &mut model,
                &Lessons::Answers(lessons),
                &config,
                &mut |_, _, _| {},
            )?;
            Ok(model)
        })
    }

    fn neutral(&self, cache: &Cache) -> Result<Transformer, StudyError> {
        self.base(cache)
    }

    fn prompts(&self, kind: PromptKind) -> usize {
        match kind {
            PromptKind::Training => self.clean.len() - 2 * self.settings.held_out,
            PromptKind::Generic | PromptKind::Background => self.settings.held_out,
        }
    }

    fn prompt(&self, kind: PromptKind, number: usize) -> Vec<u32> {
        self.clean[self.first(kind) + number].prompt.clone()
    }

    fn key(&self, marking: &Marking) -> Option<CohortKey> {
        self.find(marking).map(|corpus| corpus.key.clone())
    }

    fn marked(
        &self,
        marking: &Marking,
        prompts: &[usize],
        _: &Cache,
    ) -> Result<Vec<Exchange>, StudyError> {
        let found = self.find(marking).map_or(&[][..], |corpus| &corpus.answers);
        let answer = |&prompt: &usize| {
            found.get(prompt).cloned().ok_or_else(|| {
                let (scheme, window) = (marking.scheme.id(), marking.window);
                let (cohort, count) = (marking.cohort.name(), found.len());
                StudyError::setting(format!(
                    "prompt {prompt} has no {scheme} h={window} answer of cohort {cohort}, which has {count}: lower training_prompts, or make more"
                ))
            })
        };
        prompts.iter().map(answer).collect()
    }

    fn clean(
        &self,
        kind: PromptKind,
        count: usize,
        round: usize,
        _: &Cache,
    ) -> Result<Vec<Exchange>, StudyError> {
        let first = self.first(kind);
        if round > 0 || count > self.prompts(kind) {
            let most = self.prompts(kind);
            let what = format!(
                "more unmarked answers are asked for than the {most} there are: lower training_answers to training_prompts"
            );
            return Err(StudyError::setting(what));
        }
        Ok(self.clean[first..first + count].to_vec())
    }

    fn ask(
        &self,
        model: &Transformer,
        prompts: &[Vec<u32>],
        seed: u64,
    ) -> Result<Vec<Exchange>, StudyError> {
        let limit = Limit {
            tokens: self.settings.answer_tokens,
            stop: Some(CompactVocabulary::END),
        };
        let sampling = Sampling::default();
        let answers = generate_until(
            model,
            prompts,
            limit,
            &sampling,
            seed,
            &mut Unmarked,
            &mut |_, _| {},
        )?;
        let pairs = prompts.iter().zip(answers);
        Ok(pairs
            .map(|(prompt, answer)| Exchange {
                prompt: prompt.clone(),
                answer,
            })
            .collect())
    }

    fn text(&self, tokens: &[u32]) -> String {
        self.vocabulary.text(tokens)
    }
}

/// Answers in each step of the base's training.
const BATCH: usize = 16;

fn exchange(
    vocabulary: &CompactVocabulary,
    settings: &CorporaSettings,
    one: &TeacherAnswer,
) -> Exchange {
    let spell = |tokens: &[u32]| {
        let mut own = vec![];
        for &token in tokens {
            vocabulary.push(token, &mut own);
        }
        own
    };
    let (mut prompt, mut answer) = (spell(&one.prompt), spell(&one.answer));
    prompt.drain(..prompt.len().saturating_sub(settings.prompt_tokens));
    prompt.push(CompactVocabulary::ANSWER);
    if answer.len() > settings.answer_tokens {
        answer.truncate(settings.answer_tokens);
    } else {
        answer.push(CompactVocabulary::END);
    }
    Exchange { prompt, answer }
}
