//! Openings of commitments, and signing keys, secret and public, in PEM.
#![no_main]
use hallmark_evidence::openings::Opening;
use hallmark_evidence::signer::{Signer, parse_public};
use hallmark_verify::public_key::from_pem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Opening::parse(text);
    if let Ok(signer) = Signer::parse(text) {
        assert_eq!(signer.id().len(), 16);
    }
    // Two readers of one format: what the auditor's reads, the other one reads as the same key.
    if let (Ok(key), Ok(ours)) = (parse_public(text), from_pem(text)) {
        assert_eq!(key, ours);
    }
});
