//! Groups as they were proposed, tested and listed.

use crate::exchange::{Population, Test, Tested, test};
use crate::kin::Kin;
use crate::lists::{COHORT_FDR, List, NAMED_FDR, Weights, list};
use crate::propose::{Proposal, Rules, propose};
use crate::results::ListName;
use crate::traffic::Traffic;
use rayon::prelude::*;

/// What all results are made from.
pub(crate) struct Judged {
    pub(crate) proposal: Proposal,
    pub(crate) kin: Kin,
    pub(crate) tested: Vec<Tested>,
    pub(crate) weights: Weights,
    pub(crate) lists: Lists,
}

impl Judged {
    /// Proposes groups, tests them and makes the lists.
    pub(crate) fn new(traffic: &Traffic, rules: &Rules, how: &Test) -> Self {
        let proposal = propose(traffic, rules);
        let population = Population::new(traffic, how.within);
        let kin = Kin::new(traffic, &proposal, &population);
        let groups = (0..proposal.groups.len()).into_par_iter();
        let tested: Vec<Tested> = groups
            .map(|group| {
                let accounts = &proposal.groups[group];
                test(traffic, kin.unusual(group), accounts, how)
            })
            .collect();
        // Who looks again and again has the same weights at all looks.
        let weights = match how.only_whole {
            true => Weights::equal(&tested),
            false => Weights::by_what_could_show(&tested, how.least),
        };
        let lists = Lists {
            cohort: list(&tested, &weights, COHORT_FDR),
            named: list(&tested, &weights, NAMED_FDR),
        };
        Self {
            proposal,
            kin,
            tested,
            weights,
            lists,
        }
    }
}

/// Both lists.
pub(crate) struct Lists {
    cohort: List,
    named: List,
}

impl Lists {
    /// The list that accounts of a group are on: a group that agrees as a whole, and no account of which does with the others, is cleared.
    pub(crate) fn of_group(&self, group: usize) -> ListName {
        let has = |list: &List| list.members[group].contains(&true);
        match (has(&self.named), has(&self.cohort)) {
            (true, _) => ListName::Named,
            (_, true) => ListName::Cohort,
            _ => ListName::Cleared,
        }
    }

    /// Groups that are on the list of groups and have no account on that of accounts.
    pub(crate) fn of_no_account(&self) -> u64 {
        let groups = 0..self.cohort.groups.len();
        groups.filter(|&group| self.is_of_no_account(group)).count() as u64
    }

    /// Whether a group is such a one.
    pub(crate) fn is_of_no_account(&self, group: usize) -> bool {
        self.cohort.groups[group] && self.of_group(group) == ListName::Cleared
    }

    /// The list that an account is on.
    pub(crate) fn of_member(&self, group: usize, member: usize) -> ListName {
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
