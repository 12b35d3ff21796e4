//! Signed notes, keys that verify them, checkpoints.
#![no_main]
use ed25519_dalek::SigningKey;
use hallmark_verify::note::{Note, VerifierKey};
use hallmark_verify::tlog::Checkpoint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = SigningKey::from_bytes(&[9; 32]);
    let known = VerifierKey::new("log.example/evidence", key.verifying_key()).expect("a name");
    if let Ok(text) = str::from_utf8(bytes) {
        if let Ok(other) = text.parse::<VerifierKey>() {
            assert_eq!(other.to_string(), text);
        }
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            assert_eq!(checkpoint.text(), text);
            if let Ok(note) = checkpoint.sign(&key) {
                let keys = VerifierKey::new(&checkpoint.origin, key.verifying_key()).expect("it signed");
                assert_eq!(Checkpoint::verify(note.to_string().as_bytes(), &keys).as_ref(), Ok(&checkpoint));
            }
        }
    }
    let mut note = match Note::parse(bytes) {
        Ok(note) => note,
        Err(error) => return drop(error.to_string()),
    };
    assert_eq!(note.to_string().as_bytes(), bytes);
    assert!(note.verify(std::slice::from_ref(&known)).is_err());
    assert!(Checkpoint::verify(bytes, &known).is_err());
    if note.sign(known.name(), &key).is_ok() {
        let written = note.to_string();
        if let Ok(again) = Note::parse(written.as_bytes()) {
            assert_eq!(again.verify(std::slice::from_ref(&known)), Ok(vec![&known]));
        }
    }
});
