//! T3r's cells, to be shown: when the log visited their windows first, the steps of their weights, and their words.

use super::logs::{BATCH, Logs, visited, weigher};
use super::weights::{Inputs, Visited};
use crate::disclosure::{DisclosedVisits, words};
use crate::eprocess::KINDS;
use crate::finding::MAX_WINDOW;
use crate::statistic::counted::{Counted, packed};
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::Mark;

/// The cells that are bet on under each of `marks` that has a log of its own.
pub(crate) fn disclose(logs: &Logs, counted: &Counted, marks: &[&Mark]) -> Vec<DisclosedVisits> {
    let of = |(key, mark): (usize, &&Mark)| {
        let weigher = weigher(logs, counted, mark)?;
        let cells = visited(&weigher, counted);
        let steps = (0..KINDS).map(|kind| cells.iter().map(|cell| cell.steps[kind]).collect());
        let mut disclosed = DisclosedVisits {
            key,
            codes: cells.iter().map(|cell| cell.code).collect(),
            steps: steps.collect(),
            words: vec![],
        };
        for cells in cells.chunk_by(|a, b| a.input == b.input) {
            add(
                cells,
                mark,
                weigher.inputs(),
                counted.window,
                &mut disclosed.words,
            );
        }
        Some(disclosed)
    };
    marks.iter().enumerate().filter_map(of).collect()
}

/// Adds the words of cells of one input.
fn add(cells: &[Visited], mark: &Mark, inputs: Inputs, window: usize, to: &mut Vec<u32>) {
    let mut batch = CellBatch::new(window, BATCH);
    let mut tokens = [0; MAX_WINDOW + 1];
    let tokens = &mut tokens[..=window];
    for cells in cells.chunks(BATCH) {
        batch.clear();
        for cell in cells {
            packed::unpack(cell.cell, tokens);
            batch.push(&tokens[..window], tokens[window]);
        }
        match inputs {
            Inputs::Windows => words(mark, &batch, to),
            Inputs::UnderSubKeys(_) => {
                let part = &mark.parts()[usize::from(cells[0].input)];
                let start = to.len();
                to.resize(start + cells.len(), 0);
                part.reading.words(&batch, &mut to[start..]);
            }
        }
    }
}
