//! Documents by themselves and all together, with what both need computed once.

use super::{Detection, States, statistic, tail, words};
use crate::cells::RawCells;
use crate::dedup::DedupKind;
use crate::document::DocumentScore;
use crate::examination::ExaminationError;
use hallmark_core::mark::{KeyedMark, Unit};
use rayon::prelude::*;

/// Tokens that are taken together: enough that units which recur are scored once, few enough to hold
/// some 40 bytes for each.
const TOGETHER: usize = 1 << 20;

impl Detection {
    /// Adds a block of answers, as [`observe`](Self::observe), and tells what each says by itself, in
    /// order: over its own distinct units, with its own p-value.
    ///
    /// # Errors
    /// As `observe`.
    pub fn observe_each(&mut self, raw: &RawCells) -> Result<Vec<DocumentScore>, ExaminationError> {
        self.check(raw)?;
        let mut scores = vec![];
        for block in raw.blocks(TOGETHER) {
            match self.mark.unit.clone() {
                Some(unit) => scores.extend(self.observe_by_unit(block, &unit)?),
                None => {
                    for one in block.blocks(0) {
                        scores.push(self.alone(one)?);
                    }
                    self.observe(block)?;
                }
            }
        }
        Ok(scores)
    }

    /// One answer by itself.
    fn alone(&self, raw: RawCells) -> Result<DocumentScore, ExaminationError> {
        let mut own = Self::new(self.key, &self.mark, self.window, DedupKind::Exact);
        own.observe(raw)?;
        score(
            &own.mark,
            own.counts.tokens,
            own.counts.scored,
            &own.sums,
            own.states.as_ref(),
        )
    }

    fn observe_by_unit(
        &mut self,
        raw: RawCells,
        unit: &Unit,
    ) -> Result<Vec<DocumentScore>, ExaminationError> {
        self.count(&raw);
        let tokens: Vec<usize> = raw.answers().map(<[_]>::len).collect();
        let fresh = self.fresh(raw);
        let own = fresh.of_answers(&tokens);
        let by_unit = fresh.by_unit(unit);
        let (mark, shifted) = (&self.mark, self.states.is_some());
        let parts = mark.parts.iter();
        let words: Vec<Vec<u32>> = parts.map(|part| words(&by_unit.cells, part)).collect();
        let kept = by_unit.keep_first(&mut *self.dedup)?;
        let units = |cells: &[u32]| -> Vec<u64> {
            cells
                .iter()
                .map(|&cell| by_unit.units[cell as usize])
                .collect()
        };

        let scores = tokens.into_par_iter().zip(own).map(|(tokens, own)| {
            // Each unit of the answer once, by one of its cells.
            let mut cells: Vec<u32> = own.collect();
            cells.sort_unstable_by_key(|&cell| by_unit.slots[cell as usize]);
            cells.dedup_by_key(|&mut cell| by_unit.slots[cell as usize]);
            let sums = sums_of(mark, &cells, &by_unit.slots, &words);
            let states = shifted.then(|| {
                let mut states = States::new();
                states.insert(&units(&cells));
                states
            });
            let cells = cells.len() as u64;
            score(mark, tokens as u64, cells, &sums, states.as_ref())
        });
        let scores: Result<Vec<_>, _> = scores.collect();

        let more = sums_of(mark, &kept, &by_unit.slots, &words);
        self.add(kept.len(), &more, &units(&kept))?;
        scores
    }
}

/// The sum of the scores of some cells, for each part.
fn sums_of(mark: &KeyedMark, cells: &[u32], slots: &[u32], words: &[Vec<u32>]) -> Vec<u64> {
    let parts = mark.parts.iter().zip(words);
    parts
        .map(|(part, words)| {
            let of_cell = |&cell: &u32| words[slots[cell as usize] as usize];
            let words: Vec<u32> = cells.iter().map(of_cell).collect();
            part.reading.law().sum(&words)
        })
        .collect()
}

fn score(
    mark: &KeyedMark,
    tokens: u64,
    scored: u64,
    sums: &[u64],
    states: Option<&States>,
) -> Result<DocumentScore, ExaminationError> {
    Ok(DocumentScore {
        tokens,
        scored,
        statistic: statistic(mark, sums),
        log10_p: tail::upper(mark, scored, sums, states)?,
    })
}
