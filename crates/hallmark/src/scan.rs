//! `scan`: which of several marks is in this text?

use crate::dedup::Dedup;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::json::{VERSION, formats};
use crate::marks;
use crate::profile::ProfileJson;
use crate::progress::Step;
use crate::read::{Inputs, Reading, Skipped};
use crate::sought::{self, Sought};
use crate::tokenizers;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{SCHEMES, Scheme};
use hallmark_detector::finding::{FEW_CELLS, Finding, Warning};
use hallmark_detector::multiplicity::holm;
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The result of `scan`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scanned {
    /// The name of this format.
    pub schema: formats::Scan,
    /// Version of this program.
    pub version: String,
    /// The largest chance of a false answer over everything that was tried.
    pub level: f64,
    /// Documents.
    pub documents: u64,
    /// How the inputs were read.
    #[serde(default)]
    pub reading: Reading,
    /// Records that were skipped.
    pub skipped: Skipped,
    /// Those that were found, the smallest p first; empty where none was.
    pub found: Vec<Tried>,
    /// Everything that was tried, the smallest p first.
    pub tried: Vec<Tried>,
    /// Pairs of a profile and a key that do not belong together.
    pub unfit: u64,
    /// Keys that fit none of the profiles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untried: Vec<Untried>,
}

/// A key that fits none of the profiles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Untried {
    /// Its file.
    pub file: String,
    /// Why it fits none.
    pub why: String,
}

/// A profile with a key, on all inputs together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The profile.
    pub profile: ProfileJson,
    /// Public id of the key.
    pub key_id: String,
    /// The file that the key came from.
    pub file: String,
    /// Tokens in all documents.
    pub tokens: u64,
    /// Distinct cells.
    pub scored: u64,
    /// The sum of their scores.
    pub statistic: f64,
    /// log10 of the p-value by itself.
    pub log10_p: Log10P,
    /// The same for text that no key of the engine has marked, where that is smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_unmarked: Option<Log10P>,
    /// Where the engine's keys are related, the other keys that it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoys: Option<u64>,
    /// Adjusted for everything that was tried.
    pub log10_p_adjusted: Log10P,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    /// What to bear in mind.
    pub warnings: Vec<Warning>,
}

/// A key with the name of its file.
#[derive(Clone)]
pub struct NamedKey {
    /// What the result calls it.
    pub file: String,
    /// The key.
    pub key: Key,
}

/// How text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scanning {
    /// The largest chance of a false answer over everything that is tried.
    pub level: f64,
    /// How repeated cells are found.
    pub dedup: Dedup,
}

impl Default for Scanning {
    fn default() -> Self {
        Self {
            level: 0.001,
            dedup: Dedup::default(),
        }
    }
}

impl Scanning {
    /// Says no to values that are none.
    ///
    /// # Errors
    /// Names the value.
    pub fn check(&self) -> Result<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::usage("allowed is above 0, below 1")
                .at(format_args!("--level {}", self.level))
                .hint("give the largest chance of a false answer, for instance 0.001"));
        }
        Ok(())
    }
}

/// A pair that is tried.
struct Candidate<'a> {
    profile: Profile,
    file: &'a str,
    /// Where anyone can have marked text with the key.
    anyones: Option<Warning>,
    mark: Mark,
}

/// Which of these marks is in this text, if any?
///
/// # Errors
/// When no key fits any of the profiles, they are for different tokenizers, or an input cannot be read.
pub fn scan(
    profiles: &[Profile],
    keys: &[NamedKey],
    how: &Scanning,
    inputs: &Inputs,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Scanned> {
    how.check()?;
    sought::one_tokenizer(profiles)?;
    let untried = keys
        .iter()
        .filter(|named| {
            // How many layers there are follows from the key.
            let fits = |profile: &Profile| {
                profile.takes(&named.key) || marks::with_layers_of(profile, &named.key).is_some()
            };
            !profiles.iter().any(fits)
        })
        .map(Untried::new);
    let mut untried: Vec<Untried> = untried.collect();
    let (candidates, unfit, twice) = candidates(profiles, keys)?;
    untried.extend(twice);
    untried.extend(without_key(profiles, keys));
    if candidates.is_empty() {
        let why = untried
            .iter()
            .map(|key| format!("{}: {}", key.file, key.why));
        let why: Vec<String> = why.collect();
        return Err(Error::usage("no key fits any of the profiles")
            .at(why.join("; "))
            .hint("native profiles take the keys that `keygen` and `derive` write; other engines' take integer:42, hex:… or integers:…"));
    }
    let marks = candidates
        .iter()
        .map(|candidate| (&candidate.profile, candidate.mark.clone()));
    let mut sought = Sought::new(marks, None)?;
    sought.load(inputs.tokenizer.as_deref())?;
    let mut documents = 0;
    let (read, findings) = sought.look(how.dedup, inputs, progress, &mut |_| {
        documents += 1;
        Ok(())
    })?;
    let pairs = candidates.iter().zip(findings);
    let mut tried: Vec<Tried> = pairs
        .map(|(candidate, finding)| Tried::new(candidate, finding))
        .collect();
    let alone: Vec<Log10P> = tried.iter().map(|tried| tried.log10_p).collect();
    for (tried, adjusted) in tried.iter_mut().zip(holm(&alone)) {
        tried.log10_p_adjusted = adjusted;
    }
    let order = |tried: &Tried| {
        let law = tried.log10_p_unmarked.unwrap_or(tried.log10_p);
        (tried.log10_p, law)
    };
    tried.sort_by_key(order);
    let is_found = |tried: &&Tried| tried.log10_p_adjusted.value() <= how.level.log10();
    Ok(Scanned {
        schema: formats::Scan,
        version: VERSION.to_owned(),
        level: how.level,
        documents,
        reading: read.reading,
        skipped: read.skipped,
        found: tried.iter().filter(is_found).cloned().collect(),
        tried,
        unfit,
        untried,
    })
}

/// Profiles of the caller's own that no key fits; of schemes at their defaults there are always some.
fn without_key(profiles: &[Profile], keys: &[NamedKey]) -> Vec<Untried> {
    let own = profiles
        .iter()
        .filter(|profile| profile.name != profile.scheme.id());
    let fits = |profile: &Profile, key: &Key| {
        profile.takes(key) || marks::with_layers_of(profile, key).is_some()
    };
    let without = own.filter(|profile| !keys.iter().any(|named| fits(profile, &named.key)));
    without
        .map(|profile| Untried {
            file: format!("profile {}", profile.name),
            why: format!("none of the keys belongs to {}", profile.scheme.id()),
        })
        .collect()
}

/// Pairs, how many do not belong together, and those that were given twice.
type Pairs<'a> = (Vec<Candidate<'a>>, u64, Vec<Untried>);

/// Every profile with every key that fits it. A pair that is given twice is tried once: each that is tried costs level.
fn candidates<'a>(profiles: &[Profile], keys: &'a [NamedKey]) -> Result<Pairs<'a>> {
    let mut candidates: Vec<Candidate<'a>> = vec![];
    let mut unfit = 0;
    let mut twice: Vec<Untried> = vec![];
    for profile in profiles {
        for NamedKey { file, key } in keys {
            let fitted = match profile.takes(key) {
                true => Some(profile.clone()),
                false => marks::with_layers_of(profile, key),
            };
            let Some(profile) = fitted else {
                unfit += 1;
                continue;
            };
            let mark = marks::mark(&profile, key)?;
            let is_same = |other: &&Candidate<'_>| {
                let named = Profile {
                    name: other.profile.name.clone(),
                    ..profile.clone()
                };
                other.mark.key() == mark.key() && other.profile == named
            };
            if let Some(other) = candidates.iter().find(is_same) {
                let again = match other.file == file && other.profile.name != profile.name {
                    true => Untried {
                        file: format!("profile {}", profile.name),
                        why: format!("it is the same as profile {}", other.profile.name),
                    },
                    false => Untried {
                        file: file.clone(),
                        why: format!("it is the same key as in {}, and tried once", other.file),
                    },
                };
                if !twice.contains(&again) {
                    twice.push(again);
                }
                continue;
            }
            candidates.push(Candidate {
                anyones: marks::anyones(key),
                mark,
                profile,
                file,
            });
        }
    }
    Ok((candidates, unfit, twice))
}

impl Scanned {
    /// How a program ends with this result: status 4 where nothing can be said either way.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.tried.iter().all(|tried| tried.scored < FEW_CELLS) {
            Exit::TooLittle
        } else {
            Exit::Done
        }
    }
}

impl Tried {
    fn new(candidate: &Candidate<'_>, finding: Finding) -> Self {
        let (statistic, decoys) = (finding.statistic(), finding.decoys());
        Self {
            profile: ProfileJson::from(&candidate.profile),
            key_id: finding.key_id,
            file: candidate.file.to_owned(),
            tokens: finding.tokens,
            scored: finding.scored,
            statistic,
            log10_p: finding.log10_p,
            log10_p_unmarked: finding.log10_p_unmarked,
            decoys,
            log10_p_adjusted: finding.log10_p,
            // Marked text is marked whether it was copied or not.
            warnings: finding
                .warnings
                .into_iter()
                .filter(|warning| *warning != Warning::ExposureUnknown)
                .chain(candidate.anyones)
                .collect(),
        }
    }
}

impl Untried {
    fn new(NamedKey { file, key }: &NamedKey) -> Self {
        let why = match key {
            Key::Cohort(_) => "it is a native key, and no profile here is native".to_owned(),
            Key::Foreign(key) => format!(
                "its count of numbers is {}, and no profile here takes as many",
                key.numbers().len()
            ),
        };
        Self {
            file: file.clone(),
            why,
        }
    }
}

/// Other engines' schemes at their defaults; `all` stands for every one, and for the native ones too where a key is native.
///
/// # Errors
/// When the tokenizer cannot be read, or makes no valid profile with one of them.
pub fn profiles_of(
    schemes: &[String],
    tokenizer: Option<&Path>,
    vocab_size: Option<u32>,
    keys: &[NamedKey],
) -> Result<Vec<Profile>> {
    if schemes.is_empty() {
        return Ok(vec![]);
    }
    let mut tokenizer = match tokenizer {
        Some(path) => tokenizers::reference(&tokenizers::open(path)?),
        None if vocab_size.is_some() => TokenizerRef {
            vocab_size: 0,
            sha256: None,
        },
        None => tokenizers::built_in_ref()?,
    };
    if let Some(size) = vocab_size {
        tokenizer.vocab_size = size;
    }
    let all = schemes.iter().any(|name| name == "all");
    let mut profiles = vec![];
    let has_native = keys.iter().any(|named| matches!(named.key, Key::Cohort(_)));
    let rows = SCHEMES.iter();
    for row in rows.filter(|row| !row.is_native() || all && has_native) {
        if all || schemes.iter().any(|name| name == row.id) {
            let profile = Profile {
                name: row.id.to_owned(),
                scheme: Scheme::of(row),
                window: row.window,
                ring: 1,
                tokenizer: tokenizer.clone(),
            };
            profile.check().map_err(|error| {
                Error::usage(error)
                    .at(format_args!("--scheme {}", row.id))
                    .hint("make a profile with `hallmark profile new --scheme S`")
            })?;
            profiles.push(profile);
        }
    }
    Ok(profiles)
}
