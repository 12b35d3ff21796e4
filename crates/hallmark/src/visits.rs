//! Logs that tested keys marked, as T3r reads them: by first visits.

use crate::error::{Error, Result};
use crate::examine::TriedKey;
use crate::indexes;
use crate::text::shown;
use crate::weights::{UsedIndex, check_profile, tested};
use hallmark_core::keys::PublicId;
use hallmark_core::profile::Profile;
use hallmark_core::visits::FirstVisits;
use hallmark_core::windows::WindowHash;
use hallmark_harvest::Visits;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An index and what it says of itself.
type Opened = (UsedIndex, Arc<dyn FirstVisits>);

/// Opens indexes of first visits, each of a tested key's own log.
pub(crate) fn open_all(
    files: &[PathBuf],
    profile: &Profile,
    keys: &[TriedKey],
) -> Result<Vec<Opened>> {
    let mut opened: Vec<Opened> = vec![];
    for path in files {
        let (index, log) = open(path, profile, keys)?;
        let is_of_same_key = |(_, other): &Opened| other.marked_by() == log.marked_by();
        if opened.iter().any(is_of_same_key) {
            return Err(Error::usage(format_args!(
                "--first-visits {} is a second log of one key",
                shown(path)
            ))
            .hint("a key's whole log is one index: make it of all files, in the order of the requests"));
        }
        opened.push((index, log));
    }
    Ok(opened)
}

fn open(path: &Path, profile: &Profile, keys: &[TriedKey]) -> Result<Opened> {
    let index = indexes::open(path)?;
    check_profile(path, index.header(), profile)?;
    let Some(visits) = Visits::of(index) else {
        return Err(Error::usage(format_args!(
            "{} holds counts, and no first visits",
            shown(path)
        ))
        .hint("make it with `hallmark index make --first`; counts go with --harvest"));
    };
    if visits.sub_keys() != profile.ring {
        return Err(Error::usage(format_args!(
            "{} tells {} sub-keys apart, and the profile has a ring of {}",
            shown(path),
            visits.sub_keys(),
            profile.ring
        ))
        .hint("make the index with the profile by which the log was marked"));
    }
    let used = UsedIndex::of(path, visits.index())?;
    let Some(key) = tested(&used, keys) else {
        return Err(Error::usage(format_args!(
            "{} is a log that no tested key marked",
            shown(path)
        ))
        .hint(
            "T3r reads the tested key's own log; other cohorts' logs weigh windows with --harvest",
        ));
    };
    let marked_by = key.key_id.parse().ok();
    Ok((used, Arc::new(Named { visits, marked_by })))
}

/// A log that this key marked, whichever of its ids the index names.
struct Named {
    visits: Visits,
    marked_by: Option<PublicId>,
}

impl FirstVisits for Named {
    fn window(&self) -> usize {
        self.visits.window()
    }

    fn sub_keys(&self) -> u32 {
        self.visits.sub_keys()
    }

    fn read(&self) -> u64 {
        self.visits.read()
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.marked_by
    }

    fn is_as_sampled(&self) -> bool {
        self.visits.is_as_sampled()
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        self.visits.codes(windows, codes);
    }
}
