//! Every test under one key, with weights from every source, on one set of answers.

use crate::failure::{Failure, Outcome};
use crate::marks;
use crate::study::corpora::TOKENIZER;
use crate::study::folder::{BACKGROUND, HARVEST, OTHER, OTHER_KEY, PROFILE, TESTED_KEY};
use crate::study::record::Point;
use crate::{builtin, evidence, key_files, profile_files};
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_core::windows::WindowCounts;
use hallmark_corpus::{ReadOptions, Reader, TokenRecord, Tokenizer, encode};
use hallmark_detector::cells::RawCells;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Expectation, Test};
use hallmark_detector::statistic::admission::admits;
use hallmark_detector::weights::{WeightRule, WindowWeights};
use hallmark_harvest::{Counted, MarkedBy};
use std::path::Path;
use std::sync::Arc;

/// The profile, the key and the weights of one arm's folder.
pub(crate) struct Examiner {
    pub(crate) profile: Profile,
    pub(crate) key: Key,
    tokenizer: Option<Tokenizer>,
    decoys: u32,
    sources: Vec<Source>,
}

/// Weights from one source.
#[derive(Clone)]
pub(crate) struct Source {
    /// `same-key`, `other-key` or `background`.
    pub(crate) name: &'static str,
    pub(crate) graded: Arc<WindowWeights>,
    pub(crate) filter: Arc<WindowWeights>,
}

impl Examiner {
    /// Opens an arm's folder.
    pub(crate) fn open(folder: &Path, decoys: u32) -> Outcome<Self> {
        let profile = profile_files::read(&folder.join(PROFILE))?;
        let mut examiner = Self {
            tokenizer: tokenizer(folder, &profile)?,
            key: key_files::read(&folder.join(TESTED_KEY))?.marking_key(),
            profile,
            decoys,
            sources: vec![],
        };
        let background = examiner.counted(&folder.join(BACKGROUND), MarkedBy::Unmarked)?;
        for (name, file, key) in [
            ("same-key", HARVEST, TESTED_KEY),
            ("other-key", OTHER, OTHER_KEY),
        ] {
            // Not every world has answers under another key.
            if folder.join(file).is_file() {
                let key = key_files::read(&folder.join(key))?.marking_key();
                let by = MarkedBy::Key(key.public_id());
                let harvest = examiner.counted(&folder.join(file), by)?;
                let source = Source::new(name, &harvest, Some(background.clone()))?;
                examiner.sources.push(source);
            }
        }
        Ok(examiner)
    }

    /// The same for keys that marked nothing: without the tested key's own log.
    pub(crate) fn for_unused_keys(mut self) -> Self {
        self.sources.retain(|source| source.name != "same-key");
        self
    }

    /// Adds weights.
    pub(crate) fn add(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// The windows of a file of answers.
    pub(crate) fn counted(&self, path: &Path, by: MarkedBy) -> Outcome<Arc<dyn WindowCounts>> {
        let mut counted = Counted::new(self.profile.window, by);
        for record in self.records(path)? {
            counted.push(&record.tokens);
        }
        Ok(Arc::new(counted))
    }

    /// Answers as `examine` reads them.
    pub(crate) fn records(&self, path: &Path) -> Outcome<Vec<TokenRecord>> {
        let options = ReadOptions {
            vocab_size: Some(self.profile.tokenizer.vocab_size),
            ..ReadOptions::default()
        };
        let failed =
            |error: &hallmark_corpus::CorpusError| Failure::usage(error).hint(error.hint());
        let reader =
            Reader::open_all(&[path.to_owned()], &options).map_err(|error| failed(&error))?;
        encode(reader, self.tokenizer.as_ref())
            .map(|record| record.map_err(|error| failed(&error)))
            .collect()
    }

    /// Every test under each of `keys` on these answers, with this control sample. The keys share the line-up's decoys.
    pub(crate) fn points(
        &self,
        raw: &RawCells,
        control: &RawCells,
        keys: &[Key],
    ) -> Outcome<Vec<Point>> {
        let work = Work { raw, control, keys };
        let mut points = vec![Point::default(); keys.len()];
        let unweighted = Plan {
            e_process: true,
            decoys: self.decoys,
            residual: Some(Expectation::Reference),
            shape: true,
            ..Plan::default()
        };
        self.examine(unweighted, &work, &mut points, |test| match test {
            Test::T2 => None,
            test => Some(format!("{test:?}")),
        })?;
        for source in &self.sources {
            let name = source.name;
            let plan = Plan {
                e_process: true,
                residual: Some(Expectation::Reference),
                weights: Some(source.graded.clone()),
                ..Plan::default()
            };
            self.examine(plan, &work, &mut points, |test| match test {
                Test::T2 | Test::T2r => Some(format!("{test:?} {name}")),
                Test::T3 => Some(format!("T3w {name}")),
                _ => None,
            })?;
            let plan = Plan {
                residual: Some(Expectation::ShorterWindow),
                weights: Some(source.graded.clone()),
                ..Plan::default()
            };
            self.examine(plan, &work, &mut points, |test| {
                (test == Test::T2r).then(|| format!("T2r-alone {name}"))
            })?;
            let plan = Plan {
                weights: Some(source.filter.clone()),
                ..Plan::default()
            };
            self.examine(plan, &work, &mut points, |test| {
                (test == Test::T2).then(|| format!("filter {name}"))
            })?;
        }
        Ok(points)
    }

    /// One examination; `name` says which of its tests are wanted, and what the record calls them.
    fn examine(
        &self,
        plan: Plan,
        work: &Work<'_>,
        points: &mut [Point],
        name: impl Fn(Test) -> Option<String>,
    ) -> Outcome<()> {
        let needs_control = plan.residual == Some(Expectation::Reference);
        let mark = marks::mark(&self.profile, &work.keys[0])?;
        let shape = plan.shape && admits(&mark, Test::T8).is_ok();
        let (plan, _) = Plan { shape, ..plan }.for_mark(&mark);
        let mut examination =
            Examination::new(&self.profile, work.keys, plan).map_err(|error| failure(&error))?;
        examination
            .observe(work.raw)
            .map_err(|error| failure(&error))?;
        if needs_control {
            examination
                .observe_reference(work.control)
                .map_err(|error| failure(&error))?;
        }
        let counts = *examination.counts();
        let findings = examination.finish().map_err(|error| failure(&error))?;
        for (key, point) in work.keys.iter().zip(points) {
            (point.answers, point.tokens, point.scored) =
                (counts.answers, counts.tokens, counts.scored);
            let id = key.public_id().to_string();
            for finding in findings.iter().filter(|finding| finding.key_id == id) {
                if finding.test == Test::T1 {
                    point.effect = finding.effect.map(|effect| effect.value);
                    point.null_effect = finding.effect.map(|effect| effect.null);
                }
                if let Some(name) = name(finding.test) {
                    point.log10_p.insert(name, finding.log10_p.value());
                }
            }
        }
        Ok(())
    }
}

/// What is examined.
struct Work<'a> {
    raw: &'a RawCells,
    control: &'a RawCells,
    keys: &'a [Key],
}

impl Source {
    /// Weights of windows by their counts in a harvest, graded against a background and as a filter.
    pub(crate) fn new(
        name: &'static str,
        harvest: &Arc<dyn WindowCounts>,
        background: Option<Arc<dyn WindowCounts>>,
    ) -> Outcome<Self> {
        let weights = |background, rule| {
            WindowWeights::new(vec![harvest.clone()], background, rule)
                .map(Arc::new)
                .map_err(|error| failure(&error))
        };
        Ok(Self {
            name,
            graded: weights(background, WeightRule::default())?,
            filter: weights(None, WeightRule::Filter)?,
        })
    }
}

/// The built-in tokenizer, or the one that a larger teacher's study keeps beside its arms.
fn tokenizer(folder: &Path, profile: &Profile) -> Outcome<Option<Tokenizer>> {
    let shared = folder
        .parent()
        .map(|out| out.join("shared").join(TOKENIZER))
        .filter(|path| path.is_file());
    let built_in = builtin::tokenizer_ref()?;
    if profile.tokenizer == built_in {
        return builtin::tokenizer_for(profile, None);
    }
    builtin::tokenizer_for(profile, shared.as_deref())
}

/// Answers as cells, without the windows that each was shown.
pub(crate) fn raw_cells(window: usize, records: &[TokenRecord]) -> Outcome<RawCells> {
    let mut raw = RawCells::new(window);
    for record in records {
        evidence::push(&mut raw, record)?;
    }
    Ok(raw)
}

pub(crate) fn failure(error: &impl std::fmt::Display) -> Failure {
    Failure::usage(error).hint("the folder was made by another version, or changed: make it again")
}
