//! `scan`: which of several marks is in this text?

use super::detect::{dedup_kind, failure};
use super::profile::ProfileJson;
use crate::args::ScanArgs;
use crate::builtin;
use crate::evidence::{self, Skipped};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::marks;
use crate::output::Output;
use crate::render::scan_text;
use crate::{key_files, profile_files};
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{SCHEMES, Scheme};
use hallmark_detector::detection::Detection;
use hallmark_detector::finding::{FEW_CELLS, Warning};
use hallmark_detector::multiplicity::holm;
use hallmark_detector::tail::Log10P;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The result of `scan`.
#[derive(Serialize)]
pub(crate) struct Scanned {
    pub(crate) schema: &'static str,
    /// Version of this program.
    pub(crate) version: &'static str,
    pub(crate) level: f64,
    pub(crate) documents: u64,
    pub(crate) skipped: Skipped,
    /// Those that were found, the smallest p first; empty where none was.
    pub(crate) found: Vec<Tried>,
    /// Everything that was tried, the smallest p first.
    pub(crate) tried: Vec<Tried>,
    /// Pairs of a profile and a key that do not belong together.
    pub(crate) unfit: u64,
    /// Keys that fit none of the profiles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) untried: Vec<Untried>,
}

/// A key that fits none of the profiles.
#[derive(Serialize)]
pub(crate) struct Untried {
    pub(crate) file: String,
    pub(crate) why: String,
}

/// A profile with a key, on all inputs together.
#[derive(Clone, Serialize)]
pub(crate) struct Tried {
    pub(crate) profile: ProfileJson,
    pub(crate) key_id: String,
    /// The file that the key came from.
    pub(crate) file: String,
    pub(crate) tokens: u64,
    pub(crate) scored: u64,
    pub(crate) statistic: f64,
    pub(crate) log10_p: Log10P,
    /// The same for text that no key of the engine has marked, where that is smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log10_p_unmarked: Option<Log10P>,
    /// Where the engine's keys are related, the other keys that it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decoys: Option<u64>,
    /// Adjusted for everything that was tried.
    pub(crate) log10_p_adjusted: Log10P,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

/// A pair that is tried.
struct Candidate<'a> {
    profile: &'a Profile,
    file: String,
    mark: Mark,
}

pub(crate) fn run(args: &ScanArgs, output: &Output) -> Outcome {
    if !(args.level > 0.0 && args.level < 1.0) {
        return Err(Failure::usage(format_args!(
            "--level {}: allowed is above 0, below 1",
            args.level
        ))
        .hint("give the largest chance of a false answer, for instance 0.001"));
    }
    let profiles = profiles(args)?;
    evidence::refuse_stdin_twice(
        args.keys
            .iter()
            .chain(&args.profiles)
            .chain(&args.input.inputs),
    )?;
    let keys: Vec<(&PathBuf, Key)> = args
        .keys
        .iter()
        .map(|path| Ok((path, key_files::read(path)?.marking_key())))
        .collect::<Outcome<_>>()?;
    let mut candidates = vec![];
    let untried: Vec<Untried> = keys
        .iter()
        .filter(|(_, key)| !profiles.iter().any(|profile| profile.takes(key)))
        .map(|(path, key)| Untried::new(path, key))
        .collect();
    let mut unfit = 0;
    for profile in &profiles {
        for (path, key) in &keys {
            if !profile.takes(key) {
                unfit += 1;
                continue;
            }
            let mark = marks::mark(profile, key)?;
            candidates.push(Candidate {
                profile,
                file: path.display().to_string(),
                mark,
            });
        }
    }
    if candidates.is_empty() {
        return Err(Failure::usage("no key fits any of the profiles")
            .hint("native profiles take the keys that `keygen` and `derive` write; other engines' take integer:42, hex:… or integers:…"));
    }
    let marks = candidates.iter().map(|candidate| &candidate.mark);
    let mut detection = Detection::new(marks, dedup_kind(&args.dedup));
    let (documents, skipped) = read(args, &candidates, &mut detection, output)?;
    let findings = detection.finish().map_err(|error| failure(&error))?;
    let mut tried = vec![];
    for (candidate, finding) in candidates.iter().zip(findings) {
        tried.push(Tried {
            profile: ProfileJson::from(candidate.profile),
            key_id: finding.key_id,
            file: candidate.file.clone(),
            tokens: finding.tokens,
            scored: finding.scored,
            statistic: finding.statistic,
            log10_p: finding.log10_p,
            log10_p_unmarked: finding.log10_p_unmarked,
            decoys: finding.decoys,
            log10_p_adjusted: finding.log10_p,
            // Marked text is marked whether it was copied or not.
            warnings: finding
                .warnings
                .into_iter()
                .filter(|warning| *warning != Warning::ExposureUnknown)
                .collect(),
        });
    }
    let alone: Vec<Log10P> = tried.iter().map(|tried| tried.log10_p).collect();
    for (tried, adjusted) in tried.iter_mut().zip(holm(&alone)) {
        tried.log10_p_adjusted = adjusted;
    }
    let order = |tried: &Tried| {
        let law = tried.log10_p_unmarked.unwrap_or(tried.log10_p);
        (tried.log10_p, law)
    };
    tried.sort_by_key(order);
    let is_found = |tried: &&Tried| tried.log10_p_adjusted.value() <= args.level.log10();
    let scanned = Scanned {
        schema: "hallmark/scan/1",
        version: env!("CARGO_PKG_VERSION"),
        level: args.level,
        documents,
        skipped,
        found: tried.iter().filter(is_found).cloned().collect(),
        tried,
        unfit,
        untried,
    };
    output.result(|| scan_text(&scanned), &scanned, &scanned.tried)?;
    let too_little = scanned.tried.iter().all(|tried| tried.scored < FEW_CELLS);
    Ok(if too_little {
        Exit::TooLittle
    } else {
        Exit::Done
    })
}

impl Untried {
    fn new(path: &Path, key: &Key) -> Self {
        let why = match key {
            Key::Cohort(_) => "it is a native key, and no profile here is native".to_owned(),
            Key::Foreign(key) => format!(
                "its count of numbers is {}, and no profile here takes as many (SynthID takes one for each layer: `profile new --layers`)",
                key.numbers().len()
            ),
        };
        Self {
            file: path.display().to_string(),
            why,
        }
    }
}

/// The profiles of the files and of the named schemes.
fn profiles(args: &ScanArgs) -> Outcome<Vec<Profile>> {
    let mut profiles = args
        .profiles
        .iter()
        .map(|path| profile_files::read(path))
        .collect::<Outcome<Vec<_>>>()?;
    if !args.schemes.is_empty() {
        let mut tokenizer = match &args.input.tokenizer {
            Some(path) => builtin::reference(&builtin::open_tokenizer(path)?),
            None if args.vocab_size.is_some() => TokenizerRef {
                vocab_size: 0,
                sha256: None,
            },
            None => builtin::tokenizer_ref()?,
        };
        if let Some(size) = args.vocab_size {
            tokenizer.vocab_size = size;
        }
        let all = args.schemes.iter().any(|name| name == "all");
        for row in SCHEMES.iter().filter(|row| !row.is_native()) {
            if all || args.schemes.iter().any(|name| name == row.id) {
                let profile = Profile {
                    name: row.id.to_owned(),
                    scheme: Scheme::of(row),
                    window: row.window,
                    tokenizer: tokenizer.clone(),
                };
                profile.check().map_err(|error| {
                    Failure::usage(format_args!("--scheme {}: {error}", row.id))
                        .hint("make a profile with `hallmark profile new --scheme S`")
                })?;
                profiles.push(profile);
            }
        }
    }
    let Some(first) = profiles.first() else {
        return Err(
            Failure::usage("nothing to try: no --profile and no --scheme")
                .hint("give profile files, or `--scheme all` with --tokenizer FILE"),
        );
    };
    let digest = &first.tokenizer.sha256;
    if let Some(other) = profiles
        .iter()
        .find(|profile| profile.tokenizer.sha256 != *digest)
    {
        return Err(Failure::usage(format_args!(
            "profiles {:?} and {:?} are for different tokenizers",
            first.name, other.name
        ))
        .hint("scan once for each tokenizer, and count all scans when you judge the p-values"));
    }
    Ok(profiles)
}

/// Reads the inputs once; text is tokenised once, and windows of one length are made once.
fn read(
    args: &ScanArgs,
    candidates: &[Candidate<'_>],
    detection: &mut Detection,
    output: &Output,
) -> Outcome<(u64, Skipped)> {
    let mut documents = 0;
    let all = || candidates.iter().map(|candidate| candidate.profile);
    let Some(first) = all().next() else {
        return Ok((0, Skipped::default()));
    };
    // Token ids of the largest vocabulary, and windows of the shortest length: longer ones are made of them.
    let widest = TokenizerRef {
        vocab_size: all()
            .map(|profile| profile.tokenizer.vocab_size)
            .max()
            .unwrap_or(0),
        sha256: first.tokenizer.sha256.clone(),
    };
    let reads = Profile {
        window: all().map(|profile| profile.window).min().unwrap_or(1),
        tokenizer: widest,
        ..first.clone()
    };
    let skipped = evidence::read(
        &args.input,
        &reads,
        output,
        |_| {
            documents += 1;
            Ok(())
        },
        |block| detection.observe(&block).map_err(|error| failure(&error)),
    )?;
    Ok((documents, skipped))
}
