//! Answers out of files.

use std::sync::Arc;

use crate::error::Reason;
use crate::facts::Facts;
use crate::formats::json_array::Elements;
use crate::formats::json_object;
use crate::formats::jsonl::Lines;
#[cfg(feature = "parquet")]
use crate::formats::parquet;
use crate::formats::records::{Opened, RecordKind, Records, Several};
use crate::formats::table::Table;
use crate::formats::text::Text;
use crate::formats::{self, Format};
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::{Record, Source};
use crate::stream::Stream;

/// The answers of one or more inputs. As many bad ones as [`ReadOptions::skip_bad`] allows are skipped, and counted.
pub type Reader = Stream<Record>;

impl RecordKind for Record {
    const SKIPPED_IF_BAD: bool = true;

    fn open(input: Input, options: Arc<ReadOptions>) -> Result<Opened<Self>, Reason> {
        let format = match options.format {
            Some(format) => format,
            None => Format::detect(&input.file, &input.start),
        };
        if formats::is_event_stream(&input.start) && format != Format::Parquet {
            return Err(Reason::Disguised(formats::EVENTS));
        }
        if options.format.is_none()
            && format == Format::Text
            && let Some(disguise) = formats::disguise(&input.start)
        {
            return Err(Reason::Disguised(disguise));
        }
        let records: Box<dyn Records<Self>> = match format {
            Format::Jsonl => Box::new(Lines::new(input, options)),
            Format::Json => Box::new(Elements::new(input, options)),
            Format::Text => Box::new(Text::new(input, options)),
            Format::Csv => Box::new(Table::new(input, b',', options)),
            Format::Tsv => Box::new(Table::new(input, b'\t', options)),
            #[cfg(feature = "parquet")]
            Format::Parquet => {
                let file = input.whole_file()?;
                parquet::open(input.file, file, options)?
            }
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(Reason::ParquetNotBuilt),
        };
        Ok((format, records))
    }

    fn prepared(self, options: &ReadOptions, facts: &mut Facts) -> Self {
        facts.prepare(self, options)
    }

    fn from_json(
        json: &[u8],
        source: Source,
        options: &ReadOptions,
    ) -> Result<Several<Self>, Reason> {
        json_object::records(json, &source, options)
    }
}
