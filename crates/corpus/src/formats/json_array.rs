//! A JSON file: the elements of one array, or objects one after another, found without reading the whole.

use std::sync::Arc;

use crate::error::{CorpusError, Reason};
use crate::formats::records::{RecordKind, Records, Several};
use crate::input::Input;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::Source;

/// The records of a JSON file.
pub(crate) struct Elements {
    input: Input,
    options: Arc<ReadOptions>,
    element: Vec<u8>,
    now: u64,
    /// The line on which the last record starts.
    line: u64,
    place: Place,
}

/// What may come next, outside of any element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The array or the first object.
    Start,
    /// An element or `]`.
    FirstInArray,
    /// An element.
    InArray,
    /// A comma or `]`.
    BehindElement,
    /// An object, or the end: there is no array.
    Bare,
    /// Nothing but white space.
    BehindArray,
}

impl Elements {
    pub(crate) fn new(input: Input, options: Arc<ReadOptions>) -> Self {
        Self {
            input,
            options,
            element: Vec::new(),
            now: 1,
            line: 1,
            place: Place::Start,
        }
    }

    /// Goes to the next element and returns its first byte, unread; `None` at the end.
    fn seek(&mut self) -> Result<Option<u8>, Reason> {
        loop {
            // Where files were joined.
            let mark = "\u{feff}".as_bytes();
            let is_between = matches!(self.place, Place::Start | Place::Bare | Place::BehindArray);
            if is_between && self.input.fill()?.starts_with(mark) {
                self.input.consume(mark.len());
                continue;
            }
            let Some(&byte) = self.input.fill()?.first() else {
                return match self.place {
                    Place::Start | Place::Bare | Place::BehindArray => Ok(None),
                    _ => Err(Reason::Structure("the array is not closed")),
                };
            };
            self.place = match (byte, self.place) {
                (b'\n', place) => {
                    self.now += 1;
                    place
                }
                (b' ' | b'\t' | b'\r', place) => place,
                (b'[', Place::Start) => Place::FirstInArray,
                (b']', Place::FirstInArray | Place::BehindElement) => Place::BehindArray,
                (b',', Place::BehindElement) => Place::InArray,
                (b',' | b']', Place::FirstInArray | Place::InArray) => {
                    return Err(Reason::Structure(
                        "a comma or bracket stands where a record should",
                    ));
                }
                (_, Place::BehindElement) => {
                    return Err(Reason::Structure("a comma is missing between two records"));
                }
                (_, Place::BehindArray) => {
                    return Err(Reason::Structure("something follows the array"));
                }
                (b'{', Place::Start | Place::Bare) => {
                    self.place = Place::Bare;
                    return Ok(Some(byte));
                }
                (_, Place::Start | Place::Bare) => {
                    return Err(Reason::Structure(
                        "neither an array nor an object stands here",
                    ));
                }
                (_, Place::FirstInArray | Place::InArray) => {
                    self.place = Place::BehindElement;
                    return Ok(Some(byte));
                }
            };
            self.input.consume(1);
        }
    }

    /// Reads the element that starts here into `self.element`; whether it fits. One beyond the limit is read to its
    /// end but not kept.
    fn read(&mut self, first: u8) -> Result<bool, Reason> {
        self.element.clear();
        let limit = self.options.limits.max_record_bytes;
        let mut scan = Scan::new(first);
        let mut length = 0u64;
        loop {
            let available = self.input.fill()?;
            if available.is_empty() {
                return if scan.may_end() {
                    Ok(length <= limit)
                } else {
                    Err(Reason::Structure("the last record is not closed"))
                };
            }
            let end = scan.run(available);
            let part = &available[..end.unwrap_or(available.len())];
            length += part.len() as u64;
            if length <= limit {
                self.element.extend_from_slice(part);
            }
            self.now += memchr::memchr_iter(b'\n', part).count() as u64;
            let used = part.len();
            self.input.consume(used);
            if end.is_some() {
                return Ok(length <= limit);
            }
        }
    }
}

impl<K: RecordKind> Records<K> for Elements {
    fn next_records(&mut self) -> Option<Result<Several<K>, CorpusError>> {
        let sought = self.seek();
        let start = self.now;
        self.line = start;
        let read = match sought {
            Ok(Some(first)) => self.read(first),
            Ok(None) => return None,
            Err(reason) => Err(reason),
        };
        let record = read.and_then(|fits| {
            if !fits {
                let value = self.options.limits.max_record_bytes;
                return Err(Reason::OverLimit {
                    limit: LimitKind::RecordBytes,
                    value,
                });
            }
            let source = Source::new(Arc::clone(&self.input.file), start);
            K::from_json(&self.element, source, &self.options)
        });
        Some(record.map_err(|reason| CorpusError::new(&self.input.file, Some(start), reason)))
    }

    fn line(&self) -> u64 {
        self.line
    }
}

/// Finds the end of one JSON value by counting brackets outside of strings. Whether it is valid is the parser's matter.
struct Scan {
    kind: Kind,
    depth: u64,
    in_string: bool,
    escaped: bool,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Nested,
    String,
    /// A number, a literal, or junk: ends before white space, a comma or a bracket.
    Word,
}

impl Scan {
    fn new(first: u8) -> Self {
        let kind = match first {
            b'{' | b'[' => Kind::Nested,
            b'"' => Kind::String,
            _ => Kind::Word,
        };
        Self {
            kind,
            depth: 0,
            in_string: false,
            escaped: false,
        }
    }

    /// Takes bytes; where the value ends within them, the position behind it.
    fn run(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.kind == Kind::Word {
            return bytes
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b",[]{}".contains(byte));
        }
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.escaped {
                self.escaped = false;
            } else if self.in_string {
                // Most of a record is within strings, so this search sets the speed.
                at += memchr::memchr2(b'"', b'\\', &bytes[at..])?;
                self.escaped = bytes[at] == b'\\';
                self.in_string = self.escaped;
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
            }
            at += 1;
            if self.depth == 0 && !self.in_string {
                return Some(at);
            }
        }
        None
    }

    fn may_end(&self) -> bool {
        self.kind == Kind::Word
    }
}
