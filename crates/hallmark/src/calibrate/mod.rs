//! `calibrate`: how often is unmarked text of one's own called marked, and how often marked text?

mod calibrated;
mod keys;
mod p_values;
mod rates;
mod texts;

pub use calibrated::{Calibrated, CalibratedLength, CalibratedLevel};
pub use rates::{MISS, Rate};

use crate::error::{Error, Result};
use crate::inputs::{InputFile, Role};
use crate::json::{VERSION, formats};
use crate::marks;
use crate::profile::ProfileJson;
use crate::progress::Step;
use crate::read::Inputs;
use crate::tokenizers;
use hallmark_core::keys::Key;
use hallmark_core::mark::{Mark, Null};
use hallmark_core::profile::Profile;
use p_values::PValues;
use texts::Texts;

/// What is counted, and over what.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrating {
    /// Lengths in tokens: of each text that is as long, the first so many are taken.
    pub lengths: Vec<u32>,
    /// Levels at which p counts as an alarm.
    pub levels: Vec<f64>,
    /// Random keys; where none is said, [`KEYS`], or [`DEAR_KEYS`] where scoring is slow.
    pub keys: Option<u32>,
    /// Draws the random keys.
    pub seed: u64,
}

/// Random keys where nothing is said.
pub const KEYS: u32 = 1000;

/// The same for marks whose functions draw whole lists, or whose keys have to be compared with others.
pub const DEAR_KEYS: u32 = 50;

/// The chance that some rate of a calibration is called too high by chance.
const BY_CHANCE: f64 = 0.01;

/// The most random keys.
const MOST_KEYS: u32 = 1_000_000;

impl Default for Calibrating {
    fn default() -> Self {
        Self {
            lengths: vec![50, 100, 200, 400, 800],
            levels: vec![0.05, 0.01, 0.001, 1e-4, 1e-6],
            keys: None,
            seed: 1,
        }
    }
}

impl Calibrating {
    fn check(&self) -> Result<()> {
        if let Some(level) = self.levels.iter().find(|l| !(**l > 0.0 && **l < 1.0)) {
            return Err(Error::usage("a level is above 0 and below 1")
                .at(format_args!("--level {level}"))
                .hint("give the largest p that counts as found, for instance 0.001"));
        }
        if self.lengths.contains(&0) {
            return Err(Error::usage("a length has at least one token").at("--length 0"));
        }
        if self.keys.is_some_and(|keys| keys == 0 || keys > MOST_KEYS) {
            return Err(Error::usage(format_args!("give 1 to {MOST_KEYS}")).at("--keys"));
        }
        Ok(())
    }
}

/// How often is this unmarked text called marked under this key, and under random ones; and how often is marked text?
///
/// # Errors
/// When profile and key do not belong together, an input cannot be read, or no text is long enough for anything.
pub fn calibrate(
    profile: &Profile,
    key: &Key,
    how: &Calibrating,
    unmarked: &Inputs,
    marked: Option<&Inputs>,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Calibrated> {
    how.check()?;
    let mark = marks::mark(profile, key)?;
    let tokenizer = tokenizers::of_profile(profile, unmarked.tokenizer.as_deref())?;
    let tokenizer = tokenizer.as_ref();
    let clean = Texts::read(unmarked, profile, tokenizer, progress)?;
    let answers = marked
        .map(|inputs| Texts::read(inputs, profile, tokenizer, progress))
        .transpose()?;
    let keys = how.keys.unwrap_or(default_keys(&mark));
    let mut lengths: Vec<Option<u32>> = how.lengths.iter().copied().map(Some).collect();
    lengths.sort_unstable();
    lengths.dedup();
    // All of each text comes last.
    lengths.push(None);
    let all = lengths.len() as u64 * u64::from(keys);
    // Four rates a row are held against its level.
    let rows = lengths.len() * how.levels.len().max(1);
    let by_chance = BY_CHANCE / (4 * rows) as f64;
    let mut measured = vec![];
    let mut done = 0;
    for tokens in lengths {
        let (raw, repeated) = clean.of_length(tokens)?;
        let texts = raw.answers().count() as u64;
        if texts > 0 {
            let own = PValues::of(&mark, &raw)?;
            let mut random = vec![];
            for mark in keys::random(profile, key, keys, how.seed)? {
                random.push(PValues::of(&mark, &raw)?);
                progress(Step {
                    what: "random keys",
                    done: done + random.len() as u64,
                    all: Some(all),
                });
            }
            let found = match &answers {
                Some(answers) => PValues::of(&mark, &answers.of_length(tokens)?.0)?.each,
                None => vec![],
            };
            measured.push(CalibratedLength::new(
                (tokens, texts, repeated),
                &own,
                &random,
                &found,
                (&how.levels, by_chance),
            )?);
        }
        done += u64::from(keys);
    }
    if measured.is_empty() {
        return Err(Error::usage("there is no text to calibrate with")
            .hint("give unmarked texts such as are examined, some hundred or more"));
    }
    Ok(Calibrated {
        schema: formats::Calibrate,
        version: VERSION.to_owned(),
        profile: ProfileJson::from(profile),
        key_id: mark.key().to_string(),
        inputs: inputs(unmarked, marked)?,
        reading: clean.read.reading,
        skipped: clean.read.skipped,
        miss: MISS,
        keys,
        seed: how.seed,
        lengths: measured,
    })
}

fn default_keys(mark: &Mark) -> u32 {
    let is_dear = mark.is_dear() || !matches!(mark.null(), Null::Independent);
    if is_dear { DEAR_KEYS } else { KEYS }
}

fn inputs(unmarked: &Inputs, marked: Option<&Inputs>) -> Result<Vec<InputFile>> {
    let of = |role, inputs: &Inputs| -> Result<Vec<InputFile>> {
        let files = inputs.files.iter();
        files
            .filter(|file| file.as_os_str() != "-")
            .map(|file| InputFile::of(role, file))
            .collect()
    };
    let mut files = of(Role::Unmarked, unmarked)?;
    if let Some(marked) = marked {
        files.extend(of(Role::Marked, marked)?);
    }
    Ok(files)
}
