//! From traffic to campaigns.

use crate::exchange::{POWERS, Population, Test, Tested, Within, test};
use crate::lists::{COHORT_FDR, List, NAMED_FDR, list};
use crate::propose::{Proposal, Rules, propose};
use crate::pseudonym::Pseudonym;
use crate::results::{
    Campaign, Group, How, ListName, LowerCap, Member, Proposed, Shared, TrafficRead, ValuesOf,
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
    /// Groups on no list.
    pub cleared_groups: u64,
    /// Accounts on no list.
    pub cleared_accounts: u64,
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

/// Proposes groups, tests them, and says which accounts are on which list.
#[must_use]
pub fn scan(traffic: &Traffic, scanning: &Scanning) -> Found {
    let proposal = propose(traffic, &scanning.rules);
    let population = Population::new(traffic);
    let kin = Kin::new(traffic, &proposal, &population);
    let tested: Vec<Tested> = (0..proposal.groups.len())
        .into_par_iter()
        .map(|group| {
            test(
                traffic,
                kin.unusual(group),
                &proposal.groups[group],
                &scanning.test,
            )
        })
        .collect();
    let lists = Lists {
        cohort: list(&tested, COHORT_FDR),
        named: list(&tested, NAMED_FDR),
    };
    let needed = libm::log10(proposal.groups.len().max(1) as f64 / COHORT_FDR);
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
    let listed_groups = lists.cohort.groups.iter().filter(|&&is| is).count();
    let listed: u64 = campaigns
        .iter()
        .map(|own| own.cohort_accounts.max(own.named_accounts))
        .sum();
    let proposed_accounts: u64 = proposal.groups.iter().map(|group| group.len() as u64).sum();
    Found {
        traffic: described(traffic),
        how: how(scanning),
        unusual_hours: population.unusual_without(traffic, &[])[first as usize..]
            .iter()
            .filter(|&&is| is)
            .count() as u64,
        cleared_groups: (proposal.groups.len() - listed_groups) as u64,
        cleared_accounts: proposed_accounts - listed,
        visible: by_size(traffic, &proposal)
            .par_iter()
            .map(|&group| seen(group))
            .collect(),
        proposed: Proposed {
            pairs: proposal.pairs,
            popular_values: proposal.popular,
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
            accounts: proposed_accounts,
        },
        campaigns,
    }
}

/// Groups that are tied: what one of them does is no event of everybody's for the others.
struct Kin {
    /// For each group its place in `unusual`.
    of: Vec<usize>,
    unusual: Vec<Vec<bool>>,
}

impl Kin {
    fn new(traffic: &Traffic, proposal: &Proposal, population: &Population) -> Self {
        let mut together = UnionFind::<u32>::new(proposal.groups.len());
        for [a, b] in &proposal.tied {
            together.union(*a, *b);
        }
        let groups = 0..proposal.groups.len() as u32;
        let mut by_root: Vec<(u32, u32)> =
            groups.map(|group| (together.find(group), group)).collect();
        by_root.sort_unstable();
        let kin: Vec<&[(u32, u32)]> = by_root.chunk_by(|a, b| a.0 == b.0).collect();
        let mut of = vec![0; proposal.groups.len()];
        for (place, own) in kin.iter().enumerate() {
            for &(_, group) in *own {
                of[group as usize] = place;
            }
        }
        let unusual = kin.par_iter().map(|own| {
            let groups = own
                .iter()
                .map(|&(_, group)| &proposal.groups[group as usize]);
            let accounts: Vec<u32> = groups.flatten().copied().collect();
            population.unusual_without(traffic, &accounts)
        });
        Self {
            of,
            unusual: unusual.collect(),
        }
    }

    fn unusual(&self, group: usize) -> &[bool] {
        &self.unusual[self.of[group]]
    }
}

struct Lists {
    cohort: List,
    named: List,
}

impl Lists {
    fn of_group(&self, group: usize) -> ListName {
        match (self.named.groups[group], self.cohort.groups[group]) {
            (true, _) => ListName::Named,
            (_, true) => ListName::Cohort,
            _ => ListName::Cleared,
        }
    }

    fn of_member(&self, group: usize, member: usize) -> ListName {
        match (
            self.named.members[group][member],
            self.cohort.members[group][member],
        ) {
            (true, _) => ListName::Named,
            (_, true) => ListName::Cohort,
            _ => ListName::Cleared,
        }
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
    let mut matching = Matching::new(traffic, proposal);
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
    let first = members
        .first()
        .map(|(_, member)| member.account.to_string());
    let of_group = |&group: &usize| {
        let own = &tested[group];
        Group {
            accounts: proposal.groups[group].len() as u32,
            log10_e: own.group.log10_e(),
            log10_e_by_window: own.by_window.clone(),
            pairs: own.pairs,
            expected_pairs: own.expected_pairs,
            minutes: own.minutes,
            movable_minutes: own.movable,
            unusual_hours: own.unusual_hours,
            visible: seen(group),
        }
    };
    Campaign {
        campaign: format!(
            "c-{}",
            first
                .as_deref()
                .unwrap_or_default()
                .get(..8)
                .unwrap_or_default()
        ),
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
        matched: matching.take(&listed),
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

/// Accounts of no proposed group by how active they were while groups were proposed.
struct Matching<'a> {
    traffic: &'a Traffic,
    /// Minutes, account, and whether it was taken.
    free: Vec<(u64, u32)>,
    taken: Vec<bool>,
}

impl<'a> Matching<'a> {
    fn new(traffic: &'a Traffic, proposal: &Proposal) -> Self {
        let mut is_proposed = vec![false; traffic.accounts.len()];
        for &account in proposal.groups.iter().flatten() {
            is_proposed[account as usize] = true;
        }
        let all = 0..traffic.accounts.len() as u32;
        let mut free: Vec<(u64, u32)> = all
            .filter(|&account| !is_proposed[account as usize])
            .map(|account| (early(traffic, account), account))
            .collect();
        free.sort_unstable();
        Self {
            traffic,
            taken: vec![false; free.len()],
            free,
        }
    }

    /// For each account the nearest one that is not taken, if one is about as active.
    fn take(&mut self, accounts: &[u32]) -> Vec<Pseudonym> {
        const LOOK: usize = 256;
        let mut found: Vec<Pseudonym> = vec![];
        for &account in accounts {
            let minutes = early(self.traffic, account);
            let from = self.free.partition_point(|&(own, _)| own < minutes);
            let near = from.saturating_sub(LOOK)..(from + LOOK).min(self.free.len());
            let open = near.filter(|&place| !self.taken[place]);
            let nearest = open.min_by_key(|&place| (self.free[place].0.abs_diff(minutes), place));
            // About as active: within a factor of two.
            let nearest = nearest.filter(|&place| {
                let own = self.free[place].0;
                own.max(minutes) <= 2 * own.min(minutes) + 2
            });
            if let Some(place) = nearest {
                self.taken[place] = true;
                found.push(self.traffic.accounts[self.free[place].1 as usize].pseudonym);
            }
        }
        found.sort_unstable();
        found
    }
}

/// Active minutes in the weeks that propose.
fn early(traffic: &Traffic, account: u32) -> u64 {
    let hours = traffic.weeks(account, 0..traffic.proposing).iter();
    hours.map(|hour| u64::from(hour.mask.count_ones())).sum()
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

fn described(traffic: &Traffic) -> TrafficRead {
    let units = traffic.accounts.iter().filter(|account| account.is_unit);
    let from = jiff::Timestamp::from_second(traffic.origin * 60).unwrap_or_default();
    let mut values: Vec<ValuesOf> = traffic
        .kinds
        .iter()
        .map(|kind| ValuesOf {
            kind: kind.clone(),
            values: 0,
        })
        .collect();
    for value in &traffic.values {
        values[usize::from(value.kind)].values += 1;
    }
    TrafficRead {
        requests: traffic.requests,
        accounts: traffic.accounts.len() as u64,
        units: units.clone().count() as u64,
        accounts_in_units: units.map(|unit| u64::from(unit.accounts)).sum(),
        accounts_of_several_units: traffic.several_units,
        from: from.strftime("%Y-%m-%d").to_string(),
        weeks: traffic.weeks,
        weeks_that_propose: traffic.proposing,
        values,
        late_attributes: traffic.late_links,
    }
}

fn how(scanning: &Scanning) -> How {
    How {
        cap: scanning.rules.cap,
        least_accounts: scanning.rules.least as u32,
        most_accounts: scanning.rules.most as u32,
        window_weeks: scanning.test.weeks,
        surrogates: scanning.test.surrogates,
        within: match scanning.test.within {
            Within::HourOfDay => "hour-of-day",
            Within::Window => "window",
        }
        .to_owned(),
        powers: POWERS.to_vec(),
        seed: scanning.seed,
        cohort_fdr: COHORT_FDR,
        named_fdr: NAMED_FDR,
    }
}
