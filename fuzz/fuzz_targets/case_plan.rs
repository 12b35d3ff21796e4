//! A case's plan in TOML, and in what a run differs from it.
#![no_main]
use hallmark_verify::formats::CasePlan;
use hallmark_verify::plan::differences;
use hallmark_verify::{canonical_json, without_nulls};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let plan: CasePlan = match toml::from_str(text) {
        Ok(plan) => plan,
        Err(error) => return drop(error.to_string()),
    };
    let analysis = without_nulls(&plan.analysis);
    assert_eq!(differences(&analysis, &analysis), Vec::<String>::new());
    let canonical = canonical_json(&analysis);
    let again = serde_json::from_str(&canonical).expect("canonical JSON is JSON");
    assert_eq!(canonical_json(&again), canonical);
    let written = toml::to_string(&plan).expect("a plan is TOML");
    let again: CasePlan = toml::from_str(&written).expect("and is read again");
    assert_eq!(toml::to_string(&again).as_ref(), Ok(&written));
});
