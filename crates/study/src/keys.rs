//! Keys that follow from a seed, so that a run can be repeated to the byte. They are of no use in earnest.

use hallmark_core::keys::{CohortKey, RootKey};
use hallmark_lab::random::generator;
use rand_chacha::rand_core::Rng;

/// Whose key marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cohort {
    /// The one under test.
    Tested,
    /// Another one.
    Other,
}

impl Cohort {
    /// The cohort's name in the derivation of its key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tested => "harvesters",
            Self::Other => "others",
        }
    }
}

/// The root key of the story of `seed`. Anyone can make it again from the seed.
#[must_use]
pub fn story_root(seed: u64) -> RootKey {
    let mut bytes = [0; 32];
    generator(seed, 0x726f_6f74).fill_bytes(&mut bytes);
    RootKey::from_bytes(bytes)
}

/// The cohort key of the study of `seed`. Anyone can make it again from the seed.
///
/// # Panics
/// Never: the names are fine.
#[must_use]
pub fn study_key(seed: u64, cohort: Cohort) -> CohortKey {
    let epoch = story_root(seed).epoch("study");
    epoch
        .and_then(|epoch| epoch.cohort(cohort.name()))
        .expect("the study's own names are valid")
}
