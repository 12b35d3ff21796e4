//! Inclusion and consistency proofs, verified as RFC 9162, sections 2.1.3.2 and 2.1.4.2, says.

use super::{Hash, TlogError, empty_root, node_hash};

/// Whether the leaf is the one of `index` in the tree of `size` leaves with this root.
///
/// The proof goes from the leaf's sibling up to the root's child.
///
/// # Errors
/// When it is not.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), TlogError> {
    if index >= size {
        return Err(TlogError::Index { index, size });
    }
    // Where the node is in its level, and where the level ends.
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    let wrong_length = TlogError::ProofLength { found: proof.len() };
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length);
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            // The last node of a level goes up alone until it is a right child.
            while at != 0 && at % 2 == 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    if last != 0 {
        return Err(wrong_length);
    }
    match hash == *root {
        true => Ok(()),
        false => Err(TlogError::NotIncluded { index }),
    }
}

/// Whether the tree of `new` leaves begins with the leaves of the tree of `old`.
///
/// # Errors
/// When it does not. A tree without leaves is the beginning of every tree, by an empty proof; a tree is that of itself alone.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), TlogError> {
    let differs = TlogError::NotConsistent { old, new };
    let wrong_length = TlogError::ProofLength { found: proof.len() };
    if old > new {
        return Err(TlogError::Sizes { old, new });
    }
    if old == 0 || old == new {
        let same = match old == new {
            true => old_root == new_root && (old > 0 || *old_root == empty_root()),
            false => *old_root == empty_root(),
        };
        return match (proof, same) {
            ([], true) => Ok(()),
            ([], false) => Err(differs),
            _ => Err(wrong_length),
        };
    }
    // A complete old tree is a node of the new one: its root begins the path and is left out of the proof.
    let (first, rest) = match old.is_power_of_two() {
        true => (old_root, proof),
        false => proof.split_first().ok_or(wrong_length.clone())?,
    };
    let shift = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(wrong_length);
        }
        if at % 2 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while at != 0 && at % 2 == 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    if last != 0 {
        return Err(wrong_length);
    }
    match old_hash == *old_root && new_hash == *new_root {
        true => Ok(()),
        false => Err(differs),
    }
}
