//! Keys for kernels on devices.

use crate::error::usage_hint;
use hallmark_core::keys::Key as CoreKey;
use hallmark_core::profile::Profile as CoreProfile;
use hallmark_core::schemes::{Parameters, green_threshold};
use pyo3::prelude::*;
use pyo3::types::PyDict;

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
