//! What may be committed to, and what is published of it.

use hallmark_core::keys::{CohortKey, KeyFile, RootKey};
use hallmark_evidence::cohorts::Units;
use hallmark_evidence::commit::{Beside, Named, commit, write};
use hallmark_verify::formats::{Issued, KeyRole};
use std::path::Path;

fn named(name: &str, key: KeyFile) -> Named {
    Named {
        name: name.to_owned(),
        role: KeyRole::Cohort,
        key,
    }
}

fn cohort(name: &str, byte: u8) -> Named {
    named(name, KeyFile::Cohort(CohortKey::from_bytes([byte; 32])))
}

fn refused(keys: &[Named], beside: &Beside<'_>) -> Option<String> {
    let made = commit(keys, beside, String::new());
    made.err().map(|error| error.to_string())
}

/// Names stand in names of files: nothing that leads elsewhere, is hidden, or is too long.
#[test]
fn names_are_names_of_files() {
    let long = "a".repeat(64);
    for name in ["a", "2026q4-cohort_7.b", &long] {
        assert_eq!(refused(&[cohort(name, 1)], &Beside::default()), None);
    }
    let longer = "a".repeat(65);
    for name in ["", ".", ".a", "a/b", "..", "a b", "\u{e9}", &longer] {
        let why = refused(&[cohort(name, 1)], &Beside::default()).unwrap();
        assert!(why.contains("is no name for a key"), "{name}: {why}");
    }
    let two = [cohort("a", 1), cohort("a", 2)];
    assert!(
        refused(&two, &Beside::default())
            .unwrap()
            .contains("two keys are called a")
    );
    let one = [cohort("a", 1), cohort("b", 1)];
    assert!(
        refused(&one, &Beside::default())
            .unwrap()
            .contains("are one key")
    );
}

/// A root that marks itself is named by its own id too.
#[test]
fn a_root_is_named_by_both_its_ids() {
    let root = RootKey::from_bytes([5; 32]);
    let id = root.public_id().to_string();
    let keys = [named("root", KeyFile::Root(root)), cohort("cohort", 1)];
    let (made, _) = commit(&keys, &Beside::default(), String::new()).unwrap();
    assert_eq!(made.keys[0].root_id, Some(id));
    assert_ne!(made.keys[0].root_id.as_ref(), Some(&made.keys[0].key_id));
    assert_eq!(made.keys[1].root_id, None);
}

#[test]
fn days_are_days_in_their_order() {
    let of = |from: &str, to: Option<&str>| {
        let issued = Some(Issued {
            from: from.to_owned(),
            to: to.map(str::to_owned),
        });
        let beside = Beside {
            issued,
            ..Beside::default()
        };
        refused(&[cohort("a", 1)], &beside)
    };
    assert_eq!(of("2026-12-01", None), None);
    assert_eq!(of("2026-12-01", Some("2026-12-01")), None, "one day");
    assert!(
        of("2026-12-02", Some("2026-12-01"))
            .unwrap()
            .contains("do not end before that")
    );
    assert!(of("2026-13-01", None).unwrap().contains("is no date"));
}

/// Of a table that may say who is where, only the digest is published; whether proofs came is told.
#[test]
fn a_table_that_was_not_published_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let made = |out: &str, table: &Path, proofs: &[(&str, &[u8])]| {
        let beside = Beside {
            cohorts: Some(table),
            ..Beside::default()
        };
        let proofs = proofs.iter();
        let proofs = proofs.map(|(name, bytes)| ((*name).into(), bytes.to_vec()));
        write(&at(out), &[cohort("a", 1)], &beside, |_| {
            Ok(proofs.collect())
        })
        .unwrap()
    };
    std::fs::write(at("who.json"), "{\"alice\": \"a\"}").unwrap();
    let (commitments, is_proven) = made("secret", &at("who.json"), &[]);
    assert!(commitments.cohorts_sha256.is_some() && !is_proven);
    assert!(!at("secret/cohorts.json").exists());
    std::fs::write(at("drawn.json"), crate::fixture::drawn()).unwrap();
    let (_, is_proven) = made(
        "shown",
        &at("drawn.json"),
        &[("commitments.tlog-proof", b"x")],
    );
    assert!(is_proven && at("shown/cohorts.json").exists());
}

#[test]
fn lists_of_accounts_have_names_of_some_length() {
    let long = "a".repeat(1024);
    for (list, accounts) in [
        ("a\nb\n".to_owned(), 2),
        ("a\tx\nb\tx\nc\ty\n".to_owned(), 3),
        (long.clone(), 1),
        (format!("b\t{long}"), 1),
    ] {
        assert_eq!(Units::read(&list).unwrap().accounts(), accounts);
    }
    for list in [
        "".to_owned(),
        "a\n\nb".to_owned(),
        "a\t\n".to_owned(),
        "\tx\n".to_owned(),
        format!("{long}a"),
        format!("b\t{long}a"),
        "a\tb\tc".to_owned(),
        "a\na".to_owned(),
    ] {
        assert!(Units::read(&list).is_err(), "{list:.20}");
    }
}
