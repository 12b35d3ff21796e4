//! A profile with a key that fits it.

use crate::failure::{Failure, Outcome};
use hallmark_core::keys::Key;
use hallmark_core::mark::{KeyMismatch, Mark};
use hallmark_core::profile::Profile;

/// The mark of a profile and a key; refuses those that do not belong together.
pub(crate) fn mark(profile: &Profile, key: &Key) -> Outcome<Mark> {
    Mark::new(profile, key).map_err(|error| failure(profile, error))
}

/// The same with layers weighted as `SynthID`'s weighted mean weighs them.
pub(crate) fn weighted_mean(profile: &Profile, key: &Key) -> Outcome<Mark> {
    let mark = Mark::weighted_mean(profile, key).map_err(|error| failure(profile, error))?;
    mark.ok_or_else(|| {
        Failure::usage(format_args!(
            "--weighted-mean: profile {:?} is for {}, which has no such score",
            profile.name,
            profile.scheme.id()
        ))
        .hint("leave it out; it is for hf-synthid and synthid-2025")
    })
}

fn failure(profile: &Profile, error: KeyMismatch) -> Failure {
    let hint = match error {
        KeyMismatch::NeedsNative { .. } => {
            "give the key that `keygen` or `derive` wrote, or the other engine's profile"
        }
        KeyMismatch::NeedsNumbers { .. } => {
            "write the other engine's key into a file of mode 0600: integer:42, hex:0123456789abcdef or integers:654,400,836"
        }
        _ => {
            "a key file holds one line: integer:42, hex:KEY_A,KEY_B for SGLang's two keys, integers:654,400,836 with one number for each layer of SynthID (`profile new --layers N` makes a profile of N)"
        }
    };
    Failure::usage(format_args!("profile {:?}: {error}", profile.name)).hint(hint)
}
