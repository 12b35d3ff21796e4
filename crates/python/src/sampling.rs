//! Temperature and truncation.

use crate::error::usage;
use hallmark_core::sampling::Sampling as Core;
use pyo3::prelude::*;

/// Temperature (0: the likeliest token), then top_k (0: all), then top_p (1: all), then min_p (0: all).
#[pyclass(frozen, eq, module = "hallmark_lm", from_py_object)]
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Sampling {
    pub(crate) sampling: Core,
}

#[pymethods]
impl Sampling {
    #[new]
    #[pyo3(signature = (temperature = 1.0, top_k = 0, top_p = 1.0, min_p = 0.0))]
    fn new(temperature: f32, top_k: usize, top_p: f32, min_p: f32) -> PyResult<Self> {
        let sampling = Core {
            temperature,
            top_k,
            top_p,
            min_p,
        };
        sampling.check().map_err(usage)?;
        Ok(Self { sampling })
    }

    #[getter]
    fn temperature(&self) -> f32 {
        self.sampling.temperature
    }

    #[getter]
    fn top_k(&self) -> usize {
        self.sampling.top_k
    }

    #[getter]
    fn top_p(&self) -> f32 {
        self.sampling.top_p
    }

    #[getter]
    fn min_p(&self) -> f32 {
        self.sampling.min_p
    }

    fn __repr__(&self) -> String {
        let Core {
            temperature,
            top_k,
            top_p,
            min_p,
        } = self.sampling;
        format!("Sampling(temperature={temperature}, top_k={top_k}, top_p={top_p}, min_p={min_p})")
    }
}
