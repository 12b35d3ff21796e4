//! Arrays of other libraries, in place: by DLPack (numpy, torch, jax and others), on the CPU.

use crate::error::{usage, usage_hint};
use half::{bf16, f16};
use hallmark_serve::rows::Logits;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::{CStr, c_void};

/// What DLPack calls a device.
#[repr(C)]
#[derive(Clone, Copy)]
struct Device {
    kind: i32,
    number: i32,
}

/// What DLPack calls a data type.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct DataType {
    code: u8,
    bits: u8,
    lanes: u16,
}

/// DLPack's `DLTensor`, the same in all versions.
#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device: Device,
    dimensions: i32,
    kind: DataType,
    shape: *const i64,
    strides: *const i64,
    offset: u64,
}

const CPU: i32 = 1;
const NAME: &CStr = c"dltensor";

const F32: DataType = DataType {
    code: 2,
    bits: 32,
    lanes: 1,
};
const F16: DataType = DataType {
    code: 2,
    bits: 16,
    lanes: 1,
};
const BF16: DataType = DataType {
    code: 4,
    bits: 16,
    lanes: 1,
};
const I64: DataType = DataType {
    code: 0,
    bits: 64,
    lanes: 1,
};

/// An array of somebody else's, one- or two-dimensional, whose rows lie in one piece. It is held as long as this is.
pub(crate) struct Array<'py> {
    _capsule: Bound<'py, PyAny>,
    data: *mut u8,
    kind: DataType,
    rows: usize,
    width: usize,
    /// Elements from row to row.
    stride: usize,
}

impl<'py> Array<'py> {
    /// An array of logits.
    pub(crate) fn of(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::of_kind(
            object,
            &[F32, F16, BF16],
            "logits are float32, float16 or bfloat16",
        )
    }

    /// An array of token ids.
    pub(crate) fn of_ids(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::of_kind(object, &[I64], "token ids are int64 here")
    }

    fn of_kind(object: &Bound<'py, PyAny>, kinds: &[DataType], which: &str) -> PyResult<Self> {
        let export = object.getattr("__dlpack__").map_err(|_| {
            let kind = object.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            usage_hint(
                format_args!("{kind} is no array: this takes anything with __dlpack__, such as a numpy array or a torch tensor"),
                "numpy.asarray(logits, dtype=numpy.float32) makes one",
            )
        })?;
        let capsule = export.call0()?;
        // SAFETY: a Python object; the name is checked, and null comes with an exception where it differs.
        let pointer = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), NAME.as_ptr()) };
        if pointer.is_null() {
            return Err(PyErr::fetch(object.py()));
        }
        // SAFETY: DLPack says that a capsule of this name begins with a DLTensor, which lives as long as the capsule is not consumed.
        let tensor = unsafe { &*pointer.cast::<Tensor>() };
        if tensor.device.kind != CPU {
            return Err(usage_hint(
                "this array is not in the CPU's memory",
                "hallmark_lm.device works where rows of logits are; or move them with .cpu()",
            ));
        }
        if !kinds.contains(&tensor.kind) {
            return Err(usage(which));
        }
        Self::checked(capsule, tensor)
    }

    fn checked(capsule: Bound<'py, PyAny>, tensor: &Tensor) -> PyResult<Self> {
        let Tensor {
            data,
            dimensions,
            kind,
            shape,
            strides,
            offset,
            ..
        } = *tensor;
        let dimensions = usize::try_from(dimensions).unwrap_or(0);
        if !(1..=2).contains(&dimensions) {
            return Err(usage(format_args!(
                "logits have one or two dimensions, [rows, vocabulary], and these have {dimensions}"
            )));
        }
        // SAFETY: DLPack promises as many sizes as dimensions.
        let shape = unsafe { std::slice::from_raw_parts(shape, dimensions) };
        let size = |size: i64| usize::try_from(size).map_err(|_| usage("a size is below 0"));
        let width = size(shape[dimensions - 1])?;
        let rows = if dimensions == 2 { size(shape[0])? } else { 1 };
        let stride = match strides.is_null() {
            true => width,
            false => {
                // SAFETY: as for the sizes.
                let strides = unsafe { std::slice::from_raw_parts(strides, dimensions) };
                if strides[dimensions - 1] != 1 && width > 1 {
                    return Err(usage_hint(
                        "the logits of a row do not lie side by side",
                        "make the array contiguous",
                    ));
                }
                if dimensions == 2 && rows > 1 {
                    size(strides[0])?
                } else {
                    width
                }
            }
        };
        if rows > 1 && stride < width {
            return Err(usage_hint(
                "rows of logits overlap",
                "give each row memory of its own",
            ));
        }
        // SAFETY: the offset is within the array.
        let data = unsafe { data.cast::<u8>().add(offset as usize) };
        if !(data as usize).is_multiple_of(usize::from(kind.bits / 8)) {
            return Err(usage("the logits are not aligned"));
        }
        Ok(Self {
            _capsule: capsule,
            data,
            kind,
            rows,
            width,
            stride,
        })
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The only row, in single precision.
    pub(crate) fn row(&mut self) -> PyResult<&mut [f32]> {
        match (self.rows, self.kind) {
            // SAFETY: the array has `width` aligned numbers there, and is held.
            (1, F32) => Ok(unsafe { slice(self.data, self.width) }),
            (1, _) => Err(usage(
                "one row of logits is float32; choose_rows takes float16 and bfloat16",
            )),
            (rows, _) => Err(usage(format_args!(
                "{rows} rows, where one is taken: choose_rows takes many"
            ))),
        }
    }

    /// Rows of token ids, of which `from` and more are taken.
    pub(crate) fn ids(&self, from: usize) -> impl Iterator<Item = &[i64]> {
        (0..self.rows).map(move |row| {
            let from = from.min(self.width);
            // SAFETY: the row is within the array, which has numbers of 64 bits.
            let data = unsafe { self.data.add(8 * (row * self.stride + from)) };
            // SAFETY: so many aligned numbers of the row are there, and the array is held.
            &*unsafe { slice(data, self.width - from) }
        })
    }

    /// All rows of logits.
    pub(crate) fn all(&mut self) -> Vec<Logits<'_>> {
        let bytes = usize::from(self.kind.bits / 8) * self.stride;
        (0..self.rows)
            .map(|row| {
                // SAFETY: the row is within the array.
                let data = unsafe { self.data.add(row * bytes) };
                // SAFETY: each row has `width` aligned numbers of its own, and the array is held. That nobody else writes them during the
                // call is the caller's to keep, as with every function that takes arrays in place.
                unsafe {
                    match self.kind {
                        F32 => Logits::F32(slice(data, self.width)),
                        F16 => Logits::F16(slice::<f16>(data, self.width)),
                        _ => Logits::Bf16(slice::<bf16>(data, self.width)),
                    }
                }
            })
            .collect()
    }
}

/// # Safety
/// `data` is aligned, has `length` values that live as long as is asked, and nobody else uses them.
unsafe fn slice<'a, T>(data: *mut u8, length: usize) -> &'a mut [T] {
    match length {
        0 => &mut [],
        // SAFETY: as the caller promises.
        _ => unsafe { std::slice::from_raw_parts_mut(data.cast(), length) },
    }
}
