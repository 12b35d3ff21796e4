//! Files altered by somebody who cannot sign.

use crate::alter;
use crate::fixture::{bundle, failing};
use rayon::prelude::*;

#[test]
fn an_honest_bundle_holds() {
    let verified = bundle().verified();
    assert!(verified.holds, "{:#?}", failing(&verified));
    let not_checked = verified
        .checks
        .iter()
        .filter(|check| check.verdict == hallmark_verify::Verdict::NotChecked);
    let not_checked: Vec<&str> = not_checked.map(|check| &check.what[..]).collect();
    let known = [
        "the signer is who you think",
        "counts: answers, tokens",
        "counts produced, identical answers, of the control sample",
        "smallest share and answers needed",
    ];
    let other = not_checked
        .iter()
        .find(|what| !known.iter().any(|known| what.contains(known)));
    assert_eq!(other, None);
}

#[test]
fn every_altered_field_of_every_file_is_noticed() {
    let bundle = bundle();
    let altered: Vec<(String, String, Vec<u8>)> = bundle
        .0
        .iter()
        .flat_map(|(name, bytes)| {
            let all = alter::all(name, bytes).into_iter();
            all.map(move |altered| (name.clone(), altered.what, altered.bytes))
        })
        .filter(|(name, _, bytes)| bundle.0[name] != *bytes)
        .collect();
    assert!(altered.len() > 1000, "{}", altered.len());
    let unnoticed: Vec<String> = altered
        .into_par_iter()
        .filter_map(|(name, what, bytes)| {
            let mut other = bundle.clone();
            other.0.insert(name.clone(), bytes);
            other.verified().holds.then(|| format!("{name}: {what}"))
        })
        .collect();
    assert_eq!(unnoticed, Vec::<String>::new());
}

#[test]
fn a_file_that_is_missing_added_or_exchanged_is_noticed() {
    let bundle = bundle();
    for name in bundle.0.keys() {
        let mut other = bundle.clone();
        other.0.remove(name);
        // The verifier takes what it is given: whoever removes proof and log key claims that nothing was logged, which the manifest denies.
        assert!(!other.verified().holds, "without {name}");
    }
    let mut other = bundle.clone();
    other.0.insert(
        "runs/2/findings.json".to_owned(),
        bundle.0["runs/1/findings.json"].clone(),
    );
    assert!(!other.verified().holds);
    let mut other = bundle.clone();
    let (plan, log) = (
        bundle.0["plan.tlog-proof"].clone(),
        bundle.0["commitments.tlog-proof"].clone(),
    );
    other.0.insert("plan.tlog-proof".to_owned(), log);
    other.0.insert("commitments.tlog-proof".to_owned(), plan);
    assert!(!other.verified().holds);
}
