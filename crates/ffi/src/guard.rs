//! Between C and Rust: panics are caught, texts and slices checked, errors written into buffers.

use crate::status::Status;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, slice};

/// What went wrong, with words for a person.
pub(crate) struct Fault {
    pub(crate) status: Status,
    pub(crate) text: String,
}

impl Fault {
    pub(crate) fn new(status: Status, text: &(impl ToString + ?Sized)) -> Self {
        Self {
            status,
            text: text.to_string().replace('\0', " "),
        }
    }

    pub(crate) fn argument(text: &str) -> Self {
        Self::new(Status::HallmarkBadArgument, text)
    }
}

/// Does something that may panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Fault::new(
            Status::HallmarkPanic,
            "a fault of the library's own: please report it",
        ))
    })
}

/// The status of a result; an error's words, or none, go into the caller's buffer, cut and ended by a zero byte.
///
/// # Safety
/// `error` is null or has room for `size` bytes.
pub(crate) unsafe fn told(result: &Result<(), Fault>, error: *mut c_char, size: usize) -> Status {
    let (status, text) = match result {
        Ok(()) => (Status::HallmarkOk, ""),
        Err(fault) => (fault.status, &fault.text[..]),
    };
    if !error.is_null() && size > 0 {
        let length = text.floor_char_boundary(size - 1);
        // SAFETY: the caller promises `size` bytes at `error`, and `length` is below it.
        let buffer = unsafe { slice::from_raw_parts_mut(error.cast::<u8>(), length + 1) };
        buffer[..length].copy_from_slice(&text.as_bytes()[..length]);
        buffer[length] = 0;
    }
    status
}

/// A slice of the caller's; an empty one may be null.
///
/// # Safety
/// `from` is null or points to `length` values that stay as they are during the call.
pub(crate) unsafe fn slice<'a, T>(from: *const T, length: usize) -> Result<&'a [T], Fault> {
    match (from.is_null(), length) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Fault::argument(
            "a pointer is null where values are expected",
        )),
        // SAFETY: not null, and the caller promises the values.
        (false, _) => Ok(unsafe { slice::from_raw_parts(from, length) }),
    }
}

/// The same to write to.
///
/// # Safety
/// `from` is null or points to `length` values that nobody else touches during the call.
pub(crate) unsafe fn slice_mut<'a, T>(from: *mut T, length: usize) -> Result<&'a mut [T], Fault> {
    match (from.is_null(), length) {
        (_, 0) => Ok(&mut []),
        (true, _) => Err(Fault::argument(
            "a pointer is null where values are expected",
        )),
        // SAFETY: not null, and the caller promises the values.
        (false, _) => Ok(unsafe { slice::from_raw_parts_mut(from, length) }),
    }
}

/// A text of the caller's.
///
/// # Safety
/// As for [`slice`].
pub(crate) unsafe fn text<'a>(from: *const c_char, length: usize) -> Result<&'a str, Fault> {
    // SAFETY: as promised by the caller.
    let bytes = unsafe { slice(from.cast::<u8>(), length)? };
    str::from_utf8(bytes).map_err(|_| Fault::argument("a text is no UTF-8"))
}

/// Says no where a result has nowhere to go, before anything is done for it.
pub(crate) fn check_out<T>(to: *mut T) -> Result<(), Fault> {
    match to.is_null() {
        true => Err(Fault::argument("there is nowhere to write the result to")),
        false => Ok(()),
    }
}

/// Where a result goes.
///
/// # Safety
/// `to` is null or points to room for a value.
pub(crate) unsafe fn write<T>(to: *mut T, value: T) -> Result<(), Fault> {
    check_out(to)?;
    // SAFETY: not null, and the caller promises room.
    unsafe { to.write(value) };
    Ok(())
}

/// An init struct of the caller's, which begins with its size. One of an older caller's is shorter: what it lacks is zero. One of a newer
/// caller's may be longer, if what this library does not know of is zero. `first` is the size in the first version.
///
/// # Safety
/// `from` is null or points to as many bytes as the struct says it has.
pub(crate) unsafe fn init<T: Init>(from: *const T) -> Result<T, Fault> {
    if from.is_null() {
        return Err(Fault::argument("init is null"));
    }
    // SAFETY: every init struct begins with its size.
    let size = unsafe { from.cast::<usize>().read() };
    if size < T::FIRST_SIZE || size > LARGEST || !size.is_multiple_of(8) {
        return Err(Fault::argument(
            "struct_size is not the size of the struct: zero all of it, and set struct_size to sizeof the struct",
        ));
    }
    // SAFETY: the caller promises `size` bytes.
    let bytes = unsafe { slice::from_raw_parts(from.cast::<u8>(), size) };
    let known = size.min(size_of::<T>());
    if bytes[known..].iter().any(|&byte| byte != 0) {
        return Err(Fault::argument(
            "init has a field that this version of the library does not know: zero it, or take a newer library",
        ));
    }
    let mut init = MaybeUninit::<T>::zeroed();
    // SAFETY: `known` bytes are there and fit; zero is a valid value of every field, and so are the caller's numbers and pointers.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), init.as_mut_ptr().cast::<u8>(), known);
        Ok(init.assume_init())
    }
}

/// Larger than any init struct will be.
const LARGEST: usize = 4096;

/// A struct that begins with its size and whose fields may all be zero. Its fields fill units of eight bytes, so that none of it is padding, in
/// later versions too.
///
/// # Safety
/// It is `repr(C)`, its first field is a `usize`, and its fields are numbers and pointers.
pub(crate) unsafe trait Init: Sized {
    /// Its size in the first version of the interface.
    const FIRST_SIZE: usize;
}
