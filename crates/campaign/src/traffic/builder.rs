//! Requests in any order become [`Traffic`] in one order.

use super::{Account, DAY, FEW, HOUR, HourMask, Link, TakenUp, Traffic, Value, WEEK, WEEK_HOURS};
use crate::pseudonym::Pseudonym;
use hashbrown::HashMap;
use rayon::prelude::*;

/// Takes requests and attributes one by one.
///
/// Beside names it holds 8 bytes for each different minute of each account, and 16 for each different link.
#[derive(Default)]
pub struct Builder {
    accounts: HashMap<Pseudonym, u32>,
    names: Vec<Pseudonym>,
    kinds: Vec<String>,
    values: HashMap<(u16, Pseudonym), u32>,
    value_names: Vec<(u16, Pseudonym)>,
    /// Account in the upper half, minute since 1970 in the lower.
    minutes: Vec<u64>,
    sorted: usize,
    /// Value and account, and when it was first seen: [`ALWAYS`] where nothing says when.
    links: Vec<(u64, u32)>,
    sorted_links: usize,
    units: Vec<(u32, Pseudonym)>,
    sorted_units: usize,
    requests: u64,
    /// Whether a last week that is not over counts.
    only_whole: bool,
}

/// What was taken, by pseudonyms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Accounts.
    pub accounts: Vec<Pseudonym>,
    /// Accounts with the minutes since 1970 of their requests, by account and time.
    pub requests: Vec<(Pseudonym, u32)>,
    /// How many requests there were.
    pub count: u64,
    /// Kinds, values, accounts, and when that was first seen: 0 where nothing says when.
    pub links: Vec<(String, Pseudonym, Pseudonym, u32)>,
    /// Accounts and their declared organisations.
    pub units: Vec<(Pseudonym, Pseudonym)>,
}

/// Known before anything.
const ALWAYS: u32 = 0;

/// Below so many items nothing is put in order before the end.
const LEAST: usize = 1 << 20;

impl Builder {
    /// One whose traffic ends with the last week that is over: behind it there are requests.
    #[must_use]
    pub fn whole_weeks() -> Self {
        Self {
            only_whole: true,
            ..Self::default()
        }
    }

    /// What was taken so far.
    #[must_use]
    pub fn parts(mut self) -> Parts {
        tidy(&mut self.minutes);
        tidy_links(&mut self.links);
        tidy(&mut self.units);
        let name = |account: u32| self.names[account as usize];
        let requests = self.minutes.iter();
        let mut requests: Vec<(Pseudonym, u32)> = requests
            .map(|packed| (name((packed >> 32) as u32), *packed as u32))
            .collect();
        requests.par_sort_unstable();
        let links = self.links.iter().map(|&(packed, seen)| {
            let (kind, value) = self.value_names[(packed >> 32) as usize];
            let kind = self.kinds[usize::from(kind)].clone();
            (kind, value, name(packed as u32), seen)
        });
        let units = self.units.iter();
        Parts {
            requests,
            count: self.requests,
            links: links.collect(),
            units: units
                .map(|&(account, unit)| (name(account), unit))
                .collect(),
            accounts: self.names,
        }
    }

    /// So many requests more than were named.
    pub fn count(&mut self, requests: u64) {
        self.requests += requests;
    }

    /// The place of an account.
    pub fn account(&mut self, pseudonym: Pseudonym) -> u32 {
        let next = self.names.len() as u32;
        let place = *self.accounts.entry(pseudonym).or_insert(next);
        if place == next {
            self.names.push(pseudonym);
        }
        place
    }

    /// The place of a kind of values.
    pub fn kind(&mut self, name: &str) -> u16 {
        let known = self.kinds.iter().position(|kind| kind == name);
        known.unwrap_or_else(|| {
            self.kinds.push(name.to_owned());
            self.kinds.len() - 1
        }) as u16
    }

    /// How many kinds there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }

    /// The place of a value.
    pub fn value(&mut self, kind: u16, pseudonym: Pseudonym) -> u32 {
        let next = self.value_names.len() as u32;
        let place = *self.values.entry((kind, pseudonym)).or_insert(next);
        if place == next {
            self.value_names.push((kind, pseudonym));
        }
        place
    }

    /// A request of an account in a minute since 1970.
    pub fn request(&mut self, account: u32, minute: u32) {
        self.requests += 1;
        self.minute(account, minute);
    }

    /// An active minute of an account, which counts as no request.
    pub fn minute(&mut self, account: u32, minute: u32) {
        self.minutes
            .push(u64::from(account) << 32 | u64::from(minute));
        if self.minutes.len() > LEAST.max(2 * self.sorted) {
            tidy(&mut self.minutes);
            self.sorted = self.minutes.len();
        }
    }

    /// That an account has a value, and the minute since 1970 in which that was first seen, where it is known.
    pub fn link(&mut self, account: u32, value: u32, first_seen: Option<u32>) {
        let link = u64::from(value) << 32 | u64::from(account);
        self.links.push((link, first_seen.unwrap_or(ALWAYS)));
        if self.links.len() > LEAST.max(2 * self.sorted_links) {
            tidy_links(&mut self.links);
            self.sorted_links = self.links.len();
        }
    }

    /// That an account belongs to a declared organisation.
    pub fn unit(&mut self, account: u32, unit: Pseudonym) {
        self.units.push((account, unit));
        if self.units.len() > LEAST.max(2 * self.sorted_units) {
            tidy(&mut self.units);
            self.sorted_units = self.units.len();
        }
    }

    /// Puts everything in order.
    ///
    /// Hours begin `offset` minutes (0 to 59) behind those of the clock. Windows are weeks from the first day on that has requests; what
    /// stands behind the last whole week is left out. The first `proposing(weeks)` of them propose groups.
    #[must_use]
    pub fn finish(mut self, offset: u32, proposing: impl FnOnce(u32) -> u32) -> Traffic {
        tidy(&mut self.minutes);
        tidy_links(&mut self.links);
        tidy(&mut self.units);
        let minute = |packed: &u64| *packed as u32;
        let first = self.minutes.iter().map(minute).min().unwrap_or(0);
        let last = self.minutes.iter().map(minute).max().unwrap_or(0);
        // Days begin `offset` minutes behind midnight.
        let shifted = first.saturating_sub(offset);
        let origin = (shifted - shifted % DAY).saturating_add(offset);
        // What is before the first day's beginning is less than an hour of a night, and left out.
        // Hours count, and no minutes: which minute of its last hour is the log's last may be an account's to exchange.
        let length = (last.saturating_sub(origin) / HOUR)
            .saturating_add(1)
            .saturating_mul(HOUR);
        // A last week that is no whole one tests as far as it goes if it has four days.
        let weeks = match (self.only_whole, length.div_ceil(WEEK), length % WEEK) {
            (true, ..) => last.saturating_sub(origin) / WEEK,
            (_, weeks, rest) if rest > 0 && rest < 4 * DAY && weeks > 1 => weeks - 1,
            (_, weeks, _) => weeks,
        };
        let proposing = proposing(weeks).min(weeks);
        let tests = origin.saturating_add(proposing.saturating_mul(WEEK));

        let (entity, accounts, several_units) = entities(&self.names, &self.units);
        let mut hours: Vec<(u32, HourMask)> = vec![];
        for packed in &mut self.minutes {
            let own = u64::from(entity[(*packed >> 32) as usize]);
            *packed = own << 32 | (*packed & 0xffff_ffff);
        }
        tidy(&mut self.minutes);
        for packed in std::mem::take(&mut self.minutes) {
            let Some(since) = (packed as u32).checked_sub(origin) else {
                continue;
            };
            if since >= weeks.saturating_mul(WEEK) {
                continue;
            }
            let (account, hour, bit) =
                ((packed >> 32) as u32, since / HOUR, 1_u64 << (since % HOUR));
            match hours.last_mut() {
                Some((last, own)) if *last == account && own.hour == hour => own.mask |= bit,
                _ => hours.push((account, HourMask { hour, mask: bit })),
            }
        }
        let mut starts = vec![0; accounts.len() + 1];
        for (account, _) in &hours {
            starts[*account as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }

        let (kinds, value_of, values) = named(&self.kinds, &self.value_names);
        let mut of_kind = vec![0; self.kinds.len()];
        for &(kind, _) in &self.value_names {
            of_kind[usize::from(kind)] += 1;
        }
        let mut late_links = 0;
        let mut links: Vec<Link> = vec![];
        let mut taken_up: Vec<TakenUp> = vec![];
        for (packed, seen) in self.links {
            let (kind, _) = self.value_names[(packed >> 32) as usize];
            if seen != ALWAYS && of_kind[usize::from(kind)] <= FEW {
                taken_up.push(TakenUp {
                    value: value_of[(packed >> 32) as usize],
                    account: entity[packed as u32 as usize],
                    minute: seen.saturating_sub(origin),
                });
            }
            if seen >= tests && seen != ALWAYS {
                late_links += 1;
                continue;
            }
            links.push(Link {
                value: value_of[(packed >> 32) as usize],
                account: entity[packed as u32 as usize],
            });
        }
        tidy(&mut links);
        taken_up.retain(|own| own.minute < weeks.saturating_mul(WEEK));
        taken_up.par_sort_unstable();
        // Of an organisation's accounts the first counts.
        taken_up.dedup_by_key(|own| (own.value, own.account));
        let mut is_known = vec![false; accounts.len()];
        for (account, _) in hours
            .iter()
            .filter(|own| own.1.hour < proposing * WEEK_HOURS)
        {
            is_known[*account as usize] = true;
        }
        for link in &links {
            is_known[link.account as usize] = true;
        }
        Traffic {
            known: is_known.into_iter().filter(|&is| is).count() as u32,
            accounts,
            starts,
            hours: hours.into_iter().map(|(_, hour)| hour).collect(),
            kinds,
            values,
            links,
            taken_up,
            weeks,
            proposing,
            origin: i64::from(origin),
            requests: self.requests,
            late_links,
            several_units,
        }
    }
}

fn tidy<T: Ord + Send>(items: &mut Vec<T>) {
    items.par_sort_unstable();
    items.dedup();
}

/// Keeps for each link when it was seen first.
fn tidy_links(links: &mut Vec<(u64, u32)>) {
    links.par_sort_unstable();
    links.dedup_by_key(|(link, _)| *link);
}

/// What each account is tested as, all of these by pseudonym, and how many accounts name several organisations.
fn entities(names: &[Pseudonym], units: &[(u32, Pseudonym)]) -> (Vec<u32>, Vec<Account>, u64) {
    let mut several = 0;
    let mut of: Vec<(Pseudonym, bool)> = names.iter().map(|&name| (name, false)).collect();
    for own in units.chunk_by(|a, b| a.0 == b.0) {
        several += u64::from(own.len() > 1);
        of[own[0].0 as usize] = (own[0].1, true);
    }
    let mut order: Vec<(Pseudonym, bool)> = of.clone();
    tidy(&mut order);
    let mut accounts: Vec<Account> = order
        .iter()
        .map(|&(pseudonym, is_unit)| Account {
            pseudonym,
            accounts: 0,
            is_unit,
        })
        .collect();
    let place = |own: &(Pseudonym, bool)| order.binary_search(own).unwrap_or_default() as u32;
    let places: Vec<u32> = of.iter().map(place).collect();
    for &place in &places {
        accounts[place as usize].accounts += 1;
    }
    (places, accounts, several)
}

/// Kinds by name, where each value stands, and values by kind and pseudonym.
fn named(kinds: &[String], values: &[(u16, Pseudonym)]) -> (Vec<String>, Vec<u32>, Vec<Value>) {
    let mut sorted = kinds.to_vec();
    sorted.sort_unstable();
    let kind_of: Vec<u16> = kinds
        .iter()
        .map(|kind| sorted.binary_search(kind).unwrap_or_default() as u16)
        .collect();
    let own: Vec<(u16, Pseudonym)> = values
        .iter()
        .map(|&(kind, pseudonym)| (kind_of[usize::from(kind)], pseudonym))
        .collect();
    let mut order = own.clone();
    order.sort_unstable();
    let place = |value: &(u16, Pseudonym)| order.binary_search(value).unwrap_or_default() as u32;
    let places = own.iter().map(place).collect();
    let values = order
        .iter()
        .map(|&(kind, pseudonym)| Value { kind, pseudonym })
        .collect();
    (sorted, places, values)
}
