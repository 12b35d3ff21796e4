//! A profile and a key become a mark.

use super::Profile;
use crate::keys::{CohortKey, ForeignKey, KEY_BYTES, Key, PublicId};
use crate::law::Law;
use crate::mark::{Identity, KeyMismatch, Mark};
use crate::schemes::{Maker, Numbers, Parameters, Setting};

impl Mark {
    /// The mark that `profile` describes, under `key`.
    ///
    /// # Errors
    /// When the key does not fit the profile.
    pub fn new(profile: &Profile, key: &Key) -> Result<Self, KeyMismatch> {
        let setting = profile.setting(key.public_id());
        match (profile.scheme.row().maker, key) {
            (Maker::Cohort(mark), Key::Cohort(key)) => Ok(match profile.ring {
                1 => mark(&setting, key),
                ring => {
                    let members =
                        (0..ring).map(|number| mark(&setting, &key.sub_key(ring, number)));
                    Self::ring(members.collect())
                }
            }),
            (Maker::Numbers { mark, .. }, Key::Foreign(key)) => {
                profile.check_numbers(key.numbers())?;
                Ok(mark(&setting, key))
            }
            (Maker::Cohort(_), Key::Foreign(_)) => Err(KeyMismatch::NeedsNative {
                scheme: profile.scheme.id(),
            }),
            (Maker::Numbers { .. }, Key::Cohort(_)) => Err(KeyMismatch::NeedsNumbers {
                scheme: profile.scheme.id(),
            }),
        }
    }

    /// The same with upstream's weighted mean in place of the mean of all layers' bits, for `SynthID`: the first
    /// layer weighs ten times as much as the last. Nothing for schemes that have no such score.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn weighted_mean(profile: &Profile, key: &Key) -> Result<Option<Self>, KeyMismatch> {
        Self::new(profile, key)?;
        Ok(match (profile.scheme.row().maker, key) {
            (
                Maker::Numbers {
                    weighted_mean: Some(mark),
                    ..
                },
                Key::Foreign(numbers),
            ) => Some(mark(&profile.setting(key.public_id()), numbers)),
            _ => None,
        })
    }
}

impl Profile {
    /// Whether a key is of the kind that the scheme takes, with as many numbers.
    #[must_use]
    pub fn takes(&self, key: &Key) -> bool {
        match (self.scheme.row().maker, key) {
            (Maker::Cohort(_), Key::Cohort(_)) => true,
            (Maker::Numbers { .. }, Key::Foreign(key)) => self.check_numbers(key.numbers()).is_ok(),
            _ => false,
        }
    }

    /// How a cell's word is scored, which no key changes.
    #[must_use]
    pub fn law(&self) -> Law {
        let setting = self.setting(PublicId::from_bytes([0; 8]));
        let any = match (self.scheme.row().maker, self.scheme.numbers()) {
            (Maker::Cohort(mark), _) => mark(&setting, &CohortKey::from_bytes([0; KEY_BYTES])),
            (Maker::Numbers { mark, .. }, numbers) => mark(
                &setting,
                &ForeignKey::zeros(numbers.map_or(1, |(_, count)| count)),
            ),
        };
        any.law()
    }

    fn setting(&self, key: PublicId) -> Setting {
        Setting {
            identity: Identity {
                scheme: self.scheme.id(),
                key,
                window: self.window,
            },
            parameters: self.scheme.parameters(),
            vocabulary: self.tokenizer.vocab_size,
        }
    }

    fn check_numbers(&self, numbers: &[u64]) -> Result<(), KeyMismatch> {
        let scheme = self.scheme.id();
        let found = numbers.len();
        match (self.scheme.numbers(), self.scheme.parameters()) {
            (Some((_, count)), _) if count == found => Ok(()),
            (Some((Numbers::OnePerLayer, _)), Parameters::Tournament { layers }) => {
                Err(KeyMismatch::Layers { layers, found })
            }
            (Some((Numbers::Two, _)), _) => Err(KeyMismatch::Numbers {
                scheme,
                needed: "two numbers",
                found,
            }),
            (Some(_), _) => Err(KeyMismatch::Numbers {
                scheme,
                needed: "one number",
                found,
            }),
            (None, _) => Err(KeyMismatch::NeedsNative { scheme }),
        }
    }
}
