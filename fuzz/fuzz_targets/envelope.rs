//! Signed statements: what is read is written as the same, and only the signed bytes verify.
#![no_main]
use ed25519_dalek::SigningKey;
use hallmark_verify::dsse::{Envelope, Statement};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(statement) = Statement::parse(bytes) {
        let written = statement.to_json().expect("a statement is JSON");
        assert_eq!(Statement::parse(&written).as_ref(), Ok(&statement));
    }
    let mut envelope = match Envelope::parse(bytes) {
        Ok(envelope) => envelope,
        Err(error) => return drop(error.to_string()),
    };
    assert_eq!(Envelope::parse(envelope.to_json().as_bytes()).as_ref(), Ok(&envelope));
    // Nobody who fuzzes has this key.
    let key = SigningKey::from_bytes(&[9; 32]);
    assert!(envelope.verify(&[key.verifying_key()]).is_err());
    if envelope.add_signature(&key).is_ok() {
        match envelope.verify(&[key.verifying_key()]) {
            Ok(verified) => assert_eq!(verified.signers, [key.verifying_key()]),
            Err(error) => drop(error.to_string()),
        }
    }
});
