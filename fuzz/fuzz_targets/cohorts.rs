//! A list of accounts and their clusters.
#![no_main]
use hallmark_evidence::cohorts::Units;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Units::read(text) {
        Ok(units) => {
            assert_eq!(units.accounts(), text.lines().count());
            let turned: Vec<&str> = text.lines().rev().collect();
            assert!(Units::read(&turned.join("\n")).is_ok_and(|turned| turned == units));
        }
        Err(error) => drop(error.to_string()),
    }
});
