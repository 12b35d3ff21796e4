//! A serving file without its keys.

use crate::error::raise;
use hallmark_serve::Config;
use pyo3::prelude::*;
use std::path::PathBuf;

/// A serving file without its profile and keys, for a process that admits requests and must hold no secret.
#[pyclass(frozen, module = "hallmark_lm")]
pub(crate) struct Policies {
    config: Config,
}

#[pymethods]
impl Policies {
    /// Reads a serving file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let config = raise(py, Config::load(&path))?;
        Ok(Self { config })
    }

    #[getter]
    fn cohorts(&self) -> Vec<String> {
        self.config.cohorts.keys().cloned().collect()
    }

    #[getter]
    fn default(&self) -> Option<&str> {
        self.config.default.as_deref()
    }

    #[getter]
    fn fail_closed(&self) -> bool {
        self.config.fail_closed
    }

    #[getter]
    fn has_ledger(&self) -> bool {
        self.config.ledger.is_some()
    }
}
