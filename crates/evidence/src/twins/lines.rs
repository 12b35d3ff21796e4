//! Files of JSON lines, a record each.

use hallmark::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 << 20;

/// Calls `each` with every record and its line, from 1. Empty lines are none.
pub(super) fn records<T: DeserializeOwned>(
    path: &Path,
    mut each: impl FnMut(T, usize) -> Result<()>,
) -> Result<()> {
    lines(path, |line, number| {
        // The message may hold what stands in the line, which may be an answer.
        let record = serde_json::from_str(line).map_err(|error| {
            let what = match error.classify() {
                Category::Data => "the record does not have the fields that are asked for, or one is of another kind",
                _ => "the line is no JSON (NaN and Infinity are none: give null for both twins)",
            };
            Error::usage(format_args!("{what}, at column {}", error.column()))
                .at(place(path, number))
                .hint("`hallmark twins test --help` and docs/tests/twins.md say what each file holds")
        })?;
        each(record, number)
    })
}

/// Calls `each` with every line that is not empty and its number, from 1.
pub(super) fn lines(path: &Path, mut each: impl FnMut(&str, usize) -> Result<()>) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("read", path, &error);
    let source: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(std::io::stdin()),
        false => Box::new(File::open(path).map_err(failed)?),
    };
    let mut source = BufReader::new(source);
    let mut line = vec![];
    for number in 1.. {
        line.clear();
        let read = (&mut source).take(MAX_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(failed)?;
        if read == 0 {
            break;
        }
        let wrong = |what| Error::usage(what).at(place(path, number));
        if read as u64 == MAX_LINE {
            return Err(wrong("the line is longer than 64 MiB").hint("write one record a line"));
        }
        let text = str::from_utf8(&line).map_err(|_| wrong("the line is no UTF-8"))?;
        let text = text.trim();
        if !text.is_empty() {
            each(text, number)?;
        }
    }
    Ok(())
}

/// A place in a file.
pub(super) fn place(path: &Path, line: usize) -> String {
    format!("{}:{line}", path.display())
}
