//! A made world as files, as a provider would have them.

use super::made::Role;
use super::world::{BEGIN, World};
use hallmark::files::{NewFile, NewFolder};
use hallmark::{Error, Result};
use std::path::Path;

/// Writes a new folder: `requests.csv` (time, account, address, user agent and template), `attributes.csv` (payment), and `truth.csv`, which
/// says of each account what it is and which no scan reads.
///
/// # Errors
/// When the folder exists or cannot be written.
pub fn write(world: &World, out: &Path) -> Result<()> {
    let folder = NewFolder::create(out)?;
    let table = |name: &str| NewFile::create(&folder.path().join(name));
    let mut requests: Vec<(u32, u32)> = vec![];
    let mut attributes = table("attributes.csv")?;
    let mut truth = table("truth.csv")?;
    attributes.write(b"account,kind,value\n")?;
    truth.write(b"account,role\n")?;
    for (made, place) in world.accounts.iter().zip(0_u32..) {
        requests.extend(made.minutes.iter().map(|&minute| (minute, place)));
        let (account, role) = (account(place), made.role.name());
        truth.write(format!("{account},{role}\n").as_bytes())?;
        for &(kind, value) in made.attributes.iter().filter(|(kind, _)| *kind == "card") {
            attributes.write(format!("{account},{kind},{kind}-{value:016x}\n").as_bytes())?;
        }
    }
    requests.sort_unstable();
    let mut lines = table("requests.csv")?;
    lines.write(b"time,account,attr.ip,attr.user_agent,attr.template\n")?;
    for (minute, place) in requests {
        let made = &world.accounts[place as usize];
        let value = |kind: &str| {
            let mut attributes = made.attributes.iter();
            attributes
                .find(|(own, _)| *own == kind)
                .map_or(0, |(_, value)| *value)
        };
        let at =
            jiff::Timestamp::from_second(i64::from(BEGIN + minute) * 60).map_err(Error::usage)?;
        let ip = value("ip").to_le_bytes();
        let line = format!(
            "{at},{},{}.{}.{}.{},agent-{},template-{:08x}\n",
            account(place),
            // Of 2³² addresses few share a network by chance.
            11 + ip[3] % 200,
            ip[0],
            ip[1],
            ip[2],
            value("user_agent"),
            value("template") & 0xffff_ffff
        );
        lines.write(line.as_bytes())?;
    }
    for table in [attributes, truth, lines] {
        table.finish()?;
    }
    folder.finish()
}

fn account(place: u32) -> String {
    format!("acct-{place:05}")
}

impl Role {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Household => "household",
            Self::Firm => "firm",
            Self::Campus => "campus",
            Self::Pupil => "pupil",
            Self::Cron => "cron",
            Self::Nightly => "nightly",
            Self::Agent => "agent",
            Self::Reseller => "reseller",
            Self::Harvest(_) => "harvest",
        }
    }
}
