//! What is left without each source of answers, as the report has it.

use crate::fixture::{Memory, bundle};
use hallmark::Examined;
use hallmark_detector::statistic::plain::p_value;
use hallmark_evidence::reported::reported;
use hallmark_report::SourcesAre;
use hallmark_verify::arithmetic::Cells;

/// The case with other cells.
fn with(cells: &Cells) -> Memory {
    let mut bundle = bundle();
    let bytes = cells.to_bytes().unwrap();
    bundle.0.insert("runs/1/cells.bin".to_owned(), bytes);
    bundle
}

fn cells() -> Cells {
    Cells::from_bytes(&bundle().0["runs/1/cells.bin"]).unwrap()
}

#[test]
fn groups_are_left_out_one_at_a_time_and_p_is_t1s() {
    let (bundle, cells) = (bundle(), cells());
    let case = reported(&bundle).unwrap();
    let examined: Examined = serde_json::from_str(bundle.text("runs/1/findings.json")).unwrap();
    let law = examined.profile.profile().unwrap().law();
    assert_eq!(case.sources_are, Some(SourcesAre::Groups));
    let told = cells.sources.as_ref().unwrap();
    assert_eq!(told.names, ["forum", "shop"]);
    assert_eq!(case.sources.len(), 2 * examined.keys.len());
    for source in &case.sources {
        let key = cells.keys.iter().find(|key| key.key_id == source.key_id);
        let number = told.names.iter().position(|name| *name == source.source);
        let kept = cells.answers.iter().zip(&key.unwrap().words);
        let kept = kept
            .filter(|(answer, _)| usize::from(told.answers[**answer as usize]) != number.unwrap());
        let words: Vec<u32> = kept.map(|(_, &word)| word).collect();
        assert_eq!(source.cells, words.len() as u64);
        let p = p_value(law, source.cells, law.sum(&words)).unwrap();
        assert!((p.value() - source.log10_p.value()).abs() < 1e-8);
    }
}

#[test]
fn tenths_stand_for_sources_where_there_is_one_or_none_is_told() {
    let mut cells = cells();
    let told = cells.sources.as_mut().unwrap();
    told.names = vec!["items/answers.jsonl".to_owned()];
    told.by = "file".to_owned();
    told.answers.fill(0);
    let case = reported(&with(&cells)).unwrap();
    assert_eq!(case.sources_are, Some(SourcesAre::TenthsOfOne));
    assert_eq!(case.sources.len(), 10 * case.examined.keys.len());
    assert_eq!(case.sources[0].source, "answers 1 to 2");
    cells.sources = None;
    let case = reported(&with(&cells)).unwrap();
    assert_eq!(case.sources_are, Some(SourcesAre::Tenths));
    assert_eq!(case.sources.len(), 10 * case.examined.keys.len());
}

/// Accounts of each cohort come from the table that was committed to; of keys that mark for no cohort nothing is stated.
#[test]
fn cohorts_have_the_sizes_and_dates_that_were_committed_to() {
    let case = reported(&bundle()).unwrap();
    let size = |name: &str| {
        let one = case.commitments.iter().find(|one| one.name == name);
        one.unwrap().cohort_size
    };
    assert_eq!(size("tested"), Some(30));
    assert_eq!(size("unused"), Some(0));
    assert_eq!(size("public"), None);
    let issued = case.commitments[0].issued.as_deref().unwrap();
    assert!(issued.starts_with("2026-12-01 to 2027-01-31"), "{issued}");
    let mut other = bundle();
    other.0.insert("cohorts.json".to_owned(), b"{}".to_vec());
    assert!(reported(&other).is_err());
}
