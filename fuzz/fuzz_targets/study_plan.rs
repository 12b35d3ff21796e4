//! A study's plan.
#![no_main]
use hallmark_study::plan::Plan;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

fuzz_target!(|text: &str| {
    if let Ok(plan) = Plan::parse(text) {
        let names: BTreeSet<&str> = plan.arms.iter().map(|arm| &*arm.name).collect();
        assert_eq!(names.len(), plan.arms.len());
    }
});
