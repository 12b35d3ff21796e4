//! Tokens that OpenSSL made, good ones and each kind of bad one, and what becomes of them when a byte is changed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hallmark_verify::timestamp::{Root, Stamped, TimestampError, Token, token_of_response};
use proptest::prelude::*;
use serde::Deserialize;
use std::time::Duration;

#[derive(Deserialize)]
struct Vectors {
    sha256: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    root: String,
    token: String,
    /// Nothing for tokens of the run that made them.
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

fn vectors() -> ([u8; 32], Vec<Case>) {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../vectors/timestamps.json")).unwrap();
    let hex = &vectors.sha256;
    let digest =
        std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap());
    (digest, vectors.cases)
}

fn case(name: &str) -> ([u8; 32], Vec<u8>, Root) {
    let (digest, cases) = vectors();
    let case = cases.into_iter().find(|case| case.name == name).unwrap();
    (
        digest,
        case.token(),
        Root::parse(case.root.as_bytes()).unwrap(),
    )
}

fn stamped(token: &[u8], digest: &[u8; 32], root: &Root) -> Result<Stamped, TimestampError> {
    Token::parse(token)?.verify(digest, root)
}

impl Case {
    fn token(&self) -> Vec<u8> {
        STANDARD.decode(&self.token).unwrap()
    }
}

#[test]
fn tokens_hold_or_are_refused_for_the_reason_that_they_were_made_for() {
    let (digest, cases) = vectors();
    assert!(cases.len() > 40);
    for case in &cases {
        let root = Root::parse(case.root.as_bytes()).unwrap();
        let found = stamped(&case.token(), &digest, &root).map_err(|error| error.to_string());
        match (&case.error, found) {
            (Some(expected), Err(found)) => {
                assert!(found.contains(expected), "{}: {found}", case.name);
            }
            (None, Ok(stamped)) => {
                let time = stamped.time.to_string();
                assert_eq!(case.time.as_ref().unwrap_or(&time), &time, "{}", case.name);
                assert!(time.starts_with("20"), "{}: {time}", case.name);
                assert!(stamped.authority.contains("tsa"), "{}", stamped.authority);
            }
            (expected, found) => panic!("{}: {expected:?}, {found:?}", case.name),
        }
    }
}

#[test]
fn a_token_tells_what_the_authority_said() {
    let (digest, token, root) = case("all fields");
    let read = Token::parse(&token).unwrap();
    assert_eq!((read.sha256(), read.nonce()), (digest, Some(&[0xff][..])));
    let stamped = read.verify(&digest, &root).unwrap();
    let accuracy = Duration::from_micros(5_999_001);
    assert_eq!((stamped.accuracy, &*stamped.serial), (Some(accuracy), "2a"));
    assert_eq!(
        (&*stamped.policy, &*stamped.authority),
        ("1.2.3.4", "CN=rsa tsa,O=Example")
    );
    let mut other = digest;
    other[31] ^= 1;
    assert_eq!(read.verify(&other, &root), Err(TimestampError::OtherDigest));
}

#[test]
fn roots_are_read_from_pem_and_der() {
    let (digest, token, root) = case("put together");
    let (_, cases) = vectors();
    let pem = cases
        .iter()
        .find(|case| case.name == "put together")
        .unwrap()
        .root
        .clone();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = Root::parse(&STANDARD.decode(base64).unwrap()).unwrap();
    assert_eq!(der.subject(), root.subject());
    assert!(stamped(&token, &digest, &der).is_ok());
    let commented = format!("subject=CN = rsa root\n{pem}");
    assert!(Root::parse(commented.as_bytes()).is_ok());
    let windows = pem.replace('\n', "\r\n");
    assert!(Root::parse(windows.as_bytes()).is_ok());
    let two = format!("{pem}{pem}");
    assert!(Root::parse(two.as_bytes()).is_err());
    for bytes in [
        &b""[..],
        b"-----BEGIN ",
        b"-----BEGIN CERTIFICATE-----\n",
        &[0x30; 1 << 20],
    ] {
        assert!(Root::parse(bytes).is_err());
    }
}

#[test]
fn a_changed_or_cut_token_never_says_anything_else() {
    for name in ["all fields", "p256 under ed25519"] {
        let (digest, token, root) = case(name);
        let good = stamped(&token, &digest, &root).unwrap();
        let mut still = 0;
        for at in 0..token.len() {
            let mut changed = token.clone();
            changed[at] ^= 1 << (at % 8);
            // Few bytes are not signed and decide nothing: versions, the list of digests, parameters that are NULL.
            if let Ok(stamped) = stamped(&changed, &digest, &root) {
                assert_eq!(stamped, good, "byte {at}");
                still += 1;
            }
            assert!(
                stamped_is_refused(&token[..at], &digest, &root),
                "cut at {at}"
            );
        }
        assert!(still < 40, "{still} bytes of {name}");
        let longer = [&token[..], &[0]].concat();
        assert!(stamped_is_refused(&longer, &digest, &root));
    }
}

fn stamped_is_refused(token: &[u8], digest: &[u8; 32], root: &Root) -> bool {
    stamped(token, digest, root).is_err()
}

#[test]
fn responses_hold_a_token_or_the_authoritys_words() {
    let (_, token, _) = case("put together");
    let sequence = |parts: &[&[u8]]| {
        let value = parts.concat();
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        match value.len() {
            0..128 => [&[0x30, length[1]][..], &value].concat(),
            128..256 => [&[0x30, 0x81, length[1]][..], &value].concat(),
            _ => [&[0x30, 0x82][..], &length, &value].concat(),
        }
    };
    let granted = sequence(&[b"\x30\x03\x02\x01\x00", &token]);
    assert_eq!(token_of_response(&granted), Ok(&token[..]));
    let declined = sequence(&[b"\x30\x0b\x02\x01\x02\x30\x06\x0c\x04no\x1b!"]);
    assert_eq!(
        token_of_response(&declined),
        Err(TimestampError::Declined {
            status: "02".to_owned(),
            words: "no !".to_owned()
        })
    );
    for bytes in [
        &b""[..],
        b"\x30\x00",
        b"<html>",
        &sequence(&[b"\x30\x03\x02\x01\x00"]),
        &vec![0; 1 << 20],
    ] {
        assert!(token_of_response(bytes).is_err());
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    for bytes in [
        &b"\x30\x80"[..],
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x30\x82\x00\x01\x00",
        &[0x30; 4096],
        &vec![0x30; 1 << 20],
    ] {
        assert!(Token::parse(bytes).is_err());
        assert!(Root::parse(bytes).is_err());
        assert!(token_of_response(bytes).is_err());
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Token::parse(&bytes).is_err());
        prop_assert!(Root::parse(&bytes).is_err());
        let _ = token_of_response(&bytes);
    }

    #[test]
    fn many_changed_bytes_are_no_other_time(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let (digest, mut token, root) = case("all fields");
        let good = stamped(&token, &digest, &root).unwrap();
        for (at, byte) in changes {
            let at = at.index(token.len());
            token[at] = byte;
        }
        if let Ok(stamped) = stamped(&token, &digest, &root) {
            prop_assert_eq!(stamped, good);
        }
    }
}
