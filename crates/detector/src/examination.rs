//! An examination: answers go in block by block, findings come out.
//!
//! Each test is a file or folder of [`crate::statistic`] with a `finding` of one key. What they share is made here:
//! cells are left out, de-duplicated and scored once under each key, and all findings are adjusted together.

use crate::cells::{DistinctCells, RawCells};
use crate::dedup::DedupKind;
use crate::disclosure::{Disclosed, Disclosure};
use crate::eprocess::EProcess;
use crate::error::ExaminationError;
use crate::finding::{Condition, Counts, Expectation, Finding, Order, Test, Warning};
use crate::multiplicity::holm;
use crate::scores::{Looking, Looks, Pool, Rows, Tally};
use crate::seen::Seen;
use crate::statistic::admission::{Refused, admits};
use crate::statistic::contrast::{self, Contrasts};
use crate::statistic::counted::{Counted, Counting};
use crate::statistic::first_visits::{self, Logs};
use crate::statistic::line_up::{self, LineUp};
use crate::statistic::logprobs::{self, Evidence, MassCounts};
use crate::statistic::plain::{self, Effort, Gathered};
use crate::statistic::shape::{self, Shape};
use crate::statistic::{few_keys, residual, same_keys, sequential, weighted};
use crate::tail::Log10P;
use crate::weights::WindowWeights;
use hallmark_core::keys::Key;
use hallmark_core::mark::{KeyMismatch, Mark, Null};
use hallmark_core::profile::Profile;
use rayon::prelude::*;
use std::sync::Arc;

/// One profile's keys under test, with what was observed so far.
///
/// ```text
/// RawCells → fresh → distinct → every key's tally, every decoy's sum → findings
/// ```
///
/// Distinct cells are found once for all keys, and memory grows with keys by their sums only, but where what counts once
/// depends on the key.
pub struct Examination {
    window: usize,
    weights: Option<Arc<WindowWeights>>,
    /// T2's second form: other weights, and each key's sums by them.
    second: Option<(WindowWeights, Vec<Tally>)>,
    /// One for all keys, or one for each where units depend on the key.
    pools: Vec<Pool>,
    keys: Vec<Tally>,
    counting: Option<Counting>,
    /// Whether T2r is made of what is counted.
    residual: bool,
    first_visits: Option<Logs>,
    line_up: LineUp,
    contrasts: Option<Contrasts>,
    controls: Vec<Mark>,
    shapes: Vec<Shape>,
    logprobs: Option<(Arc<Evidence>, MassCounts)>,
    disclosure: Option<Disclosure>,
    order: Order,
    unproven: Vec<Condition>,
    warnings: Vec<Warning>,
}

/// What an examination does beside T1. Fixed before anything is read.
#[derive(Clone, Default)]
pub struct Plan {
    /// Whether T3 is made; with weights, its bets are in proportion to them.
    pub e_process: bool,
    /// Weights of windows; with them, T2 is made.
    pub weights: Option<Arc<WindowWeights>>,
    /// Whether T2r is made, and where its expected counts come from.
    pub residual: Option<Expectation>,
    /// Logs by whose first visits T3r is made, under the keys that marked them. Expected counts are those of `residual`, or come from
    /// shorter windows.
    pub first_visits: Option<Logs>,
    /// Decoys in each key's line-up; 0 leaves T5 out. Its statistic is T1's, without weights, so it is valid
    /// whatever the weights came from.
    pub decoys: u32,
    /// Which draw of decoys: another number, another line-up.
    pub decoy_draw: u64,
    /// How repeated cells are found.
    pub dedup: DedupKind,
    /// Keys that each tested key is contrasted with (T6): of public output, of other cohorts, or never used.
    pub controls: Vec<Key>,
    /// Whether T8 is made, where scores are Gumbel's.
    pub shape: bool,
    /// The suspect's log-probabilities; with them, T9 is made.
    pub logprobs: Option<(Arc<Evidence>, MassCounts)>,
    /// Whether what can be shown of each cell is written down: four bytes for each of its words, and a few more.
    pub disclose: bool,
}

impl Plan {
    /// The same without those tests that are made unasked, T3 and T5, where a mark like this may not have them; and why
    /// not.
    #[must_use]
    pub fn for_mark(mut self, mark: &Mark) -> (Self, Vec<Refused>) {
        let mut left_out = vec![];
        let unasked = [(Test::T3, self.e_process), (Test::T5, self.decoys > 0)];
        for (test, is_made) in unasked {
            if let (true, Err(refused)) = (is_made, admits(mark, test)) {
                left_out.push(refused);
                match test {
                    Test::T3 => self.e_process = false,
                    _ => self.decoys = 0,
                }
            }
        }
        (self, left_out)
    }

    /// The tests that it asks for.
    #[must_use]
    pub fn tests(&self) -> Vec<Test> {
        let asked = [
            (Test::T1, true),
            (Test::T2, self.weights.is_some()),
            (Test::T2r, self.residual.is_some()),
            (Test::T3, self.e_process),
            (Test::T3r, self.first_visits.is_some()),
            (Test::T5, self.decoys > 0),
            (Test::T6, !self.controls.is_empty()),
            (Test::T8, self.shape),
            (Test::T9, self.logprobs.is_some()),
        ];
        let tests = asked.into_iter();
        tests
            .filter_map(|(test, is_asked)| is_asked.then_some(test))
            .collect()
    }
}

impl Examination {
    /// An examination of `keys` under `profile`, as `plan` says.
    ///
    /// # Errors
    /// When a key does not fit the profile, the plan asks for a test that the mark may not have
    /// ([`admission`](crate::statistic::admission)), the profile's parameters leave nothing to test, or the weights are of
    /// other windows.
    pub fn new(profile: &Profile, keys: &[Key], plan: Plan) -> Result<Self, ExaminationError> {
        let window = profile.window;
        let weights = plan.weights.as_ref().map(|weights| weights.window());
        let logprobs = plan.logprobs.as_ref();
        let evidence = logprobs.map(|(evidence, _)| evidence.window());
        let logs = plan.first_visits.iter();
        let logs = logs.flat_map(|logs| {
            let background = logs.background.iter().map(|counts| counts.window());
            logs.logs.iter().map(|log| log.window()).chain(background)
        });
        let others = weights.into_iter().chain(evidence).chain(logs);
        if let Some(other) = others.into_iter().find(|&other| other != window) {
            return Err(ExaminationError::Window { window, other });
        }
        let marks_of = |keys: &[Key]| -> Result<Vec<Mark>, KeyMismatch> {
            keys.iter().map(|key| Mark::new(profile, key)).collect()
        };
        let (marks, controls) = (marks_of(keys)?, marks_of(&plan.controls)?);
        let all: Vec<&Mark> = marks.iter().chain(&controls).collect();
        same_keys::refuse(&all, profile.tokenizer.vocab_size)?;
        for (mark, test) in marks.iter().flat_map(|mark| {
            let tests = plan.tests().into_iter();
            tests.map(move |test| (mark, test))
        }) {
            admits(mark, test)?;
        }
        let Some(first) = marks.first() else {
            return Err(ExaminationError::NoKey);
        };
        let shared = if first.shares_units() {
            &marks[..1]
        } else {
            &marks[..]
        };
        let contrasts = match &controls[..] {
            [] => None,
            controls => Some(Contrasts::new(first, marks.len(), controls.len())?),
        };
        let tally = |mark: &Mark| {
            let looking = match mark.null() {
                Null::Lists => Looking::AtEnd,
                _ => Looking::AsCellsCome,
            };
            let parts = mark.part_weights(MOST_BET);
            let eprocess = match plan.e_process {
                true => EProcess::new(mark.law(), &parts, plan.weights.as_deref())?,
                false => EProcess::None,
            };
            Ok::<_, ExaminationError>(Tally::new(mark.clone(), eprocess, looking))
        };
        let logprobs = plan.logprobs.map(|(evidence, counts)| {
            let evidence = match first.unit() {
                Some(unit) => Arc::new(evidence.first_of_units(unit)),
                None => evidence,
            };
            (evidence, counts)
        });
        let vocabulary = profile.tokenizer.vocab_size;
        let second = plan
            .weights
            .as_ref()
            .and_then(|weights| weights.second_form());
        let second = second.map(|weights| {
            let alone = |mark: &Mark| Tally::new(mark.clone(), EProcess::None, Looking::AtEnd);
            (weights, marks.iter().map(alone).collect())
        });
        let disclosure = (plan.disclose && shared.len() == 1).then(|| {
            let forms = usize::from(plan.weights.is_some()) + usize::from(second.is_some());
            Disclosure::new(marks.len() + controls.len(), forms)
        });
        Ok(Self {
            window,
            disclosure,
            pools: shared
                .iter()
                .map(|mark| Pool::new(mark, plan.dedup))
                .collect(),
            keys: marks.iter().map(tally).collect::<Result<_, _>>()?,
            contrasts,
            controls,
            shapes: vec![Shape::new(); if plan.shape { marks.len() } else { 0 }],
            logprobs,
            counting: plan
                .residual
                .or(plan
                    .first_visits
                    .as_ref()
                    .map(|_| Expectation::ShorterWindow))
                .map(|expectation| Counting::new(window, vocabulary, expectation)),
            residual: plan.residual.is_some(),
            first_visits: plan.first_visits,
            line_up: LineUp::new(profile, keys, plan.decoys, plan.decoy_draw)?,
            second,
            weights: plan.weights,
            order: Order::default(),
            unproven: vec![],
            warnings: vec![],
        })
    }

    /// Says what shows that the answers' order was fixed without the key; until then nothing does, and T3 is conditional.
    pub fn order(&mut self, order: Order) {
        self.order = order;
    }

    /// Makes every finding conditional on what nobody has shown to hold of the answers.
    pub fn unproven(&mut self, condition: Condition) {
        self.unproven.push(condition);
    }

    /// Adds a warning about the answers to every finding.
    pub fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// Adds a block of answers. Blocks of millions of tokens are fastest; the findings do not
    /// depend on how answers are cut into blocks.
    ///
    /// # Errors
    /// When there are more cells than the statistics allow.
    pub fn observe(&mut self, raw: &RawCells) -> Result<(), ExaminationError> {
        for place in 0..self.pools.len() {
            let pool = &mut self.pools[place];
            let before = pool.counts().scored;
            let fresh = pool.fresh(raw);
            if let Some(counting) = &mut self.counting {
                counting.observe(raw, &fresh);
            }
            let distinct = pool.distinct(fresh)?;
            if let Some(disclosure) = &mut self.disclosure {
                let marks = self.keys.iter().map(|key| &key.mark).chain(&self.controls);
                let second = self.second.iter().map(|(weights, _)| weights);
                let forms = self.weights.as_deref().into_iter().chain(second);
                disclosure.observe(raw, &distinct, marks, forms);
            }
            self.score(place, before, &distinct)?;
        }
        Ok(())
    }

    /// Adds a block of the control sample for T2r: answers of a model without the mark, with
    /// what that model was shown. In any order beside [`observe`](Self::observe).
    ///
    /// # Errors
    /// When windows have another length than the profile's.
    pub fn observe_reference(&mut self, raw: &RawCells) -> Result<(), ExaminationError> {
        let (window, other) = (self.window, raw.window());
        if other != window {
            return Err(ExaminationError::Window { window, other });
        }
        if let Some(counting) = &mut self.counting {
            counting.observe_reference(&raw.fresh());
        }
        Ok(())
    }

    /// What was read and left out so far, for the first key.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        self.pools[0].counts()
    }

    /// The findings of every test under every key, adjusted for all of them.
    ///
    /// # Errors
    /// When there are more cells than the tails allow.
    pub fn finish(self) -> Result<Vec<Finding>, ExaminationError> {
        Ok(self.finish_disclosing()?.0)
    }

    /// The same, and what can be shown of each cell, where the plan asks for it and the mark counts the same cells for all keys.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_disclosing(
        mut self,
    ) -> Result<(Vec<Finding>, Option<Disclosed>), ExaminationError> {
        for key in &mut self.keys {
            key.look()?;
        }
        let counted = self.counting.take().map(Counting::finish);
        let marks: Vec<&Mark> = self.keys.iter().map(|key| &key.mark).collect();
        let residual = counted.as_ref().filter(|_| self.residual).map(|counted| {
            let scored = residual::score(counted, self.weights.as_deref(), &marks);
            (counted, scored)
        });
        let disclosure = self.disclosure.take();
        let disclosed =
            disclosure.map(|disclosure| self.disclosed(disclosure, counted.as_ref(), &marks));
        let rows = Rows::of(marks);
        let mut findings = vec![];
        for (index, key) in self.keys.iter().enumerate() {
            let pool = &self.pools[index.min(self.pools.len() - 1)];
            let seen = Seen {
                counts: pool.counts(),
                weights: self.weights.as_deref(),
            };
            let gathered = Gathered {
                cells: pool.counts().scored,
                sums: key.sums(),
            };
            findings.push(plain::finding(
                &key.mark,
                &gathered,
                pool,
                Some(Effort::All),
            )?);
            let mut others = vec![];
            let second = self.second.as_ref();
            let second = second.map(|(weights, keys)| (weights, &keys[index]));
            others.extend(weighted::finding(&seen, key, second)?);
            if let Some((counted, scored)) = &residual {
                let rows = rows.range(index);
                others.push(residual::finding(counted, scored, rows, &seen, key)?);
            }
            others.extend(sequential::finding(&seen, key, self.order)?);
            if let (Some(logs), Some(counted)) = (&self.first_visits, &counted) {
                others.extend(first_visits::finding(logs, counted, &seen, key)?);
            }
            others.extend(line_up::finding(&self.line_up, index, &seen, key));
            if let Some(contrasts) = &self.contrasts {
                others.extend(contrast::findings(
                    contrasts,
                    &self.controls,
                    index,
                    &seen,
                    key,
                )?);
            }
            if let Some(shape) = self.shapes.get(index) {
                others.push(shape::finding(shape, &seen, key)?);
            }
            if let Some((evidence, counts)) = &self.logprobs {
                others.push(logprobs::finding(evidence, counts, key)?);
            }
            let limited = others
                .into_iter()
                .map(|one| few_keys::limit(&key.mark, one));
            findings.extend(limited);
        }
        let law = self.keys[0].mark.law();
        plain::share_level(&mut findings, law, self.keys[0].mark.sub_keys())?;
        contrast::share_level(&mut findings, law);
        if let Some((evidence, _)) = &self.logprobs {
            logprobs::share_level(&mut findings, evidence, &self.keys[0]);
        }
        for finding in &mut findings {
            finding.unproven.extend(&self.unproven);
            finding.warnings.extend(&self.warnings);
        }
        adjust(&mut findings);
        Ok((findings, disclosed))
    }

    /// What can be shown of cells: those that were scored as answers came, and those of tests with cells of their own.
    fn disclosed(
        &self,
        scored: Disclosure,
        counted: Option<&Counted>,
        marks: &[&Mark],
    ) -> Disclosed {
        let residual = counted.filter(|_| self.residual);
        let logs = self.first_visits.as_ref().zip(counted);
        Disclosed {
            decoys: self.line_up.all_sums(),
            residual: residual
                .map(|counted| residual::disclose(counted, self.weights.as_deref(), marks)),
            first_visits: logs.map_or_else(Vec::new, |(logs, counted)| {
                first_visits::disclose(logs, counted, marks)
            }),
            masses: self
                .logprobs
                .as_ref()
                .map(|(evidence, _)| evidence.disclose(marks)),
            ..scored.finish()
        }
    }

    /// Scores the distinct cells of a pool under its keys: words once a batch, for every test.
    fn score(
        &mut self,
        place: usize,
        before: u64,
        distinct: &DistinctCells,
    ) -> Result<(), ExaminationError> {
        let keys = match self.pools.len() {
            1 => 0..self.keys.len(),
            _ => place..place + 1,
        };
        let marks: Vec<Mark> = self.keys[keys.clone()]
            .iter()
            .map(|key| key.mark.clone())
            .collect();
        let dear = marks[0].is_dear();
        let rows = Rows::of(marks.iter().chain(&self.controls).collect());
        let looks = Looks::new(distinct, before, self.weights.as_deref(), dear);
        rows.tiles(&looks, |tile| {
            let tested = self.keys[keys.clone()].par_iter_mut().enumerate();
            tested.try_for_each(|(number, key)| key.observe(tile, &rows.range(number)))?;
            if let Some(contrasts) = &mut self.contrasts {
                contrasts.observe(tile, &rows);
            }
            let shapes = match self.shapes.len() {
                0 => &mut [],
                _ => &mut self.shapes[keys.clone()],
            };
            let shapes = shapes.par_iter_mut().enumerate();
            shapes.for_each(|(number, shape)| {
                for row in rows.range(number) {
                    tile.iter().for_each(|batch| shape.observe(batch.row(row)));
                }
            });
            Ok::<_, ExaminationError>(())
        })?;
        if let Some((weights, tallies)) = &mut self.second {
            let rows = Rows::of(marks.iter().collect());
            let looks = Looks::new(distinct, before, Some(weights), dear);
            let tallies = &mut tallies[keys];
            rows.tiles(&looks, |tile| {
                let tested = tallies.par_iter_mut().enumerate();
                tested.try_for_each(|(number, key)| key.observe(tile, &rows.range(number)))
            })?;
        }
        self.line_up.observe(distinct)
    }
}

/// The largest weight of a part in bets, where it is multiplied by a window's.
const MOST_BET: u32 = 1 << 8;

/// Of two examinations of the same keys by one plan, on answers that were left in or out in two ways, the finding with the larger p of each
/// test and key, and the smaller e-value; adjusted together. Valid where either way is.
///
/// # Panics
/// When they are not of the same tests and keys, in one order.
#[must_use]
pub fn weaker(some: Vec<Finding>, others: Vec<Finding>) -> Vec<Finding> {
    assert_eq!(
        some.len(),
        others.len(),
        "the same tests under the same keys"
    );
    let pairs = some.into_iter().zip(others);
    let mut findings: Vec<Finding> = pairs.map(|(one, other)| one.or_weaker(other)).collect();
    adjust(&mut findings);
    findings
}

/// Adjusts every p-value whose conditions hold for all of them, and the others among themselves: a p-value that is conditional
/// lifts no other.
fn adjust(findings: &mut [Finding]) {
    for is_proven in [true, false] {
        let family = || |finding: &&mut Finding| finding.unproven.is_empty() == is_proven;
        let tried = findings.iter_mut().filter(family());
        let tried: Vec<Log10P> = tried.map(|finding| finding.log10_p).collect();
        let tested = findings.iter_mut().filter(family());
        for (finding, adjusted) in tested.zip(holm(&tried)) {
            finding.log10_p_adjusted = adjusted;
        }
    }
}
