//! Comma-, semicolon- and tab-separated values. The first line names columns, by the path of a field with its dots.

use super::batch::{Batch, How, Keyed};
use super::layout::{Layout, Path as Place};
use super::row::{Bad, Found};
use csv::{ByteRecord, ReaderBuilder};
use hallmark::{Error, Result};
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Records of a batch.
const ROWS: usize = 1 << 15;

pub(crate) fn read(
    path: &Path,
    bytes: Box<dyn Read + Send>,
    how: How<'_>,
    take: &mut dyn FnMut(Keyed) -> Result<()>,
) -> Result<()> {
    let mut bytes = BufReader::with_capacity(1 << 20, OfLines { bytes, since: 0 });
    let failed = |error: std::io::Error| Error::io("read", path, &error);
    let first = bytes.fill_buf().map_err(failed)?;
    let first = first
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |sign: u8| first.iter().filter(|&&byte| byte == sign).count();
    // Between a carriage return and its line feed the reader is on the line before.
    let is_behind = u64::from(first.ends_with(b"\r"));
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|&sign| (count(sign), u8::MAX - sign));
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(bytes);
    let wrong = |line: u64, error: &csv::Error| {
        Error::usage(error).at(format_args!("{}:{line}", path.display()))
    };
    let names: Vec<String> = reader
        .headers()
        .map_err(|error| wrong(1, &error))?
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|own| own[0] == own[1]) {
        // What it is called may be what nobody may read: the table may have no line of names.
        return Err(Error::usage("two columns have one name")
            .at(format_args!("{}:1", path.display()))
            .hint("the first line names columns, each once"));
    }
    let columns = Columns::new(&names, how.layout);
    let mut row = ByteRecord::new();
    let mut batch = Batch::default();
    let mut rows = 0;
    loop {
        let line = reader.position().line() + is_behind;
        match reader.read_byte_record(&mut row) {
            Ok(false) => return take(batch.keyed(how)),
            Ok(true) => match columns.found(&row, how.layout.places.len()) {
                Some(found) => batch.take(line, &found, how),
                None => batch.bad.push((line, Bad::Malformed)),
            },
            Err(error) if matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }) => {
                batch.bad.push((line, Bad::Malformed));
            }
            Err(error) => return Err(wrong(line, &error)),
        }
        rows += 1;
        if rows % ROWS == 0 {
            take(std::mem::take(&mut batch).keyed(how))?;
        }
    }
}

/// The longest line.
const MAX_LINE: usize = 64 << 20;

/// Bytes of lines none of which is too long: what has no line end would be held whole.
struct OfLines {
    bytes: Box<dyn Read + Send>,
    since: usize,
}

impl Read for OfLines {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.since = match memchr::memrchr2(b'\n', b'\r', &buffer[..length]) {
            Some(last) => length - last,
            None => self.since + length,
        };
        if self.since > MAX_LINE {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "a line has more than 64 MiB",
            ));
        }
        Ok(length)
    }
}

/// Which column has which place of a layout, and which are attributes by their name.
pub(crate) struct Columns {
    pub(crate) places: Vec<(usize, usize)>,
    pub(crate) own: Vec<(usize, String)>,
}

impl Columns {
    pub(crate) fn new(names: &[String], layout: &Layout) -> Self {
        let mut columns = Self {
            places: vec![],
            own: vec![],
        };
        for (column, name) in names.iter().enumerate() {
            // In a table of our own names are read as people write them.
            let is_it = |path: &Place| match layout.is_own {
                true => path.join(".").eq_ignore_ascii_case(name),
                false => path.join(".") == *name,
            };
            let mut places = layout.places.iter();
            match places.position(|(_, path)| is_it(path)) {
                Some(place) => columns.places.push((column, place)),
                None => {
                    let kind = name.strip_prefix("attr.").filter(|_| layout.is_own);
                    columns
                        .own
                        .extend(kind.map(|kind| (column, kind.to_owned())));
                }
            }
        }
        columns
    }

    fn found<'a>(&'a self, row: &'a ByteRecord, places: usize) -> Option<Found<'a>> {
        let text = |column: usize| -> Option<&str> {
            std::str::from_utf8(row.get(column).unwrap_or_default())
                .ok()
                .map(str::trim)
        };
        let mut found = Found {
            places: vec![None; places],
            ..Found::default()
        };
        for &(column, place) in &self.places {
            found.places[place].get_or_insert(Cow::Borrowed(text(column)?));
        }
        for (column, kind) in &self.own {
            found
                .own
                .push((kind.as_str().into(), text(*column)?.into()));
        }
        Some(found)
    }
}
