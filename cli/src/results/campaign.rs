//! The result of `campaign cohorts`.

use hallmark::json::formats;
use hallmark_verify::formats::KeyRole;
use serde::{Deserialize, Serialize};

/// The table of keys of campaigns: what is committed to and can be shown. Who has which key stands in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignCohorts {
    pub(crate) schema: formats::CampaignCohorts,
    /// When it was made, by the clock of the machine.
    pub(crate) made: String,
    /// How halves were drawn: `hmac-sha256-1`, each campaign by itself, units being accounts' pseudonyms.
    pub(crate) method: String,
    /// The public id of the root key.
    pub(crate) root_id: String,
    /// The epoch of the keys.
    pub(crate) epoch: String,
    /// The domain of pseudonyms.
    pub(crate) domain: String,
    /// SHA-256 of `hallmark cohort draw v1:seed`, a zero byte and the seed, in hexadecimal.
    pub(crate) seed_commitment: String,
    /// HMAC-SHA256 of the map under the seed, in hexadecimal.
    pub(crate) map_mac: String,
    pub(crate) cohorts: Vec<KeyedCohort>,
}

/// A key, and how many accounts have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyedCohort {
    /// What requests of its accounts are labelled with.
    pub(crate) label: String,
    /// The campaign; none for matched accounts.
    pub(crate) campaign: Option<String>,
    pub(crate) role: KeyRole,
    pub(crate) key_id: String,
    pub(crate) accounts: u64,
}
