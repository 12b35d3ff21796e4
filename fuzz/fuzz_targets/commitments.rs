//! Commitments, and the manifest of a bundle.
#![no_main]
use hallmark_verify::formats::{Commitments, Manifest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(commitments) = serde_json::from_slice::<Commitments>(bytes) {
        let written = serde_json::to_vec(&commitments).expect("commitments are JSON");
        assert_eq!(serde_json::from_slice::<Commitments>(&written).expect("and are read again"), commitments);
        for key in &commitments.keys {
            assert!(commitments.key(&key.key_id).is_some());
        }
    }
    if let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) {
        let written = serde_json::to_vec(&manifest).expect("a manifest is JSON");
        assert!(serde_json::from_slice::<Manifest>(&written).is_ok());
    }
});
