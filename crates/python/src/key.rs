//! Keys. Neither `repr` nor errors show more than the public id.

use crate::error::{raise, usage, usage_hint};
use hallmark::files;
use hallmark_core::keys::{KeyFile, RootKey};
use pyo3::prelude::*;
use std::path::PathBuf;

/// A secret key: a root's (its default cohort marks), a cohort's, or another engine's.
#[pyclass(frozen, module = "hallmark_lm", from_py_object)]
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) file: KeyFile,
    /// Where it came from, as results name it.
    pub(crate) name: String,
}

#[pymethods]
impl Key {
    /// Reads a key file, which none but its owner may be able to read.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let file = raise(py, files::keys::read(&path))?;
        let name = hallmark::text::shown(&path);
        Ok(Self { file, name })
    }

    /// A new root key from the operating system's randomness.
    #[staticmethod]
    fn generate() -> PyResult<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(usage)?;
        Ok(Self::made(KeyFile::Root(RootKey::from_bytes(bytes))))
    }

    /// The key of one cohort in one epoch, of a root key.
    fn derive(&self, py: Python<'_>, epoch: &str, cohort: &str) -> PyResult<Self> {
        let KeyFile::Root(root) = &self.file else {
            return Err(usage_hint(
                "only a root key has cohorts",
                "derive them where the root key is kept",
            ));
        };
        let name = |error: hallmark_core::keys::NameError| hallmark::Error::usage(error);
        let epoch = raise(py, root.epoch(epoch).map_err(name))?;
        let cohort = raise(py, epoch.cohort(cohort).map_err(name))?;
        Ok(Self::made(KeyFile::Cohort(cohort)))
    }

    /// Writes a new key file that none but its owner can read. Nothing is overwritten.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        raise(py, files::keys::write(&path, &self.file, &[]))
    }

    /// The public id of the key that marks.
    #[getter]
    fn key_id(&self) -> String {
        self.file.marking_key().public_id().to_string()
    }

    fn __repr__(&self) -> String {
        format!("Key({})", self.key_id())
    }
}

impl Key {
    fn made(file: KeyFile) -> Self {
        let name = "memory".to_owned();
        Self { file, name }
    }
}
