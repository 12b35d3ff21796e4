//! One examination: what was printed, what was disclosed, and the scores under each key.

use super::cells::{Cells, KeyWords};
use super::effect::{self, Summed};
use super::mark::Mark;
use super::outcome::ids;
use super::printed::Printed;
use super::score::Scores;
use super::table::Table;
use super::weighted::Steps;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What findings are checked against.
pub(crate) struct Examination<'a> {
    pub(crate) printed: Printed<'a>,
    pub(crate) cells: &'a Cells,
    pub(crate) mark: Mark,
    pub(crate) scores: Scores,
    /// Words and scores by the keys' ids, the first of equal ids.
    keys: HashMap<&'a str, Scored<'a>>,
    /// Findings in all.
    tests: usize,
    visible: OnceLock<f64>,
    /// What is left for weighted tails.
    pub(crate) steps: Steps,
    /// Bits of each key of another engine with which all numbers so far agree.
    bits: RefCell<HashMap<String, Vec<u32>>>,
}

/// Words under one key, and what they score.
pub(crate) struct Scored<'a> {
    pub(crate) key: &'a KeyWords,
    pub(crate) values: Vec<u32>,
    pub(crate) total: u64,
}

impl<'a> Examination<'a> {
    pub(crate) fn new(printed: Printed<'a>, cells: &'a Cells, mark: Mark) -> Self {
        let scores = Scores::new();
        let mut keys = HashMap::new();
        for key in &cells.keys {
            keys.entry(key.key_id.as_str()).or_insert_with(|| {
                let values = mark_all(&mark, &scores, &key.words);
                let total = values.iter().map(|&value| u64::from(value)).sum();
                Scored { key, values, total }
            });
        }
        Self {
            printed,
            cells,
            mark,
            scores,
            keys,
            tests: printed.list_or_none("tests").map_or(0, |tests| tests.len()),
            visible: OnceLock::new(),
            steps: Steps::of_size(cells.size()),
            bits: RefCell::default(),
        }
    }

    /// Distinct cells.
    pub(crate) fn scored(&self) -> u64 {
        self.cells.len() as u64
    }

    /// Words of them.
    pub(crate) fn words(&self) -> u64 {
        self.scored() * self.mark.ring
    }

    /// Findings that share the level.
    pub(crate) fn tests(&self) -> usize {
        self.tests
    }

    /// What is disclosed under a key.
    pub(crate) fn key(&self, key_id: &str) -> Option<&Scored<'a>> {
        self.keys.get(key_id)
    }

    /// What is disclosed under a tested key, of a list with one entry for each.
    pub(crate) fn of_tested<'b>(
        &self,
        words: &'b [Vec<u32>],
        key_id: &str,
    ) -> Result<&'b [u32], String> {
        let keys = ids(self.printed)?;
        let place = keys.iter().position(|&key| key == key_id);
        let place = place.ok_or("its key is none of the tested ones")?;
        let words = words.get(place);
        words
            .map(Vec::as_slice)
            .ok_or_else(|| "its words are missing under its key".to_owned())
    }

    /// The sum under a key.
    pub(crate) fn summed(&self, key: &Scored<'_>) -> Summed {
        Summed {
            cells: self.scored(),
            words: self.words(),
            total: key.total,
        }
    }

    /// Whether some number of bits of a key, of those that earlier numbers left, agrees with one more number.
    pub(crate) fn some_bits(&self, key_id: &str, agrees: impl Fn(u32) -> bool) -> bool {
        let mut known = self.bits.borrow_mut();
        let left = known
            .entry(key_id.to_owned())
            .or_insert_with(|| self.mark.key_bits.to_vec());
        let agreeing: Vec<u32> = left.iter().copied().filter(|&bits| agrees(bits)).collect();
        if agreeing.is_empty() {
            return false;
        }
        *left = agreeing;
        true
    }

    /// T1's smallest visible effect.
    pub(crate) fn smallest_visible(&self) -> f64 {
        *self
            .visible
            .get_or_init(|| effect::smallest_visible(&self.mark, self.words(), self.tests))
    }
}

/// The scores of words.
pub(crate) fn mark_all(mark: &Mark, scores: &Scores, words: &[u32]) -> Vec<u32> {
    words.iter().map(|&word| mark.score(scores, word)).collect()
}

/// Checks what was counted, as far as cells say it.
pub(crate) fn counts(table: &mut Table, examination: &Examination<'_>) {
    let printed = examination.printed;
    let n = examination.scored();
    table.same("counts: scored", printed.whole("counts.scored"), n);
    let fresh = printed.whole("counts.fresh");
    table.holds(
        "counts: no more cells are scored than are fresh",
        fresh.as_ref().is_ok_and(|&fresh| fresh >= n),
        || format!("{fresh:?} and {n}"),
    );
    let dropped = printed.number("counts.expected_drops");
    match printed.text("plan.dedup") {
        Ok("bloom") => table.not_checked(
            "counts: expected drops",
            "a Bloom filter's depend on its size",
        ),
        Ok(dedup) => {
            let pairs = n as f64 * (n as f64 - 1.0) / 2.0_f64.powi(65);
            let ours = if dedup == "exact" || examination.mark.window == 1 {
                0.0
            } else {
                pairs.max(0.0)
            };
            table.near("counts: expected drops", dropped, ours, 1e-12);
        }
        Err(why) => table.fails("counts: expected drops", why),
    }
    table.not_checked(
        "counts: answers, tokens, exposed and fresh cells, layouts",
        "they come from the answers: `replay` with the keys counts them again",
    );
}
