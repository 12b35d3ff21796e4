//! The hand that picks the tokens: under a key, or under none.

use crate::args::MarkArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Error;
use hallmark::files::keys;
use hallmark::marks;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::finding::Warning;
use hallmark_lab::{Chooser, Marked, Unmarked, sub_keys};

/// What picks the tokens, and the public id of its key.
pub(super) struct Hand {
    pub(super) chooser: Box<dyn Chooser>,
    pub(super) key_id: Option<String>,
    /// Sub-keys of the ring, where the profile has one.
    pub(super) ring: Option<u32>,
    /// The sub-key of each answer; none where the profile has no ring.
    pub(super) sub_keys: Vec<u32>,
}

impl Hand {
    /// For answers to `prompts`, in tokens.
    pub(super) fn new(
        args: &MarkArgs,
        profile: Option<&Profile>,
        prompts: &[Vec<u32>],
        output: &Output,
    ) -> Outcome<Self> {
        let (Some(path), Some(profile)) = (&args.key, profile) else {
            return Ok(Self {
                chooser: Box::new(Unmarked),
                key_id: None,
                ring: None,
                sub_keys: vec![],
            });
        };
        let key = keys::read(path)?;
        let mark = marking(profile, &key.marking_key(), output)?;
        let sub_keys = sub_keys(profile.ring, prompts.len(), args.seed);
        let marked = Marked::of_ring(&mark, prompts.to_vec(), sub_keys.clone());
        let marked = marked.map_err(|error| {
            Error::usage(format_args!("profile {:?}: {error}", profile.name))
                .hint("`hallmark profile list` names all schemes; a native one marks with any window of 1 to 4")
        })?;
        Ok(Self {
            chooser: Box::new(marked),
            key_id: Some(mark.key().to_string()),
            ring: (profile.ring > 1).then_some(profile.ring),
            sub_keys,
        })
    }

    /// The sub-key of the answer of this number, from 0.
    pub(super) fn sub_key(&self, answer: usize) -> Option<u32> {
        self.sub_keys.get(answer).copied()
    }
}

/// The mark that a profile and a key that fits it make; says where the key is a poor one.
fn marking(profile: &Profile, key: &Key, output: &Output) -> Outcome<Mark> {
    let mark = marks::mark(profile, key)?;
    let related = mark.null().related();
    if related.is_some_and(|keys| !keys.is_comparable()) {
        let warning = Warning::KeyNotComparable;
        output.note(format_args!("warning: {warning}; {}", warning.hint()));
    }
    Ok(mark)
}
