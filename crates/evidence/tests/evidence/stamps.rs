//! Timestamps of a real authority.

use crate::authority::{Authority, post};
use crate::openssl;
use hallmark::{Error, ErrorKind};
use hallmark_evidence::timestamp::{Timestamp, read_root};
use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const DIGEST: [u8; 32] = [0xab; 32];

#[test]
fn a_digest_is_stamped_over_http_stored_and_verified() {
    if !openssl::is_here() {
        return;
    }
    let authority = Arc::new(Authority::new());
    let (address, server) = Arc::clone(&authority).serve_once();
    let stamp = Timestamp::ask(&DIGEST, |request| post(&address, request)).unwrap();
    server.join().unwrap();

    let path = authority.path().join("plan.tsr");
    stamp.write(&path).unwrap();
    assert!(
        stamp
            .write(&path)
            .unwrap_err()
            .what
            .contains("exists already")
    );
    let read = Timestamp::read(&path).unwrap();
    let stamped = read.verify(&DIGEST, &authority.root()).unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let off = now.abs_diff(stamped.time.since_1970());
    assert!(off < Duration::from_secs(60), "{}", stamped.time);
    assert_eq!(stamped.authority, "CN=authority");
    assert_eq!(stamped.accuracy, Some(Duration::from_secs(1)));

    // OpenSSL says the same of the file.
    let digest = "ab".repeat(32);
    let verify = [
        "ts",
        "-verify",
        "-digest",
        &digest,
        "-token_in",
        "-in",
        "plan.tsr",
        "-CAfile",
        "ca.pem",
    ];
    openssl::run(authority.path(), &verify);
}

#[test]
fn openssl_reads_the_request() {
    if !openssl::is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut nonces = Vec::new();
    for _ in 0..3 {
        let stop = Timestamp::ask(&DIGEST, |request| {
            fs::write(folder.path().join("request"), request).unwrap();
            Err(Error::usage("far enough"))
        });
        assert_eq!(stop.unwrap_err().what, "far enough");
        let text = openssl::run(folder.path(), &["ts", "-query", "-in", "request", "-text"]).stdout;
        let text = String::from_utf8(text).unwrap();
        for expected in [
            "Version: 1",
            "Hash Algorithm: sha256",
            "ab ab ab ab ab ab ab ab-ab",
            "Certificate required: yes",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        nonces.extend(
            text.lines()
                .find(|line| line.starts_with("Nonce: 0x"))
                .map(str::to_owned),
        );
    }
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[test]
fn answers_to_another_request_are_refused() {
    if !openssl::is_here() {
        return;
    }
    let authority = Authority::new();
    let mut earlier = Vec::new();
    let first = Timestamp::ask(&DIGEST, |request| {
        earlier = authority.answer(request);
        Ok(earlier.clone())
    });
    let first = first.unwrap();
    // The same digest, but an answer that is older than the question.
    let replayed = Timestamp::ask(&DIGEST, |_| Ok(earlier.clone())).unwrap_err();
    assert_eq!(replayed.kind, ErrorKind::Integrity);
    assert!(replayed.what.contains("not of this request"));
    assert!(Timestamp::ask(&[1; 32], |_| Ok(earlier.clone())).is_err());
    let other = first.verify(&[1; 32], &authority.root()).unwrap_err();
    assert!(other.what.contains("another digest"), "{other}");
    assert!(other.hint.unwrap().contains("the file that was stamped"));
    // Another root.
    let stranger = Authority::new();
    let error = first.verify(&DIGEST, &stranger.root()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integrity);
}

#[test]
fn what_declines_or_is_no_authority_is_said() {
    if !openssl::is_here() {
        return;
    }
    let authority = Authority::new();
    let declined = Timestamp::ask(&DIGEST, |request| {
        // SHA-256 made into another algorithm: this authority takes none but the one.
        let mut request = request.to_vec();
        request[19] = 3;
        Ok(authority.answer(&request))
    });
    let error = declined.unwrap_err();
    assert!(error.what.contains("declined"), "{error}");
    assert!(error.hint.unwrap().contains("another authority"));
    for answer in [&b""[..], b"<html>no</html>", b"\x30\x00"] {
        let error = Timestamp::ask(&DIGEST, |_| Ok(answer.to_vec())).unwrap_err();
        assert!(error.hint.unwrap().contains("RFC 3161"));
    }
}

#[test]
fn files_that_hold_no_token_or_root_are_refused_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thing");
    for bytes in [vec![], vec![0x30; 100], vec![b'a'; 1 << 20]] {
        fs::write(&path, bytes).unwrap();
        for error in [
            Timestamp::read(&path).unwrap_err(),
            read_root(&path).unwrap_err(),
        ] {
            assert!(error.to_string().contains("thing"), "{error}");
        }
    }
    // The sizes that nothing of its kind has.
    let sizes = |error: Error| error.what.contains("it is longer than");
    for (size, is_long) in [(128 << 10, false), ((128 << 10) + 1, true)] {
        fs::write(&path, vec![b'a'; size]).unwrap();
        assert_eq!(sizes(read_root(&path).unwrap_err()), is_long, "{size}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(Timestamp::read(&path).unwrap_err().kind, ErrorKind::File);
}
