//! The profile: the public description of a mark, as a TOML file. It holds no secret.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// Version of the profile format that this crate reads and writes.
pub const PROFILE_VERSION: u32 = 1;

/// The only native pseudo-random function.
pub const CHACHA12_V1: &str = "chacha12-v1";

/// Most window slots of a native profile.
pub const MAX_WINDOW: usize = 4;

/// Largest vocabulary: token ids go up to `0xFF_FFFE`.
pub const MAX_VOCAB_SIZE: u32 = 0xFF_FFFF;

/// The public description of a mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// A name for people; it is part of no derivation.
    pub name: String,
    /// The scheme with its parameters.
    pub scheme: Scheme,
    /// Tokens before a position that key its mark, 1 to 4.
    pub window: usize,
    /// The marking model's tokenizer.
    pub tokenizer: TokenizerRef,
}

/// A native scheme with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    /// Gumbel-max sampling with keyed noise; does not change the distribution of a token.
    Gumbel,
    /// Gumbel-max with two keyed streams and a keyed coin per window: more varied answers.
    DualGumbel,
    /// A keyed part `gamma` of the vocabulary has `delta` added to its logits.
    Green {
        /// Share of green cells under a random key, in (0, 1).
        gamma: f64,
        /// What is added to a green token's logit, in nats.
        delta: f64,
    },
    /// SynthID's two-leaf tournament over the bits of the word; keeps the distribution on average.
    Tournament {
        /// Layers, that is bits of the word used: 1 to 32.
        layers: u32,
    },
}

/// Which tokenizer a profile's token ids belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerRef {
    /// Number of token ids, including unused ones up to the width of the model's logits.
    pub vocab_size: u32,
    /// SHA-256 of the `tokenizer.json` in hexadecimal; without it, only token ids can be read.
    pub sha256: Option<String>,
}

impl Scheme {
    /// The scheme's name in profiles and key derivation.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Gumbel => "gumbel",
            Self::DualGumbel => "dual-gumbel",
            Self::Green { .. } => "green",
            Self::Tournament { .. } => "tournament",
        }
    }
}

/// ⌊γ·2³²⌋: a word below it is green.
#[must_use]
pub fn green_threshold(gamma: f64) -> u32 {
    (gamma * 4_294_967_296.0) as u32
}

impl Profile {
    /// Reads and checks a profile file.
    ///
    /// # Errors
    /// When it is not TOML, has an unknown or missing field, or a value is out of range.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let file: File = toml::from_str(text).map_err(|error| ProfileError::Syntax {
            line: error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
            message: error.message().trim_end().to_owned(),
        })?;
        file.check()
    }

    /// The profile as the text of a profile file; [`parse`](Self::parse) gives it back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(&File::from(self)).expect("a profile has only plain values")
    }

    /// Checks every value, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    /// Names the first field whose value is out of range.
    pub fn check(&self) -> Result<(), ProfileError> {
        let field = |field, found: String, allowed| {
            Err(ProfileError::Value {
                field,
                found,
                allowed,
            })
        };
        if self.name.is_empty() || self.name.len() > 128 || self.name.chars().any(char::is_control)
        {
            return field(
                "name",
                format!("{:?}", self.name),
                "1 to 128 bytes of printable text",
            );
        }
        if !(1..=MAX_WINDOW).contains(&self.window) {
            return field("window", self.window.to_string(), "1 to 4");
        }
        if !(2..=MAX_VOCAB_SIZE).contains(&self.tokenizer.vocab_size) {
            return field(
                "tokenizer.vocab_size",
                self.tokenizer.vocab_size.to_string(),
                "2 to 16777215",
            );
        }
        if let Some(digest) = &self.tokenizer.sha256
            && (digest.len() != 64
                || !digest
                    .bytes()
                    .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
        {
            return field(
                "tokenizer.sha256",
                digest.clone(),
                "64 lower-case hexadecimal digits",
            );
        }
        match self.scheme {
            Scheme::Green { gamma, .. } if !(0.001..=0.999).contains(&gamma) => {
                field("green.gamma", gamma.to_string(), "0.001 to 0.999")
            }
            Scheme::Green { delta, .. } if !(delta > 0.0 && delta <= 30.0) => {
                field("green.delta", delta.to_string(), "above 0, at most 30")
            }
            Scheme::Tournament { layers } if !(1..=32).contains(&layers) => {
                field("tournament.layers", layers.to_string(), "1 to 32")
            }
            _ => Ok(()),
        }
    }
}

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, or a field that is unknown, missing or of another type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line number, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A later version of the format, most likely.
    #[error("hallmark = {found}: this program reads profile version {PROFILE_VERSION}")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// A value out of range.
    #[error("{field} = {found}: allowed is {allowed}")]
    Value {
        /// Path of the field.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A section that belongs to another scheme, or one that is missing.
    #[error("scheme {scheme:?} {verb} [{section}] section")]
    Section {
        /// The profile's scheme.
        scheme: String,
        /// "needs a" or "takes no".
        verb: &'static str,
        /// The section's name.
        section: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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

impl File {
    fn check(self) -> Result<Profile, ProfileError> {
        if self.hallmark != PROFILE_VERSION {
            return Err(ProfileError::Version {
                found: self.hallmark,
            });
        }
        if self.prf != CHACHA12_V1 {
            return Err(ProfileError::Value {
                field: "prf",
                found: format!("{:?}", self.prf),
                allowed: "\"chacha12-v1\"",
            });
        }
        let section = |verb, section| ProfileError::Section {
            scheme: self.scheme.clone(),
            verb,
            section,
        };
        let scheme = match self.scheme.as_str() {
            "gumbel" => Scheme::Gumbel,
            "dual-gumbel" => Scheme::DualGumbel,
            "green" => {
                let &GreenSection { gamma, delta } = self
                    .green
                    .as_ref()
                    .ok_or_else(|| section("needs a", "green"))?;
                Scheme::Green { gamma, delta }
            }
            "tournament" => {
                let &TournamentSection { layers } = self
                    .tournament
                    .as_ref()
                    .ok_or_else(|| section("needs a", "tournament"))?;
                Scheme::Tournament { layers }
            }
            other => {
                return Err(ProfileError::Value {
                    field: "scheme",
                    found: format!("{other:?}"),
                    allowed: "gumbel, dual-gumbel, green or tournament",
                });
            }
        };
        if self.green.is_some() && self.scheme != "green" {
            return Err(section("takes no", "green"));
        }
        if self.tournament.is_some() && self.scheme != "tournament" {
            return Err(section("takes no", "tournament"));
        }
        let profile = Profile {
            name: self.name,
            scheme,
            window: self.window,
            tokenizer: TokenizerRef {
                vocab_size: self.tokenizer.vocab_size,
                sha256: self.tokenizer.sha256,
            },
        };
        profile.check()?;
        Ok(profile)
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
            tokenizer: TokenizerSection {
                vocab_size: profile.tokenizer.vocab_size,
                sha256: profile.tokenizer.sha256.clone(),
            },
            green: match profile.scheme {
                Scheme::Green { gamma, delta } => Some(GreenSection { gamma, delta }),
                _ => None,
            },
            tournament: match profile.scheme {
                Scheme::Tournament { layers } => Some(TournamentSection { layers }),
                _ => None,
            },
        }
    }
}
