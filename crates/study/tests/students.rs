//! Arms of a study, on settings small enough for a test. Their evidence is measured by the studies.

use std::cell::Cell;
use std::collections::HashSet;
use std::path::PathBuf;

use hallmark_core::keys::CohortKey;
use hallmark_core::schemes::Scheme;
use hallmark_lab::{Exchange, Transformer};
use hallmark_study::keys::Cohort;
use hallmark_study::students::{
    Arm, Cache, Corpora, CorporaSettings, Corpus, Left, PromptKind, Shakespeare, Size, StudyError,
    TeacherAnswer, Variant, World, run,
};

/// A folder that is gone afterwards.
struct Folder(PathBuf);

thread_local! {
    static FOLDERS: Cell<u32> = const { Cell::new(0) };
}

impl Folder {
    fn new(name: &str) -> Self {
        let number = FOLDERS.replace(FOLDERS.get() + 1);
        let id = std::process::id();
        Self(std::env::temp_dir().join(format!("hallmark-study-{name}-{id}-{number}")))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn arm(share: f64, variant: Variant) -> Arm {
    Arm {
        scheme: Scheme::GUMBEL,
        window: 2,
        ring: 1,
        share,
        seed: 3,
        variant,
        size: Size {
            training_answers: 20,
            training_prompts: 16,
            passes: 1,
            batch: 8,
            learning_rate: 3e-3,
            harvest_answers: 6,
            generic_answers: 5,
            background_answers: 4,
        },
    }
}

#[expect(clippy::unwrap_used, reason = "a test stops here")]
fn left(arm: &Arm, world: &dyn World, cache: &Cache) -> Left {
    run(
        arm,
        world,
        cache,
        &mut |model| Ok(model.clone()),
        &mut |_, _, _| {},
    )
    .unwrap()
}

fn prompts(exchanges: &[Exchange]) -> Vec<Vec<u32>> {
    exchanges.iter().map(|one| one.prompt.clone()).collect()
}

#[test]
fn an_arm_leaves_what_an_examination_needs() {
    let (folder, world) = (Folder::new("leaves"), Shakespeare::open().unwrap());
    let cache = Cache::open(&folder.0).unwrap();
    let arm = arm(0.25, Variant::Marked);
    let left = left(&arm, &world, &cache);
    assert_eq!((left.harvest.len(), left.other.len()), (5, 5));
    assert_eq!(prompts(&left.harvest), prompts(&left.other));
    assert_ne!(left.harvest, left.other, "another key, other answers");
    assert_eq!(left.losses.len(), 3, "20 answers, 8 in a step");
    assert!(left.second_losses.is_empty());

    // Harvest prompts are asked in turn; the control student is asked the same ones.
    let harvest = &left.asked.harvest;
    let asked = prompts(&harvest.answers);
    assert_eq!((asked.len(), &asked[5]), (6, &asked[0]));
    assert_eq!(asked[..5], prompts(&left.harvest)[..]);
    assert_eq!(asked, prompts(&harvest.control));
    assert_ne!(harvest.answers, harvest.control);
    assert_ne!(harvest.answers[0].answer, harvest.answers[5].answer);

    // No prompt serves two purposes.
    let kinds = [
        (0..16)
            .map(|i| world.prompt(PromptKind::Training, i))
            .collect(),
        prompts(&left.asked.generic.answers),
        prompts(&left.background),
    ];
    assert_eq!((kinds[1].len(), kinds[2].len()), (5, 4));
    let all: HashSet<&Vec<u32>> = kinds.iter().flatten().collect();
    assert_eq!(all.len(), kinds.iter().map(Vec::len).sum::<usize>());
    assert!(asked.iter().all(|prompt| kinds[0].contains(prompt)));
}

#[test]
fn an_arm_is_the_same_whatever_the_cache_holds() {
    let world = Shakespeare::open().unwrap();
    let folder = Folder::new("cold");
    let cold = left(
        &arm(0.25, Variant::Marked),
        &world,
        &Cache::open(&folder.0).unwrap(),
    );
    let other = Folder::new("warm");
    let cache = Cache::open(&other.0).unwrap();
    // A larger share comes first: its answers begin with those of the smaller one.
    left(&arm(0.5, Variant::Marked), &world, &cache);
    let warm = left(&arm(0.25, Variant::Marked), &world, &cache);
    assert_eq!(cold.harvest, warm.harvest);
    assert_eq!(cold.losses, warm.losses);
    assert_eq!(cold.asked.generic.answers, warm.asked.generic.answers);
    assert_eq!(cold.asked.harvest.control, warm.asked.harvest.control);
}

#[test]
fn variants_differ_in_what_the_student_learns_and_not_in_what_was_logged() {
    let (folder, world) = (Folder::new("variants"), Shakespeare::open().unwrap());
    let cache = Cache::open(&folder.0).unwrap();
    let variants = [
        Variant::Marked,
        Variant::Clean,
        Variant::OtherKey,
        Variant::Edited { rate: 0.3 },
    ];
    let all: Vec<Left> = variants
        .into_iter()
        .map(|variant| left(&arm(0.5, variant), &world, &cache))
        .collect();
    let losses: HashSet<String> = all
        .iter()
        .map(|left| format!("{:?}", left.losses))
        .collect();
    assert_eq!(losses.len(), variants.len(), "each learnt from other text");
    for left in &all {
        assert_eq!(left.harvest, all[0].harvest);
        assert_eq!(left.asked.generic.control, all[0].asked.generic.control);
    }
    let twice = left(
        &arm(0.5, Variant::SecondFinetune { amount: 0.4 }),
        &world,
        &cache,
    );
    assert_eq!(
        twice.losses, all[0].losses,
        "the first training is that of the marked arm"
    );
    assert_eq!(twice.second_losses.len(), 1);
    assert_ne!(twice.asked.generic.answers, all[0].asked.generic.answers);
}

#[test]
fn what_cannot_be_run_is_refused() {
    let (folder, world) = (Folder::new("refused"), Shakespeare::open().unwrap());
    let cache = Cache::open(&folder.0).unwrap();
    let refused = |change: &dyn Fn(&mut Arm)| {
        let mut arm = arm(0.5, Variant::Marked);
        change(&mut arm);
        let result = run(
            &arm,
            &world,
            &cache,
            &mut |m| Ok(m.clone()),
            &mut |_, _, _| {},
        );
        match result {
            Err(StudyError::Setting { what }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|arm| arm.share = 0.0).contains("share 0"));
    assert!(refused(&|arm| arm.size.batch = 0).contains("positive"));
    assert!(refused(&|arm| arm.share = 1.0).contains("training_prompts"));
    assert!(refused(&|arm| arm.size.training_prompts = 100_000).contains("world shakespeare"));
}

/// A teacher whose tokens are words, and who repeats its prompt.
fn word_answers(count: u32, shift: u32) -> Vec<TeacherAnswer> {
    let word = |i: u32| i % 40 + 1;
    (0..count)
        .map(|i| TeacherAnswer {
            prompt: vec![word(i), word(i + 7)],
            answer: (0..10 + i % 5).map(|k| word(i + k * 3 + shift)).collect(),
        })
        .collect()
}

#[test]
fn a_world_of_files_runs_arms_too() {
    let mut pieces = vec![vec![]];
    pieces.extend((0..40).map(|i| format!(" word{i}").into_bytes()));
    let corpus = |cohort, shift, byte| Corpus {
        scheme: Scheme::GUMBEL,
        window: 2,
        cohort,
        key: CohortKey::from_bytes([byte; 32]),
        answers: word_answers(30, shift),
    };
    let settings = CorporaSettings {
        tokens: 30,
        layers: 1,
        width: 32,
        prompt_tokens: 16,
        answer_tokens: 24,
        base_passes: 1,
        held_out: 4,
    };
    let world = |marked| Corpora::new(pieces.clone(), &word_answers(40, 0), marked, settings);
    let tested = || corpus(Cohort::Tested, 1, 1);
    let (folder, both) = (
        Folder::new("files"),
        world(vec![tested(), corpus(Cohort::Other, 2, 2)]).unwrap(),
    );
    let cache = Cache::open(&folder.0).unwrap();
    assert_eq!(both.prompts(PromptKind::Training), 32);
    let mut arm = arm(0.25, Variant::Marked);
    arm.size.training_prompts = 28;
    let found = left(&arm, &both, &cache);
    assert_eq!((found.harvest.len(), found.other.len()), (5, 5));
    let text = both.text(&found.harvest[0].answer);
    assert!(text.starts_with(" word"), "{text}");
    let longest = found
        .asked
        .generic
        .answers
        .iter()
        .map(|one| one.answer.len())
        .max();
    assert!(longest <= Some(24));

    // Without another cohort's answers there is no such log, and a student of it cannot be made.
    let alone = world(vec![tested()]).unwrap();
    assert!(left(&arm, &alone, &cache).other.is_empty());
    arm.variant = Variant::OtherKey;
    let mut keep = |model: &Transformer| Ok(model.clone());
    let refused = run(&arm, &alone, &cache, &mut keep, &mut |_, _, _| {}).unwrap_err();
    assert!(refused.to_string().contains("cohort others"), "{refused}");

    let mut astray = tested();
    astray.answers.swap(0, 1);
    let refused = world(vec![astray]).unwrap_err();
    assert!(refused.to_string().contains("in their order"), "{refused}");
}
