//! The process at its looks: places fixed by the number of cells alone.

use super::process::{Kind, Process};
use crate::arithmetic::mark::{Law, Mark};
use crate::arithmetic::score::Scores;

/// Looks fall on multiples of it.
const LOOK: u64 = 256;

/// E at every look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Looked {
    /// Cells, and log10 E, in order; the start, 0 cells and E = 1, first.
    pub(crate) looks: Vec<(u64, f64)>,
}

impl Looked {
    /// log10 E at the end.
    pub(crate) fn end(&self) -> f64 {
        self.looks.last().map_or(0.0, |&(_, log10_e)| log10_e)
    }

    /// The largest.
    pub(crate) fn largest(&self) -> f64 {
        self.looks
            .iter()
            .map(|&(_, log10_e)| log10_e)
            .fold(0.0, f64::max)
    }

    /// log10 E after so many cells, where there was a look.
    pub(crate) fn at(&self, cells: u64) -> Option<f64> {
        let at = self
            .looks
            .binary_search_by_key(&cells, |&(place, _)| place)
            .ok()?;
        Some(self.looks[at].1)
    }
}

/// Runs a process over words in order, as many a cell as the mark has, with their scores and the cells' weights (of which only a weighted process
/// reads any).
pub(crate) fn run(
    process: &Process,
    mark: &Mark,
    scores: &Scores,
    words: &[u32],
    values: &[u32],
    weights: &[u16],
) -> Looked {
    let ring = (mark.ring as usize).max(1);
    let cells = (values.len() / ring) as u64;
    let kind = &process.kind;
    let mut sums = vec![0_u64; kind.sums()];
    let mut looked = Looked {
        looks: vec![(0, 0.0)],
    };
    let mut last = 0;
    let rows = values.chunks_exact(ring).zip(words.chunks_exact(ring));
    for (seen, (values, words)) in (1..=cells).zip(rows) {
        match kind {
            Kind::Green => {
                sums[0] += u64::from(values[0]);
                sums[1] += u64::from(values[0] == 0);
            }
            Kind::Gumbel => {
                sums[0] += u64::from(scores.log_reciprocal(words[0]));
                sums[1] += u64::from(values[0]);
                sums[2] += 1;
            }
            Kind::Weighted(steps) => {
                let weight = weights.get(seen as usize - 1).copied().unwrap_or(1);
                if let Ok(at) = steps.binary_search(&weight) {
                    let total: u64 = values.iter().map(|&value| u64::from(value)).sum();
                    let other = match mark.law {
                        Law::Below(_) => values.len() as u64 - total,
                        Law::Exponential | Law::Ones(_) => values.len() as u64,
                    };
                    sums[2 * at] += total;
                    sums[2 * at + 1] += other;
                }
            }
        }
        let is_look = seen % LOOK == 0 && seen >= last + LOOK.max(last / LOOK);
        if is_look {
            last = seen;
        }
        if is_look || seen == cells {
            looked.looks.push((seen, process.log10_e(&sums)));
        }
    }
    looked
}

impl Kind {
    fn sums(&self) -> usize {
        match self {
            Self::Green => 2,
            Self::Gumbel => 3,
            Self::Weighted(steps) => 2 * steps.len(),
        }
    }
}
