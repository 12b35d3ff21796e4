//! Proofs of a log, paths of its tiles, bundles of its entries, and proofs of any hashes.
#![no_main]
use ed25519_dalek::SigningKey;
use hallmark_verify::note::VerifierKey;
use hallmark_verify::tlog::{
    Hash, Tile, TlogProof, append_entry, leaf_hash, split_entries, verify_consistency, verify_inclusion,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let key = SigningKey::from_bytes(&[9; 32]).verifying_key();
        let key = VerifierKey::new("log.example/evidence", key).expect("a name");
        assert!(proof.verify(b"entry", &key).is_err());
    }
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(tile) = Tile::of_path(text)
    {
        assert_eq!(tile.path(), text);
    }
    if let Ok(entries) = split_entries(bytes) {
        let mut written = vec![];
        for entry in entries {
            append_entry(&mut written, entry).expect("it was an entry");
        }
        assert_eq!(written, bytes);
    }
    hashes(bytes);
});

/// Two numbers, then hashes.
fn hashes(bytes: &[u8]) -> Option<()> {
    let (one, rest) = bytes.split_first_chunk()?;
    let (other, rest) = rest.split_first_chunk()?;
    let (one, other) = (u64::from_le_bytes(*one), u64::from_le_bytes(*other));
    let (hashes, rest): (&[Hash], _) = rest.as_chunks();
    let root = leaf_hash(rest);
    let leaf = leaf_hash(b"leaf");
    if verify_inclusion(&leaf, one, other, hashes, &root).is_ok() {
        assert_eq!((one, other, root), (0, 1, leaf), "no other tree has this leaf");
    }
    if verify_consistency(one, &leaf, other, &root, hashes).is_ok() {
        assert!(one == other && leaf == root);
    }
    Some(())
}
