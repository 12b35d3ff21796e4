//! An examination: answers go in block by block, findings come out.

use crate::cells::{CellsError, DistinctCells, RawCells};
use crate::decoys;
use crate::dedup::{Dedup, DedupError, DedupKind};
use crate::eprocess::EProcessError;
use crate::finding::{Counts, Finding, Test};
use crate::interval::IntervalError;
use crate::lineup::LineUp;
use crate::multiplicity::{holm, line_up};
use crate::plain;
use crate::tail::{Log10P, TailError};
use crate::tally::{EProcess, Tally};
use crate::warning::Warning;
use hallmark_core::keys::CohortKey;
use hallmark_core::mark;
use hallmark_core::profile::Profile;

/// One profile's keys under test, with what was observed so far.
///
/// ```text
/// RawCells → fresh → distinct → every key's tally, every decoy's sum → findings
/// ```
pub struct Examination {
    dedup: Box<dyn Dedup>,
    counts: Counts,
    keys: Vec<Tally>,
    line_up: LineUp,
}

impl Examination {
    /// An examination of `keys` under `profile`, as `plan` says.
    ///
    /// # Errors
    /// When the profile's parameters leave nothing to test.
    pub fn new(
        profile: &Profile,
        keys: &[CohortKey],
        plan: Plan,
    ) -> Result<Self, ExaminationError> {
        let tally = |key: &CohortKey| {
            Tally::new(
                key.public_id().to_string(),
                mark::bind(profile, key),
                plan.e_process,
            )
        };
        Ok(Self {
            dedup: plan.dedup.build(profile.window),
            counts: Counts::default(),
            keys: keys.iter().map(tally).collect::<Result<_, _>>()?,
            line_up: LineUp::new(decoys::draw(profile, keys, plan.decoys, plan.decoy_draw)),
        })
    }

    /// Adds a block of answers. Blocks of millions of tokens are fastest; the findings do not
    /// depend on how answers are cut into blocks.
    ///
    /// # Errors
    /// When there are more cells than the statistics allow.
    pub fn observe(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        self.counts.answers += raw.answers().count() as u64;
        self.counts.tokens += raw.tokens() as u64;
        self.counts.exposure_unknown += raw.exposure_unknown();
        let fresh = raw.fresh();
        self.counts.exposed += fresh.exposed();
        self.counts.fresh += fresh.len() as u64;
        let distinct = fresh.distinct(&mut *self.dedup)?;
        self.counts.scored += distinct.len() as u64;
        self.counts.expected_drops = self.dedup.expected_drops();
        self.score(&distinct)
    }

    /// What was read and left out so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The findings of every test under every key, adjusted for all of them.
    ///
    /// # Errors
    /// When there are more cells than the tails allow.
    pub fn finish(mut self) -> Result<Vec<Finding>, ExaminationError> {
        for key in &mut self.keys {
            key.look()?;
        }
        let mut findings = vec![];
        for key in &self.keys {
            findings.push(self.plain_sum(key)?);
            findings.extend(self.e_process(key));
            findings.extend(self.line_up(key));
        }
        let adjusted = holm(
            &findings
                .iter()
                .map(|finding| finding.log10_p)
                .collect::<Vec<_>>(),
        );
        for (finding, adjusted) in findings.iter_mut().zip(adjusted) {
            finding.log10_p_adjusted = adjusted;
        }
        Ok(findings)
    }

    /// Number of tests that share the level.
    fn tests(&self) -> usize {
        let e_processes = self
            .keys
            .iter()
            .filter(|key| !matches!(key.eprocess, EProcess::None));
        let line_ups = if self.line_up.is_empty() {
            0
        } else {
            self.keys.len()
        };
        self.keys.len() + e_processes.count() + line_ups
    }

    fn score(&mut self, distinct: &DistinctCells) -> Result<(), ExaminationError> {
        for key in &mut self.keys {
            key.observe(distinct)?;
        }
        self.line_up.observe(distinct)?;
        Ok(())
    }

    fn plain_sum(&self, key: &Tally) -> Result<Finding, ExaminationError> {
        let (law, cells) = (key.mark.law(), self.counts.scored);
        let unit = law.unit() as f64;
        Ok(Finding {
            statistic: key.sum as f64 / unit,
            expected: Some(cells as f64 * law.null_mean()),
            effect: plain::effect(law, cells, key.sum, self.tests())?,
            ..self.finding(Test::T1, key, plain::p_value(law, cells, key.sum)?)
        })
    }

    fn e_process(&self, key: &Tally) -> Option<Finding> {
        let (log10_p, supremum, log10_e) = match &key.eprocess {
            EProcess::Green(process) => (process.p_value(), process.supremum(), process.log10_e()),
            EProcess::Gumbel(process) => (process.p_value(), process.supremum(), process.log10_e()),
            EProcess::None => return None,
        };
        Some(Finding {
            statistic: supremum.log10_e.value(),
            supremum: Some(supremum),
            log10_e: Some(log10_e),
            ..self.finding(Test::T3, key, log10_p)
        })
    }

    fn line_up(&self, key: &Tally) -> Option<Finding> {
        if self.line_up.is_empty() {
            return None;
        }
        let sums = self.line_up.sums();
        let rank = 1 + sums.iter().filter(|&&decoy| decoy >= key.sum).count();
        let best = sums.iter().max().copied().unwrap_or(0);
        Some(Finding {
            statistic: rank as f64,
            decoys: Some(sums.len() as u64),
            best_decoy: Some(best as f64 / key.mark.law().unit() as f64),
            ..self.finding(Test::T5, key, line_up(&key.sum, &sums))
        })
    }

    fn finding(&self, test: Test, key: &Tally, log10_p: Log10P) -> Finding {
        Finding {
            test,
            key_id: key.key_id.clone(),
            tokens: self.counts.tokens,
            scored: self.counts.scored,
            statistic: 0.0,
            expected: None,
            log10_p,
            log10_p_adjusted: log10_p,
            effect: None,
            supremum: None,
            log10_e: None,
            decoys: None,
            best_decoy: None,
            warnings: Warning::of(&self.counts),
        }
    }
}

/// What an examination does beside T1. Fixed before anything is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// Whether T3 is made.
    pub e_process: bool,
    /// Decoys in the line-up; 0 leaves T5 out.
    pub decoys: u32,
    /// Which draw of decoys: another number, another line-up.
    pub decoy_draw: u64,
    /// How repeated cells are found.
    pub dedup: DedupKind,
}

/// Why an examination could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ExaminationError {
    /// More cells than the tails allow, or a law without a tail.
    #[error(transparent)]
    Tail(#[from] TailError),
    /// The same, for an interval.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// The same, for an e-process.
    #[error(transparent)]
    EProcess(#[from] EProcessError),
    /// An answer was refused.
    #[error(transparent)]
    Cells(#[from] CellsError),
    /// Sums of scores are 64 bits.
    #[error("the sum of scores exceeds 64 bits; split the corpus")]
    Sum,
    /// The de-duplication refused a block.
    #[error(transparent)]
    Dedup(#[from] DedupError),
}
