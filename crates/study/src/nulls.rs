//! False alarms: students' answers and real text under many random keys, of which no student saw one.

use crate::examiner::{Examiner, Source, raw_cells};
use crate::folder::{
    self, ANSWERS_GENERIC, ANSWERS_HARVEST, BACKGROUND, CONTROL_GENERIC, CONTROL_HARVEST,
};
use crate::head_to_head::{beliefs, prefixes};
use crate::record::ArmRecord;
use hallmark::Result;
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark_core::keys::Key;
use hallmark_corpus::Given;
use hallmark_corpus::TokenRecord;
use hallmark_detector::interval::{Sides, clopper_pearson};
use hallmark_detector::scores::decoys::random_keys;
use hallmark_harvest::MarkedBy;
use hallmark_lab::assets::{self, Split};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// What is asked for.
pub struct Request {
    /// Random keys for each set of innocent answers.
    pub keys: u32,
    /// Tokens of each set.
    pub tokens: u64,
    /// Seed of the keys.
    pub seed: u64,
}

/// How often each test was below each level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nulls {
    /// The name of this format.
    pub schema: formats::StudyNulls,
    /// Version of this program.
    pub version: String,
    /// Sets of innocent answers.
    pub sets: Vec<Set>,
    /// Examinations in all.
    pub examinations: u64,
    /// Every test.
    pub tests: Vec<TestNull>,
    /// Tests that were below a level more often than it allows, beyond the interval.
    pub alarming: Vec<String>,
}

/// A set of innocent answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Whose they are.
    pub name: String,
    /// Scheme and window.
    pub profile: String,
    /// Tokens.
    pub tokens: u64,
    /// Distinct cells.
    pub cells: u64,
}

/// One test over all examinations that make it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestNull {
    /// Its name in the tables.
    pub test: String,
    /// Examinations that make it.
    pub examinations: u64,
    /// Every level.
    pub levels: Vec<LevelNull>,
    /// The smallest p-value seen.
    pub least_log10_p: f64,
}

/// A level and how often p was at or below it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LevelNull {
    /// The level.
    pub level: f64,
    /// How often p was at or below it.
    pub observed: u64,
    /// The same as a share.
    pub rate: f64,
    /// Clopper–Pearson, 99% both sides together.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];

/// Chance that an interval misses, both sides together: small, since there are dozens of them.
const INTERVAL_ALPHA: f64 = 0.01;

/// Keys that share an examination, and so its decoys.
const KEYS_TOGETHER: usize = 5;

/// Decoys of the line-up.
const DECOYS: u32 = 199;

/// Examines the answers of every arm of a folder, and real text, under random keys; `progress` gets (done, in all).
///
/// # Errors
/// When a file of the folder is missing or changed.
pub fn simulate(
    folder: &Path,
    request: &Request,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Nulls> {
    // A student of marked answers is as innocent of a random key as any other.
    let innocent = folder::arms(folder)?;
    let mut sets = vec![];
    let mut log10_p: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let all = (3 * innocent.len()) as u64 * u64::from(request.keys);
    let mut examinations = 0;
    for (path, arm) in &innocent {
        for answers in [
            Answers::Student(ANSWERS_HARVEST, CONTROL_HARVEST),
            Answers::Student(ANSWERS_GENERIC, CONTROL_GENERIC),
            Answers::Text,
        ] {
            let number = sets.len() as u64;
            let seed = request.seed.wrapping_mul(1_000_003) + number;
            let Some(set) = one_set(
                path,
                arm,
                &answers,
                request,
                seed,
                &mut log10_p,
                &mut || {
                    examinations += 1;
                    progress(examinations, all);
                },
            )?
            else {
                continue;
            };
            sets.push(set);
        }
    }
    let tests = log10_p
        .into_iter()
        .map(|(test, values)| test_null(test, &values))
        .collect::<Result<Vec<_>>>()?;
    let alarming = tests
        .iter()
        .filter(|test| test.levels.iter().any(|level| level.low > level.level))
        .map(|test| test.test.clone())
        .collect();
    Ok(Nulls {
        schema: formats::StudyNulls,
        version: VERSION.to_owned(),
        sets,
        examinations,
        tests,
        alarming,
    })
}

/// Whose text.
enum Answers {
    /// The innocent student's answers with their control sample.
    Student(&'static str, &'static str),
    /// Real text of the corpus, with the background as the control sample.
    Text,
}

fn one_set(
    path: &Path,
    arm: &ArmRecord,
    answers: &Answers,
    request: &Request,
    seed: u64,
    log10_p: &mut BTreeMap<String, Vec<f64>>,
    step: &mut dyn FnMut(),
) -> Result<Option<Set>> {
    let mut examiner = Examiner::open(path, DECOYS)?.for_unused_keys();
    let background = examiner.counted(&path.join(BACKGROUND), MarkedBy::Unmarked)?;
    examiner.add(Source::new("background", &background, None)?);
    let window = examiner.profile.window;
    let (name, records, control) = match answers {
        Answers::Student(answers, control) => {
            (*answers, examiner.records(&path.join(answers))?, *control)
        }
        Answers::Text if arm.world == "shakespeare" => ("real text", speeches()?, BACKGROUND),
        Answers::Text => return Ok(None),
    };
    let end = prefixes(&records, &[request.tokens])[0];
    let records = &records[..end];
    let raw = raw_cells(window, records)?;
    let control = raw_cells(window, &examiner.records(&path.join(control))?)?;
    let mut beliefs = match answers {
        Answers::Student(..) => beliefs(path, arm)?,
        Answers::Text => None,
    };
    if let Some(beliefs) = &mut beliefs {
        beliefs.observe(records)?;
    }
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let keys: Vec<Key> = random_keys(request.keys, bytes).map(Key::from).collect();
    let (mut tokens, mut cells) = (0, 0);
    for keys in keys.chunks(KEYS_TOGETHER) {
        let points = examiner.points(&raw, &control, keys)?;
        for (key, mut point) in keys.iter().zip(points) {
            if let Some(beliefs) = &beliefs {
                let [own, residual] = beliefs.log10_p(&marks::mark(&examiner.profile, key)?)?;
                point.log10_p.insert("T9".to_owned(), own);
                point.log10_p.insert("T9r".to_owned(), residual);
            }
            (tokens, cells) = (point.tokens, point.scored);
            for (test, value) in point.log10_p {
                log10_p.entry(test).or_default().push(value);
            }
            step();
        }
    }
    Ok(Some(Set {
        name: format!("{}: {name}", arm.name),
        profile: format!("{} h={}", arm.scheme, arm.window),
        tokens,
        cells,
    }))
}

/// Real text that neither teacher nor students saw, speech by speech.
fn speeches() -> Result<Vec<TokenRecord>> {
    let tokenizer = assets::tokenizer().map_err(|error| folder::stale(&error))?;
    let corpus = assets::corpus().map_err(|error| folder::stale(&error))?;
    let texts = corpus
        .iter()
        .filter(|document| document.split == Split::Validation)
        .flat_map(|document| document.text.split("\n\n"));
    Ok(texts
        .zip(1..)
        .map(|(text, line)| TokenRecord {
            source: hallmark_corpus::Source::new("validation".into(), line),
            id: None,
            group: None,
            sub_key: None,
            exposure: vec![],
            earlier: None,
            exposure_known: true,
            in_other_form: vec![],
            given: Given::Text,
            cut_otherwise: None,
            tokens: tokenizer.encode(text),
        })
        .collect())
}

fn test_null(test: String, log10_p: &[f64]) -> Result<TestNull> {
    let examinations = log10_p.len() as u64;
    let level = |level: f64| {
        let below = log10_p.iter().filter(|&&value| value <= level.log10());
        let observed = below.count() as u64;
        let interval = clopper_pearson(examinations, observed, INTERVAL_ALPHA, Sides::Two)
            .map_err(|error| folder::stale(&error))?;
        Ok(LevelNull {
            level,
            observed,
            rate: observed as f64 / examinations.max(1) as f64,
            low: interval.low,
            high: interval.high,
        })
    };
    Ok(TestNull {
        test,
        examinations,
        levels: LEVELS.into_iter().map(level).collect::<Result<_>>()?,
        least_log10_p: log10_p.iter().copied().fold(0.0, f64::min),
    })
}
