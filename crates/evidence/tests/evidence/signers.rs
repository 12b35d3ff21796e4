//! Signing keys in files.

use crate::openssl;
use ed25519_dalek::Signer as _;
use hallmark::ErrorKind;
use hallmark_evidence::signer::{Signer, read_public, write_public};
use std::fs;

#[test]
fn a_key_is_read_as_it_was_written_and_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, public) = (
        folder.path().join("case.key"),
        folder.path().join("case.pub"),
    );
    let made = Signer::generate(&secret).unwrap();
    write_public(&public, &made.public()).unwrap();
    let read = Signer::read(&secret).unwrap();
    assert_eq!(read.signing_key().to_bytes(), made.signing_key().to_bytes());
    assert_eq!(read_public(&public).unwrap(), made.public());
    let before = fs::read(&secret).unwrap();
    assert!(
        Signer::generate(&secret)
            .unwrap_err()
            .what
            .contains("exists already")
    );
    assert!(write_public(&public, &made.public()).is_err());
    assert_eq!(fs::read(&secret).unwrap(), before);
    // Nothing else was left in the folder.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn no_two_keys_are_the_same_and_no_message_shows_one() {
    let folder = tempfile::tempdir().unwrap();
    let one = Signer::generate(&folder.path().join("one")).unwrap();
    let two = Signer::generate(&folder.path().join("two")).unwrap();
    assert_ne!(one.id(), two.id());
    let shown = format!("{one:?}");
    assert_eq!(shown, format!("Signer {{ id: {:?} }}", one.id()));
    assert_eq!(one.id().len(), 16);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_reach_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.key");
    Signer::generate(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for mode in [0o640, 0o604, 0o660, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = Signer::read(&path).unwrap_err();
        assert!(error.what.contains("group or others"), "{error}");
        assert!(error.hint.unwrap().contains("chmod 600"));
    }
}

#[test]
fn what_is_no_key_is_refused_without_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.key");
    Signer::generate(&path).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let secret = good.lines().nth(1).unwrap();
    let public = folder.path().join("case.pub");
    write_public(&public, &Signer::read(&path).unwrap().public()).unwrap();
    let public = fs::read_to_string(&public).unwrap();
    for bytes in [
        Vec::new(),
        vec![0xff; 10],
        vec![b'a'; 1 << 20],
        public.into_bytes(),
        good.replace("PRIVATE", "PUBLIC").into_bytes(),
        good.as_bytes()[..good.len() / 2].to_vec(),
        good.replace(secret, &secret[..secret.len() - 4])
            .into_bytes(),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = Signer::read(&path).unwrap_err();
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
        assert_eq!(error.kind, ErrorKind::Usage);
    }
    assert_eq!(
        Signer::read(&folder.path().join("none")).unwrap_err().kind,
        ErrorKind::File
    );
}

/// A key file is short text: what is longer, or none, is no key file, and what cannot be read is said to be that.
#[test]
fn what_is_no_text_of_a_key_is_told_from_what_is_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.pub");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        read_public(&path).unwrap_err().what
    };
    for bytes in [
        vec![b'a'; (16 << 10) + 1],
        vec![b'a'; 1 << 20],
        vec![0xff; 10],
    ] {
        assert!(refused(&bytes).contains("is not a key file"));
    }
    for bytes in [vec![], vec![b'a'; 16 << 10]] {
        assert!(refused(&bytes).contains("is no Ed25519 public key"));
    }
    if cfg!(unix) {
        assert_eq!(
            read_public(folder.path()).unwrap_err().kind,
            ErrorKind::File
        );
    }
}

/// A name without a folder is one of the folder in which the program stands.
#[test]
fn a_key_may_be_written_where_one_stands() {
    let name = std::path::PathBuf::from(format!("signer-{}.key", std::process::id()));
    let made = Signer::generate(&name);
    let read = Signer::read(&name);
    let _ = fs::remove_file(&name);
    assert_eq!(read.unwrap().id(), made.unwrap().id());
}

#[test]
fn a_weak_public_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weak.pub");
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = ed25519_dalek::VerifyingKey::from_bytes(&neutral).unwrap();
    write_public(&path, &weak).unwrap();
    assert!(read_public(&path).unwrap_err().what.contains("any text"));
}

#[test]
fn openssl_reads_the_files_and_verifies_the_signatures() {
    if !openssl::is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let signer = Signer::generate(&at("case.key")).unwrap();
    write_public(&at("case.pub"), &signer.public()).unwrap();
    // The same public key out of both files, and the same name for it.
    let pair = openssl::run(folder.path(), &["pkey", "-in", "case.key", "-pubout"]).stdout;
    assert_eq!(pair, fs::read(at("case.pub")).unwrap());
    let der = [
        "pkey", "-pubin", "-in", "case.pub", "-outform", "DER", "-out", "case.der",
    ];
    openssl::run(folder.path(), &der);
    let digest = openssl::run(folder.path(), &["dgst", "-sha256", "-r", "case.der"]).stdout;
    assert!(String::from_utf8(digest).unwrap().starts_with(&signer.id()));
    // A signature of this key, judged there.
    fs::write(at("text"), "text").unwrap();
    fs::write(
        at("signature"),
        signer.signing_key().sign(b"text").to_bytes(),
    )
    .unwrap();
    let verify = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "case.pub",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ];
    openssl::run(folder.path(), &verify);
}

#[test]
fn keys_of_openssl_are_read() {
    if !openssl::is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    openssl::run(
        folder.path(),
        &["genpkey", "-algorithm", "ed25519", "-out", "theirs.key"],
    );
    openssl::run(
        folder.path(),
        &["pkey", "-in", "theirs.key", "-pubout", "-out", "theirs.pub"],
    );
    let signer = Signer::read(&at("theirs.key")).unwrap();
    assert_eq!(read_public(&at("theirs.pub")).unwrap(), signer.public());
    openssl::run(
        folder.path(),
        &["genpkey", "-algorithm", "x25519", "-out", "other.key"],
    );
    assert!(
        Signer::read(&at("other.key"))
            .unwrap_err()
            .what
            .contains("no Ed25519 signing key")
    );
}
