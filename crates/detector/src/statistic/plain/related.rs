//! Where keys are related: the tested key among others, on the same text.

use crate::tail::{Log10P, among};
use hallmark_core::mark::RelatedKeys;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use std::collections::HashSet;

/// p-values above it are those of unmarked text alone.
pub(super) const LARGEST: f64 = 0.1;

/// Others to compare with, and when to compare with more.
struct Stage {
    others: usize,
    /// The next stage is for p-values up to it.
    go_on: f64,
    /// Units that are scored at most.
    units: usize,
}

const fn stage(others: usize, go_on: f64, units: usize) -> Stage {
    Stage {
        others,
        go_on,
        units,
    }
}

/// How much a p-value may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For one of many documents.
    Document,
    /// For all together.
    All,
}

/// One number has a rank, so that p is at least 1/(others + 1).
const ONE: [Stage; 3] = [
    stage(99, 0.1, usize::MAX),
    stage(999, 0.01, usize::MAX),
    stage((1 << 20) - 1, 0.0, 4096),
];

/// The same for a document.
const ONE_DOCUMENT: [Stage; 2] = [stage(99, 0.1, usize::MAX), stage(999, 0.0, usize::MAX)];

/// Several numbers' scores are a subset of all.
const SEVERAL: [Stage; 2] = [stage(96, 0.1, usize::MAX), stage(960, 0.0, usize::MAX)];

/// The same for a document.
const SEVERAL_DOCUMENT: [Stage; 2] = [stage(96, 0.1, usize::MAX), stage(288, 0.0, usize::MAX)];

/// The p-value among others, and how many the last of them were.
///
/// A stage's p₁ is reported when it is above its level c, else min(c, p₂) with p₂ of the next stage. If p₁ and p₂ are
/// p-values, so is this: at levels α < c it is at most α only if p₂ is; from c on, only if p₁ is.
///
/// Nothing is compared where `unmarked`, the p-value for text without any mark of this function, is above
/// [`LARGEST`]: the larger of the two is reported, at levels up to that.
pub(super) fn p_value(
    keys: &RelatedKeys,
    units: &[u64],
    unmarked: Log10P,
    effort: Effort,
) -> (Log10P, u64) {
    let stages = match (keys.tested().len(), effort) {
        (1, Effort::All) => &ONE[..],
        (1, Effort::Document) => &ONE_DOCUMENT,
        (_, Effort::All) => &SEVERAL,
        (_, Effort::Document) => &SEVERAL_DOCUMENT,
    };
    let (mut log10_p, mut others) = (Log10P::ONE, 0);
    for (draw, stage) in (0..).zip(stages) {
        let drawn = others_of(keys, stage.others, draw);
        others = drawn.len() as u64;
        let some = some_of(units, stage.units);
        let units = some.as_deref().unwrap_or(units);
        let among = among(
            &sums(keys, units, keys.tested()),
            &sums(keys, units, &drawn),
        );
        log10_p = log10_p.min(among);
        if among.value() > stage.go_on.log10() || unmarked.value() > stage.go_on.log10() {
            break;
        }
        log10_p = Log10P::clamped(stage.go_on.log10());
    }
    (log10_p, others)
}

/// About `most` units where there are more, the same for any order.
fn some_of(units: &[u64], most: usize) -> Option<Vec<u64>> {
    let step = units.len().div_ceil(most);
    (step > 1).then(|| {
        let mut sorted = units.to_vec();
        sorted.par_sort_unstable();
        sorted.into_iter().step_by(step).collect()
    })
}

/// The scores of each number.
fn sums(keys: &RelatedKeys, units: &[u64], numbers: &[u64]) -> Vec<u64> {
    let mut sums = vec![0; numbers.len()];
    sums.par_chunks_mut(TOGETHER)
        .zip(numbers.par_chunks(TOGETHER))
        .for_each(|(sums, numbers)| keys.function().add_sums(units, numbers, sums));
    sums
}

/// Numbers that are scored at a time.
const TOGETHER: usize = 32;

/// At most `count` numbers from the range of the tested ones. For one: all that there are, or uniform and independent
/// ones. For several: different from each other and from the tested ones, as those are from each other.
fn others_of(keys: &RelatedKeys, count: usize, draw: u64) -> Vec<u64> {
    let mut random = ChaCha20Rng::from_seed(*keys.seed());
    random.set_stream(draw);
    let range = keys.range();
    let size = (range.end - range.start).cast_unsigned();
    // A remainder of 128 bits: a range of 64 is left by less than 2⁻⁶⁴.
    let mut number = || {
        let wide = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
        (range.start + (wide % size).cast_signed()) as u64
    };
    if let [tested] = keys.tested() {
        if size <= count as u128 {
            let all = range.map(|number| number as u64);
            return all.filter(|number| number != tested).collect();
        }
        return (0..count).map(|_| number()).collect();
    }
    let mut seen: HashSet<u64> = keys.tested().iter().copied().collect();
    let free = size.saturating_sub(seen.len() as u128);
    let count = (count as u128).min(free) as usize;
    let mut others = Vec::with_capacity(count);
    while others.len() < count {
        let number = number();
        if seen.insert(number) {
            others.push(number);
        }
    }
    others
}
