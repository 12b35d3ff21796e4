//! Pairs of accounts that share values, and how much each pair shares.

use super::Rules;
use crate::traffic::{Link, Traffic};
use rayon::prelude::*;

/// A pair of accounts with what they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) accounts: [u32; 2],
    /// Families of kinds in which they share a value.
    pub(crate) families: u32,
    /// The sum over families of ln(accounts / accounts that have the value), in thousandths: what few share counts more.
    pub(crate) weight: u32,
}

/// A kind whose more popular values were left out, as there were too many pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutKind {
    /// The kind.
    pub kind: String,
    /// Values that more accounts share were left out.
    pub cap: u32,
}

/// Kinds that stand for one thing count once: an address, its network and the operator of that network.
#[must_use]
pub fn family(kind: &str) -> &str {
    match kind {
        "ip" | "net" | "asn" | "country" => "network",
        "card" | "iban" | "payment" | "billing" => "payment",
        "template" | "system" | "turn" => "template",
        "user_agent" | "ja3" | "ja4" | "device" => "client",
        other => other,
    }
}

/// All pairs that share a value of at most so many accounts as the cap says, in the order of accounts; values that were too popular; and kinds whose cap fell.
pub(crate) fn pairs(traffic: &Traffic, rules: &Rules) -> (Vec<Pair>, u64, Vec<CutKind>) {
    let mut families: Vec<&str> = traffic.kinds.iter().map(|kind| family(kind)).collect();
    families.sort_unstable();
    families.dedup();
    let family_of: Vec<u64> = traffic
        .kinds
        .iter()
        .map(|kind| families.binary_search(&family(kind)).unwrap_or_default() as u64)
        .collect();
    let (caps, count) = caps(traffic, rules);
    let mut popular = 0;
    let mut shared: Vec<(u64, u64)> = Vec::with_capacity(count as usize);
    for own in traffic.links.chunk_by(|a, b| a.value == b.value) {
        let kind = usize::from(traffic.values[own[0].value as usize].kind);
        if own.len() < 2 {
            continue;
        }
        if own.len() > caps[kind] as usize {
            popular += 1;
            continue;
        }
        let rare = f64::from(traffic.known) / own.len() as f64;
        // The rarest value of a family comes first.
        let weight = (1000.0 * libm::log(rare)) as u64;
        let detail = family_of[kind] << 32 | (u64::from(u32::MAX) - weight);
        for (place, a) in own.iter().enumerate() {
            let pair = |b: &Link| (u64::from(a.account) << 32 | u64::from(b.account), detail);
            shared.extend(own[place + 1..].iter().map(pair));
        }
    }
    shared.par_sort_unstable();
    let pairs = shared.chunk_by(|a, b| a.0 == b.0).map(|own| {
        let mut pair = Pair {
            accounts: [(own[0].0 >> 32) as u32, own[0].0 as u32],
            families: 0,
            weight: 0,
        };
        for family in own.chunk_by(|a, b| a.1 >> 32 == b.1 >> 32) {
            pair.families += 1;
            pair.weight += u32::MAX - family[0].1 as u32;
        }
        pair
    });
    let cut = traffic.kinds.iter().zip(&caps);
    let cut = cut.filter(|(_, cap)| **cap < rules.cap_of(traffic));
    let cut = cut.map(|(kind, &cap)| CutKind {
        kind: kind.clone(),
        cap,
    });
    (pairs.collect(), popular, cut.collect())
}

/// The cap of each kind, as the rules say or lower where all pairs together would be too many; and how many pairs there are.
fn caps(traffic: &Traffic, rules: &Rules) -> (Vec<u32>, u64) {
    let cap = rules.cap_of(traffic);
    let mut caps = vec![cap; traffic.kinds.len()];
    // How many values of each kind have so many accounts.
    let mut sizes = vec![vec![0_u64; cap as usize + 1]; traffic.kinds.len()];
    for own in traffic.links.chunk_by(|a, b| a.value == b.value) {
        let kind = usize::from(traffic.values[own[0].value as usize].kind);
        if let Some(count) = sizes[kind].get_mut(own.len()) {
            *count += 1;
        }
    }
    let all = |caps: &[u32]| -> u64 {
        let each = sizes.iter().zip(caps).map(|(sizes, &cap)| {
            let sizes = sizes.iter().zip(0_u64..).take(cap as usize + 1);
            sizes
                .map(|(count, size)| count * (size * size.saturating_sub(1) / 2))
                .sum::<u64>()
        });
        each.sum()
    };
    while all(&caps) > rules.pairs_of(traffic) {
        // The kind with the most pairs gives way.
        let costs = (0..caps.len()).map(|kind| {
            let mut alone = vec![0; caps.len()];
            alone[kind] = caps[kind];
            (all(&alone), kind)
        });
        let Some((_, kind)) = costs.max() else { break };
        caps[kind] = caps[kind] * 3 / 4;
    }
    let count = all(&caps);
    (caps, count)
}
