//! What the pages of a column unpack to, before the decoder unpacks them.
//!
//! Decoders of gzip, brotli and framed LZ4 unpack a page to its end, however large, whatever its header says. So pages of these codecs are
//! unpacked twice: first into nothing, and no further than the header says. The others write into a buffer of that size.

use std::fs::File;
use std::io::{self, Read};

use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;

/// Fails where a page of this column unpacks to more than its header says, or its header cannot be read.
pub(super) fn check(file: &File, column: &ColumnChunkMetaData) -> Result<()> {
    let unpacks: fn(&mut dyn Read) -> Box<dyn Read + '_> = match column.compression() {
        Compression::GZIP(_) => |packed| Box::new(flate2::read::MultiGzDecoder::new(packed)),
        Compression::BROTLI(_) => |packed| Box::new(brotli::Decompressor::new(packed, BUFFER)),
        Compression::LZ4 => |packed| Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
        _ => return Ok(()),
    };
    let (start, length) = column.byte_range();
    let mut bytes = file.get_read(start)?.take(length);
    while bytes.limit() > 0 {
        let page = Header::read(&mut bytes).ok_or_else(|| fault("a page's header is damaged"))?;
        let mut rest = bytes.by_ref().take(page.packed);
        // Levels stand before the packed values.
        skip(&mut rest, page.levels)?;
        if page.is_packed {
            let most = page.unpacked.saturating_sub(page.levels);
            let mut unpacked = unpacks(&mut rest).take(most + 1);
            // What the decoder cannot read it will say itself.
            let found = io::copy(&mut unpacked, &mut io::sink()).unwrap_or(0);
            if found > most {
                return Err(fault("a page unpacks to more than its header says"));
            }
        }
        let left = rest.limit();
        skip(&mut rest, left)?;
    }
    Ok(())
}

/// Bytes that brotli's decoder holds.
const BUFFER: usize = 1 << 16;

fn fault(why: &str) -> ParquetError {
    ParquetError::General(why.to_owned())
}

fn skip(bytes: &mut impl Read, count: u64) -> Result<()> {
    let skipped = io::copy(&mut bytes.take(count), &mut io::sink())?;
    match skipped == count {
        true => Ok(()),
        false => Err(ParquetError::EOF("a column ends within a page".to_owned())),
    }
}

/// What a page's header says (`PageHeader` of the format, in Thrift's compact protocol).
#[derive(Debug, PartialEq)]
struct Header {
    unpacked: u64,
    packed: u64,
    /// Bytes of levels that are never packed (`DataPageHeaderV2`).
    levels: u64,
    is_packed: bool,
}

/// The fields that are looked at.
const UNPACKED: i64 = 2;
const PACKED: i64 = 3;
const SECOND: i64 = 8;
const LEVELS: [i64; 2] = [5, 6];
const IS_PACKED: i64 = 7;

impl Header {
    fn read(bytes: &mut impl Read) -> Option<Self> {
        let mut header = Self {
            unpacked: 0,
            packed: 0,
            levels: 0,
            is_packed: true,
        };
        let mut thrift = Thrift { bytes };
        let mut field = 0;
        while let Some(kind) = thrift.field(&mut field)? {
            match field {
                UNPACKED => header.unpacked = u64::try_from(thrift.number()?).ok()?,
                PACKED => header.packed = u64::try_from(thrift.number()?).ok()?,
                SECOND if kind == STRUCT => {
                    let mut inner = 0;
                    while let Some(kind) = thrift.field(&mut inner)? {
                        match inner {
                            IS_PACKED => header.is_packed = kind == TRUE,
                            _ if LEVELS.contains(&inner) => {
                                header.levels += u64::try_from(thrift.number()?).ok()?;
                            }
                            _ => thrift.skip(kind, DEEPEST)?,
                        }
                    }
                }
                _ => thrift.skip(kind, DEEPEST)?,
            }
        }
        (header.levels <= header.packed).then_some(header)
    }
}

/// Structures within one another, at most.
const DEEPEST: u32 = 8;

/// Kinds of values in the compact protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

struct Thrift<'a, R> {
    bytes: &'a mut R,
}

impl<R: Read> Thrift<'_, R> {
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.bytes.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The kind of the next field, whose number is put into `field`; nothing behind the last.
    #[expect(clippy::option_option, reason = "an end is no fault")]
    fn field(&mut self, field: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *field = match byte >> 4 {
            0 => self.number()?,
            more => *field + i64::from(more),
        };
        Some(Some(byte & 0x0f))
    }

    fn skip(&mut self, kind: u8, deepest: u32) -> Option<()> {
        let within = deepest.checked_sub(1)?;
        match kind {
            TRUE | FALSE => {}
            BYTE => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            DOUBLE => skip(self.bytes, 8).ok()?,
            BINARY => {
                let length = self.varint()?;
                skip(self.bytes, length).ok()?;
            }
            LIST | SET => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => few.into(),
                };
                for _ in 0..count {
                    match head & 0x0f {
                        TRUE | FALSE => drop(self.byte()?),
                        kind => self.skip(kind, within)?,
                    }
                }
            }
            STRUCT => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    self.skip(kind, within)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_how_large_a_page_is() {
        // type 3, unpacked 100, packed 40, data_page_header_v2 { 5, 0, 5, 0, def 3, rep 2, packed false }.
        let bytes = [
            0x15, 0x06, 0x15, 0xc8, 0x01, 0x15, 0x50, 0x5c, 0x15, 0x0a, 0x15, 0x00, 0x15, 0x0a,
            0x15, 0x00, 0x15, 0x06, 0x15, 0x04, 0x12, 0x00, 0x00,
        ];
        let header = Header::read(&mut &bytes[..]).unwrap();
        let expected = Header {
            unpacked: 100,
            packed: 40,
            levels: 5,
            is_packed: false,
        };
        assert_eq!(header, expected);
        for end in 0..bytes.len() {
            assert_eq!(Header::read(&mut &bytes[..end]), None);
        }
    }
}
