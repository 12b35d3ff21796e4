//! The verifier for a page: the bytes of a bundle's archive in, its checks as JSON out.
//!
//! A page calls [`hallmark_alloc`], writes the archive there, calls [`hallmark_verify`], reads the JSON where the result says (its place
//! in the high half, its length in the low half), and gives both back with [`hallmark_free`]. Nothing is imported: there is no clock, no
//! randomness, no network.
#![expect(unsafe_code, reason = "memory that is shared with a page")]

use hallmark_verify::Check;
use hallmark_verify::bundle::{Trust, Verified, verify};
use hallmark_verify::files::Archive;

/// Memory for `len` bytes; to be given back with the same length.
#[unsafe(no_mangle)]
pub extern "C" fn hallmark_alloc(len: usize) -> *mut u8 {
    let bytes = vec![0_u8; len].into_boxed_slice();
    Box::into_raw(bytes).cast()
}

/// Takes memory back.
///
/// # Safety
/// `pointer` and `len` are those of [`hallmark_alloc`] or of a result, and are not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_free(pointer: *mut u8, len: usize) {
    let bytes = std::ptr::slice_from_raw_parts_mut(pointer, len);
    // SAFETY: the caller hands back what was made from a box of this length.
    drop(unsafe { Box::from_raw(bytes) });
}

/// Checks a bundle's archive.
///
/// # Safety
/// `len` bytes can be read at `pointer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_verify(pointer: *const u8, len: usize) -> u64 {
    // SAFETY: the caller says so.
    let archive = unsafe { std::slice::from_raw_parts(pointer, len) };
    let verified = match Archive::read(archive) {
        Ok(files) => verify(&files, &Trust::default()),
        Err(error) => Verified::of(vec![Check::fails(
            "the archive can be read",
            error.to_string(),
        )]),
    };
    let json = serde_json::to_vec(&verified).unwrap_or_default();
    let json = json.into_boxed_slice();
    let len = json.len();
    let pointer = Box::into_raw(json).cast::<u8>();
    (pointer as u64) << 32 | len as u64
}
