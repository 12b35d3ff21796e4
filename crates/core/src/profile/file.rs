//! The profile as the text of a TOML file.

use super::description::{Profile, TokenizerRef};
use super::error::ProfileError;
use super::limits::PROFILE_VERSION;
use crate::schemes::{Parameters, Scheme, SchemeRow, TORCH};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    hallmark: u32,
    name: String,
    scheme: String,
    prf: String,
    window: usize,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    ring: u32,
    tokenizer: TokenizerSection,
    #[serde(skip_serializing_if = "Option::is_none")]
    green: Option<GreenSection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tournament: Option<TournamentSection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dual: Option<DualSection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    torch: Option<TorchSection>,
}

/// Without a ring the cohort's key itself marks.
const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_one(ring: &u32) -> bool {
    *ring == 1
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenizerSection {
    vocab_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GreenSection {
    gamma: f64,
    delta: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TournamentSection {
    layers: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DualSection {
    share: f64,
}

/// Where an engine's random numbers came from.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TorchSection {
    device: Device,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Device {
    Cpu,
    Cuda,
}

impl File {
    /// The profile, with values that are yet to be checked.
    pub(super) fn profile(self, schemes: &'static [SchemeRow]) -> Result<Profile, ProfileError> {
        if self.hallmark != PROFILE_VERSION {
            return Err(ProfileError::Version {
                found: self.hallmark,
            });
        }
        let Some(row) = schemes.iter().find(|row| row.id == self.scheme) else {
            return Err(ProfileError::Value {
                field: "scheme",
                found: format!("{:?}", self.scheme),
                allowed: "gumbel, dual-gumbel, green, tournament, or another engine's (`profile list`)",
            });
        };
        self.check_prf(row)?;
        let scheme = Scheme::of(row);
        let parameters = match scheme.parameters() {
            Parameters::None => Parameters::None,
            Parameters::Green { .. } => {
                let &GreenSection { gamma, delta } = self.needed("green", self.green.as_ref())?;
                Parameters::Green { gamma, delta }
            }
            Parameters::Tournament { .. } => {
                let &TournamentSection { layers } =
                    self.needed("tournament", self.tournament.as_ref())?;
                Parameters::Tournament { layers }
            }
            Parameters::Dual { .. } => {
                let &DualSection { share } = self.needed("dual", self.dual.as_ref())?;
                Parameters::Dual { share }
            }
        };
        self.only(parameters.section())?;
        if let Some(torch) = &self.torch {
            if !row.draws_with_torch() {
                return Err(self.section("takes no", "torch"));
            }
            if torch.device == Device::Cuda {
                return Err(ProfileError::Cuda);
            }
        }
        Ok(Profile {
            name: self.name,
            scheme: scheme.with(parameters).unwrap_or(scheme),
            window: self.window,
            ring: self.ring,
            tokenizer: self.tokenizer.into(),
        })
    }

    fn check_prf(&self, row: &SchemeRow) -> Result<(), ProfileError> {
        if self.prf == row.prf {
            return Ok(());
        }
        Err(ProfileError::Value {
            field: "prf",
            found: format!("{:?}", self.prf),
            allowed: if row.is_native() {
                "\"chacha12-v1\""
            } else {
                "the scheme's own, as `profile new` writes it"
            },
        })
    }

    /// Refuses sections of other schemes.
    fn only(&self, section: Option<&str>) -> Result<(), ProfileError> {
        for (name, is_there) in [
            ("green", self.green.is_some()),
            ("tournament", self.tournament.is_some()),
            ("dual", self.dual.is_some()),
        ] {
            if is_there && Some(name) != section {
                return Err(self.section("takes no", name));
            }
        }
        Ok(())
    }

    fn needed<'a, T>(
        &self,
        name: &'static str,
        section: Option<&'a T>,
    ) -> Result<&'a T, ProfileError> {
        section.ok_or_else(|| self.section("needs a", name))
    }

    fn section(&self, verb: &'static str, section: &'static str) -> ProfileError {
        ProfileError::Section {
            scheme: self.scheme.clone(),
            verb,
            section,
        }
    }
}

impl From<TokenizerSection> for TokenizerRef {
    fn from(section: TokenizerSection) -> Self {
        Self {
            vocab_size: section.vocab_size,
            sha256: section.sha256,
        }
    }
}

impl From<&TokenizerRef> for TokenizerSection {
    fn from(tokenizer: &TokenizerRef) -> Self {
        Self {
            vocab_size: tokenizer.vocab_size,
            sha256: tokenizer.sha256.clone(),
        }
    }
}

impl From<&Profile> for File {
    fn from(profile: &Profile) -> Self {
        let row = profile.scheme.row();
        let mut file = Self {
            hallmark: PROFILE_VERSION,
            name: profile.name.clone(),
            scheme: row.id.to_owned(),
            prf: row.prf.to_owned(),
            window: profile.window,
            ring: profile.ring,
            tokenizer: (&profile.tokenizer).into(),
            green: None,
            tournament: None,
            dual: None,
            torch: (row.prf == TORCH).then_some(TorchSection {
                device: Device::Cpu,
            }),
        };
        match profile.scheme.parameters() {
            Parameters::None => {}
            Parameters::Green { gamma, delta } => file.green = Some(GreenSection { gamma, delta }),
            Parameters::Tournament { layers } => {
                file.tournament = Some(TournamentSection { layers });
            }
            Parameters::Dual { share } => file.dual = Some(DualSection { share }),
        }
        file
    }
}
