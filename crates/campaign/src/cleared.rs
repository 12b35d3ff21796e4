//! Groups on no list, and why.

use crate::exchange::Tested;
use crate::judged::Lists;
use crate::lists::Weights;
use crate::propose::Proposal;
use crate::results::{ClearedGroup, ListName, Shared, name_of};
use crate::traffic::Traffic;

/// Which group an account is in, where it is in none of those asked for.
const NONE: u32 = u32::MAX;

/// Every group that is on no list, the largest first.
pub(crate) fn cleared(
    traffic: &Traffic,
    proposal: &Proposal,
    tested: &[Tested],
    weights: &Weights,
    lists: &Lists,
) -> Vec<ClearedGroup> {
    let groups = 0..proposal.groups.len();
    let cleared: Vec<usize> = groups
        .filter(|&group| lists.of_group(group) == ListName::Cleared)
        .collect();
    let mut shared = shared(traffic, proposal, &cleared);
    let mut cleared: Vec<ClearedGroup> = cleared
        .iter()
        .zip(&mut shared)
        .map(|(&group, shared)| {
            let own = &tested[group];
            let accounts = proposal.groups[group].iter();
            let members = accounts.map(|&account| traffic.accounts[account as usize].pseudonym);
            let members: Vec<_> = members.collect();
            ClearedGroup {
                group: name_of('g', members.first().copied()),
                could_show: weights.groups[group] > 0.0,
                agrees_as_a_whole: lists.is_of_no_account(group),
                log10_e_of_hours: own.group.log10_e(),
                log10_e_of_five_minutes: own.finer,
                is_screened_out: own.is_screened_out,
                pairs: own.pairs,
                expected_pairs: own.expected_pairs,
                spread_pairs: own.spread_pairs,
                minutes: own.minutes,
                movable_minutes: own.movable,
                unusual_hours: own.unusual_hours,
                shared: std::mem::take(shared),
                members,
            }
        })
        .collect();
    cleared.sort_by(|a, b| {
        let size = |own: &ClearedGroup| std::cmp::Reverse(own.members.len());
        (size(a), &a.members).cmp(&(size(b), &b.members))
    });
    cleared
}

/// For each of these groups and each kind the value that most of its accounts share, where two share one.
fn shared(traffic: &Traffic, proposal: &Proposal, groups: &[usize]) -> Vec<Vec<Shared>> {
    let mut group_of = vec![NONE; traffic.accounts.len()];
    for (place, &group) in groups.iter().enumerate() {
        for &account in &proposal.groups[group] {
            group_of[account as usize] = place as u32;
        }
    }
    let mut best: Vec<Vec<Shared>> = vec![vec![]; groups.len()];
    for links in traffic.links.chunk_by(|a, b| a.value == b.value) {
        let value = traffic.values[links[0].value as usize];
        let kind = &traffic.kinds[usize::from(value.kind)];
        let of = links.iter().map(|link| group_of[link.account as usize]);
        let mut of: Vec<u32> = of.filter(|&group| group != NONE).collect();
        of.sort_unstable();
        for own in of.chunk_by(|a, b| a == b).filter(|own| own.len() > 1) {
            let found = Shared {
                kind: kind.clone(),
                value: value.pseudonym,
                accounts: own.len() as u64,
                of_all: links.len() as u64,
            };
            let known = &mut best[own[0] as usize];
            match known.iter_mut().find(|known| known.kind == *kind) {
                None => known.push(found),
                Some(known) if found.accounts > known.accounts => *known = found,
                Some(_) => {}
            }
        }
    }
    best
}
