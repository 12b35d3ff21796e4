//! Results on stdout, in the format that was asked for.

use crate::args::{Format, OutputArgs};
use crate::failure::{Failure, Outcome, is_broken_pipe};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// How and what to print.
pub(crate) struct Output {
    /// How results are printed.
    pub(crate) format: Format,
    /// Nothing but the result.
    pub(crate) quiet: bool,
}

impl Output {
    pub(crate) fn new(args: &OutputArgs) -> Self {
        Self {
            format: args.format,
            quiet: args.quiet,
        }
    }

    /// Prints a result: `human` for a person, `document` as JSON, and in the JSON lines format
    /// each of `items` before it.
    pub(crate) fn result(
        &self,
        human: impl FnOnce() -> String,
        document: &impl Serialize,
        items: &[impl Serialize],
    ) -> Outcome<()> {
        let mut text = String::new();
        match self.format {
            Format::Human => text = human(),
            Format::Json => {
                text = to_json(document, true)?;
                text.push('\n');
            }
            Format::Jsonl => {
                for item in items {
                    text.push_str(&to_json(item, false)?);
                    text.push('\n');
                }
                text.push_str(&to_json(document, false)?);
                text.push('\n');
            }
        }
        print(&text)
    }

    /// A note to the person, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl Serialize, pretty: bool) -> Outcome<String> {
    let json = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    json.map_err(|error| Failure::usage(format_args!("cannot write the result as JSON: {error}")))
}

/// Writes text to stdout; a reader that had enough is no failure.
pub(crate) fn print(text: &str) -> Outcome<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if !is_broken_pipe(&error) => {
            Err(Failure::io("write to", Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}

/// A path for people and JSON: `stdout` for `-`, control characters escaped.
pub(crate) fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "stdout".to_owned()
    } else {
        plain(&path.to_string_lossy())
    }
}

/// Text that cannot move the cursor or break a line.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_default());
            let kept = (!c.is_control()).then_some(c);
            escaped.into_iter().flatten().chain(kept)
        })
        .collect()
}
