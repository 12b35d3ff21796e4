//! T2r's cells, to be shown: the weight that each form gives them, and their words.

use super::form::{TRIED, forms, weighing};
use super::{ladder, scored};
use crate::disclosure::{DisclosedResidual, words};
use crate::finding::MAX_WINDOW;
use crate::statistic::counted::{Counted, expected, packed};
use crate::weights::WindowWeights;
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::Mark;
use std::collections::BTreeMap;

/// Cells evaluated at a time.
const BATCH: usize = 256;

/// Every cell that has a weight by any form, in the order of its tokens, under each of `marks`.
pub(crate) fn disclose(
    counted: &Counted,
    weights: Option<&WindowWeights>,
    marks: &[&Mark],
) -> DisclosedResidual {
    let Some(first) = marks.first() else {
        return DisclosedResidual::default();
    };
    let forms = forms(weights);
    let mut cells: BTreeMap<packed::Packed, [i32; TRIED.len()]> = BTreeMap::new();
    for (number, form) in forms.into_iter().enumerate() {
        let mut pieces = weighing(form, counted, weights, first, |weigher| {
            let pieces = expected::pieces(&counted.suspect).into_iter();
            pieces.map(|piece| weigher.weigh(piece)).collect()
        });
        if let Some(unit) = first.unit() {
            pieces = scored::first_of_units(pieces, unit, counted.window);
        }
        for cell in pieces.into_iter().flatten() {
            let weight = ladder::weight(usize::from(cell.step));
            cells.entry(cell.cell).or_default()[number] = weight as i32;
        }
    }
    let weights = (0..TRIED.len()).map(|form| cells.values().map(|of| of[form]).collect());
    let mut all = vec![vec![]; marks.len()];
    let mut batch = CellBatch::new(counted.window, BATCH);
    let mut tokens = [0; MAX_WINDOW + 1];
    let tokens = &mut tokens[..=counted.window];
    let cells_of: Vec<packed::Packed> = cells.keys().copied().collect();
    for some in cells_of.chunks(BATCH) {
        batch.clear();
        for &cell in some {
            packed::unpack(cell, tokens);
            batch.push(&tokens[..counted.window], tokens[counted.window]);
        }
        for (mark, to) in marks.iter().zip(&mut all) {
            words(mark, &batch, to);
        }
    }
    DisclosedResidual {
        weights: weights.collect(),
        words: all,
    }
}
