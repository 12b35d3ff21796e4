//! The profile: the public description of a mark, as a TOML file. It holds no secret.

mod error;
mod file;
mod foreign;

pub use error::ProfileError;
pub use foreign::{
    Checked, FOREIGN, Foreign, ForeignProfile, ForeignScheme, GreenLists, SynthIdHash,
};

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use file::File;

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
    /// When it is not TOML, has an unknown or missing field, a value is out of range, or it describes
    /// another engine's mark ([`AnyProfile::parse`] reads both kinds).
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        match AnyProfile::parse(text)? {
            AnyProfile::Native(profile) => Ok(profile),
            AnyProfile::Foreign(profile) => Err(ProfileError::Foreign {
                scheme: profile.scheme.id(),
            }),
        }
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
        check_name(&self.name)?;
        if !(1..=MAX_WINDOW).contains(&self.window) {
            return field("window", self.window.to_string(), "1 to 4");
        }
        check_tokenizer(&self.tokenizer)?;
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

/// A profile of this project's own marks, or of another engine's.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyProfile {
    /// A mark of this project.
    Native(Profile),
    /// A mark of another engine.
    Foreign(ForeignProfile),
}

impl AnyProfile {
    /// Reads and checks a profile file of either kind.
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

    /// The profile's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Native(profile) => &profile.name,
            Self::Foreign(profile) => &profile.name,
        }
    }

    /// Tokens before a position that key its mark.
    #[must_use]
    pub fn window(&self) -> usize {
        match self {
            Self::Native(profile) => profile.window,
            Self::Foreign(profile) => profile.window,
        }
    }

    /// The marking model's tokenizer.
    #[must_use]
    pub fn tokenizer(&self) -> &TokenizerRef {
        match self {
            Self::Native(profile) => &profile.tokenizer,
            Self::Foreign(profile) => &profile.tokenizer,
        }
    }

    /// The scheme's name in profiles.
    #[must_use]
    pub fn scheme_id(&self) -> &'static str {
        match self {
            Self::Native(profile) => profile.scheme.id(),
            Self::Foreign(profile) => profile.scheme.id(),
        }
    }
}

fn check_name(name: &str) -> Result<(), ProfileError> {
    if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
        return Err(ProfileError::Value {
            field: "name",
            found: format!("{name:?}"),
            allowed: "1 to 128 bytes of printable text",
        });
    }
    Ok(())
}

fn check_tokenizer(tokenizer: &TokenizerRef) -> Result<(), ProfileError> {
    if !(2..=MAX_VOCAB_SIZE).contains(&tokenizer.vocab_size) {
        return Err(ProfileError::Value {
            field: "tokenizer.vocab_size",
            found: tokenizer.vocab_size.to_string(),
            allowed: "2 to 16777215",
        });
    }
    if let Some(digest) = &tokenizer.sha256
        && (digest.len() != 64
            || !digest
                .bytes()
                .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
    {
        return Err(ProfileError::Value {
            field: "tokenizer.sha256",
            found: digest.clone(),
            allowed: "64 lower-case hexadecimal digits",
        });
    }
    Ok(())
}
