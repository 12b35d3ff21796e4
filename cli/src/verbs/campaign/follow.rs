//! `campaign scan --follow`: files are taken into a state on disk, and all that was ever taken is scanned.

use crate::args::CampaignScanArgs;
use crate::failure::Outcome;
use hallmark::Error;
use hallmark_campaign::follow::{Header, State, digest};
use hallmark_campaign::pseudonym::Pseudonyms;
use hallmark_campaign::read::{Door, FileRead, Reading};
use hallmark_campaign::traffic::Traffic;
use hallmark_core::keys::RootKey;
use std::path::Path;

/// Takes what is new, and gives everything that was ever taken, with what was read of the new files and how many were not new.
pub(super) fn taken(
    state: &Path,
    args: &CampaignScanArgs,
    root: &RootKey,
    pseudonyms: &Pseudonyms,
    reading: &Reading,
) -> Outcome<(Traffic, Vec<FileRead>, u64)> {
    let state = State::open(
        state,
        &Header {
            root_id: root.public_id().to_string(),
            domain: args.pseudonyms.domain.clone(),
            offset: pseudonyms.offset(),
            proposing: args.propose_weeks.unwrap_or(3),
            looks: format!(
                "--cap {} --window-weeks {} --surrogates {} --seed {}",
                args.cap, args.window_weeks, args.surrogates, args.seed
            ),
        },
    )?;
    let (mut all, mut before) = (vec![], 0);
    let attributes = args.attributes.iter().map(|path| (path, "attributes"));
    let requests = args.requests.iter().map(|path| (path, "requests"));
    for (path, table) in attributes.chain(requests) {
        if path == Path::new("-") {
            return Err(Error::usage(
                "a state takes files, which it knows again by their digests, and no stdin",
            )
            .hint("write the log to a file"));
        }
        let digest = digest(path, table)?;
        if state.has(&digest)? {
            before += 1;
            continue;
        }
        let mut door = Door::new(pseudonyms, reading);
        match table {
            "attributes" => door.attributes(path)?,
            _ => door.requests(path)?,
        }
        // A field may stand in a table of attributes alone, which may have been taken before.
        if args.attributes.is_empty() {
            door.check().map_err(|error| error.at(path.display()))?;
        }
        let (parts, files) = door.parts();
        state
            .take(&digest, &parts)
            .map_err(|error| error.at(path.display()))?;
        all.extend(files);
    }
    let traffic = state.traffic()?;
    state.looked(&traffic)?;
    Ok((traffic, all, before))
}
