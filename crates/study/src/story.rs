//! A whole distillation in half a minute: a teacher answers prompts under a mark and without it, one student learns from each,
//! and both students answer prompts that nobody has answered before.
//!
//! The story ends with answers. Whether a student depends on the key is for an examination to say, and that lives
//! elsewhere: nothing here knows the key, and nothing here is chosen by it but the teacher's marked tokens.

use hallmark_lab::{
    Chooser, Exchange, LabError, Lessons, Sampling, TrainConfig, Transformer, Unmarked, assets,
    generate, random, train,
};

/// How much work a story does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// About half a minute on two cores.
    #[default]
    Default,
    /// A few minutes: more answers, more passes, more evidence.
    Full,
}

/// Every number of a story. [`Settings::of`] gives those of a [`Size`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Prompts that the teacher answers, the same under the mark and without.
    pub harvest: usize,
    /// Fresh prompts that each student answers.
    pub examination: usize,
    /// Tokens of each prompt.
    pub prompt_tokens: usize,
    /// Tokens of each answer.
    pub answer_tokens: usize,
    /// Times each student sees each of the teacher's answers.
    pub passes: usize,
    /// Answers in each training step.
    pub batch: usize,
    /// Peak learning rate of the students.
    pub learning_rate: f64,
    /// How teacher and students sample.
    pub sampling: Sampling,
}

impl Settings {
    /// The settings of `size`.
    #[must_use]
    pub fn of(size: Size) -> Self {
        let sampling = Sampling::default();
        match size {
            Size::Default => Self {
                harvest: 1024,
                examination: 512,
                prompt_tokens: 12,
                answer_tokens: 72,
                passes: 2,
                batch: 32,
                learning_rate: 3e-3,
                sampling,
            },
            Size::Full => Self {
                harvest: 4096,
                examination: 2048,
                passes: 5,
                ..Self::of(Size::Default)
            },
        }
    }
}

/// What is being done; a story goes through the stages in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The teacher answers under the mark; counted in tokens.
    MarkedTeacher,
    /// The teacher answers without a mark; counted in tokens.
    CleanTeacher,
    /// A student learns from the marked answers; counted in steps.
    MarkedTraining,
    /// A student learns from the unmarked answers; counted in steps.
    CleanTraining,
    /// The first student answers fresh prompts; counted in tokens.
    MarkedAnswers,
    /// The second student answers fresh prompts; counted in tokens.
    CleanAnswers,
}

impl Stage {
    /// A few words for a progress line.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::MarkedTeacher => "the teacher answers under the mark",
            Self::CleanTeacher => "the teacher answers without a mark",
            Self::MarkedTraining => "a student learns from the marked answers",
            Self::CleanTraining => "a student learns from the unmarked answers",
            Self::MarkedAnswers => "the first student answers fresh prompts",
            Self::CleanAnswers => "the second student answers fresh prompts",
        }
    }
}

/// A model that learnt from the teacher's answers, and what it then wrote.
#[derive(Clone, Debug)]
pub struct Student {
    /// `marked` or `clean`.
    pub name: &'static str,
    /// Whether the answers it learnt from were marked.
    pub trained_on_marked: bool,
    /// Loss of each training step, in nats per answer token.
    pub losses: Vec<f32>,
    /// Its answers to fresh prompts, sampled without any key.
    pub answers: Vec<Exchange>,
}

/// What a story leaves.
#[derive(Clone, Debug)]
pub struct Told {
    /// The teacher's answers under the mark.
    pub marked: Vec<Exchange>,
    /// The teacher's answers to the same prompts without it.
    pub clean: Vec<Exchange>,
    /// The student of the marked answers, then the student of the clean ones.
    pub students: [Student; 2],
}

/// Tells the story of `seed` under the mark that `marked` applies. Its sequences are numbered by harvested prompt.
///
/// Both students start from the shipped base, which has only seen public text, and are trained in the same way on
/// answers to the same prompts: the mark is the one difference. The result is a function of the arguments, whatever
/// the number of threads. `progress` is called with (stage, done, in all).
///
/// # Errors
/// [`LabError::Setting`] if the corpus has too few prompts for `settings`; otherwise as for [`generate`] and [`train`].
pub fn tell(
    seed: u64,
    settings: &Settings,
    marked: &mut dyn Chooser,
    progress: &mut dyn FnMut(Stage, usize, usize),
) -> Result<Told, LabError> {
    let (harvest, fresh) = draw_prompts(seed, settings)?;
    let teacher = assets::teacher()?;
    let mut teller = Teller {
        seed,
        settings,
        progress,
    };
    let marked = teller.answer(Stage::MarkedTeacher, &teacher, &harvest, marked)?;
    let clean = teller.answer(Stage::CleanTeacher, &teacher, &harvest, &mut Unmarked)?;
    let (marked_model, marked_losses) = teller.teach(Stage::MarkedTraining, &marked)?;
    let (clean_model, clean_losses) = teller.teach(Stage::CleanTraining, &clean)?;
    let students = [
        Student {
            name: "marked",
            trained_on_marked: true,
            losses: marked_losses,
            answers: teller.answer(Stage::MarkedAnswers, &marked_model, &fresh, &mut Unmarked)?,
        },
        Student {
            name: "clean",
            trained_on_marked: false,
            losses: clean_losses,
            answers: teller.answer(Stage::CleanAnswers, &clean_model, &fresh, &mut Unmarked)?,
        },
    ];
    Ok(Told {
        marked,
        clean,
        students,
    })
}

/// Token sequences that open answers.
type Prompts = Vec<Vec<u32>>;

/// Prompts for the teacher and, all different, for the students.
fn draw_prompts(seed: u64, settings: &Settings) -> Result<(Prompts, Prompts), LabError> {
    let mut all = assets::prompts(seed, settings.prompt_tokens, &assets::tokenizer()?)?;
    let needed = settings.harvest + settings.examination;
    if all.len() < needed || settings.harvest == 0 || settings.examination == 0 {
        let what = format!(
            "{} to harvest and {} to examine; both must be positive, and the corpus has {} prompts",
            settings.harvest,
            settings.examination,
            all.len()
        );
        return Err(LabError::Setting {
            name: "harvest",
            what,
        });
    }
    all.truncate(needed);
    let fresh = all.split_off(settings.harvest);
    Ok((all, fresh))
}

struct Teller<'a> {
    seed: u64,
    settings: &'a Settings,
    progress: &'a mut dyn FnMut(Stage, usize, usize),
}

impl Teller<'_> {
    fn answer(
        &mut self,
        stage: Stage,
        model: &Transformer,
        prompts: &[Vec<u32>],
        chooser: &mut dyn Chooser,
    ) -> Result<Vec<Exchange>, LabError> {
        // Each stage has a seed of its own: equal draws would tie one model's answers to another's.
        let seed = random::derived(self.seed, stage as u64);
        let Settings {
            answer_tokens,
            sampling,
            ..
        } = self.settings;
        let mut progress = |done, total| (self.progress)(stage, done, total);
        let answers = generate(
            model,
            prompts,
            *answer_tokens,
            sampling,
            seed,
            chooser,
            &mut progress,
        )?;
        let pairs = prompts.iter().zip(answers);
        Ok(pairs
            .map(|(prompt, answer)| Exchange {
                prompt: prompt.clone(),
                answer,
            })
            .collect())
    }

    fn teach(
        &mut self,
        stage: Stage,
        exchanges: &[Exchange],
    ) -> Result<(Transformer, Vec<f32>), LabError> {
        let mut student = assets::student_base()?;
        let Settings {
            passes,
            batch,
            learning_rate,
            ..
        } = *self.settings;
        let config = TrainConfig {
            steps: (passes * exchanges.len()).div_ceil(batch.max(1)),
            batch,
            learning_rate,
            seed: self.seed,
            ..TrainConfig::default()
        };
        let mut progress = |done, total, _| (self.progress)(stage, done, total);
        let losses = train(
            &mut student,
            &Lessons::Answers(exchanges),
            &config,
            &mut progress,
        )?;
        Ok((student, losses))
    }
}
