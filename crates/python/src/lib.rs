//! The Python module `hallmark_lm._hallmark`: marks, requests, serving and the detector. `hallmark_lm` itself is Python over it.

mod arrays;
mod detector;
mod device_key;
mod error;
mod key;
mod mark;
mod policies;
mod profile;
mod request;
mod rows;
mod sampling;
mod serving;
mod texts;
mod threads;

use pyo3::prelude::*;

#[pymodule]
fn _hallmark(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add(
        "HallmarkError",
        module.py().get_type::<error::HallmarkError>(),
    )?;
    module.add_class::<profile::Profile>()?;
    module.add_class::<key::Key>()?;
    module.add_class::<mark::Mark>()?;
    module.add_class::<device_key::DeviceKey>()?;
    module.add_class::<request::Request>()?;
    module.add_class::<request::Choice>()?;
    module.add_class::<sampling::Sampling>()?;
    module.add_class::<serving::Serving>()?;
    module.add_class::<policies::Policies>()?;
    module.add_function(wrap_pyfunction!(rows::choose_rows, module)?)?;
    module.add_function(wrap_pyfunction!(rows::mark_rows, module)?)?;
    module.add_function(wrap_pyfunction!(rows::open_windows, module)?)?;
    module.add_function(wrap_pyfunction!(rows::sync_rows, module)?)?;
    module.add_function(wrap_pyfunction!(threads::set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(detector::detect, module)?)?;
    module.add_function(wrap_pyfunction!(detector::scan, module)?)?;
    module.add_function(wrap_pyfunction!(detector::examine, module)?)?;
    module.add_function(wrap_pyfunction!(detector::power, module)?)?;
    Ok(())
}
