//! The parts of a small transformer between its matrix products, each with its gradient, as plain loops over rows.
//!
//! None of them starts a thread: work is shared out by whole sequences, above. Every sum runs in one fixed order.

mod activation;
mod attention;
mod exp;
mod loss;
mod norm;

use candle_core::{CpuStorage, Device, Result, Storage, Tensor, bail};

pub(crate) use activation::{squared_relu, squared_relu_gradient};
pub(crate) use attention::{Attention, HEAD, Rotary, attend_one};
pub(crate) use exp::exp;
pub(crate) use loss::{IGNORED, cross_entropy, cross_entropy_gradient};
pub(crate) use norm::{normalise, normalise_gradient};

/// Runs `body` on the values of a contiguous CPU tensor of `f32`.
pub(crate) fn with_values<T>(tensor: &Tensor, body: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(all)), Some((from, to))) => Ok(body(&all[from..to])),
        _ => bail!("expected a contiguous f32 tensor on the CPU, found {tensor:?}"),
    }
}

/// A matrix of `columns` columns around `values`, without a copy.
pub(crate) fn matrix(values: Vec<f32>, columns: usize) -> Result<Tensor> {
    let rows = values.len() / columns;
    Tensor::from_vec(values, (rows, columns), &Device::Cpu)
}

/// Adds `more` to `sum`, element by element.
pub(crate) fn add(sum: &mut [f32], more: &[f32]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}
