//! From traffic to campaigns.

use crate::character::character;
use crate::cleared::cleared;
use crate::described::{described, how};
use crate::exchange::{Test, Tested};
use crate::judged::{Judged, Lists};
use crate::lists::COHORT_FDR;
use crate::matching::Matching;
use crate::propose::{Proposal, Rules};
use crate::pseudonym::Pseudonym;
use crate::results::{
    Campaign, ClearedGroup, Group, How, ListName, LowerCap, Member, Proposed, Shared, TrafficRead,
    name_of,
};
use crate::traffic::Traffic;
use crate::visible::{Visible, visible};
use hashbrown::HashMap;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

/// How a scan is made.
#[derive(Clone, Copy, Debug)]
pub struct Scanning {
    /// How groups are proposed.
    pub rules: Rules,
    /// How they are tested.
    pub test: Test,
    /// The number that the seed of the test was made from.
    pub seed: u64,
}

/// What was found in traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What the traffic was.
    pub traffic: TrafficRead,
    /// How groups were proposed and tested.
    pub how: How,
    /// Groups that were proposed.
    pub proposed: Proposed,
    /// Hours of the weeks that test in which everybody did something.
    pub unusual_hours: u64,
    /// Campaigns.
    pub campaigns: Vec<Campaign>,
    /// Groups that would be on the cohort list, had any of their accounts been.
    pub groups_of_no_account: u64,
    /// Groups on no list that could have shown something, these among them.
    pub cleared_groups: u64,
    /// Accounts on no list.
    pub cleared_accounts: u64,
    /// Groups on no list, one by one.
    pub cleared: Vec<ClearedGroup>,
    /// What groups would have shown.
    pub visible: Vec<Visible>,
}

/// Weeks that propose, of so many: a third, at least one, and none where there is one week only.
#[must_use]
pub fn proposing(weeks: u32) -> u32 {
    match weeks {
        0 | 1 => 0,
        weeks => (weeks / 3).max(1),
    }
}

/// Which accounts are on a list, and how many groups were tested: [`scan`] without what describes them.
#[must_use]
pub fn listed(traffic: &Traffic, scanning: &Scanning) -> (HashMap<Pseudonym, ListName>, u64) {
    let judged = Judged::new(traffic, &scanning.rules, &scanning.test);
    let mut listed = HashMap::new();
    for (group, accounts) in judged.proposal.groups.iter().enumerate() {
        for (member, &account) in accounts.iter().enumerate() {
            let list = judged.lists.of_member(group, member);
            if list != ListName::Cleared {
                listed.insert(traffic.accounts[account as usize].pseudonym, list);
            }
        }
    }
    (listed, judged.tested.len() as u64)
}

/// Proposes groups, tests them, and says which accounts are on which list.
#[must_use]
pub fn scan(traffic: &Traffic, scanning: &Scanning) -> Found {
    let Judged {
        proposal,
        kin,
        tested,
        weights,
        lists,
    } = Judged::new(traffic, &scanning.rules, &scanning.test);
    let is_listed = |group: &usize| lists.of_group(*group) != ListName::Cleared;
    let listed_groups = (0..proposal.groups.len()).filter(is_listed).count();
    let needed = libm::log10(weights.groups().max(1) as f64 / COHORT_FDR);
    let seen = |group: usize| {
        let accounts = &proposal.groups[group];
        visible(
            traffic,
            kin.unusual(group),
            accounts,
            &scanning.test,
            needed,
        )
    };
    let campaigns = campaigns(traffic, &proposal, &tested, &lists, &seen);
    let first = traffic.proposing * crate::traffic::WEEK_HOURS;
    let listed: u64 = campaigns
        .iter()
        .map(|own| own.cohort_accounts.max(own.named_accounts))
        .sum();
    let proposed_accounts: u64 = proposal.groups.iter().map(|group| group.len() as u64).sum();
    Found {
        traffic: described(traffic),
        how: how(
            &scanning.rules,
            &scanning.test,
            scanning.seed,
            scanning.rules.cap_of(traffic),
        ),
        unusual_hours: kin.unusual_hours(first),
        groups_of_no_account: lists.of_no_account(),
        cleared_groups: weights.groups() - listed_groups as u64,
        cleared_accounts: weights.accounts() - listed,
        cleared: cleared(traffic, &proposal, &tested, &weights, &lists),
        visible: by_size(traffic, &proposal)
            .par_iter()
            .map(|&group| seen(group))
            .collect(),
        proposed: Proposed {
            pairs: proposal.pairs,
            popular_values: proposal.popular,
            minute_pairs: proposal.minute_pairs,
            lower_caps: proposal
                .cut
                .iter()
                .map(|cut| LowerCap {
                    kind: cut.kind.clone(),
                    cap: cut.cap,
                })
                .collect(),
            small_groups: proposal.small,
            groups: proposal.groups.len() as u64,
            groups_asked: weights.groups(),
            accounts_asked: weights.accounts(),
            accounts: proposed_accounts,
        },
        campaigns,
    }
}

/// Groups on a list, those together that are tied.
fn campaigns(
    traffic: &Traffic,
    proposal: &Proposal,
    tested: &[Tested],
    lists: &Lists,
    seen: &(impl Fn(usize) -> Visible + Sync),
) -> Vec<Campaign> {
    let mut together = UnionFind::<u32>::new(proposal.groups.len());
    let is_listed = |&group: &u32| lists.of_group(group as usize) != ListName::Cleared;
    for [a, b] in &proposal.tied {
        if is_listed(a) && is_listed(b) {
            together.union(*a, *b);
        }
    }
    let mut listed: Vec<(u32, u32)> = (0..proposal.groups.len() as u32)
        .filter(is_listed)
        .map(|group| (together.find(group), group))
        .collect();
    listed.sort_unstable();
    let listed_groups: Vec<bool> = (0..proposal.groups.len() as u32)
        .map(|group| is_listed(&group))
        .collect();
    let mut matching = Matching::new(traffic, proposal, &listed_groups);
    let mut campaigns: Vec<Campaign> = listed
        .chunk_by(|a, b| a.0 == b.0)
        .map(|own| {
            let groups: Vec<usize> = own.iter().map(|&(_, group)| group as usize).collect();
            campaign(
                traffic,
                proposal,
                tested,
                lists,
                &groups,
                seen,
                &mut matching,
            )
        })
        .collect();
    campaigns.sort_by(|a, b| {
        let size = |own: &Campaign| std::cmp::Reverse((own.cohort_accounts, own.groups.len()));
        (size(a), &a.campaign).cmp(&(size(b), &b.campaign))
    });
    campaigns
}

fn campaign(
    traffic: &Traffic,
    proposal: &Proposal,
    tested: &[Tested],
    lists: &Lists,
    groups: &[usize],
    seen: &(impl Fn(usize) -> Visible + Sync),
    matching: &mut Matching<'_>,
) -> Campaign {
    let mut members: Vec<(u32, Member)> = vec![];
    for (&group, place) in groups.iter().zip(0..) {
        for (at, &account) in proposal.groups[group].iter().enumerate() {
            let own = &traffic.accounts[account as usize];
            let member = Member {
                account: own.pseudonym,
                is_unit: own.is_unit,
                group: place,
                log10_e: tested[group].members[at].log10_e(),
                list: lists.of_member(group, at),
            };
            members.push((account, member));
        }
    }
    members.sort_by_key(|(account, _)| *account);
    let listed: Vec<u32> = members
        .iter()
        .filter(|(_, member)| member.list != ListName::Cleared)
        .map(|&(account, _)| account)
        .collect();
    let count = |list: ListName| members.iter().filter(|(_, own)| own.list == list).count() as u64;
    let of_group = |&group: &usize| {
        let own = &tested[group];
        Group {
            accounts: proposal.groups[group].len() as u32,
            log10_e: own.least_log10_e().unwrap_or(own.group.log10_e()),
            log10_e_of_hours: own.group.log10_e(),
            log10_e_of_five_minutes: own.finer.unwrap_or_default(),
            log10_e_by_window: own.by_window.clone(),
            pairs: own.pairs,
            expected_pairs: own.expected_pairs,
            spread_pairs: own.spread_pairs,
            minutes: own.minutes,
            movable_minutes: own.movable,
            unusual_hours: own.unusual_hours,
            visible: seen(group),
        }
    };
    let pairs = matching.take(&listed);
    let mut matched: Vec<Pseudonym> = pairs
        .iter()
        .map(|&[_, near]| traffic.accounts[near as usize].pseudonym)
        .collect();
    matched.sort_unstable();
    Campaign {
        campaign: name_of('c', members.first().map(|(_, member)| member.account)),
        list: groups
            .iter()
            .map(|&group| lists.of_group(group))
            .max()
            .unwrap_or(ListName::Cleared),
        cohort_accounts: count(ListName::Cohort) + count(ListName::Named),
        named_accounts: count(ListName::Named),
        cleared_accounts: count(ListName::Cleared),
        groups: groups.par_iter().map(of_group).collect(),
        shared: shared(traffic, &listed),
        character: character(traffic, &pairs),
        matched,
        members: members.into_iter().map(|(_, member)| member).collect(),
    }
}

/// For each kind the value that most of these accounts share, where two share one.
fn shared(traffic: &Traffic, accounts: &[u32]) -> Vec<Shared> {
    let mut best: Vec<Option<Shared>> = vec![None; traffic.kinds.len()];
    for own in traffic.links.chunk_by(|a, b| a.value == b.value) {
        let has = own
            .iter()
            .filter(|link| accounts.binary_search(&link.account).is_ok());
        let count = has.count() as u64;
        let value = traffic.values[own[0].value as usize];
        let known = &mut best[usize::from(value.kind)];
        let most = known.as_ref().map_or(1, |known| known.accounts);
        if count > most {
            *known = Some(Shared {
                kind: traffic.kinds[usize::from(value.kind)].clone(),
                value: value.pseudonym,
                accounts: count,
                of_all: own.len() as u64,
            });
        }
    }
    best.into_iter().flatten().collect()
}

/// For each range of sizes the group with the median number of minutes.
fn by_size(traffic: &Traffic, proposal: &Proposal) -> Vec<usize> {
    let mut sizes: HashMap<u32, Vec<(u64, usize)>> = HashMap::new();
    for (place, group) in proposal.groups.iter().enumerate() {
        let minutes = group.iter().map(|&account| traffic.minutes(account)).sum();
        let range = (group.len() as u32).ilog2();
        sizes.entry(range).or_default().push((minutes, place));
    }
    let mut ranges: Vec<(u32, Vec<(u64, usize)>)> = sizes.into_iter().collect();
    ranges.sort_unstable();
    let medians = ranges.into_iter().filter_map(|(_, mut groups)| {
        groups.sort_unstable();
        groups.get(groups.len() / 2).map(|&(_, place)| place)
    });
    medians.collect()
}
