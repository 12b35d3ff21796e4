//! Which hours take no part in which group's test.

use crate::exchange::{Habit, LeftOut, Minutes, Population, active};
use crate::propose::Proposal;
use crate::traffic::Traffic;
use hashbrown::HashMap;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

/// Kin of more than a twentieth of all accounts that were known when groups were proposed are everybody.
const EVERYBODY: usize = 20;

/// Groups that are tied: what one of them does is no event of everybody's for the others. Nor is what one other kin alone did: several large
/// harvests would hide each other behind their jobs.
pub(crate) struct Kin {
    /// For each group its place in `unusual`.
    of: Vec<usize>,
    unusual: Vec<Vec<bool>>,
    /// The hours that take no part in the test of whoever did nothing in them.
    alone: Vec<bool>,
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
        let accounts = |own: &[(u32, u32)]| -> Vec<u32> {
            let groups = own
                .iter()
                .map(|&(_, group)| &proposal.groups[group as usize]);
            groups.flatten().copied().collect()
        };
        let peaks = Peaks::new(traffic, population, &kin, accounts);
        let alone = population.unusual_but(|hour| peaks.but(hour, u32::MAX));
        let unusual = kin.par_iter().enumerate().map(|(place, own)| {
            let own = active(traffic, &accounts(own));
            population.unusual_beside(&own, &alone, |hour| peaks.but(hour, place as u32))
        });
        Self {
            of,
            unusual: unusual.collect(),
            alone,
        }
    }

    /// How many hours from one on everybody did something in, whatever one kin did.
    pub(crate) fn unusual_hours(&self, from: u32) -> u64 {
        let hours = self.alone.get(from as usize..).unwrap_or_default();
        hours.iter().filter(|&&is| is).count() as u64
    }

    /// Of every hour, whether it takes no part in a group's test.
    pub(crate) fn unusual(&self, group: usize) -> &[bool] {
        &self.unusual[self.of[group]]
    }
}

/// What a kin did in an hour: the most accounts in one of its minutes, whose kin, and all of its minutes.
#[derive(Clone)]
struct Peak {
    most: u32,
    kin: u32,
    minutes: Minutes,
}

/// Of every hour the two kin with the most accounts in one minute, the larger first; and the habits of all of them.
struct Peaks {
    of_hours: Vec<[Option<Peak>; 2]>,
    habits: HashMap<u32, Vec<Habit>>,
}

impl Peaks {
    fn new(
        traffic: &Traffic,
        population: &Population,
        kin: &[&[(u32, u32)]],
        accounts: impl Fn(&[(u32, u32)]) -> Vec<u32> + Sync,
    ) -> Self {
        let hours = (traffic.weeks * crate::traffic::WEEK_HOURS) as usize;
        let none = || vec![[None, None]; hours];
        let own = kin
            .par_iter()
            .enumerate()
            .fold(none, |mut peaks, (kin, own)| {
                let kin = kin as u32;
                let accounts = accounts(own);
                if accounts.len() <= traffic.known as usize / EVERYBODY {
                    for (hour, minutes) in active(traffic, &accounts) {
                        let most = minutes.iter().copied().max().unwrap_or(0);
                        put(&mut peaks, hour, Peak { most, kin, minutes });
                    }
                }
                peaks
            });
        let of_hours = own.reduce(none, |mut all, other| {
            for (hour, own) in (0..).zip(other) {
                let own = own.into_iter().flatten();
                own.for_each(|peak| put(&mut all, hour, peak));
            }
            all
        });
        let mut left_out: Vec<u32> = of_hours
            .iter()
            .flatten()
            .flatten()
            .map(|own| own.kin)
            .collect();
        left_out.sort_unstable();
        left_out.dedup();
        let habits = left_out.into_par_iter().map(|own| {
            let active = active(traffic, &accounts(kin[own as usize]));
            (own, population.habits_in(&active))
        });
        Self {
            habits: habits.collect::<Vec<_>>().into_iter().collect(),
            of_hours,
        }
    }

    /// The largest that is not of a kin.
    fn but(&self, hour: u32, kin: u32) -> Option<LeftOut<'_>> {
        let mut peaks = self.of_hours[hour as usize].iter().flatten();
        let peak = peaks.find(|own| own.kin != kin)?;
        Some(LeftOut {
            minutes: &peak.minutes,
            habits: self.habits.get(&peak.kin).map_or(&[], Vec::as_slice),
        })
    }
}

/// Keeps the two largest, of equal ones those of the first kin: in whatever order they come.
fn put(peaks: &mut [[Option<Peak>; 2]], hour: u32, peak: Peak) {
    let order = |own: &Peak| (std::cmp::Reverse(own.most), own.kin);
    let [first, second] = &mut peaks[hour as usize];
    match (&first, &second) {
        (Some(own), _) if order(&peak) > order(own) => match second {
            Some(own) if order(&peak) > order(own) => {}
            _ => *second = Some(peak),
        },
        _ => *second = first.replace(peak),
    }
}
