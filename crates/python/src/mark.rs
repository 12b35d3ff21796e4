//! A profile under a key.

use crate::device_key::DeviceKey;
use crate::error::raise;
use crate::key::Key;
use crate::profile::Profile;
use crate::request::{Request, Secret};
use crate::texts;
use hallmark::marks;
use hallmark_core::keys::Key as CoreKey;
use hallmark_core::mark::Mark as Core;
use hallmark_serve::Asked;
use pyo3::prelude::*;

/// A profile under a key: what marks requests. Any number of threads may use it.
#[pyclass(frozen, module = "hallmark_lm")]
pub(crate) struct Mark {
    pub(crate) mark: Core,
    pub(crate) profile: Profile,
    key: CoreKey,
}

#[pymethods]
impl Mark {
    #[new]
    fn new(py: Python<'_>, profile: Profile, key: Key) -> PyResult<Self> {
        let key = key.file.marking_key();
        let mark = raise(py, marks::mark(&profile.profile, &key))?;
        Ok(Self { mark, profile, key })
    }

    /// Begins a request: `prompt` are the tokens that the answer follows, `sub_key` which of a ring's sub-keys marks it, `capacity` the
    /// tokens for which room is made, `seed` that of the ordinary randomness.
    #[pyo3(signature = (prompt = None, *, sub_key = 0, greedy = false, capacity = 0, seed = None))]
    fn request(
        &self,
        py: Python<'_>,
        prompt: Option<&Bound<'_, PyAny>>,
        sub_key: u32,
        greedy: bool,
        capacity: usize,
        seed: Option<u64>,
    ) -> PyResult<Request> {
        let prompt = prompt.map(texts::ids).transpose()?.unwrap_or_default();
        let asked = Asked {
            prompt: &prompt,
            greedy,
            capacity,
            seed,
            ..Asked::default()
        };
        let vocabulary = self.profile.profile.tokenizer.vocab_size;
        let request = hallmark_serve::Request::of_mark(&self.mark, vocabulary, sub_key, &asked);
        let secret = Secret {
            profile: self.profile.profile.clone(),
            key: self.key.clone(),
        };
        Ok(Request::new(raise(py, request)?, Some(secret)))
    }

    /// What a kernel on a device needs to make the same words. It is secret.
    #[pyo3(signature = (sub_key = 0))]
    fn device_key(&self, py: Python<'_>, sub_key: u32) -> PyResult<DeviceKey> {
        DeviceKey::of(py, &self.profile.profile, &self.key, sub_key)
    }

    #[getter]
    fn scheme(&self) -> &'static str {
        self.mark.scheme()
    }

    #[getter]
    fn window(&self) -> usize {
        self.mark.window()
    }

    #[getter]
    fn vocab_size(&self) -> u32 {
        self.profile.profile.tokenizer.vocab_size
    }

    /// How many sub-keys a ring has; 1 without one.
    #[getter]
    fn sub_keys(&self) -> usize {
        self.mark.sub_keys()
    }

    #[getter]
    fn key_id(&self) -> String {
        self.mark.key().to_string()
    }

    /// Whether it biases logits rather than choosing a token.
    #[getter]
    fn is_bias(&self) -> bool {
        let member = self.mark.member(0).and_then(|member| member.sampler().ok());
        member.is_some_and(|(sampler, _)| sampler.as_bias().is_some())
    }

    fn __repr__(&self) -> String {
        format!(
            "Mark(scheme={:?}, window={}, key={})",
            self.scheme(),
            self.window(),
            self.key_id()
        )
    }
}
