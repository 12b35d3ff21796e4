//! The result of a scan.

use crate::character::Character;
use crate::pseudonym::Pseudonym;
use crate::read::{FileRead, is_plain};
use crate::visible::Visible;
use hallmark::json::formats;
use serde::{Deserialize, Serialize};

/// The result of `campaign scan`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scanned {
    /// The name of this format.
    pub schema: formats::CampaignScan,
    /// Version of this program.
    pub version: String,
    /// The public id of the root key under whose key pseudonyms are.
    pub root_id: String,
    /// The domain of pseudonyms: those of another domain cannot be compared with these.
    pub domain: String,
    /// What was read.
    pub files: Vec<FileRead>,
    /// What was in it.
    pub traffic: TrafficRead,
    /// How groups were proposed and tested.
    pub how: How,
    /// Groups that were proposed.
    pub proposed: Proposed,
    /// Hours of the weeks that test in which everybody did something; they test nobody but those groups that made them so.
    pub unusual_hours: u64,
    /// Groups that were found to be coordinated, the largest first.
    pub campaigns: Vec<Campaign>,
    /// Groups that agree as a whole and no account of which does, as a class whose timetable changes. They are cleared.
    #[serde(default)]
    pub groups_of_no_account: u64,
    /// Groups that could have shown something and are on no list.
    pub cleared_groups: u64,
    /// Accounts that could have shown something and are on no list, in a group that is cleared or in one that is listed.
    pub cleared_accounts: u64,
    /// Each group that is on no list, those that could have shown nothing too, the largest first.
    #[serde(default)]
    pub cleared: Vec<ClearedGroup>,
    /// What groups of several sizes would have shown, by groups that were tested.
    pub visible: Vec<Visible>,
}

impl Scanned {
    /// Refuses a result that no scan gives.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let mut names = std::collections::BTreeSet::new();
        for own in &self.campaigns {
            let name = &own.campaign;
            let is_name =
                |id: &str| id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !name.strip_prefix("c-").is_some_and(is_name) || !names.insert(name) {
                return Err("a campaign has a name that no scan gives".to_owned());
            }
            let count = |is: fn(ListName) -> bool| {
                own.members.iter().filter(|own| is(own.list)).count() as u64
            };
            let listed = count(|list| list != ListName::Cleared);
            let has_group = |member: &Member| (member.group as usize) < own.groups.len();
            if listed == 0
                || listed != own.cohort_accounts
                || count(|list| list == ListName::Named) != own.named_accounts
                || !own.members.iter().all(has_group)
            {
                return Err(format!(
                    "the accounts of {name} are not those that were counted"
                ));
            }
            if own.members.iter().map(|own| own.list).max() != Some(own.list) {
                return Err(format!("no account of {name} is on the list that it is on"));
            }
        }
        let of_campaigns = self.campaigns.iter().flat_map(|own| &own.shared);
        let of_cleared = self.cleared.iter().flat_map(|own| &own.shared);
        let shared = of_campaigns.chain(of_cleared).map(|own| &own.kind);
        let read = self.traffic.values.iter().map(|own| &own.kind);
        if !shared.chain(read).all(|kind| is_plain(kind)) {
            return Err("a kind has a name that no scan gives".to_owned());
        }
        Ok(())
    }
}

/// What was in the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TrafficRead {
    /// Requests.
    pub requests: u64,
    /// Accounts that are tested: declared organisations count as one.
    pub accounts: u64,
    /// How many of them are declared organisations.
    pub units: u64,
    /// Accounts of declared organisations.
    pub accounts_in_units: u64,
    /// Accounts that name several organisations; each counts to one.
    pub accounts_of_several_units: u64,
    /// Accounts that no request names, but a table of attributes does.
    #[serde(default)]
    pub accounts_without_requests: u64,
    /// The day on which the first week begins.
    pub from: String,
    /// Weeks.
    pub weeks: u32,
    /// The first of them, which propose groups. The others test.
    pub weeks_that_propose: u32,
    /// Different values that accounts share or may share, by kind.
    pub values: Vec<ValuesOf>,
    /// Attributes that were first seen while the tests ran, and take no part.
    pub late_attributes: u64,
    /// Files that a state had taken before, and that were passed over.
    #[serde(default)]
    pub files_taken_before: u64,
}

/// Values of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ValuesOf {
    /// The kind.
    pub kind: String,
    /// Different values.
    pub values: u64,
}

/// How groups were proposed and tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct How {
    /// A value that more accounts share proposes nothing.
    pub cap: u32,
    /// Smaller groups are not tested.
    pub least_accounts: u32,
    /// Larger groups are taken apart.
    pub most_accounts: u32,
    /// Weeks of a window; windows of twice as many are tested too, and evidence averaged.
    pub window_weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Surrogates of each window in a first look, which clears groups that show next to nothing.
    #[serde(default)]
    pub screen: u32,
    /// Which hours of an account may be exchanged: `hour-of-day` or `window`.
    pub within: String,
    /// Powers of the soft rank whose products are averaged.
    pub powers: Vec<f64>,
    /// The number of the draw of surrogates.
    pub seed: u64,
    /// False discovery rate of the cohort list.
    pub cohort_fdr: f64,
    /// False discovery rate of the named list.
    pub named_fdr: f64,
}

/// Groups that were proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proposed {
    /// Pairs of accounts that share a value.
    pub pairs: u64,
    /// Values that too many accounts share.
    pub popular_values: u64,
    /// Pairs of accounts of no group so far that were often active in one minute of the weeks that propose in which few were.
    #[serde(default)]
    pub minute_pairs: u64,
    /// Kinds whose cap had to fall, with the cap that they got.
    pub lower_caps: Vec<LowerCap>,
    /// Groups that are too small for a test.
    pub small_groups: u64,
    /// Groups that were tested.
    pub groups: u64,
    /// Accounts in them.
    pub accounts: u64,
    /// Groups in which enough accounts had minutes in hours that could be exchanged: the others could show nothing, and lists do not count them.
    #[serde(default)]
    pub groups_asked: u64,
    /// Accounts that lists count, of all groups.
    #[serde(default)]
    pub accounts_asked: u64,
}

/// A kind with a lower cap than the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LowerCap {
    /// The kind.
    pub kind: String,
    /// Its cap.
    pub cap: u32,
}

/// Groups that are coordinated and belong together. That accounts are coordinated says nothing about what they do with the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Its name.
    pub campaign: String,
    /// The list that its groups are on: `named` (rate 0.001) or `cohort` (rate 0.05).
    pub list: ListName,
    /// Accounts on the cohort list.
    pub cohort_accounts: u64,
    /// Accounts on the named list.
    pub named_accounts: u64,
    /// Accounts of its groups that are on no list: nothing but their company speaks against them.
    pub cleared_accounts: u64,
    /// Its groups as they were tested.
    pub groups: Vec<Group>,
    /// What its accounts on a list share, in the weeks that propose.
    pub shared: Vec<Shared>,
    /// Its accounts.
    pub members: Vec<Member>,
    /// Accounts that were about as active in the weeks that propose, one for each on a list: of no group, or of groups that are cleared and tied to none.
    pub matched: Vec<Pseudonym>,
    /// How its listed accounts differ from those.
    #[serde(default)]
    pub character: Character,
}

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ListName {
    /// On no list.
    Cleared,
    /// On the cohort list.
    Cohort,
    /// On the cohort list and on the named list.
    Named,
}

/// A group as it was tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its accounts.
    pub accounts: u32,
    /// log10 of its e-value: the lesser of those below.
    pub log10_e: f64,
    /// log10 of its e-value where hours of one hour of the day are exchanged.
    pub log10_e_of_hours: f64,
    /// log10 of its e-value where what was done in each five minutes stays.
    pub log10_e_of_five_minutes: f64,
    /// `log10_e_of_hours` behind each window of `window_weeks` weeks, all windows up to there together, of these windows alone.
    pub log10_e_by_window: Vec<f64>,
    /// Pairs of its accounts in one minute.
    pub pairs: u64,
    /// The same, on average, where each account exchanges its own hours.
    pub expected_pairs: f64,
    /// The standard deviation of the same.
    #[serde(default)]
    pub spread_pairs: f64,
    /// Active minutes that took part.
    pub minutes: u64,
    /// Those of hours that could be exchanged.
    pub movable_minutes: u64,
    /// Hours that took no part, as everybody did something in a minute of them.
    pub unusual_hours: u64,
    /// What it would have shown.
    pub visible: Visible,
}

/// A group that is on no list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClearedGroup {
    /// Its name.
    pub group: String,
    /// Whether enough of its accounts had minutes in hours that could be exchanged. A group that had them not could show nothing: it is on no
    /// list, and nothing is known of it.
    pub could_show: bool,
    /// Whether it agrees as a whole though no account of it does with the others, as a class whose timetable changes.
    pub agrees_as_a_whole: bool,
    /// log10 of its e-value where hours of one hour of the day are exchanged; that of a first look, where this showed next to nothing.
    pub log10_e_of_hours: f64,
    /// log10 of its e-value where what was done in each five minutes stays; none where the first is too little.
    pub log10_e_of_five_minutes: Option<f64>,
    /// Whether a first look showed next to nothing, of the group or of its accounts.
    pub is_screened_out: bool,
    /// Pairs of its accounts in one minute.
    pub pairs: u64,
    /// The same, on average, where each account exchanges its own hours.
    pub expected_pairs: f64,
    /// The standard deviation of the same.
    pub spread_pairs: f64,
    /// Active minutes that took part.
    pub minutes: u64,
    /// Those of hours that could be exchanged.
    pub movable_minutes: u64,
    /// Hours that took no part, as everybody did something in a minute of them.
    pub unusual_hours: u64,
    /// What its accounts share, in the weeks that propose.
    pub shared: Vec<Shared>,
    /// Its accounts.
    pub members: Vec<Pseudonym>,
}

/// What accounts share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// The kind.
    pub kind: String,
    /// The value that most of them share.
    pub value: Pseudonym,
    /// How many of them share it.
    pub accounts: u64,
    /// How many of all accounts have it.
    pub of_all: u64,
}

/// An account of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its pseudonym.
    pub account: Pseudonym,
    /// Whether it is a declared organisation.
    pub is_unit: bool,
    /// Which of the campaign's groups it was tested in, from 0.
    pub group: u32,
    /// log10 of its own e-value: its minutes in common with the rest of its group.
    pub log10_e: f64,
    /// The list that it is on.
    pub list: ListName,
}

/// The name of what begins with an account.
pub(crate) fn name_of(what: char, first: Option<Pseudonym>) -> String {
    let first = first.unwrap_or(Pseudonym(0)).to_string();
    format!("{what}-{}", first.get(..8).unwrap_or_default())
}
