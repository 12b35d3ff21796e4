//! What was asked, where answers stand in one file and their requests in another, as batch services give them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{CorpusError, Reason};
use crate::exposure::Said;
use crate::formats::Format;
use crate::formats::json_array::Elements;
use crate::formats::json_object;
use crate::formats::jsonl::Lines;
use crate::formats::records::{Opened, RecordKind, Records};
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::Source;
use crate::stream::Stream;

/// The requests of one or more files, by the id that their answers have too. All of them are held in memory.
///
/// A request is a JSON object with an `id`, at the place where the answers have theirs. Whatever strings it has beside that were shown.
/// Each answer takes the request of its id, and no two answers take one.
#[derive(Default)]
pub struct Requests {
    by_id: HashMap<String, Asked>,
}

struct Asked {
    strings: Vec<Vec<Said>>,
    is_answered: AtomicBool,
}

impl Requests {
    /// Reads files of requests. Of `options`, the place of `id` and the limits count.
    ///
    /// # Errors
    /// Where a file cannot be read, a request has no id, or two have one.
    pub fn read<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let options = ReadOptions {
            fields: options.fields.only_id(),
            limits: options.limits.clone(),
            ..ReadOptions::default()
        };
        let mut by_id = HashMap::new();
        for request in Stream::<Request>::open_all(paths, &options)? {
            let Request {
                source,
                id,
                strings,
            } = request?;
            let fail = |reason| CorpusError::new(&source.file, Some(source.line), reason);
            let Some(id) = id else {
                let field = options.fields.path(crate::Field::Id);
                return Err(fail(Reason::NoId { field }));
            };
            match by_id.entry(id) {
                Entry::Vacant(place) => {
                    place.insert(Asked {
                        strings,
                        is_answered: AtomicBool::new(false),
                    });
                }
                Entry::Occupied(other) => {
                    let id = other.key().clone();
                    return Err(fail(Reason::RequestedTwice { id }));
                }
            }
        }
        Ok(Self { by_id })
    }

    /// The strings of the request that an answer is to.
    pub(crate) fn of(&self, id: &str) -> Result<&[Vec<Said>], Reason> {
        let id_ = || id.to_owned();
        let asked = self
            .by_id
            .get(id)
            .ok_or_else(|| Reason::NoRequest { id: id_() })?;
        match asked.is_answered.swap(true, Ordering::Relaxed) {
            false => Ok(&asked.strings),
            true => Err(Reason::AnsweredTwice { id: id_() }),
        }
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("requests", &self.by_id.len())
            .finish_non_exhaustive()
    }
}

/// One request.
pub(crate) struct Request {
    pub(crate) source: Source,
    pub(crate) id: Option<String>,
    /// Its strings, field by field.
    pub(crate) strings: Vec<Vec<Said>>,
}

impl RecordKind for Request {
    const SKIPPED_IF_BAD: bool = false;

    fn open(input: Input, options: Arc<ReadOptions>) -> Result<Opened<Self>, Reason> {
        let format = Format::detect(&input.file, &input.start);
        let records: Box<dyn Records<Self>> = match format {
            Format::Json => Box::new(Elements::new(input, options)),
            Format::Jsonl => Box::new(Lines::new(input, options)),
            Format::Text | Format::Parquet => return Err(Reason::NotRequests),
        };
        Ok((format, records))
    }

    fn from_json(json: &[u8], source: Source, options: &ReadOptions) -> Result<Self, Reason> {
        let found = json_object::found(json, options)?;
        let (id, strings) = found.into_said();
        Ok(Self {
            source,
            id,
            strings,
        })
    }
}
