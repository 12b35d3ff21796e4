//! T3r: exact evidence from the log that the tested key itself marked.
//!
//! ```text
//! log of K, in the order of requests → first visits → when to bet on which window
//! answers of the suspect → cells, counts, expectation → how much to bet on which cell
//! ```
//!
//! The log is read in the order in which its requests came in. When a window is visited for the first time, nothing that was read
//! before depends on the window's words, so a bet on them that depends on what was read is fair: E is a supermartingale, although the
//! log was marked by the tested key. Only when a window was first visited is used of the log, and no count of later visits, which
//! do depend on its words (`docs/tests/first-visits.md`).
//!
//! What is visited is an input of the pseudo-random function: a window, or where requests are marked with sub-keys of a ring, a window
//! under a sub-key, which is one part of the mark.

mod disclose;
mod logs;
mod weights;

use super::counted::{Counted, packed};
use crate::eprocess::{FirstVisitsEProcess, PartSums, VisitSums};
use crate::error::ExaminationError;
use crate::finding::{Condition, Finding, Found, Leaning, MAX_WINDOW, T3r};
use crate::scores::Tally;
use crate::seen::Seen;
use crate::weights::WeightSource;
pub(crate) use disclose::disclose;
use hallmark_core::cells::CellBatch;
use hallmark_core::mark::{Mark, Reading};
pub use logs::Logs;
use logs::{BATCH, visited, weigher};
use rayon::prelude::*;
use weights::{Inputs, NO_BET, Visited, Weigher};

/// The largest weight of a part in bets.
const MOST_BET: u32 = 1 << 8;

/// Cells that one thread sums at a time.
const STRETCH: usize = 1 << 13;

/// The finding of T3r under a key, if a log of its own is there.
pub(crate) fn finding(
    logs: &Logs,
    counted: &Counted,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Option<Finding>, ExaminationError> {
    let Some(weigher) = weigher(logs, counted, &key.mark) else {
        return Ok(None);
    };
    let log = weigher.visits;
    let process = read(&weigher, counted, &key.mark)?;
    let halves = process.halves();
    let supremum = process.supremum();
    let found = Found::T3r(T3r {
        supremum,
        log10_e: process.log10_e(),
        weights: WeightSource::FirstVisits,
        leaning: match halves.follow >= halves.lean {
            true => Leaning::Follow,
            false => Leaning::Lean,
        },
        log10_e_follow: halves.follow,
        log10_e_lean: halves.lean,
        counts: counted.counts(process.cells(), 0),
        windows_read: log.read(),
        background_windows: logs.background.as_ref().map(|counts| counts.total()),
    });
    let finding = seen.finding(found, key, process.log10_e().p_value());
    let mut finding = finding.over(process.cells());
    if !log.is_as_sampled() {
        finding.unproven.push(Condition::LogAsSampled);
    }
    let background = logs.background.as_ref();
    if background.is_some_and(|counts| counts.marked_by() == Some(key.mark.key())) {
        finding.unproven.push(Condition::KeyFreeWeights);
    }
    Ok(Some(finding))
}

/// Reads the log: looks whenever the code of the time rises, so that order within a code says nothing.
fn read(
    weigher: &Weigher<'_>,
    counted: &Counted,
    mark: &Mark,
) -> Result<FirstVisitsEProcess, ExaminationError> {
    let visited = visited(weigher, counted);
    let mut process = FirstVisitsEProcess::new(mark.law(), &mark.part_weights(MOST_BET))?;
    for at_once in visited.chunk_by(|a, b| a.code == b.code) {
        let sums = at_once
            .par_chunks(STRETCH)
            .map(|cells| sums(cells, mark, weigher.inputs(), counted.window));
        let nothing = || VisitSums::new(mark.parts().len());
        process.observe(&sums.reduce(nothing, |some, more| some.and(&more)))?;
    }
    Ok(process)
}

/// The sums of some cells, sorted by input.
fn sums(cells: &[Visited], mark: &Mark, inputs: Inputs, window: usize) -> VisitSums {
    let mut sums = VisitSums::new(mark.parts().len());
    sums.cells = cells.len() as u64;
    for of_input in cells.chunk_by(|a, b| a.input == b.input) {
        let parts = match inputs {
            Inputs::Windows => 0..mark.parts().len(),
            Inputs::UnderSubKeys(_) => {
                let part = usize::from(of_input[0].input);
                part..part + 1
            }
        };
        for part in parts {
            let reading = &*mark.parts()[part].reading;
            add(&mut sums.parts[part], of_input, reading, window);
        }
    }
    sums
}

/// Adds cells' words of one part.
fn add(sums: &mut PartSums, cells: &[Visited], reading: &dyn Reading, window: usize) {
    let law = reading.law();
    let mut batch = CellBatch::new(window, BATCH);
    let mut words = [0; BATCH];
    let mut tokens = [0; MAX_WINDOW + 1];
    let tokens = &mut tokens[..=window];
    for cells in cells.chunks(BATCH) {
        batch.clear();
        for cell in cells {
            packed::unpack(cell.cell, tokens);
            batch.push(&tokens[..window], tokens[window]);
        }
        let words = &mut words[..cells.len()];
        reading.words(&batch, words);
        for (cell, &mut word) in cells.iter().zip(words) {
            let score = u64::from(law.score(word));
            for (kind, step) in cell.steps.into_iter().enumerate() {
                if step != NO_BET {
                    sums.counts[kind][usize::from(step)] += 1;
                    sums.scores[kind][usize::from(step)] += score;
                }
            }
        }
    }
}
