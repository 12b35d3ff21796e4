//! A profile with a key that fits it.

use crate::error::{Error, Result};
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;
use hallmark_detector::finding::Warning;
use hallmark_detector::statistic::same_keys::{Same, refuse_degenerate};

/// The mark of a profile and a key.
///
/// # Errors
/// When they do not belong together, or numbers of the key are the same in effect.
pub fn mark(profile: &Profile, key: &Key) -> Result<Mark> {
    let mark = Mark::new(profile, key).map_err(|error| of(profile, error.into()))?;
    refuse_degenerate(&mark, profile.tokenizer.vocab_size)
        .map_err(|error| of(profile, degenerate(&error)))?;
    Ok(mark)
}

/// The same with layers weighted as `SynthID`'s weighted mean weighs them.
///
/// # Errors
/// When they do not belong together, or the scheme has no such score.
pub fn weighted_mean(profile: &Profile, key: &Key) -> Result<Mark> {
    let mark = Mark::weighted_mean(profile, key).map_err(|error| of(profile, error.into()))?;
    mark.ok_or_else(|| {
        Error::usage(format_args!(
            "--weighted-mean: profile {:?} is for {}, which has no such score",
            profile.name,
            profile.scheme.id()
        ))
        .hint("leave it out; it is for hf-synthid and synthid-2025")
    })
}

/// The profile with as many layers as the key has numbers, where only that keeps them from belonging together.
#[must_use]
pub fn with_layers_of(profile: &Profile, key: &Key) -> Option<Profile> {
    let (Parameters::Tournament { .. }, Key::Foreign(numbers)) = (profile.scheme.parameters(), key)
    else {
        return None;
    };
    let layers = u32::try_from(numbers.numbers().len()).ok()?;
    let scheme = profile.scheme.with(Parameters::Tournament { layers })?;
    let changed = Profile {
        scheme,
        ..profile.clone()
    };
    let fits = !profile.takes(key) && changed.check().is_ok() && changed.takes(key);
    fits.then_some(changed)
}

/// Numbers that stand in public packages and their examples: `lm-watermarking`, transformers' SynthID, three-bricks, and what people write
/// for want of a number.
const PUBLISHED: [u64; 9] = [
    15_485_863,
    35_317,
    42,
    1234,
    12_345,
    123_456,
    1_234_567,
    123_456_789,
    1337,
];

/// The first numbers of the key that stands in the documentation of SynthID-Text.
const PUBLISHED_LAYERS: [u64; 4] = [654, 400, 836, 123];

/// Keys of one number below this can be tried through in minutes.
const TINY: u64 = 1 << 20;

/// A warning where anyone can have marked text with a key: it is published, or so small that it can be guessed.
#[must_use]
pub fn anyones(key: &Key) -> Option<Warning> {
    let Key::Foreign(key) = key else {
        return None;
    };
    let numbers = key.numbers();
    let is_published = match numbers {
        [number] => PUBLISHED.contains(number),
        numbers => numbers.starts_with(&PUBLISHED_LAYERS),
    };
    let is_tiny = numbers.len() == 1 && numbers[0] < TINY;
    (is_published || is_tiny).then_some(Warning::AnyonesKey)
}

fn degenerate(error: &Same) -> Error {
    Error::usage(error).hint(
        "mark with numbers that are drawn at random, each from all that the function tells apart",
    )
}

fn of(profile: &Profile, error: Error) -> Error {
    error.at(format_args!("profile {:?}", profile.name))
}
