//! Which hours take no part in which group's test.

use crate::exchange::Population;
use crate::propose::Proposal;
use crate::traffic::Traffic;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

/// Groups that are tied: what one of them does is no event of everybody's for the others.
pub(crate) struct Kin {
    /// For each group its place in `unusual`.
    of: Vec<usize>,
    unusual: Vec<Vec<bool>>,
}

impl Kin {
    pub(crate) fn new(traffic: &Traffic, proposal: &Proposal, population: &Population) -> Self {
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

    /// Of every hour, whether it takes no part in a group's test.
    pub(crate) fn unusual(&self, group: usize) -> &[bool] {
        &self.unusual[self.of[group]]
    }
}
