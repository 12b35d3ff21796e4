//! Every test under one key, with weights from every source, on one set of answers.

use crate::answer_files::TOKENIZER;
use crate::folder::{BACKGROUND, HARVEST, OTHER, OTHER_KEY, PROFILE, TESTED_KEY, stale};
use crate::record::Point;
use hallmark::examine::make;
use hallmark::files::{keys, profiles};
use hallmark::read::push;
use hallmark::tokenizers;
use hallmark::{Error, Result};
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_core::visits::FirstVisits;
use hallmark_core::windows::WindowCounts;
use hallmark_corpus::{ReadOptions, Reader, TokenRecord, Tokenizer, encode};
use hallmark_detector::cells::RawCells;
use hallmark_detector::examination::Plan;
use hallmark_detector::finding::{Expectation, Test};
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_detector::weights::{WeightRule, WindowWeights};
use hallmark_harvest::{Counted, MarkedBy, Visited};
use std::path::Path;
use std::sync::Arc;

/// The profile, the key and the weights of one arm's folder.
pub struct Examiner {
    /// The mark.
    pub profile: Profile,
    /// The tested key.
    pub key: Key,
    tokenizer: Option<Tokenizer>,
    decoys: u32,
    sources: Vec<Source>,
    /// The tested key's own log by first visits, and text at large: T3r. Nothing for keys that marked nothing.
    logs: Option<Logs>,
}

/// Weights from one source.
#[derive(Clone)]
pub struct Source {
    /// `same-key`, `other-key` or `background`.
    pub name: &'static str,
    /// Graded against the background.
    pub graded: Arc<WindowWeights>,
    /// As a filter.
    pub filter: Arc<WindowWeights>,
}

impl Examiner {
    /// Opens an arm's folder.
    ///
    /// # Errors
    /// When a file is missing or changed.
    pub fn open(folder: &Path, decoys: u32) -> Result<Self> {
        let profile = profiles::read(&folder.join(PROFILE))?;
        let mut examiner = Self {
            tokenizer: tokenizer(folder, &profile)?,
            key: keys::read(&folder.join(TESTED_KEY))?.marking_key(),
            profile,
            decoys,
            sources: vec![],
            logs: None,
        };
        let background = examiner.counted(&folder.join(BACKGROUND), MarkedBy::Unmarked)?;
        for (name, file, key) in [
            ("same-key", HARVEST, TESTED_KEY),
            ("other-key", OTHER, OTHER_KEY),
        ] {
            // Not every world has answers under another key.
            if folder.join(file).is_file() {
                let key = keys::read(&folder.join(key))?.marking_key();
                let by = MarkedBy::Key(key.public_id());
                let harvest = examiner.counted(&folder.join(file), by)?;
                let source = Source::new(name, &harvest, Some(background.clone()))?;
                examiner.sources.push(source);
            }
        }
        examiner.logs = Some(Logs {
            logs: vec![examiner.visited(&folder.join(HARVEST))?],
            background: Some(background),
        });
        Ok(examiner)
    }

    /// The same for keys that marked nothing: without the tested key's own log.
    #[must_use]
    pub fn for_unused_keys(mut self) -> Self {
        self.sources.retain(|source| source.name != "same-key");
        self.logs = None;
        self
    }

    /// Adds weights.
    pub fn add(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// The windows of a file of answers.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn counted(&self, path: &Path, by: MarkedBy) -> Result<Arc<dyn WindowCounts>> {
        let mut counted = Counted::new(self.profile.window, by);
        for record in self.records(path)? {
            counted.push(&record.tokens);
        }
        Ok(Arc::new(counted))
    }

    /// The first visits of the tested key's log.
    fn visited(&self, path: &Path) -> Result<Arc<dyn FirstVisits>> {
        let mut visited =
            Visited::new(self.profile.window, self.key.public_id()).of_ring(self.profile.ring);
        for record in self.records(path)? {
            visited.push_under(&record.tokens, record.sub_key.unwrap_or(0));
        }
        Ok(Arc::new(visited))
    }

    /// Answers as `examine` reads them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn records(&self, path: &Path) -> Result<Vec<TokenRecord>> {
        let options = ReadOptions {
            vocab_size: Some(self.profile.tokenizer.vocab_size),
            ..ReadOptions::default()
        };
        let failed = |error: &hallmark_corpus::CorpusError| Error::usage(error).hint(error.hint());
        let reader =
            Reader::open_all(&[path.to_owned()], &options).map_err(|error| failed(&error))?;
        encode(reader, self.tokenizer.as_ref())
            .map(|record| record.map_err(|error| failed(&error)))
            .collect()
    }

    /// Every test under each of `keys` on these answers, with this control sample. The keys share the line-up's decoys.
    ///
    /// # Errors
    /// When the answers cannot be examined.
    pub fn points(&self, raw: &RawCells, control: &RawCells, keys: &[Key]) -> Result<Vec<Point>> {
        let work = Work { raw, control, keys };
        let mut points = vec![Point::default(); keys.len()];
        let unweighted = Plan {
            e_process: true,
            decoys: self.decoys,
            residual: Some(Expectation::Reference),
            first_visits: self.logs.clone(),
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
    ) -> Result<()> {
        let needs_control = plan.residual == Some(Expectation::Reference);
        let made = make(&self.profile, work.keys, plan, |examination| {
            examination.observe(work.raw)?;
            if needs_control {
                examination.observe_reference(work.control)?;
            }
            Ok(())
        });
        let made = made.map_err(|error| stale(&error))?;
        for (key, point) in work.keys.iter().zip(points) {
            (point.answers, point.tokens, point.scored) =
                (made.counts.answers, made.counts.tokens, made.counts.scored);
            let id = key.public_id().to_string();
            for finding in made.tests.iter().filter(|finding| finding.key_id == id) {
                if finding.test() == Test::T1 {
                    point.effect = finding.effect().map(|effect| effect.value);
                    point.null_effect = finding.effect().map(|effect| effect.null);
                }
                if let Some(name) = name(finding.test()) {
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
    ///
    /// # Errors
    /// When one of them holds no windows.
    pub fn new(
        name: &'static str,
        harvest: &Arc<dyn WindowCounts>,
        background: Option<Arc<dyn WindowCounts>>,
    ) -> Result<Self> {
        let weights = |background, rule| {
            WindowWeights::new(vec![harvest.clone()], background, rule)
                .map(Arc::new)
                .map_err(|error| stale(&error))
        };
        Ok(Self {
            name,
            graded: weights(background, WeightRule::default())?,
            filter: weights(None, WeightRule::Filter)?,
        })
    }
}

/// The built-in tokenizer, or the one that a larger teacher's study keeps beside its arms.
fn tokenizer(folder: &Path, profile: &Profile) -> Result<Option<Tokenizer>> {
    let shared = folder
        .parent()
        .map(|out| out.join("shared").join(TOKENIZER))
        .filter(|path| path.is_file());
    let built_in = tokenizers::built_in_ref()?;
    if profile.tokenizer == built_in {
        return tokenizers::of_profile(profile, None);
    }
    tokenizers::of_profile(profile, shared.as_deref())
}

/// Answers as cells, without the windows that each was shown.
///
/// # Errors
/// When a token id is too large.
pub fn raw_cells(window: usize, records: &[TokenRecord]) -> Result<RawCells> {
    let mut raw = RawCells::new(window);
    for record in records {
        push(&mut raw, record)?;
    }
    Ok(raw)
}
