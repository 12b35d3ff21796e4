//! `detect`: is this text marked?

use crate::calibrate::{Calibrated, CalibratedLength};
use crate::dedup::Dedup;
use crate::error::{Error, Result};
use crate::examine::Conclusion;
use crate::exit::Exit;
use crate::inputs::InputFile;
use crate::json::{VERSION, formats};
use crate::marks;
use crate::passages::{self, LocatedJson, Passages};
use crate::profile::ProfileJson;
use crate::progress::Step;
use crate::read::{self, Inputs, Read, Reading, Skipped};
use crate::tokenizers;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_corpus::Tokenizer;
use hallmark_detector::detection::document::DocumentScore;
use hallmark_detector::detection::{Documents, NewScore};
use hallmark_detector::finding::{Counts, FEW_CELLS, Finding, Warning};
use hallmark_detector::statistic::plain::LEVEL;
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::sync::Arc;

/// The result of `detect`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Detected {
    /// The name of this format.
    pub schema: formats::Detect,
    /// Version of this program.
    pub version: String,
    /// The mark that was looked for.
    pub profile: ProfileJson,
    /// Public id of the key.
    pub key_id: String,
    /// Whether layers are weighted as in `SynthID`'s weighted mean.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weighted_mean: bool,
    /// What was read and what was left out.
    pub counts: Counts,
    /// How the inputs were read.
    #[serde(default)]
    pub reading: Reading,
    /// Records that were skipped.
    pub skipped: Skipped,
    /// T1 over the distinct cells of all documents together.
    pub pooled: Finding,
    /// Whether it is a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The share of the documents' distinct cells that a document before has: their p-values are no separate evidence as far
    /// as they share cells. Left out where there is one document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<f64>,
    /// What was counted before on text of one's own, where that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<QuotedCalibration>,
    /// T1 over the distinct cells of each document by itself.
    pub documents: Vec<Document>,
}

/// What a calibration says of texts of a length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuotedCalibration {
    /// The calibration.
    pub file: InputFile,
    /// Its random keys.
    pub keys: u32,
    /// Its row for the longest length that is no longer than half of the documents.
    pub length: CalibratedLength,
}

/// Whether something is a finding, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The level: the largest p that is a finding.
    pub level: f64,
    /// Found, not found, or nothing can be said as there are too few cells.
    pub outcome: Conclusion,
}

/// What of a document no document before it has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCells {
    /// Its distinct cells that no document before it has.
    pub scored: u64,
    /// log10 of p over them alone.
    pub log10_p: Log10P,
}

/// The result for one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its place in the inputs.
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Its record's own id.
    pub id: Option<String>,
    /// Its tokens.
    pub tokens: u64,
    /// Its distinct cells.
    pub scored: u64,
    /// The sum of their scores.
    pub statistic: f64,
    /// log10 of its p.
    pub log10_p: Log10P,
    /// The same for text that no key of the engine marked, where that is smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_unmarked: Option<Log10P>,
    /// Whether it is a finding by itself: not adjusted for the number of documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The same over what no document before it has, where that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<NewCells>,
    /// Where the mark is; left out for other engines' marks that have no law for parts of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<LocatedJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    /// What to bear in mind.
    pub warnings: Vec<Warning>,
}

/// How text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Detecting {
    /// The largest p that is called a finding.
    #[serde(default = "usual_level")]
    pub level: f64,
    /// The level at which a passage of a document is called marked, shared by all windows of the document.
    pub passage_level: f64,
    /// Whether layers are weighted as in `SynthID`'s weighted mean.
    pub weighted_mean: bool,
    /// How repeated cells are found.
    pub dedup: Dedup,
    /// Whether the result has the texts of documents with marked passages.
    #[serde(default)]
    pub with_text: bool,
}

const fn usual_level() -> f64 {
    LEVEL
}

impl Default for Detecting {
    fn default() -> Self {
        Self {
            level: usual_level(),
            passage_level: 0.001,
            weighted_mean: false,
            dedup: Dedup::default(),
            with_text: false,
        }
    }
}

/// A mark that is looked for in text after text: what `detect` loads is loaded once.
pub struct Detector {
    profile: Profile,
    mark: Mark,
    how: Detecting,
    tokenizer: Option<Arc<Tokenizer>>,
    anyones: Option<Warning>,
}

impl Detector {
    /// A profile, a key that fits it, and the profile's tokenizer, where text is to be read.
    ///
    /// # Errors
    /// When they do not belong together.
    pub fn new(
        profile: &Profile,
        key: &Key,
        how: &Detecting,
        tokenizer: Option<Arc<Tokenizer>>,
    ) -> Result<Self> {
        passages::check_level(how.passage_level)?;
        if !(how.level > 0.0 && how.level < 1.0) {
            return Err(Error::usage("allowed is above 0, below 1")
                .at(format_args!("--level {}", how.level))
                .hint("give the largest p that is a finding, for instance 0.001"));
        }
        let mark = if how.weighted_mean {
            marks::weighted_mean(profile, key)?
        } else {
            marks::mark(profile, key)?
        };
        Ok(Self {
            profile: profile.clone(),
            mark,
            how: *how,
            tokenizer,
            anyones: marks::anyones(key),
        })
    }

    /// The mark.
    #[must_use]
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Is this text marked?
    ///
    /// # Errors
    /// When an input cannot be read.
    pub fn detect(&self, inputs: &Inputs, progress: &mut dyn FnMut(Step<'_>)) -> Result<Detected> {
        let mut documents = vec![];
        let detected = self.detect_each(inputs, progress, &mut |document| {
            documents.push(document);
            Ok(())
        })?;
        Ok(Detected {
            documents,
            ..detected
        })
    }

    /// The same, telling each document to `each` as soon as its block was read, in order; the result then holds none. Memory
    /// does not grow with documents, but with distinct cells.
    ///
    /// # Errors
    /// As [`detect`](Self::detect), and what `each` says.
    pub fn detect_each(
        &self,
        inputs: &Inputs,
        progress: &mut dyn FnMut(Step<'_>),
        each: &mut dyn FnMut(Document) -> Result<()>,
    ) -> Result<Detected> {
        let mut found = self.read(inputs, progress, each)?;
        // Marked text is marked whether it was copied or not.
        found
            .pooled
            .warnings
            .retain(|warning| *warning != Warning::ExposureUnknown);
        let verdict = Verdict::of(self.how.level, found.pooled.scored, found.pooled.log10_p);
        if self.mark.local().is_none() {
            found.pooled.warnings.push(Warning::NoPassages);
        }
        if found.read.skipped.is_much() {
            found.pooled.warnings.push(Warning::RecordsSkipped);
        }
        found.pooled.warnings.extend(self.anyones);
        if found.read.reading.by_ids {
            found.pooled.warnings.push(Warning::AnswersAsTokens);
        }
        Ok(Detected {
            schema: formats::Detect,
            version: VERSION.to_owned(),
            profile: ProfileJson::from(&self.profile),
            key_id: self.mark.key().to_string(),
            weighted_mean: self.how.weighted_mean,
            counts: found.counts,
            reading: found.read.reading,
            skipped: found.read.skipped,
            pooled: found.pooled,
            verdict: Some(verdict),
            shared: found.shared,
            calibration: None,
            documents: vec![],
        })
    }
}

/// Is this text marked?
///
/// # Errors
/// When profile and key do not belong together, or an input cannot be read.
pub fn detect(
    profile: &Profile,
    key: &Key,
    how: &Detecting,
    inputs: &Inputs,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Detected> {
    detector(profile, key, how, inputs)?.detect(inputs, progress)
}

/// The same, telling each document to `each`: [`Detector::detect_each`].
///
/// # Errors
/// As [`detect`], and what `each` says.
pub fn detect_each(
    profile: &Profile,
    key: &Key,
    how: &Detecting,
    inputs: &Inputs,
    progress: &mut dyn FnMut(Step<'_>),
    each: &mut dyn FnMut(Document) -> Result<()>,
) -> Result<Detected> {
    detector(profile, key, how, inputs)?.detect_each(inputs, progress, each)
}

fn detector(profile: &Profile, key: &Key, how: &Detecting, inputs: &Inputs) -> Result<Detector> {
    let mut detector = Detector::new(profile, key, how, None)?;
    let tokenizer = tokenizers::of_profile(profile, inputs.tokenizer.as_deref())?;
    detector.tokenizer = tokenizer.map(Arc::new);
    Ok(detector)
}

/// What was found in the inputs.
struct Found {
    counts: Counts,
    read: Read,
    pooled: Finding,
    shared: Option<f64>,
}

impl Detector {
    fn read(
        &self,
        inputs: &Inputs,
        progress: &mut dyn FnMut(Step<'_>),
        each: &mut dyn FnMut(Document) -> Result<()>,
    ) -> Result<Found> {
        let tokenizer = self.tokenizer.as_deref();
        let passages = Passages::new(self.how.passage_level, self.how.with_text, tokenizer);
        let mut pooled = Documents::new(&self.mark, self.how.dedup.into());
        // Those of the block that is being filled.
        let records: RefCell<Vec<(String, Option<String>)>> = RefCell::default();
        let (mut documents, mut cells, mut new) = (0_u64, 0, 0);
        let read = read::read_with(
            inputs,
            &self.profile,
            tokenizer,
            progress,
            |record| {
                let mut records = records.borrow_mut();
                records.push((read::place(&record.source), record.id.clone()));
                Ok(())
            },
            |raw| {
                let read = pooled.observe(&raw, Some(passages.level))?;
                let records = records.take().into_iter();
                for (record, (tokens, read)) in records.zip(raw.answers().zip(read)) {
                    documents += 1;
                    cells += read.score.scored;
                    new += read.new.scored;
                    let in_text = |located| passages.in_text(located, tokens);
                    let document = Document::new(record, read.score, self.how.level);
                    each(
                        document
                            .with_new(read.new)
                            .located(read.located.map(in_text)),
                    )?;
                }
                Ok(())
            },
        )?;
        Ok(Found {
            counts: pooled.counts(),
            read,
            pooled: pooled.finish()?,
            shared: (documents > 1 && cells > 0).then(|| 1.0 - new as f64 / cells as f64),
        })
    }
}

impl Detected {
    /// The same with what a calibration of this key says of texts of so many tokens.
    ///
    /// # Errors
    /// When it is of another profile or key.
    pub fn quoting(self, calibration: &Calibrated, file: InputFile, tokens: u64) -> Result<Self> {
        calibration.check_is_of(&self.profile, &self.key_id)?;
        let quoted = calibration.for_tokens(tokens);
        let calibration = quoted.map(|length| QuotedCalibration {
            file,
            keys: calibration.keys,
            length: length.clone(),
        });
        Ok(Self {
            calibration,
            ..self
        })
    }

    /// How a program ends with this result: status 4 where nothing can be said either way.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.counts.scored < FEW_CELLS {
            Exit::TooLittle
        } else {
            Exit::Done
        }
    }
}

impl Verdict {
    /// What so many cells with such a p come to at a level.
    #[must_use]
    pub fn of(level: f64, scored: u64, log10_p: Log10P) -> Self {
        let outcome = if scored < FEW_CELLS {
            Conclusion::Inconclusive
        } else if log10_p.value() <= level.log10() {
            Conclusion::Found
        } else {
            Conclusion::NotFound
        };
        Self { level, outcome }
    }
}

impl Document {
    /// Of a record's place and id.
    fn new((source, id): (String, Option<String>), score: DocumentScore, level: f64) -> Self {
        let is_short = score.scored < FEW_CELLS;
        Self {
            source,
            id,
            tokens: score.tokens,
            scored: score.scored,
            statistic: score.statistic,
            log10_p: score.log10_p,
            log10_p_unmarked: score.log10_p_unmarked,
            verdict: Some(Verdict::of(level, score.scored, score.log10_p)),
            new: None,
            located: None,
            warnings: is_short
                .then_some(Warning::TooFewCells)
                .into_iter()
                .collect(),
        }
    }

    fn with_new(self, new: NewScore) -> Self {
        let new = (new.scored < self.scored).then_some(NewCells {
            scored: new.scored,
            log10_p: new.log10_p,
        });
        Self { new, ..self }
    }

    /// Nothing is said of the parts of a document that is too short as a whole.
    fn located(self, located: Option<LocatedJson>) -> Self {
        let located = located.filter(|_| self.scored >= FEW_CELLS);
        Self { located, ..self }
    }
}
