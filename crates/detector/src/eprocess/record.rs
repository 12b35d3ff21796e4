//! What was seen at the looks.

use serde::{Deserialize, Serialize};

use crate::tail::Log10E;

/// The value of an e-process at one look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Distinct cells seen.
    pub cells: u64,
    /// log10 E, rounded down.
    pub log10_e: Log10E,
}

/// The looks, thinned, with the last and the largest.
#[derive(Debug, Clone)]
pub(super) struct Record {
    kept: Vec<Checkpoint>,
    stride: u64,
    looks: u64,
    last: Checkpoint,
    supremum: Checkpoint,
}

/// The start, the supremum and the last look come on top.
const KEPT: usize = 198;

impl Record {
    pub(super) fn new() -> Self {
        let start = Checkpoint {
            cells: 0,
            log10_e: Log10E::ONE,
        };
        Self {
            kept: vec![start],
            stride: 1,
            looks: 0,
            last: start,
            supremum: start,
        }
    }

    pub(super) fn look(&mut self, checkpoint: Checkpoint) {
        self.looks += 1;
        self.last = checkpoint;
        // The first of equals, so that a look without new cells moves nothing.
        if checkpoint.log10_e > self.supremum.log10_e {
            self.supremum = checkpoint;
        }
        if !self.looks.is_multiple_of(self.stride) {
            return;
        }
        if self.kept.len() == KEPT {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
            if !self.looks.is_multiple_of(self.stride) {
                return;
            }
        }
        self.kept.push(checkpoint);
    }

    pub(super) fn last(&self) -> Checkpoint {
        self.last
    }

    pub(super) fn supremum(&self) -> Checkpoint {
        self.supremum
    }

    pub(super) fn trajectory(&self) -> Vec<Checkpoint> {
        let mut points = self.kept.clone();
        points.push(self.supremum);
        points.push(self.last);
        points.sort_by_key(|point| point.cells);
        points.dedup_by_key(|point| point.cells);
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(cells: u64, log10_e: f64) -> Checkpoint {
        Checkpoint {
            cells,
            log10_e: Log10E::new(log10_e).unwrap(),
        }
    }

    #[test]
    fn trajectory_stays_short_and_keeps_what_matters() {
        let mut record = Record::new();
        for cells in 1..=12_345 {
            record.look(at(cells, if cells == 7_777 { 3.0 } else { -1.0 }));
            assert!(record.trajectory().len() <= 200);
        }
        let points = record.trajectory();
        assert!(points.len() > 95);
        assert_eq!(points[0], at(0, 0.0));
        assert_eq!(points.last(), Some(&at(12_345, -1.0)));
        assert!(points.contains(&at(7_777, 3.0)));
        let gaps: Vec<u64> = points.windows(2).map(|w| w[1].cells - w[0].cells).collect();
        assert!(gaps.iter().all(|&gap| gap <= 128), "{gaps:?}");
    }

    #[test]
    fn supremum_counts_the_start() {
        let mut record = Record::new();
        record.look(at(10, -0.5));
        assert_eq!(record.supremum(), at(0, 0.0));
    }
}
