//! Records of a part of a file: every name once, and a pseudonym for each before it is handed on.

use super::layout::Layout;
use super::row::{Bad, Found, Table, checked, each_attribute, each_prompt, is_passed_over, says};
use super::sketch::{MOST, Sketches};
use crate::pseudonym::{Pseudonym, Pseudonyms};
use hashbrown::{DefaultHashBuilder, HashMap, HashSet, HashTable};
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::ops::Range;

/// How a file is read.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) pseudonyms: &'a Pseudonyms,
    pub(crate) sketches: &'a Sketches,
    pub(crate) table: Table,
}

/// Records as they are read: texts are held until [`Batch::keyed`].
#[derive(Default)]
pub(crate) struct Batch {
    text: String,
    names: Vec<Name>,
    /// Places in `names`, by what they name.
    known: HashTable<u32>,
    hasher: DefaultHashBuilder,
    kinds: Vec<String>,
    /// Account and minute of each request.
    requests: Vec<(u32, u32)>,
    /// Account and value, with when that was first seen.
    links: HashMap<(u32, u32), u32>,
    units: HashSet<(u32, u32)>,
    records: u64,
    seen: Seen,
    pub(crate) bad: Vec<(u64, Bad)>,
}

/// What was there to be seen, of whichever record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Which places that a caller mapped had a text.
    pub(crate) mapped: Vec<bool>,
    /// The first and the last minute, each with its line.
    pub(crate) span: Option<[(u32, u64); 2]>,
}

impl Seen {
    fn take(&mut self, line: u64, found: &Found<'_>, mapped: usize, minute: Option<u32>) {
        self.mapped.resize(mapped, false);
        for (is, text) in self.mapped.iter_mut().zip(&found.places) {
            *is |= text.as_deref().is_some_and(says);
        }
        if let Some(minute) = minute {
            let own = (minute, line);
            self.join_span([own, own]);
        }
    }

    fn join_span(&mut self, [first, last]: [(u32, u64); 2]) {
        let span = self.span.get_or_insert([first, last]);
        if first.0 < span[0].0 {
            span[0] = first;
        }
        if last.0 > span[1].0 {
            span[1] = last;
        }
    }

    /// Both together.
    pub(crate) fn join(&mut self, other: &Self) {
        let length = self.mapped.len().max(other.mapped.len());
        self.mapped.resize(length, false);
        for (is, own) in self.mapped.iter_mut().zip(&other.mapped) {
            *is |= own;
        }
        if let Some(span) = other.span {
            self.join_span(span);
        }
    }
}

/// Known before anything.
pub(crate) const ALWAYS: u32 = 0;

/// A text, and what it names.
#[derive(Clone, Copy)]
struct Name {
    what: What,
    from: u32,
    to: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Account,
    Unit,
    /// A value of the kind that stands there.
    Value(u16),
    /// A text of which a sketch becomes values of that kind.
    Prompt(u16),
}

/// Records without any text. Numbers of accounts, organisations and values are places in `names`.
pub(crate) struct Keyed {
    /// Each name's pseudonym.
    pub(crate) names: Vec<Pseudonym>,
    /// Accounts.
    pub(crate) accounts: Vec<u32>,
    /// Kinds of values.
    pub(crate) kinds: Vec<String>,
    /// Account and minute of each request.
    pub(crate) requests: Vec<(u32, u32)>,
    /// Account, kind, value, and when that was first seen.
    pub(crate) links: Vec<Linked>,
    /// Account and organisation.
    pub(crate) units: Vec<(u32, u32)>,
    /// How many records were used.
    pub(crate) records: u64,
    /// What was seen in them.
    pub(crate) seen: Seen,
    /// Records that cannot be used.
    pub(crate) bad: Vec<(u64, Bad)>,
}

/// That an account has a value.
pub(crate) struct Linked {
    pub(crate) account: u32,
    pub(crate) kind: u16,
    pub(crate) value: u32,
    pub(crate) seen: u32,
}

impl Batch {
    /// Takes a record, if it can be used.
    pub(crate) fn take(&mut self, line: u64, found: &Found<'_>, how: How<'_>) {
        let (layout, table) = (how.layout, how.table);
        if is_passed_over(found, layout) {
            return;
        }
        let row = match checked(found, layout, table) {
            Ok(row) => row,
            Err(bad) => return self.bad.push((line, bad)),
        };
        self.records += 1;
        let of_requests = row.minute.filter(|_| table == Table::Requests);
        self.seen.take(line, found, layout.mapped, of_requests);
        let account = self.name(What::Account, row.account);
        if let Some(unit) = row.unit {
            let unit = self.name(What::Unit, unit);
            self.units.insert((account, unit));
        }
        if let (Table::Requests, Some(minute)) = (table, row.minute) {
            self.requests.push((account, minute));
        }
        let seen = row.minute.unwrap_or(ALWAYS);
        each_attribute(found, layout, table, &mut |kind, value| {
            let kind = self.kind(kind);
            let value = self.name(What::Value(kind), value);
            let first = self.links.entry((account, value)).or_insert(seen);
            *first = seen.min(*first);
        });
        if table == Table::Requests {
            each_prompt(found, layout, &mut |kind, text| {
                let kind = self.kind(kind);
                let text = text.get(..text.floor_char_boundary(MOST)).unwrap_or(text);
                let prompt = self.name(What::Prompt(kind), text);
                let first = self.links.entry((account, prompt)).or_insert(seen);
                *first = seen.min(*first);
            });
        }
    }

    fn kind(&mut self, name: &str) -> u16 {
        let known = self.kinds.iter().position(|kind| kind == name);
        known.unwrap_or_else(|| {
            self.kinds.push(name.to_owned());
            self.kinds.len() - 1
        }) as u16
    }

    fn name(&mut self, what: What, text: &str) -> u32 {
        let Self {
            text: all,
            names,
            known,
            hasher,
            ..
        } = self;
        let own = |place: &u32, all: &str| {
            let name = names[*place as usize];
            name.what == what && &all[name.from as usize..name.to as usize] == text
        };
        let hash = hasher.hash_one((what, text));
        if let Some(&place) = known.find(hash, |place| own(place, all)) {
            return place;
        }
        let place = names.len() as u32;
        let from = all.len() as u32;
        all.push_str(text);
        names.push(Name {
            what,
            from,
            to: all.len() as u32,
        });
        known.insert_unique(hash, place, |&place| {
            let name = names[place as usize];
            hasher.hash_one((name.what, &all[name.from as usize..name.to as usize]))
        });
        place
    }

    /// The same under pseudonyms.
    pub(crate) fn keyed(mut self, how: How<'_>) -> Keyed {
        let pseudonyms = how.pseudonyms;
        let text = |name: &Name| &self.text[name.from as usize..name.to as usize];
        let mut networks = Networks::default();
        let mut keyed: Vec<Pseudonym> = vec![];
        for name in &self.names {
            let kind = match name.what {
                What::Account => "account",
                What::Unit => "unit",
                What::Value(kind) | What::Prompt(kind) => &self.kinds[usize::from(kind)],
            };
            keyed.push(match name.what {
                What::Prompt(_) => Pseudonym(0),
                _ => pseudonyms.of(kind, text(name).as_bytes()),
            });
        }
        // For each prompt the places of its sketch's values.
        let mut sketched: HashMap<u32, Range<u32>> = HashMap::new();
        for (name, place) in self.names.iter().zip(0_u32..) {
            if let What::Prompt(kind) = name.what {
                let from = keyed.len() as u32;
                let kind = &self.kinds[usize::from(kind)];
                keyed.extend(how.sketches.of(text(name), kind, pseudonyms));
                sketched.insert(place, from..keyed.len() as u32);
            }
        }
        for (name, place) in self.names.iter().zip(0_u32..) {
            if matches!(name.what, What::Value(kind) if self.kinds[usize::from(kind)] == "ip") {
                networks.take(place, text(name), pseudonyms, &mut keyed);
            }
        }
        let mut links = vec![];
        let net = match networks.of.is_empty() {
            true => 0,
            false => self.kind("net"),
        };
        for (&(account, value), &seen) in &self.links {
            let (What::Value(kind) | What::Prompt(kind)) = self.names[value as usize].what else {
                continue;
            };
            let mut put = |kind, value| {
                links.push(Linked {
                    account,
                    kind,
                    value,
                    seen,
                });
            };
            match sketched.get(&value) {
                Some(values) => values.clone().for_each(|value| put(kind, value)),
                None => put(kind, value),
            }
            if let Some(&network) = networks.of.get(&value) {
                put(net, network);
            }
        }
        let accounts = self.names.iter().zip(0_u32..);
        let accounts = accounts.filter(|(name, _)| name.what == What::Account);
        Keyed {
            accounts: accounts.map(|(_, place)| place).collect(),
            names: keyed,
            kinds: self.kinds,
            requests: self.requests,
            links,
            units: self.units.into_iter().collect(),
            records: self.records,
            seen: self.seen,
            bad: self.bad,
        }
    }
}

/// Networks of addresses.
#[derive(Default)]
struct Networks {
    places: HashMap<Pseudonym, u32>,
    of: HashMap<u32, u32>,
}

impl Networks {
    fn take(
        &mut self,
        address: u32,
        text: &str,
        pseudonyms: &Pseudonyms,
        names: &mut Vec<Pseudonym>,
    ) {
        let Some(network) = network(text) else {
            return;
        };
        let own = pseudonyms.of("net", network.as_bytes());
        let place = *self.places.entry(own).or_insert_with(|| {
            names.push(own);
            names.len() as u32 - 1
        });
        self.of.insert(address, place);
    }
}

/// The network of an address: 24 bits of one of version 4, 48 of one of version 6.
fn network(address: &str) -> Option<String> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Some(format!("{a}.{b}.{c}"))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}"))
        }
    }
}
