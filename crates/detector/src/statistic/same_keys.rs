//! Keys and layers that a function cannot tell apart: they have one effect, and are one.
//!
//! A function keeps some bits of a number, so that keys with different ids may be the same one. Tested twice they would count as
//! two that found something; as control such a key would hide a dependence; and equal layers are one layer that counts twice,
//! which the law of independent layers does not know. Whether two are the same is seen from their words.

use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::keys::PublicId;
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use std::collections::HashMap;

/// Windows that are looked at: few, as each may cost a permutation of the vocabulary.
const WINDOWS: usize = 4;

/// Tokens after each: two lists of a quarter of the vocabulary agree on all cells with probability 0.625²⁵⁶, or 10⁻⁵².
const TOKENS: usize = 64;

/// Keys or layers that are one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Same {
    /// Two keys.
    #[error(
        "keys {first} and {second} are one to this function: they differ only in what it does not use"
    )]
    Keys {
        /// One.
        first: PublicId,
        /// The other.
        second: PublicId,
    },
    /// Two layers or two parts of one key.
    #[error("key {key} is degenerate: its numbers {first} and {second} are one to this function")]
    Numbers {
        /// The key.
        key: PublicId,
        /// The place of one of them, from 1.
        first: usize,
        /// The place of the other.
        second: usize,
    },
}

/// Says no where two of these marks, of one profile, or two numbers of one of them, are the same in effect.
pub(crate) fn refuse(marks: &[&Mark], vocabulary: u32) -> Result<(), Same> {
    let mut known: HashMap<Vec<Vec<u32>>, PublicId> = HashMap::new();
    for mark in marks {
        let words = words(mark, vocabulary);
        numbers(mark, &words)?;
        match known.insert(words, mark.key()) {
            // The same key twice is for others to judge.
            Some(first) if first != mark.key() => {
                return Err(Same::Keys {
                    first,
                    second: mark.key(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Says no where two numbers of a key are the same in effect.
///
/// # Errors
/// [`Same::Numbers`].
pub fn refuse_degenerate(mark: &Mark, vocabulary: u32) -> Result<(), Same> {
    match (mark.parts().len(), mark.law()) {
        (1, Law::Exponential | Law::Bernoulli { .. }) => Ok(()),
        _ => numbers(mark, &words(mark, vocabulary)),
    }
}

/// The words of each part on the same cells for every mark.
fn words(mark: &Mark, vocabulary: u32) -> Vec<Vec<u32>> {
    let cells = WINDOWS * TOKENS;
    let window = mark.window();
    let mut batch = CellBatch::new(window, cells);
    let mut state = 0_u64;
    // Knuth's multiplier: any fixed cells do.
    let mut token = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as TokenId % vocabulary.max(1)
    };
    for _ in 0..WINDOWS {
        let before: Vec<TokenId> = (0..window).map(|_| token()).collect();
        (0..TOKENS).for_each(|_| batch.push(&before, token()));
    }
    let parts = mark.parts().iter();
    let read = parts.map(|part| {
        let mut words = vec![0; cells];
        part.reading.words(&batch, &mut words);
        words
    });
    read.collect()
}

/// Says no where two parts, or two layers, of a key are the same.
fn numbers(mark: &Mark, words: &[Vec<u32>]) -> Result<(), Same> {
    let same = |(first, second): (usize, usize)| Same::Numbers {
        key: mark.key(),
        first: first + 1,
        second: second + 1,
    };
    if let Some(pair) = pair_of_equals(words) {
        return Err(same(pair));
    }
    let Law::Bits { layers } = mark.law() else {
        return Ok(());
    };
    let layer = |layer: u32| -> Vec<bool> {
        let words = words.iter().flatten();
        words.map(|word| word >> layer & 1 == 1).collect()
    };
    let layers: Vec<Vec<bool>> = (0..layers).map(layer).collect();
    pair_of_equals(&layers).map_or(Ok(()), |pair| Err(same(pair)))
}

fn pair_of_equals<T: PartialEq>(items: &[T]) -> Option<(usize, usize)> {
    (0..items.len()).find_map(|first| {
        let second = (first + 1..items.len()).find(|&second| items[first] == items[second])?;
        Some((first, second))
    })
}
