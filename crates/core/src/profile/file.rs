//! The profile as the text of a TOML file.

use super::{
    AnyProfile, CHACHA12_V1, Foreign, ForeignProfile, ForeignScheme, PROFILE_VERSION, Profile,
    ProfileError, Scheme, TokenizerRef,
};
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
    pub(super) fn check(self) -> Result<AnyProfile, ProfileError> {
        if self.hallmark != PROFILE_VERSION {
            return Err(ProfileError::Version {
                found: self.hallmark,
            });
        }
        let Some(foreign) = ForeignScheme::named(&self.scheme) else {
            return self.native().map(AnyProfile::Native);
        };
        self.foreign(foreign).map(AnyProfile::Foreign)
    }

    fn native(self) -> Result<Profile, ProfileError> {
        let scheme = match self.scheme.as_str() {
            "gumbel" => Scheme::Gumbel,
            "dual-gumbel" => Scheme::DualGumbel,
            "green" => {
                let &GreenSection { gamma, delta } = self.needed("green", self.green.as_ref())?;
                Scheme::Green { gamma, delta }
            }
            "tournament" => {
                let &TournamentSection { layers } =
                    self.needed("tournament", self.tournament.as_ref())?;
                Scheme::Tournament { layers }
            }
            other => {
                return Err(ProfileError::Value {
                    field: "scheme",
                    found: format!("{other:?}"),
                    allowed: "gumbel, dual-gumbel, green, tournament, or another engine's (`profile list`)",
                });
            }
        };
        self.check_prf(CHACHA12_V1, "\"chacha12-v1\"")?;
        self.only(match scheme {
            Scheme::Green { .. } => "green",
            Scheme::Tournament { .. } => "tournament",
            Scheme::Gumbel | Scheme::DualGumbel => "",
        })?;
        let profile = Profile {
            name: self.name,
            scheme,
            window: self.window,
            tokenizer: self.tokenizer.into(),
        };
        profile.check()?;
        Ok(profile)
    }

    fn foreign(self, known: &ForeignScheme) -> Result<ForeignProfile, ProfileError> {
        self.check_prf(known.prf, "the scheme's own, as `profile new` writes it")?;
        let scheme = match known.defaults {
            Foreign::Green { lists, .. } => {
                let &GreenSection { gamma, delta } = self.needed("green", self.green.as_ref())?;
                Foreign::Green {
                    lists,
                    gamma,
                    delta,
                }
            }
            Foreign::SynthId { hash, .. } => {
                let &TournamentSection { layers } =
                    self.needed("tournament", self.tournament.as_ref())?;
                Foreign::SynthId { hash, layers }
            }
            Foreign::VllmDual { .. } => Foreign::VllmDual {
                share: self.needed("dual", self.dual.as_ref())?.share,
            },
            Foreign::SglangDual { .. } => Foreign::SglangDual {
                share: self.needed("dual", self.dual.as_ref())?.share,
            },
            other => other,
        };
        self.only(match scheme {
            Foreign::Green { .. } => "green",
            Foreign::SynthId { .. } => "tournament",
            Foreign::VllmDual { .. } | Foreign::SglangDual { .. } => "dual",
            _ => "",
        })?;
        if let Some(torch) = &self.torch {
            if known.prf != TORCH {
                return Err(self.section("takes no", "torch"));
            }
            if torch.device == Device::Cuda {
                return Err(ProfileError::Cuda);
            }
        }
        let profile = ForeignProfile {
            name: self.name,
            scheme,
            window: self.window,
            tokenizer: self.tokenizer.into(),
        };
        profile.check()?;
        Ok(profile)
    }

    fn check_prf(&self, prf: &str, allowed: &'static str) -> Result<(), ProfileError> {
        if self.prf == prf {
            return Ok(());
        }
        Err(ProfileError::Value {
            field: "prf",
            found: format!("{:?}", self.prf),
            allowed,
        })
    }

    /// Refuses sections of other schemes.
    fn only(&self, section: &str) -> Result<(), ProfileError> {
        for (name, is_there) in [
            ("green", self.green.is_some()),
            ("tournament", self.tournament.is_some()),
            ("dual", self.dual.is_some()),
        ] {
            if is_there && name != section {
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

/// The generator that lists on a CPU and on a GPU differ by.
const TORCH: &str = "torch-mt19937";

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
        Self {
            hallmark: PROFILE_VERSION,
            name: profile.name.clone(),
            scheme: profile.scheme.id().to_owned(),
            prf: CHACHA12_V1.to_owned(),
            window: profile.window,
            tokenizer: (&profile.tokenizer).into(),
            green: match profile.scheme {
                Scheme::Green { gamma, delta } => Some(GreenSection { gamma, delta }),
                _ => None,
            },
            tournament: match profile.scheme {
                Scheme::Tournament { layers } => Some(TournamentSection { layers }),
                _ => None,
            },
            dual: None,
            torch: None,
        }
    }
}

impl From<&ForeignProfile> for File {
    fn from(profile: &ForeignProfile) -> Self {
        let known = profile.scheme.scheme();
        Self {
            hallmark: PROFILE_VERSION,
            name: profile.name.clone(),
            scheme: known.id.to_owned(),
            prf: known.prf.to_owned(),
            window: profile.window,
            tokenizer: (&profile.tokenizer).into(),
            green: match profile.scheme {
                Foreign::Green { gamma, delta, .. } => Some(GreenSection { gamma, delta }),
                _ => None,
            },
            tournament: match profile.scheme {
                Foreign::SynthId { layers, .. } => Some(TournamentSection { layers }),
                _ => None,
            },
            dual: match profile.scheme {
                Foreign::VllmDual { share } | Foreign::SglangDual { share } => {
                    Some(DualSection { share })
                }
                _ => None,
            },
            torch: (known.prf == TORCH).then_some(TorchSection {
                device: Device::Cpu,
            }),
        }
    }
}
