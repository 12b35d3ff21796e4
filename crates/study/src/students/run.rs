//! One arm from its teacher's answers to its student's.

use hallmark_core::keys::CohortKey;
use hallmark_lab::random::{derived, generator, shuffle};
use hallmark_lab::{Exchange, Lessons, TrainConfig, Transformer, train};

use super::world::{PromptKind, World};
use super::{Arm, Cache, Size, StudyError, Variant, edits};
use crate::keys::Cohort;

/// What an arm leaves, in the students' tokens.
#[derive(Debug)]
pub struct Left {
    /// The answers that the tested key marked, as the provider sent them out. A clean student and one of another key never saw them.
    pub harvest: Vec<Exchange>,
    /// Answers to the same prompts under another cohort's key, the first ones where there are many; none where the world has none.
    pub other: Vec<Exchange>,
    /// Unmarked answers to prompts that nobody was trained on.
    pub background: Vec<Exchange>,
    /// What was answered to both kinds of prompts.
    pub asked: Both<Prompted>,
    /// Loss of each training step, in nats per answer token.
    pub losses: Vec<f32>,
    /// The same for the second training, where there was one.
    pub second_losses: Vec<f32>,
    /// The student, its weights rounded to 16 bits as kept on disk.
    pub student: Transformer,
}

/// One thing for each kind of prompt that students are asked.
#[derive(Clone, Debug)]
pub struct Both<T> {
    /// For the prompts of the marked training answers.
    pub harvest: T,
    /// For prompts that nobody was trained on.
    pub generic: T,
}

/// Answers to one kind of prompt.
#[derive(Clone, Debug)]
pub struct Prompted {
    /// The student's.
    pub answers: Vec<Exchange>,
    /// Answers of the control student, trained like it on unmarked answers alone, to the same prompts in the same order.
    pub control: Vec<Exchange>,
}

/// Most answers in another cohort's log where nobody is trained on them.
const OTHER_LOG: usize = 1500;

/// Parts of an arm that have seeds of their own.
const ORDER: u64 = 1;
const TRAINING: u64 = 2;
const SECOND: u64 = 3;
const EDITS: u64 = 4;
const ANSWERS: u64 = 5;
/// Seed of the control students.
const CONTROL: u64 = 0x636f_6e74_726f_6c00;

/// What the cache calls the control student of an arm: all arms of one size share it.
#[must_use]
pub fn control_name(arm: &Arm, world: &dyn World) -> String {
    let Size {
        training_answers,
        training_prompts,
        passes,
        batch,
        learning_rate,
        ..
    } = arm.size;
    let world = world.name();
    format!(
        "control-{world}-{training_answers}-{training_prompts}-{passes}-{batch}-{learning_rate}"
    )
}

/// Runs one arm. The result is a function of the arm and the world, whatever the number of threads and whatever the cache
/// held before. `keep` is given the trained student and returns it as it was kept (rounded to 16 bits);
/// `progress` is called with what is being done.
///
/// # Errors
/// [`StudyError::Setting`] if the arm asks for more than the world has; otherwise as for
/// [`train`] and [`generate`](hallmark_lab::generate).
pub fn run(
    arm: &Arm,
    world: &dyn World,
    cache: &Cache,
    keep: &mut dyn FnMut(&Transformer) -> Result<Transformer, StudyError>,
    progress: &mut dyn FnMut(&str, usize, usize),
) -> Result<Left, StudyError> {
    arm.check()?;
    let studio = Studio { arm, world, cache };
    studio.check_prompts()?;
    progress("the teacher answers", 0, 1);
    let order = studio.order();
    let harvested = &order[..arm.marked_answers()];
    let harvest = studio.marked(Cohort::Tested, harvested)?;
    let (first, second) = studio.lessons(&order, &harvest)?;

    let mut student = world.base(cache)?;
    let losses = teach(
        &mut student,
        &first,
        &arm.size,
        derived(arm.seed, TRAINING),
        progress,
    )?;
    let second_losses = if second.is_empty() {
        vec![]
    } else {
        teach(
            &mut student,
            &second,
            &arm.size,
            derived(arm.seed, SECOND),
            progress,
        )?
    };
    let student = keep(&student)?;

    progress("the students answer", 0, 1);
    let control = studio.control(progress)?;
    let asked = Both {
        harvest: studio.ask(&student, &control, PromptKind::Training, harvested)?,
        generic: studio.ask(&student, &control, PromptKind::Generic, &order)?,
    };
    let log = harvested.len().min(OTHER_LOG);
    Ok(Left {
        other: match studio.key(Cohort::Other) {
            Some(_) => studio.marked(Cohort::Other, &harvested[..log])?,
            None => vec![],
        },
        background: world.clean(
            PromptKind::Background,
            arm.size.background_answers,
            0,
            cache,
        )?,
        harvest,
        asked,
        losses,
        second_losses,
        student,
    })
}

/// An arm in its world.
struct Studio<'a> {
    arm: &'a Arm,
    world: &'a dyn World,
    cache: &'a Cache,
}

impl Studio<'_> {
    fn check_prompts(&self) -> Result<(), StudyError> {
        let Size {
            training_prompts,
            background_answers,
            ..
        } = self.arm.size;
        for (name, asked, kind) in [
            ("training_prompts", training_prompts, PromptKind::Training),
            (
                "background_answers",
                background_answers,
                PromptKind::Background,
            ),
        ] {
            let most = self.world.prompts(kind);
            if asked > most {
                let world = self.world.name();
                let what = format!("{name} = {asked}, and world {world} has {most}");
                return Err(StudyError::setting(what));
            }
        }
        Ok(())
    }

    /// The training prompts in this seed's order: the first ones are harvested.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.arm.size.training_prompts).collect();
        shuffle(&mut generator(derived(self.arm.seed, ORDER), 0), &mut order);
        order
    }

    fn marked(&self, cohort: Cohort, prompts: &[usize]) -> Result<Vec<Exchange>, StudyError> {
        self.world
            .marked(&self.arm.marking(cohort), prompts, self.cache)
    }

    fn key(&self, cohort: Cohort) -> Option<CohortKey> {
        self.world.key(&self.arm.marking(cohort))
    }

    /// What the student learns from, and what it learns from afterwards.
    fn lessons(
        &self,
        order: &[usize],
        harvest: &[Exchange],
    ) -> Result<(Vec<Exchange>, Vec<Exchange>), StudyError> {
        let Arm { variant, size, .. } = self.arm;
        let count = harvest.len();
        let (harvested, others) = order.split_at(count);
        let special = match *variant {
            Variant::Marked | Variant::SecondFinetune { .. } => harvest.to_vec(),
            Variant::Clean => self.clean(harvested, count, 0)?,
            Variant::OtherKey => self.marked(Cohort::Other, harvested)?,
            Variant::Edited { rate } => {
                let neutral = self.world.neutral(self.cache)?;
                edits::edit(harvest, rate, &neutral, derived(self.arm.seed, EDITS))?
            }
        };
        let rest = size.training_answers - count;
        let first = [special, self.clean(others, rest, 0)?].concat();
        let second = match *variant {
            Variant::SecondFinetune { amount } => {
                let rounds = rest.div_ceil(others.len().max(1));
                let answers = (amount * size.training_answers as f64).round() as usize;
                self.clean(order, answers, rounds.max(1))?
            }
            _ => vec![],
        };
        Ok((first, second))
    }

    /// `count` unmarked answers to `prompts` in turn, beginning with those of a round.
    fn clean(
        &self,
        prompts: &[usize],
        count: usize,
        first_round: usize,
    ) -> Result<Vec<Exchange>, StudyError> {
        let pool = self.arm.size.training_prompts;
        let mut all = Vec::with_capacity(count);
        for round in first_round.. {
            let left = count - all.len();
            if left == 0 {
                break;
            }
            let answers = self
                .world
                .clean(PromptKind::Training, pool, round, self.cache)?;
            all.extend(
                prompts
                    .iter()
                    .take(left)
                    .map(|&prompt| answers[prompt].clone()),
            );
        }
        Ok(all)
    }

    /// The control student of this size.
    fn control(
        &self,
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Transformer, StudyError> {
        self.cache.model(&control_name(self.arm, self.world), || {
            let Size {
                training_answers,
                training_prompts,
                ..
            } = self.arm.size;
            let prompts: Vec<usize> = (0..training_prompts).collect();
            let lessons = self.clean(&prompts, training_answers, 0)?;
            let mut model = self.world.base(self.cache)?;
            teach(&mut model, &lessons, &self.arm.size, CONTROL, progress)?;
            Ok(model)
        })
    }

    /// The student's and the control student's answers to prompts of one kind, in turn.
    fn ask(
        &self,
        student: &Transformer,
        control: &Transformer,
        kind: PromptKind,
        harvested: &[usize],
    ) -> Result<Prompted, StudyError> {
        let (numbers, count, part) = match kind {
            PromptKind::Training => (harvested.to_vec(), self.arm.size.harvest_answers, 0),
            PromptKind::Generic | PromptKind::Background => {
                let all = (0..self.world.prompts(kind)).collect();
                (all, self.arm.size.generic_answers, 1)
            }
        };
        let prompts: Vec<Vec<u32>> = numbers
            .iter()
            .cycle()
            .take(count)
            .map(|&number| self.world.prompt(kind, number))
            .collect();
        let seed = derived(self.arm.seed, ANSWERS + part);
        let answers = self.world.ask(student, &prompts, seed)?;
        // The same control answers serve every arm that asks the same prompts.
        let name = control_name(self.arm, self.world);
        let name = match kind {
            PromptKind::Training => {
                let (seed, harvested) = (self.arm.seed, harvested.len());
                format!("{name}-harvest-s{seed}-n{harvested}")
            }
            PromptKind::Generic | PromptKind::Background => {
                format!("{name}-generic")
            }
        };
        let control = self.cache.answers(&name, count, || {
            let answers = self.world.ask(control, &prompts, derived(CONTROL, part))?;
            Ok(answers
                .into_iter()
                .map(|exchange| exchange.answer)
                .collect())
        })?;
        let control = prompts
            .into_iter()
            .zip(control)
            .map(|(prompt, answer)| Exchange { prompt, answer })
            .collect();
        Ok(Prompted { answers, control })
    }
}

fn teach(
    student: &mut Transformer,
    lessons: &[Exchange],
    size: &Size,
    seed: u64,
    progress: &mut dyn FnMut(&str, usize, usize),
) -> Result<Vec<f32>, StudyError> {
    let config = TrainConfig {
        steps: (size.passes * lessons.len()).div_ceil(size.batch),
        batch: size.batch,
        learning_rate: size.learning_rate,
        seed,
        ..TrainConfig::default()
    };
    Ok(train(
        student,
        &Lessons::Answers(lessons),
        &config,
        &mut |done, all, _| progress("the student learns", done, all),
    )?)
}
