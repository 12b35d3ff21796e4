//! Results of the program, read back: what is read is written as a text that reads as the same.
#![no_main]
use hallmark::power::Planned;
use hallmark::{Detected, Examined, Scanned};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

fuzz_target!(|bytes: &[u8]| {
    same::<Detected>(bytes);
    same::<Examined>(bytes);
    same::<Scanned>(bytes);
    same::<Planned>(bytes);
    let file = hallmark_fuzz::file(bytes, "json");
    match hallmark::merge::merge(&[file]) {
        Ok(merged) => drop(hallmark::json::to_json(&merged, true).expect("a result is JSON")),
        Err(error) => drop(error.to_string()),
    }
});

fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(result) = serde_json::from_slice::<T>(bytes) {
        let written = hallmark::json::to_json(&result, false).expect("a result is JSON");
        let again: T = serde_json::from_str(&written).expect("and is read again");
        assert_eq!(again, result);
    }
}
