//! The embedded assets: they load, they are the files that were committed, and no text serves two purposes.

use std::collections::HashSet;

use hallmark_lab::assets::{self, Split};
use hallmark_lab::evaluate;
use sha2::{Digest, Sha256};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets")
            .join(name),
    )
    .expect("a committed file")
}

#[test]
fn files_have_the_digests_in_their_list() {
    let list = String::from_utf8(file("SHA256SUMS")).unwrap();
    let mut names = HashSet::new();
    for line in list.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let found: String = Sha256::digest(file(name))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(found, digest, "{name}");
        names.insert(name.to_owned());
    }
    assert_eq!(names.len(), 3, "corpus and two checkpoints");
}

#[test]
fn documents_are_distinct_works_with_one_purpose() {
    let corpus = assets::corpus().unwrap();
    let names: HashSet<_> = corpus.iter().map(|d| &d.name).collect();
    assert_eq!((corpus.len(), names.len()), (42, 42));
    let count = |split| corpus.iter().filter(|d| d.split == split).count();
    assert_eq!(
        (
            count(Split::Train),
            count(Split::Prompts),
            count(Split::Validation)
        ),
        (31, 9, 2)
    );
    assert!(
        corpus
            .iter()
            .all(|d| d.text.len() > 1_500 && d.text.is_ascii()),
        "plain ASCII"
    );
}

#[test]
fn tokens_give_the_text_back() {
    let tokenizer = assets::tokenizer().unwrap();
    for document in assets::corpus().unwrap().iter().take(3) {
        let tokens = tokenizer.encode(&document.text);
        assert_eq!(
            tokenizer.decode(&tokens),
            document.text,
            "{}",
            document.name
        );
        assert!(tokens.iter().all(|&token| token < 1024));
    }
    let odd = "“Ô temps” — \u{1f600}\n\ttab";
    assert_eq!(tokenizer.decode(&tokenizer.encode(odd)), odd);
}

#[test]
fn prompts_differ_and_have_one_length() {
    let tokenizer = assets::tokenizer().unwrap();
    let prompts = assets::prompts(1, 12, &tokenizer).unwrap();
    assert!(prompts.len() > 6_000, "{}", prompts.len());
    assert!(prompts.iter().all(|prompt| prompt.len() == 12));
    assert_eq!(prompts.iter().collect::<HashSet<_>>().len(), prompts.len());
    let other = assets::prompts(2, 12, &tokenizer).unwrap();
    assert_ne!(prompts, other);
    assert_eq!(
        prompts.iter().collect::<HashSet<_>>(),
        other.iter().collect()
    );
}

#[test]
fn both_models_have_learnt_to_write() {
    let tokenizer = assets::tokenizer().unwrap();
    let held_out = assets::tokens(Split::Validation, &tokenizer).unwrap();
    let teacher = evaluate(&assets::teacher().unwrap(), &held_out, 128, 32).unwrap();
    let student = evaluate(&assets::student_base().unwrap(), &held_out, 128, 32).unwrap();
    // An untrained model: ln 1024 = 6.93.
    assert!(teacher < 3.6, "{teacher}");
    assert!(student < 3.8, "{student}");
}
