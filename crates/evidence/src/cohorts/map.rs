//! The map from accounts to cohorts: drawn, sealed for its keepers, and opened by one of them.
//!
//! ```text
//! hallmark-cohort-map-1
//! seed 64 hexadecimal digits
//! cohort NAME WEIGHT ROLE                 a line for each, in the order of the draw
//! account ACCOUNT<TAB>UNIT<TAB>COHORT     a line for each, sorted by account
//! ```

use super::draw::{Cohort, Draw, SEED_BYTES};
use super::error::CohortsError;
use super::units::Units;
use super::{Drawn, DrawnCohort};
use age::x25519::{Identity, Recipient};
use hallmark::json::formats;
use hallmark_verify::digest::{hexadecimal, of_hexadecimal};
use hallmark_verify::formats::KeyRole;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Accounts with their cohorts, open.
pub struct Assigned {
    /// What was published of it, computed again.
    pub drawn: Drawn,
    /// Each account's cohort.
    pub accounts: BTreeMap<String, String>,
}

const HEADER: &str = "hallmark-cohort-map-1";

/// The role of the cohort that named innocent accounts are put into.
const INNOCENT: KeyRole = KeyRole::InnocentControl;

/// Draws every unit, except accounts in `innocent`, which go to the cohort of that role; and seals the map for `recipients` (age).
///
/// # Errors
/// When cohorts or recipients cannot be used.
pub fn seal(
    units: &Units,
    innocent: &BTreeSet<String>,
    cohorts: &[Cohort],
    seed: Zeroizing<[u8; SEED_BYTES]>,
    recipients: &[String],
    made: String,
) -> Result<(Drawn, Vec<u8>), CohortsError> {
    let mut names = BTreeSet::new();
    if let Some(twice) = cohorts.iter().find(|cohort| !names.insert(&cohort.name)) {
        return Err(CohortsError::SameName(twice.name.clone()));
    }
    let control = cohorts.iter().find(|cohort| cohort.role == INNOCENT);
    if control.is_none() && !innocent.is_empty() {
        return Err(CohortsError::NoCohort);
    }
    let draw = Draw::new(seed, cohorts).ok_or(CohortsError::NoCohort)?;
    let mut accounts = BTreeMap::new();
    for (account, unit) in &units.0 {
        let cohort = match control {
            Some(control) if innocent.contains(account) => control,
            _ => &cohorts[draw.cohort(unit)],
        };
        accounts.insert(account, (unit, &cohort.name));
    }
    let map = written(&draw, cohorts, &accounts);
    let drawn = published(&draw, cohorts, &accounts, &map, made);
    let recipients = recipients
        .iter()
        .map(|text| Recipient::from_str(text).map_err(|_| CohortsError::Recipient(text.clone())));
    let recipients = recipients.collect::<Result<Vec<_>, _>>()?;
    if recipients.is_empty() {
        return Err(CohortsError::NoRecipient);
    }
    let failed = |error: &dyn std::fmt::Display| CohortsError::Encrypt(error.to_string());
    let each = recipients.iter().map(|one| one as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(each).map_err(|error| failed(&error))?;
    let mut sealed = vec![];
    let mut writer = encryptor
        .wrap_output(&mut sealed)
        .map_err(|error| failed(&error))?;
    std::io::Write::write_all(&mut writer, map.as_bytes()).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok((drawn, sealed))
}

/// Opens a map with an identity (a file of age's: the line that begins with `AGE-SECRET-KEY-1`), draws every unit again, and compares with what was
/// published.
///
/// # Errors
/// When it cannot be decrypted, an account stands where the draw did not put it, or another map was published.
pub fn open(sealed: &[u8], identity: &str, published: &Drawn) -> Result<Assigned, CohortsError> {
    let line = identity
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"));
    let identity = line.and_then(|line| Identity::from_str(line.trim()).ok());
    let identity = identity.ok_or(CohortsError::Identity)?;
    let map = age::decrypt(&identity, sealed)
        .map_err(|error| CohortsError::Decrypt(error.to_string()))?;
    let map = Zeroizing::new(map);
    let text = str::from_utf8(&map).map_err(|_| CohortsError::Map(1))?;
    read(text, published)
}

fn read(map: &str, known: &Drawn) -> Result<Assigned, CohortsError> {
    let mut lines = map.lines().zip(1..).peekable();
    let header = lines.next().is_some_and(|(line, _)| line == HEADER);
    let seed = lines
        .next()
        .and_then(|(line, _)| of_hexadecimal(line.strip_prefix("seed ")?));
    let seed = seed.filter(|_| header).ok_or(CohortsError::Map(1))?;
    let mut cohorts = vec![];
    while let Some((line, number)) = lines.next_if(|(line, _)| line.starts_with("cohort ")) {
        cohorts.push(cohort(line).ok_or(CohortsError::Map(number))?);
    }
    let draw = Draw::new(Zeroizing::new(seed), &cohorts).ok_or(CohortsError::NoCohort)?;
    let mut accounts = BTreeMap::new();
    for (line, number) in lines {
        let fields = line.strip_prefix("account ").map(|rest| rest.split('\t'));
        let fields: Vec<&str> = fields.into_iter().flatten().collect();
        let [account, unit, name] = fields[..] else {
            return Err(CohortsError::Map(number));
        };
        let drawn = &cohorts[draw.cohort(unit)];
        let named = cohorts.iter().find(|cohort| cohort.name == name);
        let named = named.ok_or(CohortsError::Map(number))?;
        if named != drawn && named.role != INNOCENT {
            return Err(CohortsError::NotDrawn {
                line: number,
                drawn: drawn.name.clone(),
            });
        }
        accounts.insert(account.to_owned(), (unit.to_owned(), name.to_owned()));
    }
    let own = accounts
        .iter()
        .map(|(account, (unit, name))| (account, (unit, name)));
    let own: BTreeMap<&String, (&String, &String)> = own.collect();
    let drawn = published(&draw, &cohorts, &own, map, known.made.clone());
    let differs = [
        ("method", drawn.method != known.method),
        ("seed", drawn.seed_commitment != known.seed_commitment),
        ("map", drawn.map_mac != known.map_mac),
        ("list of cohorts", drawn.cohorts != known.cohorts),
    ];
    if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
        return Err(CohortsError::Published(what));
    }
    let accounts = accounts
        .into_iter()
        .map(|(account, (_, name))| (account, name));
    Ok(Assigned {
        accounts: accounts.collect(),
        drawn,
    })
}

fn cohort(line: &str) -> Option<Cohort> {
    let mut fields = line.strip_prefix("cohort ")?.split(' ');
    let (name, weight, role) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Cohort {
        name: name.to_owned(),
        weight: weight.parse().ok()?,
        role: serde_json::from_value(role.into()).ok()?,
    })
}

fn written(
    draw: &Draw<'_>,
    cohorts: &[Cohort],
    accounts: &BTreeMap<&String, (&String, &String)>,
) -> Zeroizing<String> {
    let mut text = Zeroizing::new(format!("{HEADER}\nseed {}\n", hexadecimal(draw.seed())));
    for Cohort { name, role, weight } in cohorts {
        let role = serde_json::to_value(role).unwrap_or_default();
        let role = role.as_str().unwrap_or_default();
        let _ = writeln!(text, "cohort {name} {weight} {role}");
    }
    for (account, (unit, cohort)) in accounts {
        let _ = writeln!(text, "account {account}\t{unit}\t{cohort}");
    }
    text
}

fn published(
    draw: &Draw<'_>,
    cohorts: &[Cohort],
    accounts: &BTreeMap<&String, (&String, &String)>,
    map: &str,
    made: String,
) -> Drawn {
    let of = |cohort: &Cohort| {
        let own = accounts.values().filter(|(_, name)| **name == cohort.name);
        let units: BTreeSet<&String> = own.clone().map(|(unit, _)| *unit).collect();
        DrawnCohort {
            name: cohort.name.clone(),
            role: cohort.role,
            weight: cohort.weight,
            units: units.len() as u64,
            accounts: own.count() as u64,
        }
    };
    Drawn {
        schema: formats::Cohorts,
        made,
        method: Draw::METHOD.to_owned(),
        seed_commitment: draw.seed_commitment(),
        map_mac: draw.map_mac(map.as_bytes()),
        cohorts: cohorts.iter().map(of).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn() -> (Identity, Drawn, Vec<u8>) {
        let cohort = |name: &str, role, weight| Cohort {
            name: name.to_owned(),
            role,
            weight,
        };
        let cohorts = [
            cohort("a", KeyRole::Cohort, 1),
            cohort("b", KeyRole::Cohort, 1),
            cohort("staff", INNOCENT, 0),
        ];
        let list: String = (0..100)
            .map(|n| format!("u{n}\tcluster{}\n", n / 2))
            .collect();
        let units = Units::read(&list).unwrap();
        let identity = Identity::generate();
        let to = [identity.to_public().to_string()];
        let innocent = BTreeSet::from(["u4".to_owned()]);
        let seed = Zeroizing::new([3; 32]);
        let (drawn, sealed) =
            seal(&units, &innocent, &cohorts, seed, &to, "now".to_owned()).unwrap();
        (identity, drawn, sealed)
    }

    fn secret(identity: &Identity) -> String {
        use age::secrecy::ExposeSecret;
        identity.to_string().expose_secret().to_owned()
    }

    #[test]
    fn clusters_stay_together_and_named_accounts_are_where_they_were_put() {
        let (identity, drawn, sealed) = drawn();
        let open = open(&sealed, &secret(&identity), &drawn).unwrap();
        assert_eq!(open.accounts["u4"], "staff");
        for n in (6..100).step_by(2) {
            let pair = [n, n + 1].map(|n| &open.accounts[&format!("u{n}")]);
            assert_eq!(pair[0], pair[1]);
        }
        let accounts: u64 = drawn.cohorts.iter().map(|cohort| cohort.accounts).sum();
        assert_eq!(accounts, 100);
        assert!(drawn.cohorts[..2].iter().all(|cohort| cohort.units > 10));
        assert!(!String::from_utf8_lossy(&sealed).contains("u17"));
    }

    #[test]
    fn another_identity_another_map_and_every_changed_byte_are_refused() {
        let (identity, drawn, sealed) = drawn();
        let own = secret(&identity);
        let other = open(&sealed, &secret(&Identity::generate()), &drawn);
        assert!(matches!(other, Err(CohortsError::Decrypt(_))));
        let changed = Drawn {
            seed_commitment: "0".repeat(64),
            ..drawn.clone()
        };
        let refused = open(&sealed, &own, &changed).err();
        assert_eq!(refused, Some(CohortsError::Published("seed")));
        for at in (0..sealed.len()).step_by(7) {
            let mut sealed = sealed.clone();
            sealed[at] ^= 1;
            assert!(open(&sealed, &own, &drawn).is_err(), "byte {at}");
        }
    }

    /// Who writes the map by hand cannot move an account.
    #[test]
    fn an_account_that_was_moved_is_named_by_its_line() {
        let (identity, drawn, sealed) = drawn();
        let map = age::decrypt(&identity, &sealed).unwrap();
        let map = String::from_utf8(map).unwrap();
        let at = map.lines().position(|line| line.ends_with("\ta")).unwrap();
        let moved: String = map
            .lines()
            .enumerate()
            .map(|(n, line)| match n == at {
                true => line.strip_suffix('a').unwrap().to_owned() + "b\n",
                false => format!("{line}\n"),
            })
            .collect();
        let line = at + 1;
        let drawn_into = "a".to_owned();
        assert_eq!(
            read(&moved, &drawn).err(),
            Some(CohortsError::NotDrawn {
                line,
                drawn: drawn_into
            })
        );
    }
}
