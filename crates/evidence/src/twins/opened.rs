//! A table of twins with its commitments, opened.

use super::draw::{Draw, Side};
use super::format::{Committed, CommittedTable, Pair};
use super::opening::TwinsOpening;
use super::table;
use hallmark::{Error, Result};
use hallmark_verify::digest::sha256;
use std::collections::HashMap;
use std::path::Path;

/// The name of what is published.
pub(super) const TWINS: &str = "twins.json";
/// The name of what was published of the seed before.
pub(super) const SEED: &str = "seed.json";
/// The name of the table.
pub(super) const TABLE: &str = "table.jsonl";

/// Twins whose every opening holds.
#[derive(Debug)]
pub struct Opened<'a> {
    /// The draw.
    pub draw: Draw<'a>,
    /// What was published.
    pub committed: Committed,
    /// SHA-256 of its file, in hexadecimal.
    pub committed_sha256: String,
    /// What was published of the table.
    pub table: CommittedTable,
    /// The table, in its order.
    pub pairs: Vec<Pair>,
    /// Which twin of each pair was sent.
    pub sent: Vec<Side>,
    /// Where each request stands.
    pub(super) places: HashMap<String, usize>,
}

impl<'a> Opened<'a> {
    /// Reads the folder that [`commit_table`](super::commit_table) wrote, and checks it against its commitments and the draw.
    ///
    /// # Errors
    /// When anything in it was changed, or the opening opens another seed.
    pub fn read(folder: &Path, opening: &'a TwinsOpening) -> Result<Self> {
        let (committed, bytes) = read_committed(&folder.join(TWINS))?;
        let (pairs, table) = table::read(&folder.join(TABLE), &committed)?;
        let (seed, seed_bytes) = read_committed(&folder.join(SEED))?;
        let same = seed.name == committed.name
            && seed.share.to_bits() == committed.share.to_bits()
            && seed.seed_commitment == committed.seed_commitment
            && seed.table.is_none();
        if sha256(&seed_bytes) != table.seed_sha256 || !same {
            return Err(Error::integrity("it is not what was published of the seed of this table")
                .at(folder.join(SEED).display())
                .hint("restore the twins.json of the seed that was logged before the first request"));
        }
        let draw = opening.draw(&committed)?;
        let mut places = HashMap::new();
        let mut sent = vec![];
        for (place, pair) in pairs.iter().enumerate() {
            let side = draw.sent(&pair.id).ok_or_else(|| {
                Error::integrity(format_args!("the draw gave request {:?} no twins", pair.id))
            })?;
            sent.push(side);
            if places.insert(pair.id.clone(), place).is_some() {
                return Err(Error::integrity(format_args!(
                    "request {:?} stands in the table twice",
                    pair.id
                )));
            }
        }
        Ok(Self {
            draw,
            committed_sha256: sha256(&bytes),
            committed,
            table,
            pairs,
            sent,
            places,
        })
    }

    /// Where a request stands in the table.
    pub(super) fn place(&self, id: &str) -> Result<usize> {
        self.places.get(id).copied().ok_or_else(|| {
            Error::integrity(format_args!("request {id:?} is not in the table of twins"))
                .hint("only what was committed to before the suspect was asked can be tested")
        })
    }
}

/// What was published, with its bytes.
pub(super) fn read_committed(path: &Path) -> Result<(Committed, Vec<u8>)> {
    let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    let committed = serde_json::from_slice(&bytes).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("give the twins.json that `hallmark twins commit` wrote")
    })?;
    Ok((committed, bytes))
}
