//! Profiles as results and plans carry them, and the list of all schemes.

use crate::error::{Error, Result};
use crate::json::formats;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Checked, Parameters, SCHEMES, Scheme, SchemeRow};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A profile as findings, plans and `profile show` carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileJson {
    /// A name for people.
    pub name: String,
    /// The scheme.
    pub scheme: String,
    /// The scheme's pseudo-random function.
    pub prf: String,
    /// Tokens before a position that key its mark.
    pub window: usize,
    /// Sub-keys of a key, of which each request is marked with one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub ring: u32,
    /// Number of token ids.
    pub vocab_size: u32,
    /// SHA-256 of the `tokenizer.json`; without it, only token ids can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer_sha256: Option<String>,
    /// Green lists: the share of the vocabulary that is green.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
    /// Green lists: what is added to a green token's logit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<f64>,
    /// Tournaments: the number of layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<u32>,
    /// Marks of two keys: the share of one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// How the reading of another engine's mark was checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<String>,
}

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

/// The result of `profile show` and `profile check`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShownProfile {
    /// The name of this format.
    pub schema: formats::Profile,
    /// The profile.
    pub profile: ProfileJson,
    /// Whether the tokenizer at hand is the one that it names, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer_matches: Option<bool>,
}

/// The result of `profile list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListedSchemes {
    /// The name of this format.
    pub schema: formats::ProfileList,
    /// All schemes.
    pub schemes: Vec<ListedScheme>,
}

/// A scheme of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListedScheme {
    /// Its name in profiles.
    pub scheme: String,
    /// Its pseudo-random function.
    pub prf: String,
    /// The window that it has unless a profile says another.
    pub default_window: usize,
    /// The shortest and the longest window.
    pub windows: [usize; 2],
    /// "native", or how the reading of another engine's mark was checked.
    pub checked: String,
}

impl ListedSchemes {
    /// Every scheme that profiles can name: this project's and other engines'.
    #[must_use]
    pub fn all() -> Self {
        let listed = |row: &SchemeRow| ListedScheme {
            scheme: row.id.to_owned(),
            prf: row.prf.to_owned(),
            default_window: row.window,
            windows: [row.windows.0, row.windows.1],
            checked: checked(row.checked),
        };
        Self {
            schema: formats::ProfileList,
            schemes: SCHEMES.iter().map(listed).collect(),
        }
    }
}

/// How the reading of another engine's mark was checked, in words.
#[must_use]
pub fn checked(checked: Checked) -> String {
    match checked {
        Checked::Native => "native".to_owned(),
        Checked::Running(what) => format!("checked against running code: {what}"),
        Checked::Documents(what) => format!("checked against documents only: {what}"),
    }
}

impl From<&Profile> for ProfileJson {
    fn from(profile: &Profile) -> Self {
        let row = profile.scheme.row();
        let mut json = Self {
            name: profile.name.clone(),
            scheme: row.id.to_owned(),
            prf: row.prf.to_owned(),
            window: profile.window,
            ring: profile.ring,
            vocab_size: profile.tokenizer.vocab_size,
            tokenizer_sha256: profile.tokenizer.sha256.clone(),
            gamma: None,
            delta: None,
            layers: None,
            share: None,
            checked: (!row.is_native()).then(|| checked(row.checked)),
        };
        match profile.scheme.parameters() {
            Parameters::Green { gamma, delta } => {
                (json.gamma, json.delta) = (Some(gamma), Some(delta));
            }
            Parameters::Tournament { layers } => json.layers = Some(layers),
            Parameters::Dual { share } => json.share = Some(share),
            _ => {}
        }
        json
    }
}

impl ProfileJson {
    /// The profile that this describes.
    ///
    /// # Errors
    /// When no valid profile is described so.
    pub fn profile(&self) -> Result<Profile> {
        let place = format_args!("profile {:?}", self.name).to_string();
        let scheme = Scheme::named(&self.scheme).ok_or_else(|| {
            Error::usage(format_args!("scheme {:?}: no such scheme", self.scheme))
                .at(&place)
                .hint("`hallmark profile list` names all schemes")
        })?;
        let mut parameters = scheme.parameters();
        match (&mut parameters, self) {
            (
                Parameters::Green { gamma, delta },
                Self {
                    gamma: Some(own_gamma),
                    delta: Some(own_delta),
                    ..
                },
            ) => (*gamma, *delta) = (*own_gamma, *own_delta),
            (
                Parameters::Tournament { layers },
                Self {
                    layers: Some(own), ..
                },
            ) => *layers = *own,
            (
                Parameters::Dual { share },
                Self {
                    share: Some(own), ..
                },
            ) => *share = *own,
            _ => {}
        }
        let profile = Profile {
            name: self.name.clone(),
            scheme: scheme.with(parameters).unwrap_or(scheme),
            window: self.window,
            ring: self.ring,
            tokenizer: TokenizerRef {
                vocab_size: self.vocab_size,
                sha256: self.tokenizer_sha256.clone(),
            },
        };
        profile
            .check()
            .map_err(|error| Error::from(error).at(&place))?;
        if Self::from(&profile) != *self {
            return Err(Error::usage("its fields are not those of its scheme")
                .at(&place)
                .hint("`hallmark profile show --format json FILE` prints a profile so"));
        }
        Ok(profile)
    }

    /// Its name and scheme, for lists.
    #[must_use]
    pub fn named(&self) -> String {
        let mut text = if self.name == self.scheme {
            format!("{} (window {}", self.name, self.window)
        } else {
            format!("{} ({}, window {}", self.name, self.scheme, self.window)
        };
        if self.ring > 1 {
            let _ = write!(text, ", ring of {}", self.ring);
        }
        if let Some(gamma) = self.gamma {
            let _ = write!(text, ", γ {gamma}");
        }
        if let Some(layers) = self.layers {
            let _ = write!(text, ", {layers} layers");
        }
        text.push(')');
        text
    }
}
