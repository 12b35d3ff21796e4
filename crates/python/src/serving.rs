//! Labels to marks, while requests come and go.

use crate::device_key::DeviceKey;
use crate::error::{raise, usage_hint};
use crate::request::{Request, Secret};
use crate::texts;
use hallmark_serve::{Asked, Serving as Core};
use pyo3::prelude::*;
use std::path::PathBuf;

/// Which cohort's key marks which requests, by the policies of a serving file. Any number of threads may use it.
#[pyclass(frozen, module = "hallmark_lm")]
pub(crate) struct Serving {
    serving: Core,
}

#[pymethods]
impl Serving {
    /// Reads a serving file, its profile and its keys, and opens its ledger.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let serving = raise(py, Core::load(&path))?;
        Ok(Self { serving })
    }

    /// Begins a request. What cannot be marked is an unmarked request that says why, or an error where serving fails closed.
    #[pyo3(signature = (prompt = None, *, cohort = None, mark = None, greedy = false, answer = 0, group = None, number = None, capacity = 0, seed = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python's")]
    fn begin(
        &self,
        py: Python<'_>,
        prompt: Option<&Bound<'_, PyAny>>,
        cohort: Option<&str>,
        mark: Option<bool>,
        greedy: bool,
        answer: u32,
        group: Option<&str>,
        number: Option<u64>,
        capacity: usize,
        seed: Option<u64>,
    ) -> PyResult<Request> {
        let prompt = prompt.map(texts::ids).transpose()?.unwrap_or_default();
        let asked = Asked {
            cohort,
            mark,
            prompt: &prompt,
            greedy,
            answer,
            group,
            number,
            capacity,
            seed,
        };
        let request = raise(py, self.serving.begin(&asked))?;
        let secret = request.key().map(|key| Secret {
            profile: self.serving.profile(),
            key: key.clone(),
        });
        Ok(Request::new(request, secret))
    }

    /// Reads the file again: requests that begin from now on have its keys. Also done by itself, within a second, when the file changes.
    fn reload(&self, py: Python<'_>) -> PyResult<()> {
        raise(py, self.serving.reload())
    }

    /// What was wrong when the file was last read again; the keys are then those from before.
    #[getter]
    fn trouble(&self) -> Option<String> {
        self.serving.trouble()
    }

    /// Requests so far that should have been marked and could not be.
    #[getter]
    fn failures(&self) -> u64 {
        self.serving.failures()
    }

    #[getter]
    fn fail_closed(&self) -> bool {
        self.serving.fails_closed()
    }

    #[getter]
    fn vocab_size(&self) -> u32 {
        self.serving.profile().tokenizer.vocab_size
    }

    #[getter]
    fn scheme(&self) -> &'static str {
        self.serving.profile().scheme.id()
    }

    #[getter]
    fn window(&self) -> usize {
        self.serving.profile().window
    }

    /// How many sub-keys each cohort has; 1 without a ring.
    #[getter]
    fn ring(&self) -> u32 {
        self.serving.profile().ring
    }

    #[getter]
    fn cohorts(&self) -> Vec<String> {
        self.serving.cohorts()
    }

    /// Whether its marks bias logits rather than choosing a token.
    #[getter]
    fn is_bias(&self) -> bool {
        self.serving.profile().scheme.id() == "green"
    }

    /// What a kernel on a device needs for a cohort's requests. It is secret.
    #[pyo3(signature = (cohort = None, sub_key = 0))]
    fn device_key(
        &self,
        py: Python<'_>,
        cohort: Option<&str>,
        sub_key: u32,
    ) -> PyResult<DeviceKey> {
        let found = self.serving.key(cohort).ok_or_else(|| {
            usage_hint(
                "there is no such cohort",
                "name one of [cohorts] of the serving file",
            )
        })?;
        DeviceKey::of(py, &self.serving.profile(), &found, sub_key)
    }

    fn __repr__(&self) -> String {
        format!(
            "Serving(scheme={:?}, cohorts={:?})",
            self.scheme(),
            self.cohorts()
        )
    }
}
