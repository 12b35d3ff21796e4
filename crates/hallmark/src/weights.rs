//! Where weights come from: indexes of harvested text and of text at large.

use crate::error::{Error, Result};
use crate::examine::TriedKey;
use crate::indexes::{self, Counting};
use crate::text::shown;
use hallmark_core::keys::PublicId;
use hallmark_core::profile::Profile;
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_detector::weights::{ASSUMED_SHARE, PRIOR, WeightRule, WindowWeights};
use hallmark_harvest::{Header, Index};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What weighs cells. All of it is fixed before a key is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Weighing {
    /// Indexes of harvested text: their counts add up. Without any, nothing is weighed.
    pub harvests: Vec<PathBuf>,
    /// An index of text at large.
    pub background: Option<PathBuf>,
    /// How counts become weights.
    pub rule: Rule,
    /// `graded`: the share of the suspect's training text that the harvest is assumed to be.
    pub assumed_share: f64,
    /// `graded`: how often text that neither index holds is assumed after each window.
    pub prior: f64,
    /// `graded`: whether windows that no harvest holds have the smallest weight instead of 0.
    pub floor: bool,
}

/// How counts become weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// In proportion to the harvest's share of what followed each window.
    #[default]
    Graded,
    /// The windows of the harvest count alike and no others.
    Filter,
    /// By how often unmarked text holds each window, without a harvest: free of any tie to a key.
    Background,
}

impl Default for Weighing {
    fn default() -> Self {
        Self {
            harvests: vec![],
            background: None,
            rule: Rule::default(),
            assumed_share: ASSUMED_SHARE,
            prior: PRIOR,
            floor: false,
        }
    }
}

/// An index that weights were made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UsedIndex {
    /// Its file.
    pub file: String,
    /// Of its content; it was compared.
    pub sha256: String,
    /// What it keeps of each window.
    pub counting: Counting,
    /// First visits: whether its log is known to be what was sampled, token by token and in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_sampled: Option<bool>,
    /// First visits: ids between the first and the last that no record has, and answers without a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<u32>,
    /// When it was made, in seconds since 1970 by its maker's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u64>,
    /// SHA-256 of the digests of the files that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources_sha256: Option<String>,
    /// Windows counted, with repetitions.
    pub windows: u64,
    /// Windows counted, each once.
    pub distinct_windows: u64,
    /// The key that marked its text, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked_by: Option<String>,
}

/// The weights with what they were made from.
#[derive(Clone, Default)]
pub(crate) struct Weighed {
    pub(crate) weights: Option<Arc<WindowWeights>>,
    pub(crate) harvests: Vec<UsedIndex>,
    pub(crate) background: Option<UsedIndex>,
    /// The counts of the background, for whatever else weighs by it.
    pub(crate) background_counts: Option<Arc<dyn WindowCounts>>,
}

/// Opens the indexes and makes the weights.
pub(crate) fn weigh(how: &Weighing, profile: &Profile, keys: &[TriedKey]) -> Result<Weighed> {
    let mut harvests = vec![];
    let mut counts: Vec<Arc<dyn WindowCounts>> = vec![];
    for path in &how.harvests {
        let (used, index) = open(path, profile, keys)?;
        if harvests.iter().any(|other: &UsedIndex| other.is_of(&used)) {
            return Err(
                Error::usage(format_args!("--harvest {} is given twice", shown(path)))
                    .hint("give each index once: their counts add up"),
            );
        }
        harvests.push(used);
        counts.push(index);
    }
    let background = how
        .background
        .as_deref()
        .map(|path| open(path, profile, keys));
    let (background, background_counts) = match background.transpose()? {
        Some((used, index)) => (Some(used), Some(index)),
        None => (None, None),
    };
    if let Some(used) = &background
        && let Some(key) = &used.marked_by
    {
        return Err(Error::usage(format_args!(
            "{} holds text that key {key} marked, and a background is text that no key marked",
            used.file
        ))
        .hint("make it of unmarked text with `index make --unmarked`; other cohorts' logs go with --harvest"));
    }
    if let Some(used) = &background
        && harvests.iter().any(|harvest| harvest.is_of(used))
    {
        return Err(
            Error::usage(format_args!("{} is both harvest and background", used.file)).hint(
                "weights from unmarked text alone are --weights background, without --harvest",
            ),
        );
    }
    let weights = match (how.rule, &background_counts) {
        (Rule::Background, Some(index)) if counts.is_empty() => {
            Some(WindowWeights::new(vec![index.clone()], None, how.rule())?)
        }
        (Rule::Background, _) => {
            return Err(
                Error::usage("--weights background needs --background, and no --harvest")
                    .hint("give an index of unmarked text: `hallmark index make --unmarked`"),
            );
        }
        _ if counts.is_empty() => None,
        _ => Some(WindowWeights::new(
            counts,
            background_counts.clone(),
            how.rule(),
        )?),
    };
    let weights = weights.map(Arc::new);
    Ok(Weighed {
        weights,
        harvests,
        background,
        background_counts,
    })
}

impl Weighing {
    fn rule(&self) -> WeightRule {
        match self.rule {
            Rule::Filter => WeightRule::Filter,
            Rule::Graded | Rule::Background => WeightRule::Graded {
                assumed_share: self.assumed_share,
                prior: self.prior,
                floor: self.floor,
            },
        }
    }
}

/// Opens an index of this profile's windows and checks its digest.
fn open(
    path: &Path,
    profile: &Profile,
    keys: &[TriedKey],
) -> Result<(UsedIndex, Arc<dyn WindowCounts>)> {
    let index = indexes::open_counts(path)?;
    check_profile(path, index.header(), profile)?;
    let used = UsedIndex::of(path, &index)?;
    let marked_by = match tested(&used, keys) {
        Some(key) => key.key_id.parse().ok(),
        None => index.marked_by(),
    };
    Ok((used, Arc::new(Named { index, marked_by })))
}

/// The tested key that marked the text of an index.
pub(crate) fn tested<'a>(used: &UsedIndex, keys: &'a [TriedKey]) -> Option<&'a TriedKey> {
    let named = used.marked_by.as_deref()?;
    keys.iter().find(|key| key.is(named))
}

/// Says no to an index of other windows than the profile's.
pub(crate) fn check_profile(path: &Path, header: &Header, profile: &Profile) -> Result<()> {
    if header.window != profile.window {
        return Err(Error::usage(format_args!(
            "{} counts windows of {} tokens, and the profile's have {}",
            shown(path),
            header.window,
            profile.window
        ))
        .hint("make the index with the profile of the examination"));
    }
    let own = profile.tokenizer.sha256.as_deref();
    let others = header.tokenizer.map(|digest| digest.to_string());
    if let (Some(own), Some(other)) = (own, &others)
        && own != other
    {
        return Err(Error::integrity(format_args!(
            "{} names another tokenizer ({other}) than the profile ({own})",
            shown(path)
        ))
        .hint("make the index with the profile of the examination; early ones name the tokenizer's file, later ones what is in it"));
    }
    Ok(())
}

impl UsedIndex {
    /// Whether it is the other's file, or made from the same files.
    fn is_of(&self, other: &Self) -> bool {
        let same_sources =
            self.sources_sha256.is_some() && self.sources_sha256 == other.sources_sha256;
        self.sha256 == other.sha256 || same_sources
    }

    /// What an index says of itself, its content compared with its digest.
    pub(crate) fn of(path: &Path, index: &Index) -> Result<Self> {
        let header = index.header();
        let first_visits = header.counting.first_visits();
        Ok(Self {
            file: shown(path),
            sha256: index.verify()?.to_string(),
            counting: header.counting.into(),
            as_sampled: first_visits.map(|reading| reading.as_sampled && reading.in_order),
            missing: first_visits.map(|reading| reading.missing),
            made: Some(header.provenance.made).filter(|&made| made > 0),
            sources_sha256: header.provenance.sources.map(|digest| digest.to_string()),
            windows: header.total,
            distinct_windows: header.distinct,
            marked_by: header.marked_by.key().map(|id| id.to_string()),
        })
    }
}

/// An index whose text was marked by this key, whichever of its ids the index names.
struct Named {
    index: Index,
    marked_by: Option<PublicId>,
}

impl WindowCounts for Named {
    fn window(&self) -> usize {
        self.index.window()
    }

    fn total(&self) -> u64 {
        self.index.total()
    }

    fn distinct(&self) -> u64 {
        self.index.distinct()
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.marked_by
    }

    fn once_an_answer(&self) -> bool {
        self.index.once_an_answer()
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        self.index.counts(windows, counts);
    }
}
