//! Groups out of pairs: the strongest ties first, and no group beyond a size.

use super::Rules;
use super::minutes::minutes;
use super::pairs::{CutKind, Pair, pairs};
use crate::traffic::Traffic;
use petgraph::unionfind::UnionFind;

/// Groups that are to be tested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Accounts of each group, in order; no account is in two.
    pub groups: Vec<Vec<u32>>,
    /// Groups that share what each of them shares within: they would be one, were it not too large.
    pub tied: Vec<[u32; 2]>,
    /// Pairs of accounts that share something.
    pub pairs: u64,
    /// Pairs that share nothing but minutes in which few were active.
    pub minute_pairs: u64,
    /// Groups that are too small for a test.
    pub small: u64,
    /// Values that too many accounts share.
    pub popular: u64,
    /// Kinds whose cap fell.
    pub cut: Vec<CutKind>,
}

/// Groups of accounts that share values of two families or more, then, of the accounts that are left, groups that share one, then those that
/// were often active in one minute in which few were.
///
/// Pairs are joined from the heaviest on, unless the group would be larger than `rules.most`: so what is taken apart is taken apart
/// where its ties are weakest. Leiden's or another's communities are not asked for: they are found in noise as well, and what is
/// tested later needs bounded groups, not best ones.
#[must_use]
pub fn propose(traffic: &Traffic, rules: &Rules) -> Proposal {
    let (mut pairs, popular, cut) = pairs(traffic, rules);
    pairs.sort_by_key(|pair| (pair.families < 2, u32::MAX - pair.weight, pair.accounts));
    let mut proposal = Proposal {
        pairs: pairs.len() as u64,
        popular,
        cut,
        ..Proposal::default()
    };
    let strong = pairs.partition_point(|pair| pair.families >= 2);
    let mut joined = Joined::new(traffic.accounts.len(), rules.most);
    joined.join(&pairs[..strong], |_| true);
    let sizes = joined.sizes();
    let free = |account: &u32| sizes[*account as usize] < rules.least as u32;
    joined.join(&pairs[strong..], |pair| pair.accounts.iter().all(free));
    let mut met = minutes(traffic, rules);
    met.sort_by_key(|pair| (u32::MAX - pair.weight, pair.accounts));
    let sizes = joined.sizes();
    let free = |account: &u32| sizes[*account as usize] < rules.least as u32;
    met.retain(|pair| pair.accounts.iter().all(free));
    proposal.minute_pairs = met.len() as u64;
    joined.join(&met, |_| true);

    let mut of: Vec<(u32, u32)> = (0..traffic.accounts.len() as u32)
        .map(|account| (joined.sets.find(account), account))
        .collect();
    of.sort_unstable();
    for own in of.chunk_by(|a, b| a.0 == b.0) {
        match own.len() {
            1 => {}
            few if few < rules.least => proposal.small += 1,
            _ => proposal
                .groups
                .push(own.iter().map(|&(_, account)| account).collect()),
        }
    }
    proposal.groups.sort_unstable();
    let mut group_of = vec![u32::MAX; traffic.accounts.len()];
    for (group, place) in proposal.groups.iter().zip(0_u32..) {
        for &account in group {
            group_of[account as usize] = place;
        }
    }
    let tied = joined.refused.iter().filter_map(|accounts| {
        let [a, b] = accounts.map(|account| group_of[account as usize]);
        (a != b && a != u32::MAX && b != u32::MAX).then_some([a.min(b), a.max(b)])
    });
    proposal.tied = tied.collect();
    proposal.tied.sort_unstable();
    proposal.tied.dedup();
    proposal
}

/// Sets of accounts that grow pair by pair.
struct Joined {
    sets: UnionFind<u32>,
    sizes: Vec<u32>,
    most: u32,
    /// Pairs that would have made a set too large.
    refused: Vec<[u32; 2]>,
}

impl Joined {
    fn new(accounts: usize, most: usize) -> Self {
        Self {
            sets: UnionFind::new(accounts),
            sizes: vec![1; accounts],
            most: most as u32,
            refused: vec![],
        }
    }

    fn join(&mut self, pairs: &[Pair], is_open: impl Fn(&Pair) -> bool) {
        for pair in pairs.iter().filter(|pair| is_open(pair)) {
            let [a, b] = pair.accounts.map(|account| self.sets.find_mut(account));
            if a == b {
                continue;
            }
            let size = self.sizes[a as usize] + self.sizes[b as usize];
            if size > self.most {
                self.refused.push(pair.accounts);
                continue;
            }
            self.sets.union(a, b);
            let root = self.sets.find_mut(a);
            self.sizes[root as usize] = size;
        }
    }

    /// The size of each account's set.
    fn sizes(&self) -> Vec<u32> {
        let accounts = 0..self.sizes.len() as u32;
        accounts
            .map(|account| self.sizes[self.sets.find(account) as usize])
            .collect()
    }
}
