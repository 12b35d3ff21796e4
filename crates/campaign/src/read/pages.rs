//! Pages of usage reports: JSON documents one after another, each over any number of lines.

use super::batch::{Batch, How, Keyed};
use super::nested;
use super::row::Bad;
use hallmark::{Error, Result};
use serde_json::{Deserializer, Value};
use std::io::{BufReader, Read};
use std::path::Path;

/// The largest document.
const MAX_PAGE: u64 = 1 << 30;

/// Records are numbered by the page they stand on.
pub(crate) fn read(
    path: &Path,
    bytes: Box<dyn Read + Send>,
    how: How<'_>,
    take: &mut dyn FnMut(Keyed) -> Result<()>,
) -> Result<()> {
    let mut bytes = BufReader::new(bytes);
    for page in 1.. {
        let mut limited = bytes.by_ref().take(MAX_PAGE);
        let document = Deserializer::from_reader(&mut limited)
            .into_iter::<Value>()
            .next();
        let is_cut = limited.limit() == 0;
        let document = match document {
            None => return Ok(()),
            Some(Ok(document)) => document,
            Some(Err(error)) if error.is_io() => {
                return Err(Error::io("read", path, &error.into()));
            }
            Some(Err(_)) => {
                let what = match is_cut {
                    true => "is a page of more than 1 GiB",
                    false => "is no JSON, or ends within a page",
                };
                return Err(Error::usage(what)
                    .at(format_args!("{}:{page}", path.display()))
                    .hint("give the pages as the service answered them, one after another"));
            }
        };
        let mut batch = Batch::default();
        match nested::records(&document, how.layout) {
            Some(records) => records
                .iter()
                .for_each(|found| batch.take(page, found, how)),
            None => batch.bad.push((page, Bad::Malformed)),
        }
        take(batch.keyed(how))?;
    }
    Ok(())
}
