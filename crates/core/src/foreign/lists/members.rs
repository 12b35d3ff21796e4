//! Membership of many tokens, by lists or by lanes.
//!
//! A list costs one generator and a swap for each of its steps; lanes cost a sixteenth of a generator
//! and of a test for each token. So lists pay where a seed has many tokens ([`WORTH_A_LIST`]).
//! Tokens of one seed that come in several calls are counted together, as far as lists are kept: a
//! seed that recurs gets its list once it has cost as much without.

use alloc::vec::Vec;

use super::store::Known;
use super::{GreenLists, list_seed};
use crate::cells::TokenId;
use crate::foreign::torch::LANES;

/// Tokens of one seed from which on drawing its list is quicker.
const WORTH_A_LIST: usize = 48;

impl GreenLists {
    /// Whether `tokens[i]` is green under `seeds[i]`, for every i.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn members(&self, seeds: &[u64], tokens: &[TokenId], mut green: impl FnMut(usize, bool)) {
        assert_eq!(seeds.len(), tokens.len(), "one seed for each token");
        let mut order: Vec<(u32, u32)> = (0..)
            .zip(seeds)
            .map(|(at, &seed)| (list_seed(seed), at))
            .collect();
        order.sort_unstable();
        let mut followed: Vec<&[(u32, u32)]> = Vec::new();
        for group in order.chunk_by(|a, b| a.0 == b.0) {
            let seed = group[0].0;
            let list = match self.store.ask(seed, group.len()) {
                Known::List(list) => list,
                Known::Asked(tokens) if tokens >= WORTH_A_LIST => self.list(seed.into()),
                Known::Asked(_) => {
                    followed.push(group);
                    continue;
                }
            };
            for &(_, at) in group {
                green(at as usize, list.contains(tokens[at as usize]));
            }
        }
        // Seeds with as many tokens together, so that no lane waits for another.
        followed.sort_unstable_by_key(|group| group.len());
        for groups in followed.chunks(LANES) {
            self.follow(groups, tokens, &mut green);
        }
    }

    /// One seed in each lane, with all its tokens. Lanes that are left over follow no item there is.
    fn follow(
        &self,
        groups: &[&[(u32, u32)]],
        tokens: &[TokenId],
        green: &mut impl FnMut(usize, bool),
    ) {
        let mut seeds = [0; LANES];
        let most = groups.iter().map(|group| group.len()).max().unwrap_or(0);
        let mut places = alloc::vec![[u32::MAX; LANES]; most];
        for (lane, group) in groups.iter().enumerate() {
            seeds[lane] = group[0].0;
            for (places, &(_, at)) in places.iter_mut().zip(*group) {
                places[lane] = tokens[at as usize];
            }
        }
        self.shuffle.follow(&seeds, &mut places);
        for (lane, group) in groups.iter().enumerate() {
            for (places, &(_, at)) in places.iter().zip(*group) {
                green(at as usize, places[lane] < self.green());
            }
        }
    }
}
