//! A case's folder: what comes into it, once, under which name, and what it cannot do without.

use crate::fixture::{keys, make, profile_of};
use hallmark::progress::silent;
use hallmark_evidence::case::{Case, Run};
use hallmark_verify::formats::{CaseLog, Event};
use std::path::{Path, PathBuf};

fn examine(case: &Path, answers: &[PathBuf], note: Option<&str>) -> hallmark::Result<()> {
    let keys = keys().map(|named| named.key.marking_key());
    let mut run = Run {
        keys: &keys,
        answers,
        logs: &[],
        note: note.map(str::to_owned),
        change: &mut |_| Ok(()),
    };
    Case::open(case)?.examine(&mut run, &mut silent).map(|_| ())
}

/// The files that came in, as the log has them, and the names that they had.
fn taken(case: &Path) -> Vec<(String, String)> {
    let log = std::fs::read_to_string(case.join(CaseLog::FILE)).unwrap();
    let entries = CaseLog::read(&log).unwrap().entries.into_iter();
    let taken = entries.filter_map(|entry| match entry.event {
        Event::TookIn { file, from, .. } if file.contains("answers") => Some((file, from)),
        _ => None,
    });
    taken.collect()
}

#[test]
fn a_file_comes_in_once_under_its_own_name_and_another_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    make(folder.path(), &profile_of("gumbel", ""));
    let case = at("case");
    let first = ("items/answers.jsonl".to_owned(), "answers.jsonl".to_owned());
    assert_eq!(
        taken(&case),
        std::slice::from_ref(&first),
        "without the folders of this machine"
    );
    // The same again: it is there, and known.
    examine(&case, &[at("answers.jsonl")], None).unwrap();
    assert_eq!(taken(&case), std::slice::from_ref(&first));
    // Other answers of the same name stand beside them, and are those that are examined.
    std::fs::create_dir(at("more")).unwrap();
    let text = std::fs::read_to_string(at("answers.jsonl")).unwrap();
    let other: String = text
        .lines()
        .take(20)
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(at("more/answers.jsonl"), &other).unwrap();
    let _ = examine(&case, &[at("more/answers.jsonl")], Some("fewer answers"));
    let second = (
        "items/2-answers.jsonl".to_owned(),
        "answers.jsonl".to_owned(),
    );
    assert_eq!(taken(&case), [first.clone(), second.clone()]);
    assert_eq!(
        std::fs::read_to_string(case.join("items/2-answers.jsonl")).unwrap(),
        other
    );
    // A third, and each of the three again.
    std::fs::write(at("more/answers.jsonl"), other.replacen("shop", "sale", 1)).unwrap();
    let _ = examine(&case, &[at("more/answers.jsonl")], Some("a third"));
    let _ = examine(&case, &[at("more/answers.jsonl")], Some("again"));
    let third = (
        "items/3-answers.jsonl".to_owned(),
        "answers.jsonl".to_owned(),
    );
    assert_eq!(taken(&case), [first.clone(), second.clone(), third.clone()]);
    // The same bytes under another name are another file.
    std::fs::copy(at("answers.jsonl"), at("same answers.jsonl")).unwrap();
    examine(&case, &[at("same answers.jsonl")], None).unwrap();
    let fourth = (
        "items/same answers.jsonl".to_owned(),
        "same answers.jsonl".to_owned(),
    );
    assert_eq!(taken(&case), [first, second, third, fourth]);
}

#[test]
fn a_case_without_a_file_of_its_plan_makes_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    make(folder.path(), &profile_of("gumbel", ""));
    let planned = std::fs::read_dir(at("case/inputs")).unwrap();
    for file in planned.map(|entry| entry.unwrap().path()) {
        let kept = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let error = examine(&at("case"), &[at("answers.jsonl")], None).unwrap_err();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(error.what.contains(name), "{error}");
        assert!(
            error
                .hint
                .unwrap()
                .contains("restore the file that the plan names")
        );
        std::fs::write(&file, kept).unwrap();
    }
    examine(&at("case"), &[at("answers.jsonl")], None).unwrap();
}
