//! Between tensors and plain slices.

use candle_core::{CpuStorage, Device, Result, Storage, Tensor, bail};

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
