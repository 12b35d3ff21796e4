//! T1 alone, for any marks: what `detect`, `scan` and `doctor` do.

pub mod document;
mod each;
pub mod localize;

pub use each::{Document, Documents, NewScore};

use crate::cells::{DistinctCells, RawCells};
use crate::dedup::DedupKind;
use crate::error::ExaminationError;
use crate::finding::{Counts, Finding};
use crate::scores::{BatchWords, Looks, Pool, Rows};
use crate::statistic::plain::{self, Effort, Gathered};
use hallmark_core::mark::Mark;
use rayon::prelude::*;

/// T1 of marks, over what was observed so far.
///
/// Distinct cells are found once for all marks that count them alike: memory grows with marks by their sums only, but for
/// those whose units depend on the key (green lists, three-bricks), which need a set each.
pub struct Detection {
    groups: Vec<Group>,
}

/// Marks that count the same cells.
struct Group {
    pool: Pool,
    marks: Vec<One>,
}

/// A mark, its place among all, and what it gathered.
struct One {
    place: usize,
    mark: Mark,
    gathered: Gathered,
}

/// Tokens of a block whose units are made at a time: two numbers of 32 bits for each.
const BLOCK: usize = 1 << 28;

impl Detection {
    /// Nothing observed yet, for `marks`.
    #[must_use]
    pub fn new<'a>(marks: impl IntoIterator<Item = &'a Mark>, dedup: DedupKind) -> Self {
        let mut groups: Vec<Group> = vec![];
        for (place, mark) in marks.into_iter().enumerate() {
            let alike = |group: &&mut Group| mark.counts_like(&group.marks[0].mark);
            match groups.iter_mut().find(alike) {
                Some(group) => group.marks.push(One::new(mark, place)),
                None => groups.push(Group::of(mark, place, dedup)),
            }
        }
        Self { groups }
    }

    /// Adds a block of answers or documents.
    ///
    /// # Errors
    /// When its windows are longer than a mark's, or there are more cells than sums hold.
    pub fn observe(&mut self, raw: &RawCells) -> Result<(), ExaminationError> {
        self.groups
            .iter_mut()
            .try_for_each(|group| group.observe(raw))
    }

    /// What was read and left out so far, for the first mark.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let first = self.groups.first();
        first.map_or_else(Counts::default, |group| *group.pool.counts())
    }

    /// The finding of each mark, in the order in which they were given. Adjusted p-values are their own.
    ///
    /// # Errors
    /// When there are more cells than the tails allow.
    pub fn finish(&self) -> Result<Vec<Finding>, ExaminationError> {
        self.findings(Some(Effort::All))
    }

    /// The findings without a comparison with other keys. Where keys are related they hold for text that no other
    /// key of the function has marked.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub fn finish_without_others(&self) -> Result<Vec<Finding>, ExaminationError> {
        self.findings(None)
    }

    fn findings(&self, effort: Option<Effort>) -> Result<Vec<Finding>, ExaminationError> {
        let mut findings = vec![];
        for Group { pool, marks } in &self.groups {
            for one in marks {
                let finding = plain::finding(&one.mark, &one.gathered, pool, effort)?;
                findings.push((one.place, finding));
            }
        }
        findings.sort_by_key(|&(place, _)| place);
        Ok(findings.into_iter().map(|(_, finding)| finding).collect())
    }
}

impl One {
    fn new(mark: &Mark, place: usize) -> Self {
        Self {
            place,
            mark: mark.clone(),
            gathered: Gathered::new(mark),
        }
    }
}

impl Group {
    fn of(mark: &Mark, place: usize, dedup: DedupKind) -> Self {
        Self {
            pool: Pool::new(mark, dedup),
            marks: vec![One::new(mark, place)],
        }
    }

    fn observe(&mut self, raw: &RawCells) -> Result<(), ExaminationError> {
        check(&self.marks[0].mark, raw)?;
        if self.marks[0].mark.unit().is_some() && raw.tokens() > BLOCK {
            return raw
                .blocks(BLOCK)
                .try_for_each(|block| self.observe_block(&block));
        }
        self.observe_block(raw)
    }

    fn observe_block(&mut self, raw: &RawCells) -> Result<(), ExaminationError> {
        let fresh = self.pool.fresh(raw);
        let distinct = self.pool.distinct(fresh)?;
        self.score(&distinct)
    }

    fn score(&mut self, distinct: &DistinctCells) -> Result<(), ExaminationError> {
        let marks: Vec<Mark> = self.marks.iter().map(|one| one.mark.clone()).collect();
        let rows = Rows::of(marks.iter().collect());
        let looks = Looks::new(distinct, 0, None, marks[0].is_dear());
        rows.tiles(&looks, |tile| {
            let cells = tile.iter().map(BatchWords::cells).sum();
            let ones = self.marks.par_iter_mut().enumerate();
            ones.try_for_each(|(number, one)| {
                let law = one.mark.law();
                let sums: Vec<u64> = rows
                    .range(number)
                    .map(|row| tile.iter().map(|batch| law.sum(batch.row(row))).sum())
                    .collect();
                let added = one.gathered.add(cells, &sums);
                added.ok_or(ExaminationError::Sum)
            })
        })
    }
}

fn check(mark: &Mark, raw: &RawCells) -> Result<(), ExaminationError> {
    match (mark.window(), raw.window()) {
        (window, other) if window < other => Err(ExaminationError::Window { window, other }),
        _ => Ok(()),
    }
}
