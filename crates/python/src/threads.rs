//! The threads that calls share.

use crate::error::usage;
use hallmark_detector::threads;
use pyo3::prelude::*;

/// Says how many threads share a step's rows and an examination; 0 is one for each processor that the process may use.
#[pyfunction]
pub(crate) fn set_threads(count: usize) {
    threads::set(count);
}

/// Does something on them, without the interpreter's lock.
pub(crate) fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| match threads::pool() {
        Ok(Some(pool)) => Ok(pool.install(work)),
        Ok(None) => Ok(work()),
        Err(error) => Err(usage(error)),
    })
}
