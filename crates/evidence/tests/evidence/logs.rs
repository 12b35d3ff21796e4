//! Logs in folders.

use ed25519_dalek::SigningKey;
use hallmark::ErrorKind;
use hallmark_evidence::log::Log;
use hallmark_verify::note::VerifierKey;
use hallmark_verify::tlog::{Checkpoint, TlogProof, verify_consistency};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const ORIGIN: &str = "log.example/evidence";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

pub(crate) fn public() -> VerifierKey {
    VerifierKey::new(ORIGIN, key().verifying_key()).unwrap()
}

fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|at| format!("entry {at}").into_bytes())
        .collect()
}

/// A log of so many entries, written at once.
fn log_of(folder: &Path, count: usize) -> Log {
    let log = Log::open_or_create(folder, ORIGIN).unwrap();
    let entries = entries(count);
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    log.append_all(&entries, &key()).unwrap();
    log
}

/// The files below a folder, by their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

fn checkpoint(log: &Log) -> Checkpoint {
    let note = log.checkpoint().unwrap().unwrap();
    Checkpoint::verify(note.as_bytes(), &public()).unwrap()
}

#[test]
fn entries_are_proven_one_by_one_as_the_log_grows() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open_or_create(folder.path(), ORIGIN).unwrap();
    assert_eq!((log.size().unwrap(), log.checkpoint().unwrap()), (0, None));
    let mut heads = Vec::new();
    for (index, entry) in (0..).zip(entries(270)) {
        assert_eq!(log.append(&entry, &key()).unwrap(), index);
        let text = log.prove(index).unwrap();
        let proof = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!(proof.verify(&entry, &public()).unwrap().size, index + 1);
        heads.push(checkpoint(&log));
    }
    assert_eq!(log.check(&public()).unwrap(), *heads.last().unwrap());
    for (old, new) in [
        (0, 0),
        (0, 269),
        (99, 255),
        (254, 269),
        (255, 256),
        (200, 269),
    ] {
        let (old, new) = (&heads[old], &heads[new]);
        let proof = log.consistency(old.size, new.size).unwrap();
        verify_consistency(old.size, &old.root, new.size, &new.root, &proof).unwrap();
    }
    // What led to the full tile is gone.
    assert!(!folder.path().join("tile/0/000.p").exists());
    assert!(!folder.path().join("tile/entries/000.p").exists());
    assert!(folder.path().join("tile/0/001.p/14").exists());
}

#[test]
fn many_entries_at_once_are_those_of_many_appends() {
    for steps in [
        vec![600],
        vec![1, 299, 300],
        vec![255, 1, 1, 343],
        vec![256, 256, 88],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open_or_create(folder.path(), ORIGIN).unwrap();
        let all = entries(600);
        let mut rest: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        let mut place = 0;
        for step in steps {
            let after = rest.split_off(step);
            let places = log.append_all(&rest, &key()).unwrap();
            assert_eq!(places, place..place + step as u64);
            (place, rest) = (places.end, after);
        }
        let mut seen = Vec::new();
        let checked = log
            .check_each(&public(), |_, entry| seen.push(entry.to_vec()))
            .unwrap();
        assert_eq!(seen, all);
        // The root is that of the log that was written in one go.
        let other = tempfile::tempdir().unwrap();
        assert_eq!(checked, checkpoint(&log_of(other.path(), 600)));
        // A tree of a size that no checkpoint had.
        for (old, new) in [(1, 280), (257, 599), (280, 511)] {
            assert!(log.consistency(old, new).is_ok(), "{old} to {new}");
        }
        assert_eq!(log.entry(256).unwrap(), b"entry 256");
    }
}

#[test]
fn long_and_empty_entries_are_kept_and_longer_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open_or_create(folder.path(), ORIGIN).unwrap();
    let long = vec![7; 65_535];
    log.append_all(&[b"", &long], &key()).unwrap();
    assert_eq!(
        (log.entry(0).unwrap(), log.entry(1).unwrap()),
        (Vec::new(), long)
    );
    let before = log.checkpoint().unwrap();
    let error = log.append(&vec![7; 65_536], &key()).unwrap_err();
    assert_eq!(
        (error.kind, log.checkpoint().unwrap()),
        (ErrorKind::Usage, before)
    );
    assert_eq!(log.append_all(&[], &key()).unwrap(), 2..2);
    log.check(&public()).unwrap();
}

#[test]
fn a_log_has_one_name_and_one_key() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Log::open(folder.path())
            .unwrap_err()
            .what
            .contains("no log")
    );
    let log = log_of(folder.path(), 3);
    assert_eq!(Log::open(folder.path()).unwrap().origin(), ORIGIN);
    assert!(Log::open_or_create(folder.path(), "other.example").is_err());
    let other = SigningKey::from_bytes(&[2; 32]);
    let error = log.append(b"x", &other).unwrap_err();
    assert!(error.what.contains("another key"), "{error}");
    let stranger = VerifierKey::new(ORIGIN, other.verifying_key()).unwrap();
    assert!(log.check(&stranger).is_err());
    assert_eq!(log.public_key().unwrap(), Some(public()));
    let unfit = Log::open_or_create(&folder.path().join("x"), "two words").unwrap();
    assert!(unfit.append(b"x", &key()).is_err());
}

#[test]
fn questions_beyond_the_log_are_answered_with_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 3);
    for error in [
        log.entry(3).unwrap_err(),
        log.prove(u64::MAX).unwrap_err(),
        log.consistency(1, 4).unwrap_err(),
        log.consistency(3, 2).unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::Usage, "{error}");
        assert!(error.what.contains('3'), "{error}");
    }
}

#[test]
fn a_changed_byte_of_any_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 300);
    for path in files(folder.path()) {
        if path.ends_with("log.lock") || path.ends_with("log.pub") {
            continue;
        }
        let good = fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(17).chain([good.len() - 1]) {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            let error = log.check(&public()).unwrap_err();
            assert_eq!(
                error.kind,
                ErrorKind::Integrity,
                "{} byte {at}: {error}",
                path.display()
            );
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(log.check(&public()).unwrap_err().kind, ErrorKind::Integrity);
        fs::write(&path, &good).unwrap();
    }
    log.check(&public()).unwrap();
}

#[test]
fn damage_is_never_signed() {
    for path in [
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/001.p/44",
        "checkpoint",
        "log.pub",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let log = log_of(folder.path(), 300);
        let file = folder.path().join(path);
        let good = fs::read(&file).unwrap();
        let head = fs::read(folder.path().join("checkpoint")).unwrap();
        for damage in [Some(9), None] {
            match damage {
                Some(at) => {
                    let mut bytes = good.clone();
                    bytes[at] ^= 1;
                    fs::write(&file, bytes).unwrap();
                }
                None => fs::remove_file(&file).unwrap(),
            }
            // The first tile is sealed under the one above it, and is not read again.
            if path == "tile/0/000" {
                log.append(b"more", &key()).unwrap();
                assert!(log.check(&public()).is_err());
                break;
            }
            let error = log.append(b"more", &key()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Integrity, "{path}: {error}");
            fs::write(&file, &good).unwrap();
            assert_eq!(fs::read(folder.path().join("checkpoint")).unwrap(), head);
            log.check(&public()).unwrap();
        }
    }
}

#[test]
fn a_log_whose_head_was_taken_away_is_not_begun_again() {
    for missing in ["checkpoint", "log.pub"] {
        let folder = tempfile::tempdir().unwrap();
        let log = log_of(folder.path(), 3);
        fs::remove_file(folder.path().join(missing)).unwrap();
        for error in [
            log.append(b"x", &key()).unwrap_err(),
            log.size().unwrap_err(),
        ] {
            assert!(error.what.contains(missing), "{error}");
            assert_eq!(error.kind, ErrorKind::Integrity);
        }
    }
    // Its entries are gone too, and the head says that there were some.
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 3);
    fs::remove_file(folder.path().join("log.pub")).unwrap();
    fs::remove_dir_all(folder.path().join("tile")).unwrap();
    let error = log.append(b"x", &key()).unwrap_err();
    assert!(error.what.contains("log.pub"), "{error}");
}

#[test]
fn two_writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = folder.path();
            scope.spawn(move || {
                let log = Log::open_or_create(folder, ORIGIN).unwrap();
                for at in 0..20 {
                    let entry = format!("{writer} {at}");
                    let index = log.append(entry.as_bytes(), &key()).unwrap();
                    assert_eq!(log.entry(index).unwrap(), entry.as_bytes());
                }
            });
        }
    });
    let log = Log::open(folder.path()).unwrap();
    let mut seen = Vec::new();
    log.check_each(&public(), |_, entry| seen.push(entry.to_vec()))
        .unwrap();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 80);
}
