//! A serving file.
#![no_main]
use hallmark_serve::Config;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    match Config::parse(text, Path::new("serving.toml")) {
        Ok(config) => {
            if let Some(default) = &config.default {
                assert!(config.cohorts.contains_key(default));
            }
        }
        Err(error) => drop(error.to_string()),
    }
});
