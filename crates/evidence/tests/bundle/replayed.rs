//! A replay reads what was examined and nothing else, and says what differs.

use crate::fixture::{Memory, bundle, keys};
use hallmark::progress::silent;
use hallmark_core::keys::{CohortKey, Key, KeyFile};
use hallmark_evidence::replay::{Disclosure, replay};
use hallmark_verify::Verdict;
use serde_json::{Value, json};

const FINDINGS: &str = "runs/1/findings.json";

fn disclosed() -> Vec<Key> {
    keys().iter().map(|named| named.key.marking_key()).collect()
}

fn altered(alter: impl Fn(&mut Value)) -> Memory {
    let mut bundle = bundle();
    let mut findings: Value = serde_json::from_str(bundle.text(FINDINGS)).unwrap();
    alter(&mut findings);
    let text = serde_json::to_string_pretty(&findings).unwrap() + "\n";
    bundle.0.insert(FINDINGS.to_owned(), text.into_bytes());
    bundle
}

fn replayed(bundle: &Memory, keys: &[Key]) -> hallmark::Result<Vec<(String, Verdict, String)>> {
    let disclosure = Disclosure {
        keys,
        openings: &[],
        items: &[],
    };
    let verified = replay(bundle, &disclosure, &mut silent)?;
    let checks = verified.checks.into_iter();
    Ok(checks
        .map(|check| (check.what, check.verdict, check.detail))
        .collect())
}

/// A bundle is somebody else's: its plan could name any file of the machine that replays it.
#[test]
fn a_plan_that_reads_other_files_is_not_followed() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    let path = outside.path().to_str().unwrap().to_owned();
    for field in [
        "/plan/answers/files/0",
        "/plan/first_visits/0",
        "/plan/logprobs/0",
    ] {
        let bundle = altered(|findings| {
            *findings.pointer_mut(field).unwrap() = json!(path);
        });
        let error = replayed(&bundle, &disclosed()).unwrap_err();
        assert!(
            error.what.contains("which is no file that was examined"),
            "{field}: {error}"
        );
    }
}

/// Every run is made again: an altered number is named with its place, and keys that nobody committed to are said.
#[test]
fn what_differs_is_named_with_its_place() {
    let all = replayed(&bundle(), &disclosed()).unwrap();
    let same: Vec<_> = all
        .iter()
        .filter(|(what, ..)| what.ends_with("the same bytes again"))
        .collect();
    assert_eq!(same.len(), 2);
    assert!(
        same.iter()
            .all(|(_, verdict, _)| *verdict == Verdict::Holds)
    );
    let opened: Vec<_> = all
        .iter()
        .filter(|(what, ..)| what.ends_with("opens its commitment"))
        .collect();
    assert_eq!(opened.len(), 3);
    assert!(
        opened
            .iter()
            .all(|(_, verdict, _)| *verdict == Verdict::NotChecked)
    );

    let other = altered(|findings| findings["tests"][0]["statistic"] = json!(1.5));
    let all = replayed(&other, &disclosed()).unwrap();
    let (_, verdict, detail) = all
        .iter()
        .find(|(what, ..)| what.starts_with(FINDINGS))
        .unwrap();
    assert_eq!(*verdict, Verdict::Fails);
    let (good, bad) = (bundle(), other);
    let (good, bad) = (
        good.text(FINDINGS).as_bytes(),
        bad.text(FINDINGS).as_bytes(),
    );
    let at = good.iter().zip(bad).position(|(a, b)| a != b).unwrap();
    assert!(
        detail.ends_with(&format!("different from byte {at} on")),
        "{detail}"
    );

    let mut more = disclosed();
    more.push(KeyFile::Cohort(CohortKey::from_bytes([77; 32])).marking_key());
    let all = replayed(&bundle(), &more).unwrap();
    let unknown = all
        .iter()
        .find(|(_, _, detail)| detail == "no commitment names it");
    assert_eq!(unknown.unwrap().1, Verdict::Fails);
}
