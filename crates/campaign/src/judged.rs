//! Groups as they were proposed, tested and listed.

use crate::exchange::{Population, Test, Tested, test};
use crate::kin::Kin;
use crate::lists::{Asked, COHORT_FDR, List, NAMED_FDR, list};
use crate::propose::{Proposal, Rules, propose};
use crate::results::ListName;
use crate::traffic::Traffic;
use rayon::prelude::*;

/// What all results are made from.
pub(crate) struct Judged {
    pub(crate) proposal: Proposal,
    pub(crate) kin: Kin,
    pub(crate) tested: Vec<Tested>,
    pub(crate) asked: Asked,
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
        // Who looks again and again has one number of hypotheses for all looks.
        let asked = match how.only_whole {
            true => Asked::all(&tested),
            false => Asked::that_could_show(&tested, how.least),
        };
        let lists = Lists {
            cohort: list(&tested, &asked, COHORT_FDR),
            named: list(&tested, &asked, NAMED_FDR),
        };
        Self {
            proposal,
            kin,
            tested,
            asked,
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
        let groups = self.cohort.groups.iter().enumerate();
        let groups = groups.filter(|&(group, &is)| is && self.of_group(group) == ListName::Cleared);
        groups.count() as u64
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
