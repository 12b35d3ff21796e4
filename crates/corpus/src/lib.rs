//! Reading what a suspect answered, what it was shown, and turning both into the marking model's tokens.
//!
//! A [`Reader`] streams [`Record`]s out of JSONL, JSON arrays, plain text and Parquet, raw or under gzip or zstd, and an
//! [`encode`](encode::encode) adaptor turns them into [`TokenRecord`]s with the [`Tokenizer`] of the mark, in parallel and in order.
//! Memory is bounded by the largest record allowed (see [`Limits`]), never by the size of the input.
//!
//! Evidence must not be edited on the way in, so this crate holds to three rules:
//! 1. **Nothing is cut, repaired or guessed.** A record that is damaged, too large or of no clear layout is a
//!    [`CorpusError`] naming file, line and reason; [`ReadOptions::skip_bad`] allows a stated number of them, counted.
//! 2. **Tokens are exact.** A `tokenizer.json` is read by the fast reader where that is proven equal to the reference
//!    implementation, else by the reference itself, and refused where not even that can be relied on ([`TokenizerError::Refused`]).
//! 3. **Exposure errs on the large side.** Every string of a record but its answer, `id` and `group` counts as shown,
//!    known field or not, by itself and joined with its neighbours, as tokens from every start that a copy may have, and
//!    by its letters alone, in whatever form it is told again:
//!    a window too many left out costs power, and a window too few costs validity.
//!
//! ```
//! use hallmark_corpus::{Piece, ReadOptions, Reader};
//!
//! let log = br#"{"prompt": "Name a colour.", "response": "Teal."}"#;
//! let mut reader = Reader::from_read("log.jsonl", &log[..], &ReadOptions::default())?;
//! let record = reader.next().expect("one record")?;
//! assert_eq!(record.source.to_string(), "log.jsonl:1");
//! assert_eq!(record.body, Piece::Text("Teal.".into()));
//! assert_eq!(record.exposure, [Piece::Text("Name a colour.".into())]);
//! assert!(record.exposure_known);
//! # Ok::<(), hallmark_corpus::CorpusError>(())
//! ```

mod answers;
mod calls;
mod earlier;
mod elsewhere;
pub mod encode;
mod error;
mod exposure;
mod facts;
mod failed;
mod fields;
mod formats;
mod forms;
mod found;
mod hashed;
mod input;
mod layouts;
mod limits;
pub mod logprobs;
mod names;
pub mod normalise;
mod options;
mod piece;
mod prepared;
mod reader;
mod record;
mod request_files;
mod requests;
mod spelled;
mod spoken;
mod standing;
mod starts;
mod stream;
mod strings;
mod talk;
pub mod tokenizer;
mod tokens;
mod tree;

pub use earlier::Earlier;
pub use encode::{Given, TokenRecord, encode};
pub use error::{Compression, CorpusError, Reason, TokenFault};
pub use facts::Facts;
pub use fields::{Field, FieldMap, FieldMapError};
pub use formats::Format;
pub use layouts::Layout;
pub use limits::{LimitKind, Limits};
pub use options::ReadOptions;
pub use piece::Piece;
pub use reader::Reader;
pub use record::{Origin, Record, Source, Turn, Turns};
pub use requests::Requests;
pub use stream::{Skipped, Stream};
pub use talk::Roles;
pub use tokenizer::{ReadBy, Tokenizer, TokenizerError};
