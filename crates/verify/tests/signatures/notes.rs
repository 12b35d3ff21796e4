//! Signed notes and their keys.

use ed25519_dalek::SigningKey;
use hallmark_verify::note::{MAX_SIGNATURES, Note, NoteError, VerifierKey};
use proptest::prelude::*;

const NAME: &str = "log.example/evidence";

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn public(name: &str, byte: u8) -> VerifierKey {
    VerifierKey::new(name, key(byte).verifying_key()).unwrap()
}

fn signed(text: &str, signers: &[(&str, u8)]) -> Note {
    let mut note = Note::new(text).unwrap();
    for (name, byte) in signers {
        note.sign(name, &key(*byte)).unwrap();
    }
    note
}

#[test]
fn the_example_of_the_first_implementation_verifies() {
    let known: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        .parse()
        .unwrap();
    let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(&known)), Ok(vec![&known]));
    assert_eq!(known.name(), "PeterNeumann");
}

#[test]
fn keys_are_read_as_they_were_written() {
    let known = public(NAME, 1);
    assert_eq!(known.to_string().parse(), Ok(known.clone()));
    // A public log's key, whose base64 holds a plus.
    let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
}

#[test]
fn a_changed_bit_anywhere_in_a_key_is_refused() {
    let text = public(NAME, 1).to_string();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            if let Ok(text) = str::from_utf8(&bytes) {
                assert!(text.parse::<VerifierKey>().is_err(), "{text}");
            }
        }
    }
}

#[test]
fn weak_keys_and_unfit_names_are_refused() {
    // The neutral element: with it, one signature fits every text.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = ed25519_dalek::VerifyingKey::from_bytes(&neutral).unwrap();
    assert!(VerifierKey::new(NAME, weak).is_err());
    for name in [
        "",
        "a b",
        "a+b",
        "a\u{2003}b",
        "a\nb",
        "a\u{7f}",
        &"x".repeat(257),
    ] {
        assert!(
            VerifierKey::new(name, key(1).verifying_key()).is_err(),
            "{name:?}"
        );
    }
    assert!("log+00000000+AA==".parse::<VerifierKey>().is_err());
}

#[test]
fn known_keys_are_told_and_others_passed_over() {
    let note = signed("a\n\nb\n", &[("one", 1), ("two", 2), ("three", 3)]);
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(note.text(), "a\n\nb\n");
    let known = [public("three", 3), public("one", 1), public("four", 4)];
    assert_eq!(note.verify(&known), Ok(vec![&known[1], &known[0]]));
    // The same key under another name is another key, and another key under the same name.
    for stranger in [public("two", 1), public("one", 2)] {
        let refused = note.verify(std::slice::from_ref(&stranger));
        assert!(matches!(refused, Err(NoteError::NoKnownKey { .. })));
    }
    assert!(note.verify(&[]).is_err());
}

#[test]
fn a_bad_signature_of_a_known_key_refuses_the_note() {
    let good = signed("a\n", &[("one", 1), ("two", 2)]).to_string();
    let other = signed("b\n", &[("one", 1), ("two", 2)]).to_string();
    let last = |text: &str| text.lines().last().unwrap().to_owned();
    let mixed = good.replace(&last(&good), &last(&other));
    let note = Note::parse(mixed.as_bytes()).unwrap();
    assert!(note.verify(&[public("one", 1)]).is_ok());
    let both = [public("one", 1), public("two", 2)];
    assert_eq!(
        note.verify(&both),
        Err(NoteError::BadSignature {
            name: "two".to_owned()
        })
    );
}

#[test]
fn a_key_signs_once() {
    let mut note = signed("a\n", &[("one", 1)]);
    assert!(matches!(
        note.sign("one", &key(1)),
        Err(NoteError::SignedTwice { .. })
    ));
    let text = note.to_string();
    let twice = format!("{text}{}\n", text.lines().last().unwrap());
    let twice = Note::parse(twice.as_bytes()).unwrap();
    assert!(matches!(
        twice.verify(&[public("one", 1)]),
        Err(NoteError::SignedTwice { .. })
    ));
}

#[test]
fn sixteen_signatures_are_read_and_too_many_refused() {
    let lines = |count: u8| {
        let names: Vec<String> = (0..count).map(|at| format!("key{at}")).collect();
        let signers: Vec<(&str, u8)> = names.iter().map(String::as_str).zip(1..).collect();
        signed("a\n", &signers).to_string()
    };
    assert_eq!(
        Note::parse(lines(16).as_bytes())
            .unwrap()
            .signatures()
            .len(),
        16
    );
    let most = lines(MAX_SIGNATURES as u8);
    assert!(Note::parse(most.as_bytes()).is_ok());
    let more = format!("{most}— one AAAAAAA=\n");
    assert_eq!(
        Note::parse(more.as_bytes()),
        Err(NoteError::TooManySignatures)
    );
}

#[test]
fn what_is_no_note_is_refused_with_its_line() {
    for (bytes, error) in [
        (&b""[..], NoteError::OpenLine),
        (b"a\n", NoteError::NoSignature),
        (b"a\n\n", NoteError::NoSignature),
        (b"a\n\n\xff\n", NoteError::NotUtf8 { byte: 3 }),
        (b"a\n\r\nb\n", NoteError::Control { line: 2 }),
        (b"a\n\n\xe2\x80\x94 one AAAAAAA=", NoteError::OpenLine),
        (b"a\n\nb\n", NoteError::SignatureLine { line: 3 }),
        (
            b"a\nb\n\n\xe2\x80\x94 one AAAAAAA=\n- one AAAAAAA=\n",
            NoteError::SignatureLine { line: 5 },
        ),
        (
            b"a\n\n\xe2\x80\x94 one AAAA\n",
            NoteError::SignatureLine { line: 3 },
        ),
        (
            b"a\n\n\xe2\x80\x94 one AAAAAA==\n",
            NoteError::SignatureLine { line: 3 },
        ),
        (
            b"a\n\n\xe2\x80\x94 one AAAAAAB=\n",
            NoteError::SignatureLine { line: 3 },
        ),
        (
            b"a\n\n\xe2\x80\x94 one  AAAAAAA=\n",
            NoteError::SignatureLine { line: 3 },
        ),
        (
            b"a\n\n\xe2\x80\x94 o+e AAAAAAA=\n",
            NoteError::SignatureLine { line: 3 },
        ),
    ] {
        assert_eq!(
            Note::parse(bytes),
            Err(error),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    assert_eq!(Note::parse(&vec![b'a'; 1 << 20]), Err(NoteError::TooLong));
    assert_eq!(Note::new("a"), Err(NoteError::OpenLine));
    assert!(Note::new("a\tb\n").is_err());
}

#[test]
fn a_changed_bit_anywhere_in_a_note_is_refused() {
    let text = signed("one line\nand another\n", &[(NAME, 1)]).to_string();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let held = Note::parse(&bytes).and_then(|note| {
                let known = public(NAME, 1);
                note.verify(std::slice::from_ref(&known)).map(|_| ())
            });
            assert!(held.is_err(), "byte {at} bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn notes_are_read_as_they_were_written(lines in prop::collection::vec("[^\\p{Cc}]{0,20}", 0..6), count in 1_u8..4) {
        let names = ["one", "two", "three"];
        let signers: Vec<_> = names.into_iter().zip(1..=count).collect();
        let note = signed(&format!("{}\n", lines.join("\n")), &signers);
        let again = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&again, &note);
        let known: Vec<_> = signers.iter().map(|(name, byte)| public(name, *byte)).collect();
        prop_assert_eq!(again.verify(&known).unwrap().len(), usize::from(count));
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Note::parse(&bytes).is_err());
        prop_assert!(String::from_utf8_lossy(&bytes).parse::<VerifierKey>().is_err());
    }
}
