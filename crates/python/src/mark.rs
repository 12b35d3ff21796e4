//! A profile under a key.

use crate::error::{raise, usage_hint};
use crate::key::Key;
use crate::profile::Profile;
use crate::request::{Request, Secret};
use crate::texts;
use hallmark::marks;
use hallmark_core::keys::Key as CoreKey;
use hallmark_core::mark::Mark as Core;
use hallmark_core::profile::Profile as CoreProfile;
use hallmark_core::schemes::{Parameters, green_threshold};
use hallmark_serve::Asked;
use pyo3::prelude::*;
use pyo3::types::PyDict;

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

/// What a kernel needs to make a mark's words: the streams' keys, eight 32-bit words each. It is secret, and `repr` does not show it.
#[pyclass(frozen, get_all, module = "hallmark_lm")]
pub(crate) struct DeviceKey {
    scheme: &'static str,
    window: usize,
    streams: Vec<Vec<u32>>,
    parameters: Py<PyDict>,
}

#[pymethods]
impl DeviceKey {
    fn __repr__(&self) -> String {
        format!(
            "DeviceKey(scheme={:?}, window={}, streams=<secret>)",
            self.scheme, self.window
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::error::usage(
            "a device key is not pickled: it is secret",
        ))
    }
}

impl DeviceKey {
    /// Of a profile's sub-key under a cohort's key.
    pub(crate) fn of(
        py: Python<'_>,
        profile: &CoreProfile,
        key: &CoreKey,
        sub_key: u32,
    ) -> PyResult<Self> {
        let CoreKey::Cohort(cohort) = key else {
            return Err(usage_hint(
                "kernels are there for this project's own schemes only",
                "mark with the engine that the profile is of",
            ));
        };
        let sub_key = match profile.ring {
            1 => cohort.clone(),
            ring => cohort.sub_key(ring, sub_key),
        };
        let names: &[&str] = match profile.scheme.id() {
            "dual-gumbel" => &["coin", "a", "b"],
            _ => &["main"],
        };
        let streams = names.iter().map(|name| {
            let key = sub_key.stream(profile.scheme.id(), "chacha12-v1", profile.window, name);
            let words = key.expose().as_chunks::<4>().0.iter();
            words.map(|bytes| u32::from_le_bytes(*bytes)).collect()
        });
        let parameters = PyDict::new(py);
        match profile.scheme.parameters() {
            Parameters::Green { gamma, delta } => {
                parameters.set_item("threshold", green_threshold(gamma))?;
                parameters.set_item("delta", delta as f32)?;
            }
            Parameters::Tournament { layers } => parameters.set_item("layers", layers)?,
            _ => {}
        }
        Ok(Self {
            scheme: profile.scheme.id(),
            window: profile.window,
            streams: streams.collect(),
            parameters: parameters.unbind(),
        })
    }
}
