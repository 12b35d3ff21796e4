//! A library's plan: one text for one plan, and an examination by it of answers at hand, under no key that it names.
#![no_main]
use hallmark::Plan;
use hallmark::examine::examine_records;
use hallmark::progress::silent;
use hallmark_core::keys::{Key, RootKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut plan: Plan = match serde_json::from_slice(bytes) {
        Ok(plan) => plan,
        Err(error) => return drop(error.to_string()),
    };
    let written = hallmark::json::to_json(&plan, false).expect("a plan is JSON");
    let again: Plan = serde_json::from_str(&written).expect("and is read again");
    assert_eq!(again, plan);
    assert_eq!(again.digest().ok(), plan.digest().ok());
    // Files of the machine that fuzzes are nobody's input.
    if plan.paths_mut().next().is_some() || !plan.logs.is_empty() || !plan.answers.files.is_empty() {
        return;
    }
    plan.decoys = plan.decoys.min(20);
    let key = Key::Cohort(RootKey::from_bytes([7; 32]).default_cohort());
    for tried in plan.keys.iter_mut().chain(&mut plan.controls).take(1) {
        tried.key_id = key.public_id().to_string();
    }
    if let Ok(examined) = examine_records(&plan, &[key], std::iter::empty(), &mut silent) {
        let json = hallmark::json::to_json(&examined, true).expect("a result is JSON");
        assert_eq!(serde_json::from_str::<hallmark::Examined>(&json).expect("and is read again"), examined);
    }
});
