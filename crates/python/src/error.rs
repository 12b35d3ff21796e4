//! Errors as Python sees them.

use hallmark::{Error, ErrorKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::fmt::Display;

pyo3::create_exception!(
    hallmark_lm,
    HallmarkError,
    PyValueError,
    "What went wrong, and in `place`, `hint` and `kind` where, what to do next, and of which kind it is."
);

/// An error of the library's, with its place and hint.
pub(crate) fn of(py: Python<'_>, error: &Error) -> PyErr {
    let text = match &error.hint {
        Some(hint) => format!("{error}\n  {hint}"),
        None => error.to_string(),
    };
    let raised = HallmarkError::new_err(text);
    let kind = match error.kind {
        ErrorKind::Usage => "usage",
        ErrorKind::File => "file",
        ErrorKind::Integrity => "integrity",
        ErrorKind::Outside => "outside",
        _ => "other",
    };
    let value = raised.value(py);
    let set = value
        .setattr("hint", error.hint.as_deref())
        .and_then(|()| value.setattr("place", error.place.as_deref()))
        .and_then(|()| value.setattr("kind", kind));
    match set {
        Ok(()) => raised,
        Err(error) => error,
    }
}

/// Something that cannot be meant.
pub(crate) fn usage(what: impl Display) -> PyErr {
    Python::attach(|py| of(py, &Error::usage(what)))
}

/// The same with the next step.
pub(crate) fn usage_hint(what: impl Display, hint: &str) -> PyErr {
    Python::attach(|py| of(py, &Error::usage(what).hint(hint)))
}

/// The result with its error as Python sees it.
pub(crate) fn raise<T>(py: Python<'_>, result: hallmark::Result<T>) -> PyResult<T> {
    result.map_err(|error| of(py, &error))
}
