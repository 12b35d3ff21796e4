//! The story's shape, on settings small enough for a test. Its evidence is measured by the studies.

use hallmark_lab::{LabError, Unmarked};
use hallmark_study::story::{self, Settings, Size, Stage};

fn small() -> Settings {
    Settings {
        harvest: 8,
        examination: 6,
        answer_tokens: 10,
        passes: 2,
        batch: 4,
        ..Settings::of(Size::Default)
    }
}

#[test]
fn a_story_leaves_answers_of_teacher_and_students() {
    let mut stages = Vec::new();
    let told = story::tell(3, &small(), &mut Unmarked, &mut |stage, done, all| {
        if done == all {
            stages.push((stage, all));
        }
    })
    .unwrap();
    assert_eq!((told.marked.len(), told.clean.len()), (8, 8));
    assert!(
        told.marked
            .iter()
            .zip(&told.clean)
            .all(|(a, b)| a.prompt == b.prompt)
    );
    // Both are unmarked here, and still must not be the same draws.
    assert_ne!(told.marked, told.clean);
    let [marked, clean] = &told.students;
    assert!(marked.trained_on_marked && !clean.trained_on_marked);
    for student in &told.students {
        assert_eq!((student.answers.len(), student.losses.len()), (6, 4));
        assert!(
            student
                .answers
                .iter()
                .all(|answer| answer.answer.len() == 10 && answer.prompt.len() == 12)
        );
        assert!(
            student
                .answers
                .iter()
                .all(|fresh| told.marked.iter().all(|seen| seen.prompt != fresh.prompt))
        );
    }
    assert_ne!(marked.answers, clean.answers);
    assert_eq!(
        stages,
        [
            (Stage::MarkedTeacher, 80),
            (Stage::CleanTeacher, 80),
            (Stage::MarkedTraining, 4),
            (Stage::CleanTraining, 4),
            (Stage::MarkedAnswers, 60),
            (Stage::CleanAnswers, 60)
        ]
    );
}

#[test]
fn more_prompts_than_the_corpus_has_are_refused() {
    let settings = Settings {
        harvest: 50_000,
        ..small()
    };
    let refused = story::tell(3, &settings, &mut Unmarked, &mut |_, _, _| {});
    assert!(matches!(
        refused,
        Err(LabError::Setting {
            name: "harvest",
            ..
        })
    ));
}
