//! JSON lines, many at a time.

use super::batch::{Batch, How, Keyed};
use super::json::Tree;
use super::layout::Layout;
use super::nested;
use super::row::{Bad, Found};
use hallmark::{Error, Result};
use rayon::prelude::*;
use std::io::Read;
use std::path::Path;

/// Bytes that are read at once.
const BLOCK: usize = 32 << 20;

/// The longest line.
const MAX_LINE: usize = 64 << 20;

/// Parts of a block, each read by one thread.
const PARTS: usize = 16;

pub(crate) fn read(
    path: &Path,
    mut bytes: Box<dyn Read + Send>,
    how: How<'_>,
    take: &mut dyn FnMut(Keyed) -> Result<()>,
) -> Result<()> {
    let tree = Tree::new(how.layout);
    let mut block: Vec<u8> = Vec::with_capacity(BLOCK);
    let mut line = 1;
    loop {
        let more = bytes
            .by_ref()
            .take(BLOCK as u64)
            .read_to_end(&mut block)
            .map_err(|error| Error::io("read", path, &error))?;
        let end = match block.iter().rposition(|&byte| byte == b'\n') {
            _ if more == 0 => block.len(),
            Some(last) => last + 1,
            None if block.len() > MAX_LINE => {
                return Err(Error::usage("a line has more than 64 MiB")
                    .at(format_args!("{}:{line}", path.display())));
            }
            None => continue,
        };
        for batch in parsed(&block[..end], &mut line, &tree, how) {
            take(batch)?;
        }
        block.drain(..end);
        if more == 0 {
            return Ok(());
        }
    }
}

/// Parts of whole lines, each read by itself. `line` is the number of the first, and then of the one behind the last.
fn parsed(bytes: &[u8], line: &mut u64, tree: &Tree, how: How<'_>) -> Vec<Keyed> {
    let mut parts = vec![];
    let mut rest = bytes;
    while !rest.is_empty() {
        let wanted = rest.len().min(BLOCK / PARTS);
        let end = rest[wanted..].iter().position(|&byte| byte == b'\n');
        let (part, behind) = rest.split_at(end.map_or(rest.len(), |end| wanted + end + 1));
        parts.push((part, *line));
        *line += part.iter().filter(|&&byte| byte == b'\n').count() as u64;
        rest = behind;
    }
    let read = |(part, first): (&[u8], u64)| {
        let mut batch = Batch::default();
        for (text, number) in part.split(|&byte| byte == b'\n').zip(first..) {
            if text.trim_ascii().is_empty() {
                continue;
            }
            if let Some(records) = in_lists(text, how.layout) {
                records
                    .iter()
                    .for_each(|found| batch.take(number, found, how));
                continue;
            }
            match tree.read(text, how.layout.places.len()) {
                Some(found) => batch.take(number, &found, how),
                None => batch.bad.push((number, Bad::Malformed)),
            }
        }
        batch.keyed(how)
    };
    parts.into_par_iter().map(read).collect()
}

/// The records in a line that holds many, where the layout knows of such.
fn in_lists(line: &[u8], layout: &Layout) -> Option<Vec<Found<'static>>> {
    let named = |name: &&str| memchr::memmem::find(line, name.as_bytes()).is_some();
    if !layout.lists.iter().copied().flatten().any(named) {
        return None;
    }
    nested::records(&serde_json::from_slice(line).ok()?, layout)
}
