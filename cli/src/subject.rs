//! A profile with a key that fits it.

use crate::failure::{Failure, Outcome};
use hallmark_core::keys::{AnyKey, CohortKey, ForeignKey};
use hallmark_core::mark::{self, KeyedMark};
use hallmark_core::profile::{AnyProfile, ForeignProfile, Profile};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;

/// What text is tested for.
pub(crate) enum Subject<'a> {
    /// A mark of this project.
    Native(&'a Profile, CohortKey),
    /// Another engine's mark.
    Foreign(&'a ForeignProfile, &'a ForeignKey, KeyedMark),
}

/// Whether a key can be tried with a profile.
pub(crate) fn fits(profile: &AnyProfile, key: &AnyKey) -> bool {
    match (profile, key) {
        (AnyProfile::Native(_), AnyKey::Native(_)) => true,
        (AnyProfile::Foreign(profile), AnyKey::Foreign(key)) => {
            profile.scheme.takes(key.numbers().len())
        }
        _ => false,
    }
}

impl<'a> Subject<'a> {
    /// Of a profile and a key; refuses those that do not belong together.
    pub(crate) fn new(profile: &'a AnyProfile, key: &'a AnyKey) -> Outcome<Self> {
        match (profile, key) {
            (AnyProfile::Native(profile), AnyKey::Native(key)) => {
                Ok(Self::Native(profile, key.marking_key()))
            }
            (AnyProfile::Foreign(profile), AnyKey::Foreign(key)) => {
                let mark = KeyedMark::bind(profile, key).map_err(|error| {
                    Failure::usage(format_args!("profile {:?}: {error}", profile.name))
                        .hint("a key file holds one line: integer:42, hex:KEY_A,KEY_B for SGLang's two keys, integers:654,400,836 with one number for each layer of SynthID (`profile new --layers N` makes a profile of N)")
                })?;
                Ok(Self::Foreign(profile, key, mark))
            }
            (AnyProfile::Native(profile), AnyKey::Foreign(_)) => Err(Failure::usage(format_args!(
                "profile {:?} ({}) is a native mark, and the key is another engine's",
                profile.name,
                profile.scheme.id()
            ))
            .hint("give the key that `keygen` or `derive` wrote, or the other engine's profile")),
            (AnyProfile::Foreign(profile), AnyKey::Native(_)) => Err(Failure::usage(format_args!(
                "profile {:?} ({}) is another engine's mark, and the key is a native one",
                profile.name,
                profile.scheme.id()
            ))
            .hint("write the other engine's key into a file of mode 0600: integer:42, hex:0123456789abcdef or integers:654,400,836")),
        }
    }

    /// The same with layers weighted as `SynthID`'s weighted mean weighs them.
    pub(crate) fn weighted_mean(self) -> Outcome<Self> {
        let (name, scheme) = match &self {
            Self::Native(profile, _) => (&profile.name, profile.scheme.id()),
            Self::Foreign(profile, ..) => (&profile.name, profile.scheme.id()),
        };
        let refused = || {
            Failure::usage(format_args!(
                "--weighted-mean: profile {name:?} is for {scheme}, which has no such score"
            ))
            .hint("leave it out; it is for hf-synthid and synthid-2025")
        };
        let Self::Foreign(profile, key, _) = self else {
            return Err(refused());
        };
        let mark = KeyedMark::bind_weighted_mean(profile, key).map_err(Failure::usage)?;
        Ok(Self::Foreign(profile, key, mark.ok_or_else(refused)?))
    }

    /// T1 of it, with nothing observed yet.
    pub(crate) fn detection(&self, dedup: DedupKind) -> Detection {
        match self {
            Self::Native(profile, key) => {
                let mark = mark::bind(profile, key).into();
                Detection::new(key.public_id(), &mark, profile.window, dedup)
            }
            Self::Foreign(profile, key, mark) => {
                Detection::new(key.public_id(), mark, profile.window, dedup)
            }
        }
    }
}
