//! Results on stdout, in the format that was asked for.

use crate::args::{Format, OutputArgs};
use crate::failure::Outcome;
use hallmark::Error;
use hallmark::files::is_broken_pipe;
use hallmark::json::to_json;
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

    /// Prints a line of JSON, at once.
    pub(crate) fn line(&self, item: &impl Serialize) -> Outcome<()> {
        let mut text = to_json(item, false)?;
        text.push('\n');
        print(&text)
    }

    /// A note to the person, on stderr.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

/// Writes text to stdout; a reader that had enough is no failure.
pub(crate) fn print(text: &str) -> Outcome<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if !is_broken_pipe(&error) => {
            Err(Error::io("write to", Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}
