//! A key file: what is read is written as a file of the same key, whatever the comments are; no error repeats a key.
#![no_main]
use hallmark_core::keys::KeyFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match KeyFile::parse(text) {
        Ok(key) => {
            let written = key.to_text(&[text.to_owned()]);
            let again = KeyFile::parse(&written).expect("a key file");
            assert_eq!(again.public_id(), key.public_id());
            assert_eq!(again.marking_key().public_id(), key.marking_key().public_id());
            assert_eq!(*again.to_text(&[]), *key.to_text(&[]));
        }
        Err(error) => {
            let said = error.to_string();
            let digits = |c: char| c.is_ascii_hexdigit();
            for secret in text.split(|c| !digits(c)).filter(|run| run.len() >= 16) {
                assert!(!said.contains(secret));
            }
        }
    }
});
