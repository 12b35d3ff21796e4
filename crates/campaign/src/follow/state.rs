//! The state on disk.

use super::tables::{ACCOUNTS, FILES, HEAD, HOURS, LINKS, OfState, UNITS};
use crate::pseudonym::Pseudonym;
use crate::traffic::{Builder, DAY, HOUR, Parts, QUIET_WEEKS, Traffic, WEEK, day_of, hole_of};
use hallmark::{Error, Result};
use redb::{Database, ReadableDatabase, ReadableTable, WriteTransaction};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What a state is of. Nothing of another is taken into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The public id of the root key.
    pub root_id: String,
    /// The domain of pseudonyms.
    pub domain: String,
    /// How many minutes hours begin behind those of the clock.
    pub offset: u32,
    /// Weeks that propose.
    pub proposing: u32,
    /// How it is looked at: evidence of another way is other evidence.
    pub looks: String,
}

impl Header {
    fn entries(&self) -> [(&'static str, Vec<u8>); 6] {
        [
            ("version", VERSION.to_le_bytes().to_vec()),
            ("root key", self.root_id.as_bytes().to_vec()),
            ("domain", self.domain.as_bytes().to_vec()),
            ("beginning of hours", self.offset.to_le_bytes().to_vec()),
            (
                "number of weeks that propose",
                self.proposing.to_le_bytes().to_vec(),
            ),
            ("way to look at it", self.looks.as_bytes().to_vec()),
        ]
    }
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was taken now.
    Taken,
    /// It had been taken before.
    Before,
}

/// A state that is open.
pub struct State {
    path: PathBuf,
    store: Database,
    header: Header,
}

/// The version of tables.
const VERSION: u64 = 2;

impl State {
    /// Opens a state, or makes one.
    ///
    /// # Errors
    /// When it is no state, is of something else, or is open elsewhere.
    pub fn open(path: &Path, header: &Header) -> Result<Self> {
        if !path.exists() {
            Self::make(path, header)?;
        }
        let state = Self {
            store: opened(path)?,
            path: path.to_owned(),
            header: header.clone(),
        };
        state.check()?;
        Ok(state)
    }

    /// Makes a state beside its place, under a name of its own: whoever dies meanwhile leaves no half of a state there, and of two that make one
    /// the first has made it.
    fn make(path: &Path, header: &Header) -> Result<()> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let new = tempfile::Builder::new()
            .prefix(".hallmark-")
            .tempfile_in(folder)
            .map_err(|error| Error::io("make", path, &error))?;
        let state = Self {
            store: Database::create(new.path()).of(path)?,
            path: path.to_owned(),
            header: header.clone(),
        };
        state.begin()?;
        drop(state);
        match new.persist_noclobber(path) {
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => {
                Err(Error::io("make", path, &error.error))
            }
            _ => Ok(()),
        }
    }

    /// Writes the head and empty tables.
    fn begin(&self) -> Result<()> {
        let path = &self.path;
        let transaction = self.store.begin_write().of(path)?;
        {
            let mut head = transaction.open_table(HEAD).of(path)?;
            for (name, value) in self.header.entries() {
                head.insert(name, value.as_slice()).of(path)?;
            }
            transaction.open_table(FILES).of(path)?;
            transaction.open_table(ACCOUNTS).of(path)?;
            transaction.open_table(HOURS).of(path)?;
            transaction.open_table(LINKS).of(path)?;
            transaction.open_table(UNITS).of(path)?;
        }
        transaction.commit().of(path)
    }

    fn check(&self) -> Result<()> {
        let path = &self.path;
        let transaction = self.store.begin_read().of(path)?;
        let head = transaction.open_table(HEAD).of(path)?;
        for (name, wanted) in self.header.entries() {
            let known = head.get(name).of(path)?;
            if known.is_none_or(|known| known.value() != wanted) {
                return Err(Error::usage(format_args!("the state is of another {name}"))
                    .at(path.display())
                    .hint("give what it was made with, or a new path"));
            }
        }
        Ok(())
    }

    /// Whether a file of this digest was taken.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn has(&self, digest: &[u8]) -> Result<bool> {
        let path = &self.path;
        let transaction = self.store.begin_read().of(path)?;
        let files = transaction.open_table(FILES).of(path)?;
        Ok(files.get(digest).of(path)?.is_some())
    }

    /// Takes what was read of a file, all of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written, or has requests of windows that were looked at already.
    pub fn take(&self, digest: &[u8], parts: &Parts) -> Result<Seen> {
        let path = &self.path;
        if self.has(digest)? {
            return Ok(Seen::Before);
        }
        let transaction = self.store.begin_write().of(path)?;
        self.write(&transaction, digest, parts)?;
        transaction.commit().of(path)?;
        Ok(Seen::Taken)
    }

    fn write(&self, transaction: &WriteTransaction, digest: &[u8], parts: &Parts) -> Result<()> {
        let path = &self.path;
        let mut head = transaction.open_table(HEAD).of(path)?;
        let first = parts.requests.iter().map(|&(_, minute)| minute).min();
        let last = parts.requests.iter().map(|&(_, minute)| minute).max();
        let number = |head: &redb::Table<'_, &str, &[u8]>, name: &str| -> Result<Option<u64>> {
            let bytes = head.get(name).of(path)?;
            let bytes = bytes.and_then(|bytes| bytes.value().try_into().ok());
            Ok(bytes.map(u64::from_le_bytes))
        };
        let looked = number(&head, "looked")?;
        if let (Some(first), Some(looked)) = (first, looked)
            && u64::from(first) < looked
        {
            return Err(Error::usage(
                "has requests of weeks that were looked at already, whose evidence stands",
            )
            .at(path.display())
            .hint(
                "logs are taken in the order of time; to scan all of them anew, begin a new state",
            ));
        }
        let (known_first, known_last) = (number(&head, "first")?, number(&head, "last")?);
        // One wrong time would be the log's last, and refuse all days behind it.
        let before = number(&head, "requests")?.unwrap_or(0);
        refuse_holes(parts, known_last).map_err(|error| error.at(path.display()))?;
        refuse_stray(parts, known_last, before).map_err(|error| error.at(path.display()))?;
        // What is said counts from when it was said, once groups have been proposed, whatever time it names.
        let begins = known_first.map(|first| self.tests(first as u32));
        let said = match (begins, known_last) {
            (Some(begins), Some(last)) if last >= u64::from(begins) => last as u32,
            _ => 0,
        };
        if let (Some(first), Some(last)) = (first, last) {
            let first = u64::from(first).min(known_first.unwrap_or(u64::MAX));
            let last = u64::from(last).max(known_last.unwrap_or(0));
            for (name, value) in [("first", first), ("last", last)] {
                head.insert(name, value.to_le_bytes().as_slice()).of(path)?;
            }
        }
        let requests = before + parts.count;
        head.insert("requests", requests.to_le_bytes().as_slice())
            .of(path)?;
        let mut accounts = transaction.open_table(ACCOUNTS).of(path)?;
        for account in &parts.accounts {
            accounts.insert(account.0, ()).of(path)?;
        }
        let mut hours = transaction.open_table(HOURS).of(path)?;
        let hour = |own: &(Pseudonym, u32)| (own.0.0, own.1 / HOUR);
        for own in parts.requests.chunk_by(|a, b| hour(a) == hour(b)) {
            let mask = own
                .iter()
                .fold(0, |mask, own| mask | 1_u64 << (own.1 % HOUR));
            let known = hours
                .get(hour(&own[0]))
                .of(path)?
                .map_or(0, |mask| mask.value());
            hours.insert(hour(&own[0]), mask | known).of(path)?;
        }
        let mut links = transaction.open_table(LINKS).of(path)?;
        for (kind, value, account, seen) in &parts.links {
            let key = (kind.as_str(), value.0, account.0);
            let seen = said.max(*seen);
            let known = links
                .get(key)
                .of(path)?
                .map_or(u32::MAX, |seen| seen.value());
            links.insert(key, seen.min(known)).of(path)?;
        }
        let mut units = transaction.open_table(UNITS).of(path)?;
        for (account, unit) in &parts.units {
            units.insert((account.0, unit.0), ()).of(path)?;
        }
        let mut files = transaction.open_table(FILES).of(path)?;
        files.insert(digest, parts.count).of(path)?;
        Ok(())
    }

    /// The minute at which the first week begins that tests, of a log that begins in a minute.
    fn tests(&self, first: u32) -> u32 {
        let shifted = first.saturating_sub(self.header.offset);
        let origin = shifted - shifted % DAY + self.header.offset;
        origin.saturating_add(self.header.proposing.saturating_mul(WEEK))
    }

    /// Everything that was taken, in whole weeks.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn traffic(&self) -> Result<Traffic> {
        let path = &self.path;
        let transaction = self.store.begin_read().of(path)?;
        let mut builder = Builder::whole_weeks();
        for own in transaction.open_table(ACCOUNTS).of(path)?.iter().of(path)? {
            builder.account(Pseudonym(own.of(path)?.0.value()));
        }
        for own in transaction.open_table(HOURS).of(path)?.iter().of(path)? {
            let (key, mask) = own.of(path)?;
            let ((account, hour), mask) = (key.value(), mask.value());
            let account = builder.account(Pseudonym(account));
            crate::exchange::each_bit(mask, |bit| builder.minute(account, hour * HOUR + bit));
        }
        for own in transaction.open_table(LINKS).of(path)?.iter().of(path)? {
            let (key, seen) = own.of(path)?;
            let (kind, value, account) = key.value();
            let kind = builder.kind(kind);
            let value = builder.value(kind, Pseudonym(value));
            let account = builder.account(Pseudonym(account));
            let seen = seen.value();
            builder.link(account, value, (seen > 0).then_some(seen));
        }
        for own in transaction.open_table(UNITS).of(path)?.iter().of(path)? {
            let (account, unit) = own.of(path)?.0.value();
            let account = builder.account(Pseudonym(account));
            builder.unit(account, Pseudonym(unit));
        }
        let head = transaction.open_table(HEAD).of(path)?;
        let requests = head.get("requests").of(path)?;
        let requests = requests.and_then(|bytes| bytes.value().try_into().ok());
        builder.count(requests.map_or(0, u64::from_le_bytes));
        let proposing = self.header.proposing;
        Ok(builder.finish(self.header.offset, |_| proposing))
    }

    /// Writes down that all whole weeks of this traffic were looked at: nothing that is older is taken from now on.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn looked(&self, traffic: &Traffic) -> Result<()> {
        let path = &self.path;
        if traffic.weeks <= traffic.proposing {
            return Ok(());
        }
        let until = traffic.origin + i64::from(traffic.weeks) * i64::from(WEEK);
        let transaction = self.store.begin_write().of(path)?;
        {
            let mut head = transaction.open_table(HEAD).of(path)?;
            head.insert("looked", until.to_le_bytes().as_slice())
                .of(path)?;
        }
        transaction.commit().of(path)
    }
}

/// Refuses times without requests that are too long, in a file and before it.
fn refuse_holes(parts: &Parts, known_last: Option<u64>) -> Result<()> {
    let own = parts.requests.iter().map(|&(_, minute)| minute / DAY);
    let mut days: Vec<u32> = own.collect();
    days.extend(known_last.map(|minute| minute as u32 / DAY));
    days.sort_unstable();
    let is_hole = |own: &&[u32]| own[1] - own[0] > QUIET_WEEKS * 7;
    match days.windows(2).find(is_hole) {
        Some(own) => {
            let day = |day: u32| day_of(i64::from(day) * i64::from(DAY));
            Err(hole_of(&day(own[0]), &day(own[1])))
        }
        None => Ok(()),
    }
}

/// The longest time, in days, behind which a few requests alone are taken for wrong times: a long weekend.
const STRAY_DAYS: u32 = 4;

/// Refuses a few requests far behind all others, in a file or in the state: were they the log's last, the days before them would come too late.
fn refuse_stray(parts: &Parts, known_last: Option<u64>, before: u64) -> Result<()> {
    let mut days: Vec<(u32, u64)> = vec![];
    days.extend(known_last.map(|minute| (minute as u32 / DAY, before)));
    days.extend(parts.requests.iter().map(|&(_, minute)| (minute / DAY, 1)));
    days.sort_unstable();
    let all: u64 = days.iter().map(|(_, requests)| requests).sum();
    let mut sum = 0;
    for own in days.windows(2) {
        sum += own[0].1;
        let (last, next) = (own[0].0, own[1].0);
        if next - last > STRAY_DAYS && (all - sum) * 100 <= all {
            let day = |day: u32| day_of(i64::from(day) * i64::from(DAY));
            return Err(Error::usage(format_args!(
                "{} of {all} requests are of {} or later, and the one before is of {}: their times are wrong, or hardly anything was logged since",
                all - sum,
                day(next),
                day(last)
            ))
            .hint("leave records out whose time is wrong; if these are right, give them together with the days behind them, in one file"));
        }
    }
    Ok(())
}

/// Opens a state, every page of which is what was written.
fn opened(path: &Path) -> Result<Database> {
    let mut store = Database::open(path).of(path)?;
    // The store asserts where a damaged page should be an error.
    let is_whole = catch_unwind(AssertUnwindSafe(|| store.check_integrity()));
    match is_whole {
        Ok(Ok(true)) => Ok(store),
        Ok(Err(error)) => Err(error).of(path),
        Ok(Ok(false)) | Err(_) => Err(Error::integrity("the state is damaged")
            .at(path.display())
            .hint("make it again from its logs, at a new path")),
    }
}
