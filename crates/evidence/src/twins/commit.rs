//! Committing: to the seed before the first twin is drawn, and to the table before the suspect is asked.

use super::format::{Committed, Drawn, DrawnRequest};
use super::lines::lines;
use super::opened::{SEED, TABLE, TWINS, read_committed};
use super::opening::TwinsOpening;
use super::table;
use crate::logged::Proofs;
use hallmark::files::{NewFolder, write_new};
use hallmark::json::{formats, to_json};
use hallmark::{Error, Result};
use hallmark_core::keys::RootKey;
use hallmark_verify::digest::sha256;
use std::path::Path;

/// Commits to the seed of a draw, and writes a new folder: `twins.json`, which is published, `twins.opening`, which opens it, and what `prove`
/// gives for the digest of the first.
///
/// # Errors
/// When name or share cannot be used, the folder exists or cannot be written, or `prove` fails.
pub fn commit_seed(
    out: &Path,
    root: &RootKey,
    name: &str,
    share: f64,
    prove: impl FnOnce(&str) -> Result<Proofs>,
) -> Result<Committed> {
    let opening = TwinsOpening::new(root.twins(name).map_err(Error::usage)?)?;
    let committed = Committed {
        schema: formats::Twins,
        made: jiff::Timestamp::now().to_string(),
        name: name.to_owned(),
        share,
        seed_commitment: opening.commitment(),
        table: None,
    };
    // A share that is none is refused here, and not when requests come.
    opening
        .draw(&committed)
        .map_err(|error| Error::usage(error.what))?;
    let folder = NewFolder::create(out)?;
    published(&folder, &committed, prove)?;
    opening.write(&folder.path().join("twins.opening"))?;
    folder.finish()?;
    Ok(committed)
}

/// Commits to a file of twins under a seed that was committed to, and writes a new folder: `twins.json` and `table.jsonl`, the seed's
/// `twins.json` as `seed.json`, and what `prove` gives.
///
/// # Errors
/// When the opening does not open the seed, twins were not drawn, stand there twice or were not sent by their coin, or as [`commit_seed`].
pub fn commit_table(
    out: &Path,
    seed: &Path,
    opening: &TwinsOpening,
    twins: &Path,
    requests: Option<&Path>,
    prove: impl FnOnce(&str) -> Result<Proofs>,
) -> Result<Committed> {
    let (before, bytes) = read_committed(seed)?;
    if before.table.is_some() {
        return Err(Error::usage(format_args!("{} has a table already", seed.display()))
            .hint("give the twins.json of the seed alone, as it was published before the first request"));
    }
    let draw = opening.draw(&before)?;
    let (text, table) = table::table(twins, requests, &draw, sha256(&bytes))?;
    let committed = Committed {
        made: jiff::Timestamp::now().to_string(),
        table: Some(table),
        ..before
    };
    let folder = NewFolder::create(out)?;
    published(&folder, &committed, prove)?;
    write_new(&folder.path().join(TABLE), text.as_bytes())?;
    write_new(&folder.path().join(SEED), &bytes)?;
    folder.finish()?;
    Ok(committed)
}

fn published(
    folder: &NewFolder,
    committed: &Committed,
    prove: impl FnOnce(&str) -> Result<Proofs>,
) -> Result<()> {
    let text = to_json(committed, true)? + "\n";
    write_new(&folder.path().join(TWINS), text.as_bytes())?;
    for (name, content) in prove(&sha256(text.as_bytes()))? {
        write_new(&folder.path().join(name), &content)?;
    }
    Ok(())
}

/// Which of the listed requests, one a line, have twins, and which twin of each is sent.
///
/// # Errors
/// When the opening does not open the seed, or the list cannot be read.
pub fn drawn(seed: &Path, opening: &TwinsOpening, requests: &Path) -> Result<Drawn> {
    let (committed, _) = read_committed(seed)?;
    let draw = opening.draw(&committed)?;
    let mut count = 0;
    let mut drawn = vec![];
    lines(requests, |id, _| {
        count += 1;
        let request = |send| DrawnRequest {
            id: id.to_owned(),
            send,
        };
        drawn.extend(draw.sent(id).map(request));
        Ok(())
    })?;
    Ok(Drawn {
        schema: formats::TwinsDraw,
        name: committed.name,
        share: committed.share,
        requests: count,
        drawn,
    })
}
