//! Proofs over trees of every size up to 300, and what becomes of them when anything is changed.

use crate::memory_log::{Files, Leaves, entries, root};
use hallmark_verify::tlog::prove::{self, Tiles};
use hallmark_verify::tlog::{
    Hash, TlogError, empty_root, leaf_hash, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

const LARGEST: usize = 300;

fn hex(text: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

#[test]
fn roots_are_those_of_the_certificate_transparency_test_data() {
    // Published with the first implementation of RFC 6962.
    let leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut hashes = Leaves::new(leaves.iter().map(|leaf| leaf_hash(&hex(leaf))).collect());
    for (size, expected) in (1..).zip(roots) {
        assert_eq!(
            prove::root(size, &mut hashes).unwrap().to_vec(),
            hex(expected)
        );
    }
    assert_eq!(prove::root(0, &mut hashes).unwrap(), empty_root());
}

#[test]
fn every_leaf_of_every_tree_is_proven() {
    let mut hashes = Leaves::of(&entries(LARGEST));
    for size in 1..=LARGEST as u64 {
        let top = root(&hashes.leaves()[..size as usize]);
        for index in 0..size {
            let proof = prove::inclusion(index, size, &mut hashes).unwrap().unwrap();
            let leaf = hashes.leaves()[index as usize];
            verify_inclusion(&leaf, index, size, &proof, &top).unwrap();
        }
        assert_eq!(prove::inclusion(size, size, &mut hashes).unwrap(), None);
    }
}

#[test]
fn every_tree_continues_every_smaller_one() {
    let mut hashes = Leaves::of(&entries(LARGEST));
    let roots: Vec<Hash> = (0..=LARGEST)
        .map(|size| root(&hashes.leaves()[..size]))
        .collect();
    for new in 0..=LARGEST {
        for old in 0..=new {
            let (from, to) = (old as u64, new as u64);
            let proof = prove::consistency(from, to, &mut hashes).unwrap().unwrap();
            verify_consistency(from, &roots[old], to, &roots[new], &proof).unwrap();
        }
    }
    assert_eq!(prove::consistency(3, 2, &mut hashes).unwrap(), None);
}

#[test]
fn proofs_from_tiles_are_those_from_leaves() {
    for size in [1, 2, 255, 256, 257, 300, 511, 512, 700] {
        let all = entries(size as usize);
        let files = Files::of(&all);
        let mut leaves = Leaves::of(&all);
        let mut tiles = Tiles::new(size, |tile| files.read(&tile.path()));
        assert_eq!(
            prove::root(size, &mut tiles).unwrap(),
            prove::root(size, &mut leaves).unwrap()
        );
        for at in (0..size).step_by(7).chain([size - 1]) {
            assert_eq!(
                prove::inclusion(at, size, &mut tiles).unwrap(),
                prove::inclusion(at, size, &mut leaves).unwrap()
            );
            assert_eq!(
                prove::consistency(at, size, &mut tiles).unwrap(),
                prove::consistency(at, size, &mut leaves).unwrap()
            );
        }
    }
}

#[test]
fn a_cut_tile_is_an_error() {
    let mut files = Files::of(&entries(300));
    files.0.get_mut("tile/0/000").unwrap().pop();
    let mut tiles = Tiles::new(300, |tile| files.read(&tile.path()));
    let error = prove::inclusion(0, 300, &mut tiles).unwrap_err();
    assert!(matches!(error, TlogError::TileLength { .. }), "{error}");
}

#[test]
fn trees_without_leaves_have_their_own_root() {
    let (none, some) = (empty_root(), leaf_hash(b"x"));
    verify_consistency(0, &none, 0, &none, &[]).unwrap();
    verify_consistency(0, &none, 1, &some, &[]).unwrap();
    assert!(verify_consistency(0, &some, 0, &some, &[]).is_err());
    assert!(verify_consistency(0, &some, 1, &some, &[]).is_err());
    assert!(verify_consistency(0, &none, 1, &some, &[some]).is_err());
    assert!(verify_consistency(1, &some, 0, &none, &[]).is_err());
    assert!(verify_inclusion(&some, 0, 0, &[], &none).is_err());
}

#[test]
fn the_largest_sizes_neither_panic_nor_hold() {
    let hash = leaf_hash(b"x");
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for length in [0, 1, 63, 64, 65] {
            let proof = vec![hash; length];
            for index in [0, 1, size / 2, size - 1] {
                assert!(verify_inclusion(&hash, index, size, &proof, &hash).is_err());
                assert!(verify_consistency(index, &hash, size, &hash, &proof).is_err());
            }
        }
    }
}

/// One change of a proof.
#[derive(Clone, Debug)]
enum Change {
    Bit(usize, u8),
    Drop(usize),
    Double(usize),
    Swap(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0_usize..64;
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, bit)| Change::Bit(at, bit)),
        place.clone().prop_map(Change::Drop),
        place.clone().prop_map(Change::Double),
        place.prop_map(Change::Swap),
    ]
}

/// The changed proof, unless the change leaves it as it is.
fn changed(proof: &[Hash], change: &Change) -> Option<Vec<Hash>> {
    let mut other = proof.to_vec();
    let place = |at: usize| at % proof.len().max(1);
    match *change {
        Change::Bit(at, bit) => {
            let hash = other.get_mut(place(at))?;
            hash[usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        Change::Drop(_) if other.is_empty() => return None,
        Change::Drop(at) => drop(other.remove(place(at))),
        Change::Double(at) => other.insert(place(at), *proof.get(place(at))?),
        Change::Swap(at) if place(at) + 1 < other.len() => other.swap(place(at), place(at) + 1),
        Change::Swap(_) => return None,
    }
    (other != proof).then_some(other)
}

proptest! {
    #[test]
    fn changed_inclusion_proofs_are_refused(
        size in 1..=LARGEST, place in any::<prop::sample::Index>(), change in change(), bit in 0_usize..256
    ) {
        let mut hashes = Leaves::of(&entries(size));
        let (index, top) = (place.index(size), root(hashes.leaves()));
        let (at, of, leaf) = (index as u64, size as u64, hashes.leaves()[index]);
        let proof = prove::inclusion(at, of, &mut hashes).unwrap().unwrap();
        if let Some(other) = changed(&proof, &change) {
            prop_assert!(verify_inclusion(&leaf, at, of, &other, &top).is_err());
        }
        let flip = |hash: &Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(verify_inclusion(&flip(&leaf), at, of, &proof, &top).is_err());
        prop_assert!(verify_inclusion(&leaf, at, of, &proof, &flip(&top)).is_err());
        // Another index, and in particular the same one with another bit, has another path.
        for other in 0..of {
            prop_assert_eq!(verify_inclusion(&leaf, other, of, &proof, &top).is_ok(), other == at);
        }
    }

    #[test]
    fn changed_consistency_proofs_are_refused(
        size in 2..=LARGEST, place in any::<prop::sample::Index>(), change in change(), bit in 0_usize..256
    ) {
        let mut hashes = Leaves::of(&entries(size));
        let first = 1 + place.index(size - 1);
        let (old, new) = (first as u64, size as u64);
        let (before, after) = (root(&hashes.leaves()[..first]), root(hashes.leaves()));
        let proof = prove::consistency(old, new, &mut hashes).unwrap().unwrap();
        if let Some(other) = changed(&proof, &change) {
            prop_assert!(verify_consistency(old, &before, new, &after, &other).is_err());
        }
        let flip = |hash: &Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(verify_consistency(old, &flip(&before), new, &after, &proof).is_err());
        prop_assert!(verify_consistency(old, &before, new, &flip(&after), &proof).is_err());
        // A rewritten entry of the old tree: no proof can hide it.
        let mut rewritten = hashes.leaves().to_vec();
        rewritten[bit % first] = leaf_hash(b"rewritten");
        let mut rewritten = Leaves::new(rewritten);
        let (forged, other) = (root(rewritten.leaves()), prove::consistency(old, new, &mut rewritten));
        prop_assert!(verify_consistency(old, &before, new, &forged, &other.unwrap().unwrap()).is_err());
    }
}
