//! An examination: answers go in block by block, findings come out.
//!
//! Each test is a file or folder of [`crate::statistic`] with a `finding` of one key. What they share is made here:
//! cells are left out, de-duplicated and scored once under each key, and all findings are adjusted together.

use crate::cells::{DistinctCells, RawCells};
use crate::dedup::{Dedup, DedupKind};
use crate::eprocess::EProcess;
use crate::error::ExaminationError;
use crate::finding::{Counts, Expectation, Finding, MAX_WINDOW};
use crate::multiplicity::holm;
use crate::scores::{Looks, Tally, decoys};
use crate::seen::Seen;
use crate::statistic::contrast::{self, Contrasts};
use crate::statistic::line_up::{self, LineUp};
use crate::statistic::logprobs::{self, Evidence, MassCounts};
use crate::statistic::residual::{self, Residual};
use crate::statistic::shape::{self, Shape};
use crate::statistic::{plain, sequential, weighted};
use crate::tail::Log10P;
use crate::weights::WindowWeights;
use hallmark_core::keys::{Key, PublicId};
use hallmark_core::mark::{KeyMismatch, Mark, Reading};
use hallmark_core::profile::Profile;
use std::sync::Arc;

/// One profile's keys under test, with what was observed so far.
///
/// ```text
/// RawCells → fresh → distinct → every key's tally, every decoy's sum → findings
/// ```
pub struct Examination {
    window: usize,
    dedup: Box<dyn Dedup>,
    weights: Option<Arc<WindowWeights>>,
    counts: Counts,
    keys: Vec<Tally>,
    residual: Option<Residual>,
    line_up: LineUp,
    contrasts: Option<Contrasts>,
    controls: Vec<PublicId>,
    shapes: Vec<Shape>,
    logprobs: Option<(Arc<Evidence>, MassCounts)>,
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
    /// Decoys in the line-up; 0 leaves T5 out. Its statistic is T1's, without weights, so it is valid
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
}

impl Examination {
    /// An examination of `keys` under `profile`, as `plan` says.
    ///
    /// # Errors
    /// When the profile's parameters leave nothing to test, or the weights are of other windows.
    pub fn new(profile: &Profile, keys: &[Key], plan: Plan) -> Result<Self, ExaminationError> {
        let window = profile.window;
        if let Some(other) = plan.weights.as_ref().map(|weights| weights.window())
            && other != window
        {
            return Err(ExaminationError::Window { window, other });
        }
        let evidence = plan
            .logprobs
            .as_ref()
            .map(|(evidence, _)| evidence.window());
        if let Some(other) = evidence.filter(|&other| other != window) {
            return Err(ExaminationError::Window { window, other });
        }
        if plan.residual.is_some() && window > MAX_WINDOW {
            return Err(ExaminationError::LongWindow { window });
        }
        let tally = |key: &Key| {
            let mark = Arc::clone(Mark::new(profile, key)?.reading());
            let eprocess = match plan.e_process {
                true => EProcess::new(mark.law(), plan.weights.as_deref())?,
                false => EProcess::None,
            };
            Ok::<_, ExaminationError>(Tally::new(key.public_id(), mark, eprocess))
        };
        let vocabulary = profile.tokenizer.vocab_size;
        let keys_under_test: Vec<Tally> = keys.iter().map(tally).collect::<Result<_, _>>()?;
        let marks: Vec<Arc<dyn Reading>> =
            keys_under_test.iter().map(|key| key.mark.clone()).collect();
        let has_shape = plan.shape && marks.iter().all(|mark| Shape::applies_to(mark.law()));
        let shapes = if has_shape { marks.len() } else { 0 };
        let controls: Vec<Arc<dyn Reading>> = plan
            .controls
            .iter()
            .map(|key| Ok(Arc::clone(Mark::new(profile, key)?.reading())))
            .collect::<Result<_, KeyMismatch>>()?;
        let contrasts = if marks.is_empty() || controls.is_empty() {
            None
        } else {
            Some(Contrasts::new(marks, controls)?)
        };
        Ok(Self {
            window,
            dedup: plan.dedup.build(window),
            counts: Counts::default(),
            keys: keys_under_test,
            contrasts,
            controls: plan.controls.iter().map(Key::public_id).collect(),
            shapes: vec![Shape::new(); shapes],
            logprobs: plan.logprobs,
            residual: plan
                .residual
                .map(|expectation| Residual::new(window, vocabulary, expectation)),
            line_up: LineUp::new(decoys::draw(profile, keys, plan.decoys, plan.decoy_draw)),
            weights: plan.weights,
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
        if let Some(residual) = &mut self.residual {
            residual.observe(&fresh);
        }
        let distinct = fresh.distinct(&mut *self.dedup)?;
        self.score(&distinct)?;
        self.counts.scored += distinct.len() as u64;
        self.counts.expected_drops = self.dedup.expected_drops();
        Ok(())
    }

    /// Adds a block of the control sample for T2r: answers of a model without the mark, with
    /// what that model was shown. In any order beside [`observe`](Self::observe).
    ///
    /// # Errors
    /// When windows have another length than the profile's.
    pub fn observe_reference(&mut self, raw: RawCells) -> Result<(), ExaminationError> {
        let (window, other) = (self.window, raw.window());
        if other != window {
            return Err(ExaminationError::Window { window, other });
        }
        if let Some(residual) = &mut self.residual {
            residual.observe_reference(&raw.fresh());
        }
        Ok(())
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
        let marks: Vec<Arc<dyn Reading>> = self.keys.iter().map(|key| key.mark.clone()).collect();
        let residual = self
            .residual
            .take()
            .map(|residual| residual.score(self.weights.as_deref(), &marks));
        let seen = Seen {
            counts: &self.counts,
            weights: self.weights.as_deref(),
        };
        let mut findings = vec![];
        for (index, key) in self.keys.iter().enumerate() {
            findings.push(plain::finding(&seen, key)?);
            findings.extend(weighted::finding(&seen, key)?);
            if let Some(scored) = &residual {
                findings.push(residual::finding(scored, index, &seen, key)?);
            }
            findings.extend(sequential::finding(&seen, key)?);
            findings.extend(line_up::finding(&self.line_up, &seen, key));
            if let Some(contrasts) = &self.contrasts {
                findings.extend(contrast::findings(
                    contrasts,
                    &self.controls,
                    index,
                    &seen,
                    key,
                )?);
            }
            if let Some(shape) = self.shapes.get(index) {
                findings.push(shape::finding(shape, &seen, key)?);
            }
            if let Some((evidence, counts)) = &self.logprobs {
                findings.push(logprobs::finding(evidence, counts, key)?);
            }
        }
        if let Some(mark) = marks.first() {
            plain::share_level(&mut findings, mark.law());
            contrast::share_level(&mut findings, mark.law());
        }
        if let (Some((evidence, _)), Some(key)) = (&self.logprobs, self.keys.first()) {
            logprobs::share_level(&mut findings, evidence, key);
        }
        adjust(&mut findings);
        Ok(findings)
    }

    fn score(&mut self, distinct: &DistinctCells) -> Result<(), ExaminationError> {
        let looks = Looks::new(distinct, self.counts.scored, self.weights.as_deref());
        for key in &mut self.keys {
            key.observe(&looks)?;
        }
        self.line_up.observe(distinct)?;
        if let Some(contrasts) = &mut self.contrasts {
            contrasts.observe(distinct);
        }
        for (shape, key) in self.shapes.iter_mut().zip(&self.keys) {
            shape.observe_cells(distinct, &*key.mark);
        }
        Ok(())
    }
}

/// Adjusts every p-value for all of them.
fn adjust(findings: &mut [Finding]) {
    let tried: Vec<Log10P> = findings.iter().map(|finding| finding.log10_p).collect();
    for (finding, adjusted) in findings.iter_mut().zip(holm(&tried)) {
        finding.log10_p_adjusted = adjusted;
    }
}
