//! The door: texts come in, pseudonyms go on.

use super::batch::{ALWAYS, How, Keyed, Seen};
use super::file::Opened;
use super::layout::Layout;
use super::row::{Bad, Table};
use super::sketch::Sketches;
use super::{lines, pages, parquet, table};
use crate::pseudonym::Pseudonyms;
use crate::traffic::{Builder, Parts, Traffic, day_of};
use hallmark::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::rc::Rc;

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
    /// Of requests, the first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Moment>,
    /// Of requests, the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Moment>,
    /// Records that were left out.
    pub skipped: u64,
    /// The first of them, by line or number, with why.
    pub skipped_first: Vec<String>,
}

/// A day, and the line or number of a record of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The day, as YYYY-MM-DD.
    pub day: String,
    /// The record.
    pub line: u64,
}

/// Most kinds of attributes.
const KINDS: usize = 32;

/// How many records that were left out are named.
const NAMED: usize = 20;

/// Takes files and makes traffic of them. Texts are held for as long as their part of a file is read, and are in nothing that it gives.
pub struct Door<'a> {
    pseudonyms: &'a Pseudonyms,
    sketches: Rc<Sketches>,
    reading: &'a Reading,
    builder: Builder,
    left: u64,
    files: Vec<FileRead>,
    seen: Seen,
}

impl<'a> Door<'a> {
    /// With nothing read yet.
    #[must_use]
    pub fn new(pseudonyms: &'a Pseudonyms, reading: &'a Reading) -> Self {
        Self {
            pseudonyms,
            sketches: Rc::new(Sketches::new(pseudonyms)),
            reading,
            builder: Builder::default(),
            left: reading.skip_bad,
            files: vec![],
            seen: Seen::default(),
        }
    }

    /// Refuses a mapping that named nothing in any record: a misspelt organisation clears nobody.
    ///
    /// # Errors
    /// Names it.
    pub fn check(&self) -> Result<()> {
        let layout = &self.reading.layout;
        let mut absent = layout
            .places
            .iter()
            .take(layout.mapped)
            .zip(&self.seen.mapped);
        match absent.find(|(_, seen)| !**seen) {
            None => Ok(()),
            Some(((_, path), _)) => Err(Error::usage(format_args!(
                "no record has anything at {:?}, which --field names",
                path.join(".")
            ))
            .hint("a path names fields as the log does, from the top, with dots between; of a table it is the name of a column")),
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

    /// The same where a last week that is not over counts for nothing.
    #[must_use]
    pub fn of_whole_weeks(mut self) -> Self {
        self.builder = Builder::whole_weeks();
        self
    }

    /// What was read, by pseudonyms, and what was read of each file.
    #[must_use]
    pub fn parts(self) -> (Parts, Vec<FileRead>) {
        (self.builder.parts(), self.files)
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
            first: None,
            last: None,
            skipped: 0,
            skipped_first: vec![],
        });
        let (reading, pseudonyms) = (self.reading, self.pseudonyms);
        let sketches = self.sketches.clone();
        let how = How {
            layout: &reading.layout,
            pseudonyms,
            sketches: &sketches,
            table,
        };
        let take = &mut |batch: Keyed| self.take(path, &batch);
        match Opened::new(path)? {
            Opened::Parquet(file) => parquet::read(path, file, how, take),
            Opened::Csv(bytes) | Opened::Lines(bytes) if reading.layout.has_pages => {
                pages::read(path, bytes, how, take)
            }
            Opened::Csv(bytes) => table::read(path, bytes, how, take),
            Opened::Lines(bytes) => lines::read(path, bytes, how, take),
        }
    }

    fn take(&mut self, path: &Path, batch: &Keyed) -> Result<()> {
        const NONE: u32 = u32::MAX;
        // Places in the batch become places in the builder, where they are needed.
        let mut accounts = vec![NONE; batch.names.len()];
        let mut values = vec![NONE; batch.names.len()];
        let builder = &mut self.builder;
        let mut account = |builder: &mut Builder, own: u32| {
            let place = &mut accounts[own as usize];
            if *place == NONE {
                *place = builder.account(batch.names[own as usize]);
            }
            *place
        };
        for &own in &batch.accounts {
            account(builder, own);
        }
        for &(own, minute) in &batch.requests {
            let own = account(builder, own);
            builder.request(own, minute);
        }
        for &(own, unit) in &batch.units {
            let own = account(builder, own);
            builder.unit(own, batch.names[unit as usize]);
        }
        let kinds: Vec<u16> = batch.kinds.iter().map(|kind| builder.kind(kind)).collect();
        if builder.kinds() > KINDS {
            // What these kinds are called may be what nobody may read.
            return Err(Error::usage(format_args!(
                "attributes are of more than {KINDS} kinds: is the column of kinds one of values, or of accounts?"
            ))
            .at(path.display())
            .hint("a table of attributes has the columns account, kind and value; --field says where they stand"));
        }
        for link in &batch.links {
            let own = account(builder, link.account);
            let value = &mut values[link.value as usize];
            if *value == NONE {
                let kind = kinds[usize::from(link.kind)];
                *value = builder.value(kind, batch.names[link.value as usize]);
            }
            builder.link(own, *value, (link.seen != ALWAYS).then_some(link.seen));
        }
        if let Some(file) = self.files.last_mut() {
            file.records += batch.records;
            let day = |&(minute, _): &(u32, u64)| day_of(i64::from(minute));
            let span = batch.seen.span.as_ref();
            for (place, known) in [(0, &mut file.first), (1, &mut file.last)] {
                let own = span.map(|span| (span[place], day(&span[place])));
                let Some(((_, line), day)) = own else {
                    continue;
                };
                let is_further = |known: &Moment| match place {
                    0 => day < known.day,
                    _ => day > known.day,
                };
                if known.as_ref().is_none_or(is_further) {
                    *known = Some(Moment { day, line });
                }
            }
        }
        self.seen.join(&batch.seen);
        for &(line, bad) in &batch.bad {
            self.bad(path, line, bad)?;
        }
        Ok(())
    }

    fn bad(&mut self, path: &Path, line: u64, bad: Bad) -> Result<()> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Error::usage(bad.words())
                .at(format_args!("{}:{line}", path.display()))
                .hint(format_args!(
                    "{}correct the layout (--layout, --field), or let so many records be left out and counted: --skip-bad N",
                    match bad {
                        Bad::Time => "times are RFC 3339, YYYY-MM-DD HH:MM:SS, or a number since 1970 (in seconds to nanoseconds); ",
                        Bad::Malformed => "records are JSON, an object a line, or rows of CSV or Parquet in UTF-8; ",
                        _ => "",
                    }
                )));
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
}
