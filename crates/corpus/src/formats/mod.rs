//! The formats of inputs: which one an input has, and a reader of each.

pub(crate) mod json_array;
pub(crate) mod json_fields;
pub(crate) mod json_object;
pub(crate) mod jsonl;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
mod quotes;
pub(crate) mod records;
pub(crate) mod table;
pub(crate) mod text;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// The formats that are read.
///
/// Unless it is given, the format follows from the content where that is certain (Parquet's magic bytes), else from the
/// extension (`.jsonl`, `.ndjson`, `.json`, `.txt`, `.text`, `.md`, `.parquet`, `.csv`, `.tsv`, `.tab`, before a `.gz` or `.zst`), else from the
/// first character: `{` JSON lines, `[` a JSON array, anything else text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line; blank lines are passed over.
    Jsonl,
    /// One array of objects, or objects one after another, with white space anywhere.
    Json,
    /// The whole file is one document, byte for byte; line ends are kept as they are.
    Text,
    /// Parquet: columns are fields, rows are records.
    Parquet,
    /// Comma-separated values, or semicolons between them: the first line names the fields, rows are records.
    Csv,
    /// The same with tabs.
    Tsv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Jsonl,
        Self::Json,
        Self::Text,
        Self::Parquet,
        Self::Csv,
        Self::Tsv,
    ];

    /// The name in flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Text => "text",
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
        }
    }

    /// The format of an input with this name that starts with these (uncompressed) bytes.
    pub(crate) fn detect(name: &str, start: &[u8]) -> Self {
        if start.starts_with(PARQUET_MAGIC) {
            return Self::Parquet;
        }
        by_extension(name).unwrap_or_else(|| match start.trim_ascii_start().first() {
            Some(b'{') => Self::Jsonl,
            Some(b'[') => Self::Json,
            _ => Self::Text,
        })
    }
}

pub(crate) const PARQUET_MAGIC: &[u8] = b"PAR1";

/// What an input that would be read as one text seems to be instead. Read as one document, records would lose what was
/// shown for each of them, and prompts would count as the suspect's own words.
pub(crate) fn disguise(start: &[u8]) -> Option<&'static str> {
    match start.trim_ascii_start() {
        [b'{', rest @ ..] if rest.trim_ascii_start().starts_with(b"\"") => Some("JSON lines"),
        [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{") => Some("a JSON array"),
        rest if is_event_stream(rest) => Some(EVENTS),
        _ => None,
    }
}

/// Whether it is what a service sends, line by line.
pub(crate) fn is_event_stream(start: &[u8]) -> bool {
    let line = start.trim_ascii_start();
    let begins = |word: &[u8]| line.starts_with(word);
    begins(b"event: ") || begins(b"data: {") || begins(b"data: [") || begins(b"data:{")
}

/// What such a stream is called.
pub(crate) const EVENTS: &str = "the events of a stream";

fn by_extension(name: &str) -> Option<Format> {
    match extension(name)?.as_str() {
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        "json" => Some(Format::Json),
        "txt" | "text" | "md" => Some(Format::Text),
        "parquet" => Some(Format::Parquet),
        "csv" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        _ => None,
    }
}

/// The extension in lower case, before one that says how the input is compressed.
fn extension(name: &str) -> Option<String> {
    let extension = |name: &Path| name.extension()?.to_str().map(str::to_ascii_lowercase);
    let mut path = Path::new(name).to_path_buf();
    if let Some("gz" | "gzip" | "zst" | "zstd") = extension(&path).as_deref() {
        path.set_extension("");
    }
    extension(&path)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| format!("there is no input format `{name}`; known are {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_beats_extension_beats_first_character() {
        let cases: [(&str, &[u8], Format); 10] = [
            ("a.jsonl", b"PAR1", Format::Parquet),
            ("a.jsonl", b"[", Format::Jsonl),
            ("a.json", b"{", Format::Json),
            ("a.JSONL.GZ", b"x", Format::Jsonl),
            ("a.txt.zst", b"{", Format::Text),
            ("dir.txt/a", b" \n{", Format::Jsonl),
            ("-", b"[1]", Format::Json),
            ("-", b"Once upon a time", Format::Text),
            ("a.log", b"", Format::Text),
            ("a.parquet", b"nonsense", Format::Parquet),
        ];
        for (name, start, format) in cases {
            assert_eq!(Format::detect(name, start), format, "{name}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!(
            "xml"
                .parse::<Format>()
                .unwrap_err()
                .contains("jsonl, json, text, parquet, csv, tsv")
        );
    }
}
