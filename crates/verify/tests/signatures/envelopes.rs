//! Envelopes and the statements in them.

use ed25519_dalek::{SigningKey, VerifyingKey};
use hallmark_verify::dsse::{DsseError, Envelope, Statement, Subject, pre_authentication_encoding};
use hallmark_verify::public_id;
use proptest::prelude::*;
use serde_json::{Value, json};

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn public(byte: u8) -> VerifyingKey {
    key(byte).verifying_key()
}

fn statement() -> Statement {
    Statement {
        subjects: vec![Subject {
            name: "plan.json".to_owned(),
            sha256: [0xab; 32],
        }],
        predicate_type: "https://example.org/plan/v1".to_owned(),
        predicate: json!({"alpha": 0.01, "keys": ["a", null, true, -3, {"deep": 18_446_744_073_709_551_615_u64}]}),
    }
}

/// An envelope around any payload, signed by key 1.
fn around(payload: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use ed25519_dalek::Signer;
    let signature = key(1).sign(&pre_authentication_encoding(payload));
    json!({
        "payload": STANDARD.encode(payload),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"keyid": public_id(&public(1)), "sig": STANDARD.encode(signature.to_bytes())}],
    })
    .to_string()
}

fn read(text: &str) -> Result<Statement, DsseError> {
    let verified = Envelope::parse(text.as_bytes())?.verify(&[public(1)])?;
    Ok(verified.statement)
}

#[test]
fn statements_are_read_as_they_were_signed() {
    let mut envelope = Envelope::sign(&statement(), &key(1)).unwrap();
    envelope.add_signature(&key(2)).unwrap();
    let again = Envelope::parse(envelope.to_json().as_bytes()).unwrap();
    assert_eq!(again, envelope);
    let verified = again.verify(&[public(2), public(3), public(1)]).unwrap();
    assert_eq!(verified.statement, statement());
    assert_eq!(verified.signers, [public(1), public(2)]);
}

#[test]
fn strangers_are_passed_over_and_alone_not_enough() {
    let mut envelope = Envelope::sign(&statement(), &key(1)).unwrap();
    envelope.add_signature(&key(2)).unwrap();
    assert_eq!(envelope.verify(&[public(2)]).unwrap().signers, [public(2)]);
    assert_eq!(envelope.verify(&[public(3)]), Err(DsseError::NoKnownKey));
    assert_eq!(envelope.verify(&[]), Err(DsseError::NoKnownKey));
    let again = envelope.add_signature(&key(2));
    assert!(matches!(again, Err(DsseError::SignedTwice { .. })));
}

#[test]
fn a_bad_signature_of_a_known_key_refuses_the_envelope() {
    let mut envelope = Envelope::sign(&statement(), &key(1)).unwrap();
    envelope.add_signature(&key(2)).unwrap();
    let mut form: Value = serde_json::from_str(&envelope.to_json()).unwrap();
    form["signatures"][1]["sig"] = form["signatures"][0]["sig"].clone();
    let mixed = Envelope::parse(form.to_string().as_bytes()).unwrap();
    assert!(mixed.verify(&[public(1)]).is_ok());
    let both = mixed.verify(&[public(1), public(2)]);
    assert!(matches!(both, Err(DsseError::BadSignature { .. })));
    form["signatures"][1] = form["signatures"][0].clone();
    let twice = Envelope::parse(form.to_string().as_bytes()).unwrap();
    assert!(matches!(
        twice.verify(&[public(1)]),
        Err(DsseError::SignedTwice { .. })
    ));
}

#[test]
fn a_changed_bit_anywhere_in_an_envelope_is_refused() {
    let text = Envelope::sign(&statement(), &key(1)).unwrap().to_json();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let held = Envelope::parse(&bytes).and_then(|envelope| envelope.verify(&[public(1)]));
            assert!(held.is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn envelopes_have_no_fields_of_their_own_and_one_spelling() {
    let good = around(&statement().to_json().unwrap());
    assert_eq!(read(&good), Ok(statement()));
    for (from, to) in [
        ("\"payload\":", "\"more\":1,\"payload\":"),
        ("\"keyid\":", "\"more\":1,\"keyid\":"),
        (
            "\"payloadType\":",
            "\"payloadType\":\"application/vnd.in-toto+json\",\"payloadType\":",
        ),
        ("vnd.in-toto+json", "json"),
        ("\"signatures\":[", "\"signatures\":[1,"),
        ("\"payload\":\"", "\"payload\":\" "),
        ("\"sig\":\"", "\"sig\":\"="),
        ("==\"}", "\"}"),
    ] {
        assert!(good.contains(from), "{from}");
        let changed = good.replacen(from, to, 1);
        assert!(Envelope::parse(changed.as_bytes()).is_err(), "{to}");
    }
}

#[test]
fn statements_are_refused_even_when_signed() {
    let good = String::from_utf8(statement().to_json().unwrap()).unwrap();
    let digest = "ab".repeat(32);
    for (from, to) in [
        ("Statement/v1", "Statement/v2"),
        ("\"predicate\":", "\"more\":1,\"predicate\":"),
        ("\"name\":", "\"uri\":\"x\",\"name\":"),
        ("\"sha256\":", "\"sha512\":\"x\",\"sha256\":"),
        (&digest, &digest[2..]),
        (&digest, &digest.to_uppercase()),
        ("\"alpha\":", "\"alpha\":1,\"alpha\":"),
        ("\"deep\":", "\"deep\":1,\"deep\":"),
        ("\"deep\":", "\"x\":1e999,\"deep\":"),
    ] {
        assert!(good.contains(from), "{from}");
        let changed = good.replacen(from, to, 1);
        assert!(read(&around(changed.as_bytes())).is_err(), "{changed}");
    }
    for nested in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let deep = good.replacen("\"predicate\":", &format!("\"predicate\":{nested}"), 1);
        assert!(read(&around(deep.as_bytes())).is_err());
    }
}

#[test]
fn a_statement_has_subjects_of_different_names() {
    let mut none = statement();
    none.subjects.clear();
    assert!(matches!(
        Envelope::sign(&none, &key(1)),
        Err(DsseError::Subjects { found: 0, .. })
    ));
    let mut twice = statement();
    twice.subjects.push(twice.subjects[0].clone());
    assert!(matches!(
        Envelope::sign(&twice, &key(1)),
        Err(DsseError::TwoSubjects { .. })
    ));
    let many = (0..65_537).map(|at| Subject {
        name: at.to_string(),
        sha256: [0; 32],
    });
    let many = Statement {
        subjects: many.collect(),
        ..statement()
    };
    assert!(matches!(many.to_json(), Err(DsseError::Subjects { .. })));
}

#[test]
fn the_encoding_is_that_of_the_specification() {
    // DSSE version 1: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
    let encoded = pre_authentication_encoding("é world".as_bytes());
    assert_eq!(
        encoded,
        "DSSEv1 28 application/vnd.in-toto+json 8 é world".as_bytes()
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Envelope::parse(&bytes).is_err());
        prop_assert!(Statement::parse(&bytes).is_err());
    }
}
