//! T8: the smallest of the chances that the i largest words of N are as large as they were, and how often one is as small.
//!
//! `docs/tests/shape.md`. The program runs a recursion backwards; here uniforms are followed forwards, from bound to bound, until they cross.

use super::numbers::Double;
use super::tail::{LATTICE, binomial, point_f64};

/// T8's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    /// Ranks from the top, at most.
    pub(crate) looked_at: u64,
    pub(crate) log10_smallest: f64,
    /// The rank whose level was the smallest, and its word's own chance in 2⁻³².
    pub(crate) strongest: Option<(u64, u64)>,
    pub(crate) log10_p: f64,
    /// Bonferroni's bound over the ranks, which is printed where p is below what the recursion can hold.
    pub(crate) union: f64,
}

/// More ranks are not looked at.
const MOST: u64 = 4096;

/// Below this ln of the smallest level numbers are lost, and the program has only the union bound.
const FAR: f64 = -600.0;

/// Chances below it add nothing to one that is above e^FAR.
const NOTHING: f64 = 1e-290;

/// Levels that agree so nearly are equal.
const EQUAL: f64 = 1e-9;

/// T8 of these words.
pub(crate) fn shape(words: &[u32]) -> Shape {
    let n = words.len() as u64;
    let largest = largest(words, looked_at(n) as usize);
    let numerators: Vec<u64> = largest
        .iter()
        .map(|&word| LATTICE - u64::from(word))
        .collect();
    of_numerators(n, &numerators)
}

fn looked_at(n: u64) -> u64 {
    (n / 20).clamp(1, MOST)
}

/// T8 of n words, of whose own chances in 2⁻³² these are the smallest, rising.
pub(super) fn of_numerators(n: u64, numerators: &[u64]) -> Shape {
    let looked_at = numerators.len() as u64;
    let ranks: Vec<u64> = ranks(looked_at).collect();
    let mut smallest: Option<(Double, u64, u64)> = None;
    for &rank in &ranks {
        let numerator = numerators[rank as usize - 1];
        let level = level(n, rank, numerator);
        if smallest.is_none_or(|(least, ..)| level < least) {
            smallest = Some((level, rank, numerator));
        }
    }
    let Some((smallest, rank, numerator)) = smallest else {
        return Shape {
            looked_at: 0,
            log10_smallest: 0.0,
            strongest: None,
            log10_p: 0.0,
            union: 0.0,
        };
    };
    let union = smallest + Double::from(ranks.len() as u64).ln();
    let union = union.to_log10().min(0.0);
    let log10_p = if smallest.to_f64() < FAR {
        union
    } else {
        let bounds = bounds(n, &ranks, smallest, (rank, numerator));
        crossing(n, &ranks, &bounds).log10().min(0.0)
    };
    Shape {
        looked_at,
        log10_smallest: smallest.to_log10(),
        strongest: Some((rank, numerator)),
        log10_p,
        union,
    }
}

/// ln of the chance that `rank` or more of n words have a chance as small.
fn level(n: u64, rank: u64, numerator: u64) -> Double {
    // Below every logarithm, where there are no words as small.
    binomial::upper(n, rank, numerator).unwrap_or(Double::from(-1e300))
}

impl Shape {
    /// Whether only the union bound is there.
    pub(crate) fn is_far(&self) -> bool {
        self.log10_smallest * std::f64::consts::LN_10 < FAR + 1.0
    }
}

/// The `count` largest words, falling.
fn largest(words: &[u32], count: usize) -> Vec<u32> {
    let mut words = words.to_vec();
    let count = count.min(words.len());
    if count < words.len() {
        words.select_nth_unstable_by(count, |a, b| b.cmp(a));
        words.truncate(count);
    }
    words.sort_unstable_by(|a, b| b.cmp(a));
    words
}

/// 1 to 10, then each a fifth above the last.
fn ranks(most: u64) -> impl Iterator<Item = u64> {
    let next = |&rank: &u64| Some(rank + (rank / 5).max(1));
    std::iter::successors(Some(1), next).take_while(move |&rank| rank <= most)
}

/// For each rank the largest chance, of those in 2⁻³², whose level is no larger than the smallest.
fn bounds(n: u64, ranks: &[u64], smallest: Double, strongest: (u64, u64)) -> Vec<f64> {
    let is_inside = |rank: u64, numerator: u64| {
        (level(n, rank, numerator.min(LATTICE)) - smallest).to_f64() <= EQUAL
    };
    let mut last = 0;
    let mut bounds = vec![];
    for &rank in ranks {
        // Bounds rise with the rank, and that of the strongest is no lower than its own chance.
        let mut inside = if rank == strongest.0 {
            strongest.1.max(last)
        } else {
            last
        };
        let mut outside = LATTICE + 1;
        while outside - inside > 1 {
            let middle = u64::midpoint(inside, outside);
            if is_inside(rank, middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        last = inside;
        bounds.push(last as f64 / LATTICE as f64);
    }
    bounds
}

/// The chance that for some j at least `ranks[j]` of n uniforms lie at or below `bounds[j]`.
fn crossing(n: u64, ranks: &[u64], bounds: &[f64]) -> f64 {
    // alive[k]: k uniforms up to the last bound, and no crossing so far.
    let (mut alive, mut below, mut crossed) = (vec![1.0_f64], 0.0, 0.0);
    for (&rank, &bound) in ranks.iter().zip(bounds) {
        let step = (bound - below) / (1.0 - below);
        let room = rank as usize;
        if step >= 1.0 {
            // All uniforms lie below: whoever is alive crosses, if there are as many.
            return if n >= rank { 1.0 } else { crossed };
        }
        let mut next = vec![0.0; room];
        for (have, &chance) in alive
            .iter()
            .enumerate()
            .filter(|&(_, &chance)| chance > 0.0)
        {
            let left = n - have as u64;
            let (law, beyond) = steps(left, room - have, step);
            for (to, more) in next[have..].iter_mut().zip(&law) {
                *to += chance * more;
            }
            crossed += chance * beyond;
        }
        (alive, below) = (next, bound);
    }
    crossed
}

/// The law of Binomial(n, rate) below `count`, and the chance of `count` or more.
fn steps(n: u64, count: usize, rate: f64) -> (Vec<f64>, f64) {
    let mut law = vec![0.0; count];
    if rate <= 0.0 {
        if let Some(first) = law.first_mut() {
            *first = 1.0;
        }
        return (law, f64::from(u8::from(count == 0)));
    }
    let odds = rate / (1.0 - rate);
    let last = (count as u64).min(n + 1).saturating_sub(1) as usize;
    // Outward from the largest term.
    let mode = ((n as f64 + 1.0) * rate) as usize;
    let start = mode.min(last);
    if count == 0 {
        return (law, 1.0);
    }
    law[start] = point_f64(n, start as u64, rate);
    for k in start..last {
        law[k + 1] = law[k] * (n - k as u64) as f64 / (k as f64 + 1.0) * odds;
        if law[k + 1] < NOTHING {
            law[k + 1] = 0.0;
            break;
        }
    }
    for k in (0..start).rev() {
        law[k] = law[k + 1] * (k as f64 + 1.0) / (n - k as u64) as f64 / odds;
        if law[k] < NOTHING {
            law[k] = 0.0;
            break;
        }
    }
    let beyond = if count as u64 > n {
        0.0
    } else if (count as f64) < n as f64 * rate {
        (1.0 - law.iter().sum::<f64>()).max(0.0)
    } else {
        let mut term = law[count - 1] * (n - count as u64 + 1) as f64 / count as f64 * odds;
        let mut sum = 0.0;
        for k in count as u64..=n {
            sum += term;
            term *= (n - k) as f64 / (k as f64 + 1.0) * odds;
            if term <= sum * 1e-18 {
                break;
            }
        }
        sum
    };
    (law, beyond)
}
