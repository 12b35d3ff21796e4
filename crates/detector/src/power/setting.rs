//! A setting: what marks, how the suspect is reached and what it is asked.

use serde::{Deserialize, Serialize};

/// What is to be looked up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The scheme that marks.
    pub scheme: SchemeName,
    /// Tokens in a window.
    pub window: usize,
    /// Sub-keys that requests are marked with. No row is of a ring, whose keys share the lift: of more than one nothing is known.
    pub ring: u32,
    /// `green`: its γ.
    pub gamma: Option<f64>,
    /// `green`: its δ, where known.
    pub delta: Option<f64>,
    /// How the suspect is reached.
    pub access: Access,
    /// What it is asked.
    pub prompts: Prompts,
}

/// A native scheme's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SchemeName {
    Gumbel,
    DualGumbel,
    Green,
    Tournament,
}

/// How the suspect was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Through an interface that gives text.
    Closed,
    /// With its weights, or its log-probabilities.
    Open,
}

/// What the suspect was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Prompts {
    /// Prompts of the harvest's own domain, from the provider's logs.
    Harvest,
    /// Any prompts.
    Generic,
}

/// A respect in which a look-up goes beyond what was studied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// The share is below or above those studied.
    Share,
    /// Another γ was studied.
    Gamma,
    /// Another δ was studied.
    Delta,
}
