//! Which format a file has, told by its name and its first bytes.

use flate2::read::MultiGzDecoder;
use hallmark::{Error, Result};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// A file of one format.
pub(crate) enum Opened {
    Parquet(File),
    Csv(Box<dyn Read + Send>),
    Lines(Box<dyn Read + Send>),
}

impl Opened {
    /// Opens a file, `-` being stdin. gzip and zstd are taken away.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| Error::io("read", path, &error);
        let (file, bytes): (Option<File>, Box<dyn Read + Send>) = match path == Path::new("-") {
            true => (None, Box::new(io::stdin())),
            false => {
                let file = File::open(path).map_err(|error| Error::io("open", path, &error))?;
                let again = file.try_clone().map_err(failed)?;
                let is_file = file.metadata().map_err(failed)?.is_file();
                (is_file.then_some(again), Box::new(file))
            }
        };
        let (magic, bytes) = start(bytes).map_err(failed)?;
        let plain = match magic[..] {
            [b'P', b'A', b'R', b'1', ..] => {
                let Some(mut file) = file else {
                    return Err(Error::usage("Parquet is read from files, and from no pipe")
                        .at(path.display())
                        .hint("write it to a file first"));
                };
                file.seek(SeekFrom::Start(0)).map_err(failed)?;
                return Ok(Self::Parquet(file));
            }
            [0x1f, 0x8b, ..] => start(Box::new(MultiGzDecoder::new(BufReader::new(bytes)))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                zstd::stream::read::Decoder::new(bytes).and_then(|bytes| start(Box::new(bytes)))
            }
            _ => Ok((magic, bytes)),
        };
        let (first, bytes) = plain.map_err(failed)?;
        // A table's name may say so; JSON begins with a brace, or a bracket where it is a list.
        let named = path.to_string_lossy();
        let is_table = [".csv", ".csv.gz", ".csv.zst", ".tsv"]
            .iter()
            .any(|end| named.ends_with(end));
        let first = first.trim_ascii_start().first().copied();
        Ok(
            match is_table || first.is_some_and(|first| !b"{[".contains(&first)) {
                true => Self::Csv(bytes),
                false => Self::Lines(bytes),
            },
        )
    }
}

/// The first bytes, without a byte order mark, put back.
fn start(mut read: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut first = vec![0; 512];
    let length = read_up_to(&mut read, &mut first)?;
    first.truncate(length);
    if first.starts_with("\u{feff}".as_bytes()) {
        first.drain(..3);
    }
    Ok((first.clone(), Box::new(Cursor::new(first).chain(read))))
}

fn read_up_to(read: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match read.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
