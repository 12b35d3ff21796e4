//! Accounts to compare with: innocent as far as anybody knows, and about as active.

use crate::propose::Proposal;
use crate::traffic::Traffic;

/// Accounts of no proposed group, then those of groups that are cleared and not tied to any that is listed, by how active they were while
/// groups were proposed.
pub(crate) struct Matching<'a> {
    traffic: &'a Traffic,
    alone: Free,
    cleared: Free,
}

/// Accounts by minutes, and whether each was taken.
struct Free {
    accounts: Vec<(u64, u32)>,
    taken: Vec<bool>,
}

impl<'a> Matching<'a> {
    pub(crate) fn new(traffic: &'a Traffic, proposal: &Proposal, is_listed: &[bool]) -> Self {
        let mut is_near = is_listed.to_vec();
        for &[a, b] in &proposal.tied {
            let (a, b) = (a as usize, b as usize);
            is_near[a] |= is_listed[b];
            is_near[b] |= is_listed[a];
        }
        let mut is_proposed = vec![false; traffic.accounts.len()];
        for &account in proposal.groups.iter().flatten() {
            is_proposed[account as usize] = true;
        }
        let all = 0..traffic.accounts.len() as u32;
        let alone = all.filter(|&account| !is_proposed[account as usize]);
        let cleared = proposal.groups.iter().zip(&is_near);
        let cleared = cleared.filter(|(_, is_near)| !**is_near);
        Self {
            alone: Free::new(traffic, alone),
            cleared: Free::new(
                traffic,
                cleared.flat_map(|(group, _)| group.iter().copied()),
            ),
            traffic,
        }
    }

    /// Each account with the nearest one that is not taken, if one is about as active.
    pub(crate) fn take(&mut self, accounts: &[u32]) -> Vec<[u32; 2]> {
        let mut found = vec![];
        for &account in accounts {
            let minutes = early(self.traffic, account);
            let near = self.alone.take(minutes);
            if let Some(near) = near.or_else(|| self.cleared.take(minutes)) {
                found.push([account, near]);
            }
        }
        found
    }
}

impl Free {
    fn new(traffic: &Traffic, accounts: impl Iterator<Item = u32>) -> Self {
        let mut accounts: Vec<(u64, u32)> = accounts
            .map(|account| (early(traffic, account), account))
            .collect();
        accounts.sort_unstable();
        Self {
            taken: vec![false; accounts.len()],
            accounts,
        }
    }

    fn take(&mut self, minutes: u64) -> Option<u32> {
        const LOOK: usize = 256;
        let from = self.accounts.partition_point(|&(own, _)| own < minutes);
        let near = from.saturating_sub(LOOK)..(from + LOOK).min(self.accounts.len());
        let open = near.filter(|&place| !self.taken[place]);
        let nearest =
            open.min_by_key(|&place| (self.accounts[place].0.abs_diff(minutes), place))?;
        let own = self.accounts[nearest].0;
        // About as active: within a factor of two.
        if own.max(minutes) > 2 * own.min(minutes) + 2 {
            return None;
        }
        self.taken[nearest] = true;
        Some(self.accounts[nearest].1)
    }
}

/// Active minutes in the weeks that propose.
fn early(traffic: &Traffic, account: u32) -> u64 {
    let hours = traffic.weeks(account, 0..traffic.proposing).iter();
    hours.map(|hour| u64::from(hour.mask.count_ones())).sum()
}
