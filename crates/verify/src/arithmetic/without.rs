//! What is left of T1 without each source of answers.

use super::cells::{Cells, Sources};
use super::effect::Summed;
use super::examination::mark_all;
use super::findings::plain_log10_p;
use super::mark::Mark;
use super::printed::Printed;
use super::score::Scores;
use serde_json::Value;

/// T1 of one key without the answers of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Without {
    /// Public id of the key.
    pub key_id: String,
    /// The number of the source, from 0.
    pub source: u16,
    /// Distinct cells that are left: a cell counts for the answer that had it first.
    pub cells: u64,
    /// log10 of the exact tail, not adjusted.
    pub log10_p: f64,
}

/// T1 of each key that has it, without each of these sources of answers; nothing where T1 is not computed here or the cells do not fit.
#[must_use]
pub fn without_each_source(examined: &Value, cells: &Cells, sources: &Sources) -> Vec<Without> {
    let printed = Printed::new(examined);
    let Ok(mark) = Mark::of(printed.at("profile")) else {
        return vec![];
    };
    if cells.fit(mark.ring).is_err() {
        return vec![];
    }
    let scores = Scores::new();
    let of = |answer: &u32| sources.answers.get(*answer as usize).copied();
    let sources_of: Option<Vec<u16>> = cells.answers.iter().map(of).collect();
    let Some(sources_of) = sources_of else {
        return vec![];
    };
    let tests = printed.list_or_none("tests").unwrap_or_default();
    let mut found = vec![];
    for finding in tests {
        let (Ok("T1"), Ok(key_id)) = (finding.text("test"), finding.text("key_id")) else {
            continue;
        };
        let Some(key) = cells.keys.iter().find(|key| key.key_id == key_id) else {
            continue;
        };
        let values = mark_all(&mark, &scores, &key.words);
        let ring = mark.ring as usize;
        // Each source's own cells and sum.
        let mut own = vec![(0_u64, 0_u64); sources.names.len()];
        for (&source, values) in sources_of.iter().zip(values.chunks_exact(ring)) {
            if let Some((cells, total)) = own.get_mut(usize::from(source)) {
                *cells += 1;
                *total += values.iter().copied().map(u64::from).sum::<u64>();
            }
        }
        let (all, total) = own
            .iter()
            .fold((0, 0), |(n, sum), (m, more)| (n + m, sum + more));
        for ((cells, sum), source) in own.into_iter().zip(0..) {
            let left = Summed {
                cells: all - cells,
                words: (all - cells) * mark.ring,
                total: total - sum,
            };
            found.push(Without {
                key_id: key_id.to_owned(),
                source,
                cells: left.cells,
                log10_p: match left.words {
                    0 => 0.0,
                    _ => plain_log10_p(&mark, left).min(0.0),
                },
            });
        }
    }
    found
}
