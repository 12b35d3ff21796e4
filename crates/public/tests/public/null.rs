//! The public answer about real text that no key marked, under many keys: found no more often than the level says.

use crate::common::{Folder, HEAD};
use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_detector::interval::{Sides, clopper_pearson};
use hallmark_lab::assets;
use hallmark_public::{Answer, Judge, PublicDetector, Question};

/// Pieces of plays, some 250 tokens each, from all over the corpus.
fn texts() -> Vec<String> {
    let corpus = assets::corpus().unwrap();
    let documents = corpus
        .iter()
        .filter(|document| document.text.len() > 20_000);
    documents
        .map(|document| document.text.chars().skip(10_000).take(700).collect())
        .take(12)
        .collect()
}

/// How often a text is found under pairs of keys, and of how many answers.
fn found(decades: f64, pairs: u8) -> (u64, u64) {
    let texts = texts();
    assert!(texts.len() >= 6);
    let (mut found, mut answers) = (0, 0);
    for pair in 0..pairs {
        let head = format!("level = 0.01\ndither_decades = {decades}\nminimum_cells = 50\n{HEAD}");
        let folder = Folder::new(&head, "");
        for (name, which) in [("marking.key", 0), ("other.key", 1)] {
            let path = folder.0.path().join(name);
            std::fs::remove_file(&path).unwrap();
            let mut bytes = [5; 32];
            bytes[..2].copy_from_slice(&[pair, which]);
            let key = KeyFile::Root(RootKey::from_bytes(bytes));
            hallmark::files::keys::write(&path, &key, &[]).unwrap();
        }
        let detector = PublicDetector::load(&folder.config()).unwrap();
        for text in &texts {
            let answer = detector.answer(Question::Text(text.clone())).unwrap();
            assert_ne!(answer, Answer::TooShort);
            answers += 1;
            found += u64::from(answer == Answer::Found);
        }
    }
    (found, answers)
}

/// Pieces of different plays share little, so that the interval is near the right one.
#[test]
fn unmarked_text_is_found_no_more_often_than_the_level_says() {
    let (without, answers) = found(0.0, 250);
    let (with, _) = found(2.0, 250);
    for found in [without, with] {
        let low = clopper_pearson(answers, found, 0.001, Sides::Lower)
            .unwrap()
            .low;
        assert!(low <= 0.01, "{found} of {answers}");
    }
    // The dither only takes away; without it the level is nearly used up, or nothing was looked for.
    assert!(with < without, "{with} of {without}");
    let high = clopper_pearson(answers, without, 0.001, Sides::Upper)
        .unwrap()
        .high;
    assert!(high >= 0.008, "{without} of {answers}");
    println!("level 0.01: {without} of {answers} without dither, {with} with two decades");
}
