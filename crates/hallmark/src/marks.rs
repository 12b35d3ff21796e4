//! A profile with a key that fits it.

use crate::error::{Error, Result};
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::{Numbers, Parameters};
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

/// The profile with as many layers as the key has numbers, where that is what keeps the two apart: a key of one number for each layer
/// says how many there are.
#[must_use]
pub fn fitted(profile: &Profile, key: &Key) -> Option<Profile> {
    let Key::Foreign(numbers) = key else {
        return None;
    };
    let (Numbers::OnePerLayer, layers) = profile.scheme.numbers()? else {
        return None;
    };
    let own = numbers.numbers().len();
    let scheme = profile.scheme.with(Parameters::Tournament {
        layers: u32::try_from(own).ok()?,
    })?;
    let fitted = Profile {
        scheme,
        ..profile.clone()
    };
    // One number is a key of another kind.
    (own != layers && own > 1 && fitted.check().is_ok()).then_some(fitted)
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

fn degenerate(error: &Same) -> Error {
    Error::usage(error).hint(
        "mark with numbers that are drawn at random, each from all that the function tells apart",
    )
}

fn of(profile: &Profile, error: Error) -> Error {
    error.at(format_args!("profile {:?}", profile.name))
}
