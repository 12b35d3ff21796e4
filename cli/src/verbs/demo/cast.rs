//! The keys and the profile of the story, and how its answers are examined.

use crate::failure::Outcome;
use hallmark::examine::examine_records;
use hallmark::progress::silent;
use hallmark::tokenizers;
use hallmark::{Error, Examined, Inputs, Plan, TriedKey};
use hallmark_core::keys::{CohortKey, Key, RootKey};
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_corpus::{Origin, Piece, Record, Source, Tokenizer, encode};
use hallmark_lab::Exchange;
use hallmark_study::keys::story_root;
use std::path::Path;

/// Tokens in a window.
const WINDOW: usize = 2;

/// Decoy keys in each line-up.
pub(super) const DECOYS: u32 = 4_999;

/// The keys and the profile of a story.
pub(super) struct Cast {
    pub(super) profile: Profile,
    pub(super) root: RootKey,
    pub(super) key: CohortKey,
    pub(super) key_id: String,
    pub(super) unused: CohortKey,
    pub(super) unused_id: String,
}

/// The epoch and the cohorts of the demo's keys.
const EPOCH: &str = "demo";
const COHORT: &str = "harvesters";
const UNUSED_COHORT: &str = "never-used";

impl Cast {
    pub(super) fn new(seed: u64) -> Outcome<Self> {
        let profile = Profile {
            name: "demo".to_owned(),
            scheme: Scheme::GUMBEL,
            window: WINDOW,
            ring: 1,
            tokenizer: tokenizers::built_in_ref()?,
        };
        let root = story_root(seed);
        let cohort = |name| root.epoch(EPOCH)?.cohort(name);
        let named = |error| Error::integrity(format_args!("the demo's own names: {error}"));
        let (key, unused) = (
            cohort(COHORT).map_err(named)?,
            cohort(UNUSED_COHORT).map_err(named)?,
        );
        let (key_id, unused_id) = (key.public_id().to_string(), unused.public_id().to_string());
        Ok(Self {
            profile,
            root,
            key,
            key_id,
            unused,
            unused_id,
        })
    }

    /// Examines answers as `examine` would: their text is tokenised again, and the windows of the
    /// prompts are left out.
    pub(super) fn examine(
        &self,
        answers: &[Exchange],
        tokenizer: &Tokenizer,
        decoys: u32,
    ) -> Outcome<Examined> {
        let keys = [self.key.clone(), self.unused.clone()].map(Key::from);
        let tried = keys
            .each_ref()
            .map(|key| TriedKey::of(key, Path::new("demo")));
        let plan = Plan {
            decoys,
            ..Plan::new(&self.profile, tried.to_vec(), Inputs::default())
        };
        let records = answers
            .iter()
            .zip(1..)
            .map(|(Exchange { prompt, answer }, line)| {
                let text = |tokens: &[u32]| Piece::Text(tokenizer.decode(tokens));
                Ok(Record {
                    source: Source::new("demo".into(), line),
                    id: Some(line.to_string()),
                    group: None,
                    sub_key: None,
                    exposure: vec![text(prompt)],
                    exposure_known: true,
                    turns: None,
                    earlier: None,
                    body: text(answer),
                    origin: Origin::default(),
                })
            });
        examine_records(&plan, &keys, encode(records, Some(tokenizer)), &mut silent)
    }
}
