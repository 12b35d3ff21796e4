//! Errors as a person sees them on a terminal.

use hallmark::text::plain;
use hallmark::{Error, Exit};

/// The result of a verb.
pub(crate) type Outcome<T = Exit> = Result<T, Error>;

/// Prints an error to stderr.
pub(crate) fn report(error: &Error) {
    eprintln!("error: {}", plain(&error.to_string()));
    if let Some(hint) = &error.hint {
        eprintln!("hint: {}", plain(hint));
    }
}
