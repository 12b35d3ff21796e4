//! The table of twins: a line of JSON for each pair, in the order of the requests.

use super::format::{Committed, CommittedTable, Pair};
use super::given;
use super::lines::lines;
use hallmark::json::to_json;
use hallmark::{Error, Result};
use hallmark_verify::digest::sha256;
use std::collections::HashSet;
use std::path::Path;

/// A file of twins as a table, with what is published of it.
pub(super) fn table(
    twins: &Path,
    requests: Option<&Path>,
    draw: &super::draw::Draw<'_>,
    seed_sha256: String,
) -> Result<(String, CommittedTable)> {
    let made = given::read(twins, draw)?;
    if made.pairs.is_empty() {
        return Err(Error::usage(format_args!("{} has no twins", twins.display()))
            .hint("give a line of JSON for each request that `twins draw` names: id, a, b, and where there are any account, conversation and prompt"));
    }
    let mut text = String::new();
    for pair in &made.pairs {
        text += &to_json(pair, false)?;
        text.push('\n');
    }
    let accounts: HashSet<&Option<String>> = made.pairs.iter().map(|pair| &pair.account).collect();
    let mut all = None;
    let mut without = None;
    if let Some(path) = requests {
        let mut ids = HashSet::new();
        lines(path, |line, _| {
            ids.insert(line.to_owned());
            Ok(())
        })?;
        if let Some(id) = made.ids.iter().find(|id| !ids.contains(*id)) {
            return Err(Error::integrity(format_args!(
                "request {id:?} has twins and is not among all requests of {}",
                path.display()
            ))
            .hint("list the id of every request that the draw was asked about"));
        }
        let drawn = ids.iter().filter(|id| draw.sent(id).is_some());
        without = Some(drawn.filter(|id| !made.ids.contains(*id)).count() as u64);
        all = Some(ids.len() as u64);
    }
    let committed = CommittedTable {
        seed_sha256,
        sha256: sha256(text.as_bytes()),
        pairs: made.pairs.len() as u64,
        accounts: accounts.len() as u64,
        later_in_conversation: made.later_in_conversation,
        requests: all,
        without_twins: without,
    };
    Ok((text, committed))
}

/// Reads the table of a folder and checks it against what was published.
pub(super) fn read(path: &Path, committed: &Committed) -> Result<(Vec<Pair>, CommittedTable)> {
    let Some(published) = &committed.table else {
        return Err(Error::usage("only the seed was committed to, and no table of twins")
            .hint("commit to the twins with `twins commit --twins FILE` before the suspect is asked, and give that folder"));
    };
    let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    if sha256(&bytes) != published.sha256 {
        return Err(
            Error::integrity("it is not the table that was committed to")
                .at(path.display())
                .hint("restore the file that `twins commit` wrote; a changed table proves nothing"),
        );
    }
    let text =
        str::from_utf8(&bytes).map_err(|error| Error::integrity(error).at(path.display()))?;
    let mut pairs = vec![];
    for (line, number) in text.lines().zip(1..) {
        let pair: Pair = serde_json::from_str(line)
            .map_err(|error| Error::integrity(error).at(super::lines::place(path, number)))?;
        pairs.push(pair);
    }
    if pairs.len() as u64 != published.pairs {
        return Err(Error::integrity(format_args!(
            "the table has {} pairs, and {} were committed to",
            pairs.len(),
            published.pairs
        ))
        .at(path.display()));
    }
    Ok((pairs, published.clone()))
}
