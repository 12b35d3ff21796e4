//! Tiles, bundles, checkpoints and proof files as text and bytes.

use crate::memory_log::{Files, ORIGIN, entries, signing_key, verifier_key};
use hallmark_verify::tlog::prove::{self, Tiles};
use hallmark_verify::tlog::{
    Checkpoint, Level, MAX_ENTRY, Tile, TlogError, TlogProof, append_entry, recompute,
    split_entries,
};
use proptest::prelude::*;

fn proof(index: u64, size: usize, extra: Option<&[u8]>) -> TlogProof {
    let files = Files::of(&entries(size));
    let mut tiles = Tiles::new(size as u64, |tile| files.read(&tile.path()));
    TlogProof {
        extra: extra.map(<[u8]>::to_vec),
        index,
        hashes: prove::inclusion(index, size as u64, &mut tiles)
            .unwrap()
            .unwrap(),
        checkpoint: String::from_utf8(files.read("checkpoint").unwrap()).unwrap(),
    }
}

#[test]
fn tiles_have_the_paths_of_the_specification() {
    for (level, index, width, path) in [
        (Level::Hashes(0), 1234, 5, "tile/0/x001/234.p/5"),
        (Level::Hashes(1), 1_234_067, 256, "tile/1/x001/x234/067"),
        (Level::Entries, 0, 255, "tile/entries/000.p/255"),
        (Level::Hashes(7), 0, 1, "tile/7/000.p/1"),
        (Level::Entries, 1000, 256, "tile/entries/x001/000"),
    ] {
        let tile = Tile {
            level,
            index,
            width,
        };
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::of_path(path), Ok(tile));
    }
}

#[test]
fn other_paths_are_no_tiles() {
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/00/001",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/../000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/entries/é00",
        "tile/entry/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(Tile::of_path(path).is_err(), "{path}");
    }
}

#[test]
fn a_tree_has_the_tiles_of_the_specifications_example() {
    let tiles = |level| Tile::all(level, 70_000).map(Tile::path).collect::<Vec<_>>();
    let leaves = tiles(Level::Hashes(0));
    assert_eq!(leaves.len(), 274);
    assert_eq!(leaves[273], "tile/0/273.p/112");
    assert_eq!(tiles(Level::Hashes(1)), ["tile/1/000", "tile/1/001.p/17"]);
    assert_eq!(tiles(Level::Hashes(2)), ["tile/2/000.p/1"]);
    assert!(tiles(Level::Hashes(3)).is_empty());
}

#[test]
fn bundles_say_where_they_are_cut() {
    let mut bundle = Vec::new();
    append_entry(&mut bundle, b"").unwrap();
    append_entry(&mut bundle, &vec![7; MAX_ENTRY]).unwrap();
    assert_eq!(split_entries(&bundle).unwrap(), [&[][..], &[7; MAX_ENTRY]]);
    assert!(append_entry(&mut bundle, &vec![7; MAX_ENTRY + 1]).is_err());
    for cut in [1, 3, bundle.len() - 1] {
        let error = split_entries(&bundle[..cut]).unwrap_err();
        let at = usize::from(cut > 2);
        assert!(
            matches!(error, TlogError::Bundle { entry, .. } if entry == at),
            "{error}"
        );
    }
    assert!(split_entries(&[0; 514]).is_err());
}

#[test]
fn a_log_is_computed_again_from_its_entries() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700] {
        let all = entries(size);
        let files = Files::of(&all);
        let mut seen = Vec::new();
        let checkpoint = recompute(
            &verifier_key(),
            |path, _| files.read(path),
            |at, entry| seen.push((at, entry.to_vec())),
        );
        assert_eq!(checkpoint.unwrap().size, size as u64);
        assert_eq!(seen, (0..).zip(all).collect::<Vec<_>>());
    }
}

#[test]
fn a_changed_byte_of_any_file_of_a_log_is_found() {
    let files = Files::of(&entries(300));
    for path in files.0.keys() {
        let bytes = files.0[path].len();
        for at in (0..bytes).step_by(13).chain([bytes - 1]) {
            let mut changed = Files(files.0.clone());
            changed.0.get_mut(path).unwrap()[at] ^= 1;
            let again = recompute(&verifier_key(), |path, _| changed.read(path), |_, _| {});
            assert!(again.is_err(), "{path} byte {at}");
        }
        let mut missing = Files(files.0.clone());
        missing.0.remove(path);
        assert!(recompute(&verifier_key(), |path, _| missing.read(path), |_, _| {}).is_err());
    }
}

#[test]
fn checkpoints_are_of_the_log_whose_key_verifies_them() {
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 7,
        root: [9; 32],
        extensions: vec!["more".to_owned()],
    };
    let note = checkpoint.sign(&signing_key(1)).unwrap().to_string();
    assert_eq!(
        Checkpoint::verify(note.as_bytes(), &verifier_key()),
        Ok(checkpoint.clone())
    );
    let other = checkpoint.sign(&signing_key(2)).unwrap().to_string();
    assert!(Checkpoint::verify(other.as_bytes(), &verifier_key()).is_err());
    // A known key's signature over the checkpoint of another log.
    let elsewhere = Checkpoint {
        origin: "other.example".to_owned(),
        ..checkpoint
    };
    let mut note = hallmark_verify::note::Note::new(elsewhere.text()).unwrap();
    note.sign(ORIGIN, &signing_key(1)).unwrap();
    let error = Checkpoint::verify(note.to_string().as_bytes(), &verifier_key()).unwrap_err();
    assert!(matches!(error, TlogError::Origin { .. }), "{error}");
}

#[test]
fn checkpoint_texts_have_one_spelling() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    assert!(Checkpoint::parse(&format!("o\n0\n{root}\n")).is_ok());
    for (text, line) in [
        (String::new(), 1),
        (format!("\n1\n{root}\n"), 1),
        (format!("o\n01\n{root}\n"), 2),
        (format!("o\n+1\n{root}\n"), 2),
        (format!("o\n-1\n{root}\n"), 2),
        (format!("o\n18446744073709551616\n{root}\n"), 2),
        (
            "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n".to_owned(),
            3,
        ),
        (
            "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n".to_owned(),
            3,
        ),
        ("o\n1\n".to_owned(), 3),
        (format!("o\n1\n{root}"), 3),
        (format!("o\n1\n{root}\n\n"), 4),
        (format!("o\n1\n{root}\n{}", "x\n".repeat(17)), 20),
    ] {
        match Checkpoint::parse(&text) {
            Err(TlogError::CheckpointLine { line: found, .. }) => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn proofs_are_read_as_they_were_written() {
    for extra in [None, Some(&b"the plan"[..]), Some(b"")] {
        let proof = proof(123, 300, extra);
        let text = proof.to_string();
        assert_eq!(TlogProof::parse(text.as_bytes()), Ok(proof.clone()));
        assert_eq!(
            proof.verify(b"entry 123", &verifier_key()).unwrap().size,
            300
        );
        assert!(proof.verify(b"entry 124", &verifier_key()).is_err());
    }
}

#[test]
fn proofs_name_the_line_that_is_wrong() {
    let hash = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n";
    for (text, line) in [
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nx".to_owned(), 1),
        (
            "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx".to_owned(),
            2,
        ),
        ("c2sp.org/tlog-proof@v1\nextra \n\nx".to_owned(), 3),
        ("c2sp.org/tlog-proof@v1\nindex 00\n\nx".to_owned(), 2),
        ("c2sp.org/tlog-proof@v1\n\nx".to_owned(), 2),
        (format!("c2sp.org/tlog-proof@v1\nindex 0\n{hash}x\n\nx"), 4),
        (
            format!("c2sp.org/tlog-proof@v1\nindex 0\n{}\nx", hash.repeat(65)),
            67,
        ),
        ("c2sp.org/tlog-proof@v1\nindex 0\n".to_owned(), 3),
    ] {
        match TlogProof::parse(text.as_bytes()) {
            Err(TlogError::ProofLine { line: found, .. }) => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert!(TlogProof::parse(&[0xff]).is_err());
    assert!(TlogProof::parse(&vec![b'\n'; 1 << 20]).is_err());
}

#[test]
fn a_changed_bit_anywhere_in_a_proof_is_refused() {
    let text = proof(123, 300, None).to_string();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let held = TlogProof::parse(&bytes)
                .and_then(|proof| proof.verify(b"entry 123", &verifier_key()));
            assert!(held.is_err(), "byte {at} bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(TlogProof::parse(&bytes).is_err());
        prop_assert!(Checkpoint::verify(&bytes, &verifier_key()).is_err());
        let _ = split_entries(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(Tile::of_path(&text).is_err());
    }

    #[test]
    fn tile_paths_have_one_spelling(level in 0_u8..8, index in 0_u64..1 << 56, width in 1_u16..=256) {
        for level in [Level::Entries, Level::Hashes(level)] {
            let tile = Tile { level, index, width };
            prop_assert_eq!(Tile::of_path(&tile.path()), Ok(tile));
        }
    }
}
