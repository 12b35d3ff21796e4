//! The door: texts come in, pseudonyms go on.

use super::file::Opened;
use super::layout::Layout;
use super::row::{Bad, Batch, Table};
use super::{lines, parquet, table};
use crate::pseudonym::{Pseudonym, Pseudonyms};
use crate::traffic::{Builder, Traffic};
use hallmark::{Error, Result};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::Path;

/// How logs are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Where fields stand.
    pub layout: Layout,
    /// So many records that cannot be used are left out, over all files; one more is an error.
    pub skip_bad: u64,
}

/// What was read of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileRead {
    /// The file, as it was named.
    pub file: String,
    /// `requests` or `attributes`.
    pub table: String,
    /// Records that were used.
    pub records: u64,
    /// Records that were left out.
    pub skipped: u64,
    /// The first of them, by line or number, with why.
    pub skipped_first: Vec<String>,
}

/// How many records that were left out are named.
const NAMED: usize = 20;

/// Takes files and makes traffic of them. Texts are held while it reads, to know them again, and are in nothing that it gives.
pub struct Door<'a> {
    pseudonyms: &'a Pseudonyms,
    reading: &'a Reading,
    builder: Builder,
    accounts: HashMap<Box<str>, u32>,
    units: HashMap<Box<str>, Pseudonym>,
    kinds: Vec<(String, u16, HashMap<Box<str>, u32>)>,
    left: u64,
    files: Vec<FileRead>,
}

impl<'a> Door<'a> {
    /// With nothing read yet.
    #[must_use]
    pub fn new(pseudonyms: &'a Pseudonyms, reading: &'a Reading) -> Self {
        Self {
            pseudonyms,
            reading,
            builder: Builder::default(),
            accounts: HashMap::new(),
            units: HashMap::new(),
            kinds: vec![],
            left: reading.skip_bad,
            files: vec![],
        }
    }

    /// Reads a table of requests.
    ///
    /// # Errors
    /// When it cannot be read, or has a record that cannot be used and that may not be skipped.
    pub fn requests(&mut self, path: &Path) -> Result<()> {
        self.read(path, Table::Requests)
    }

    /// Reads a table of attributes.
    ///
    /// # Errors
    /// As [`requests`](Self::requests).
    pub fn attributes(&mut self, path: &Path) -> Result<()> {
        self.read(path, Table::Attributes)
    }

    /// The traffic, and what was read of each file.
    #[must_use]
    pub fn finish(self, proposing: impl FnOnce(u32) -> u32) -> (Traffic, Vec<FileRead>) {
        let traffic = self.builder.finish(self.pseudonyms.offset(), proposing);
        (traffic, self.files)
    }

    fn read(&mut self, path: &Path, table: Table) -> Result<()> {
        self.files.push(FileRead {
            file: path.display().to_string(),
            table: match table {
                Table::Requests => "requests",
                Table::Attributes => "attributes",
            }
            .to_owned(),
            records: 0,
            skipped: 0,
            skipped_first: vec![],
        });
        let layout = &self.reading.layout;
        let take = &mut |batch: &Batch| self.take(path, batch, table);
        match Opened::new(path)? {
            Opened::Parquet(file) => parquet::read(path, file, layout, table, take),
            Opened::Csv(bytes) => table::read(path, bytes, layout, table, take),
            Opened::Lines(bytes) => lines::read(path, bytes, layout, table, take),
        }
    }

    fn take(&mut self, path: &Path, batch: &Batch, table: Table) -> Result<()> {
        for (row, account, unit, attributes) in batch.rows() {
            let account = self.account(account);
            if let Some(unit) = unit {
                let unit = self.unit(unit);
                self.builder.unit(account, unit);
            }
            if let (Table::Requests, Some(minute)) = (table, row.minute) {
                self.builder.request(account, minute);
            }
            for (kind, value) in attributes {
                self.link(account, kind, value, row.minute);
            }
            if let Some(file) = self.files.last_mut() {
                file.records += 1;
            }
        }
        for &(line, bad) in &batch.bad {
            self.bad(path, line, bad)?;
        }
        Ok(())
    }

    fn bad(&mut self, path: &Path, line: u64, bad: Bad) -> Result<()> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Error::usage(bad.words())
                .at(format_args!("{}:{line}", path.display()))
                .hint("correct the layout (--layout, --field), or let so many records be left out and counted: --skip-bad N"));
        };
        self.left = left;
        if let Some(file) = self.files.last_mut() {
            file.skipped += 1;
            if file.skipped_first.len() < NAMED {
                file.skipped_first.push(format!("{line}: {}", bad.words()));
            }
        }
        Ok(())
    }

    fn account(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.accounts.get(name) {
            return place;
        }
        let place = self
            .builder
            .account(self.pseudonyms.of("account", name.as_bytes()));
        self.accounts.insert(name.into(), place);
        place
    }

    fn unit(&mut self, name: &str) -> Pseudonym {
        if let Some(&unit) = self.units.get(name) {
            return unit;
        }
        let unit = self.pseudonyms.of("unit", name.as_bytes());
        self.units.insert(name.into(), unit);
        unit
    }

    fn link(&mut self, account: u32, kind: &str, value: &str, minute: Option<u32>) {
        if let Some(network) = network(kind, value) {
            let place = self.value("net", &network);
            self.builder.link(account, place, minute);
        }
        let place = self.value(kind, value);
        self.builder.link(account, place, minute);
    }

    fn value(&mut self, kind: &str, value: &str) -> u32 {
        let known = self.kinds.iter().position(|(name, ..)| name == kind);
        let at = known.unwrap_or_else(|| {
            let place = self.builder.kind(kind);
            self.kinds.push((kind.to_owned(), place, HashMap::new()));
            self.kinds.len() - 1
        });
        let (_, kind_place, values) = &mut self.kinds[at];
        if let Some(&place) = values.get(value) {
            return place;
        }
        let pseudonym = self.pseudonyms.of(kind, value.as_bytes());
        let place = self.builder.value(*kind_place, pseudonym);
        values.insert(value.into(), place);
        place
    }
}

/// The network of an address: 24 bits of one of version 4, 48 of one of version 6.
fn network(kind: &str, value: &str) -> Option<String> {
    if kind != "ip" {
        return None;
    }
    match value.parse::<IpAddr>().ok()?.to_canonical() {
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
