//! A profile: what is read is written as a file that reads as the same.
#![no_main]
use hallmark_core::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Profile::parse(text) {
        Ok(profile) => {
            profile.check().expect("what was read was checked");
            let written = profile.to_toml();
            assert_eq!(Profile::parse(&written).as_ref(), Ok(&profile), "{written}");
        }
        Err(error) => drop(error.to_string()),
    }
});
