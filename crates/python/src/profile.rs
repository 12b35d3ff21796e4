//! Profiles.

use crate::error::{raise, usage, usage_hint};
use hallmark::{files, tokenizers};
use hallmark_core::profile::{Profile as Core, TokenizerRef};
use hallmark_core::schemes::Scheme;
use pyo3::prelude::*;
use std::path::PathBuf;

/// The public description of a mark: scheme, window, parameters, tokenizer. It holds no secret.
#[pyclass(frozen, eq, module = "hallmark_lm", from_py_object)]
#[derive(Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) profile: Core,
}

#[pymethods]
impl Profile {
    /// Reads and checks a profile file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let profile = raise(py, files::profiles::read(&path))?;
        Ok(Self { profile })
    }

    /// Reads and checks the text of a profile file.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        let profile = raise(py, Core::parse(text).map_err(hallmark::Error::from))?;
        Ok(Self { profile })
    }

    /// A profile of a scheme at its usual parameters, native or another engine's: for another window, γ, δ or ring write a profile file.
    #[staticmethod]
    #[pyo3(signature = (scheme = "gumbel", *, window = None, name = None, vocab_size = None, tokenizer = None, ring = 1))]
    fn new(
        py: Python<'_>,
        scheme: &str,
        window: Option<usize>,
        name: Option<&str>,
        vocab_size: Option<u32>,
        tokenizer: Option<PathBuf>,
        ring: u32,
    ) -> PyResult<Self> {
        let scheme = Scheme::named(scheme).ok_or_else(|| {
            usage_hint(
                format_args!("no scheme is called {scheme:?}"),
                "`hallmark profile list` names them",
            )
        })?;
        let tokenizer = match (tokenizer, vocab_size) {
            (Some(path), _) => tokenizers::reference(&raise(py, tokenizers::open(&path))?),
            (None, Some(vocab_size)) => TokenizerRef {
                vocab_size,
                sha256: None,
            },
            (None, None) => return Err(usage("give tokenizer or vocab_size")),
        };
        let profile = Core {
            name: name.unwrap_or(scheme.id()).to_owned(),
            window: window.unwrap_or(scheme.row().window),
            scheme,
            ring,
            tokenizer,
        };
        raise(py, profile.check().map_err(hallmark::Error::from))?;
        Ok(Self { profile })
    }

    /// The text of its profile file.
    fn to_toml(&self) -> String {
        self.profile.to_toml()
    }

    #[getter]
    fn name(&self) -> &str {
        &self.profile.name
    }

    #[getter]
    fn scheme(&self) -> &'static str {
        self.profile.scheme.id()
    }

    #[getter]
    fn window(&self) -> usize {
        self.profile.window
    }

    #[getter]
    fn vocab_size(&self) -> u32 {
        self.profile.tokenizer.vocab_size
    }

    #[getter]
    fn ring(&self) -> u32 {
        self.profile.ring
    }

    fn __repr__(&self) -> String {
        format!(
            "Profile({:?}, scheme={:?}, window={}, vocab_size={})",
            self.profile.name,
            self.scheme(),
            self.profile.window,
            self.vocab_size()
        )
    }
}
