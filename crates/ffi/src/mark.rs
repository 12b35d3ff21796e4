//! A mark: a profile under a key.

use crate::guard::{Fault, Init, caught, check_out, init as read_init, text, told, write};
use crate::status::Status;
use hallmark_core::keys::KeyFile;
use hallmark_core::mark::Mark as CoreMark;
use hallmark_core::profile::Profile;
use std::ffi::c_char;
use std::ptr;

/// A profile under a key. Any number of threads may use it at once, and it must live until these calls are done. Requests keep what they need of
/// it, the key too, and go on after it was freed.
pub struct Mark {
    pub(crate) mark: CoreMark,
    /// Tokens that the profile has.
    pub(crate) vocabulary: usize,
}

/// What a mark is made of. Zero all of it, then set the fields.
#[repr(C)]
pub struct MarkInit {
    /// `sizeof(hallmark_mark_init)`.
    pub struct_size: usize,
    /// The text of a profile file.
    pub profile: *const c_char,
    /// Bytes of it.
    pub profile_length: usize,
    /// The text of a key file: a root's (its default cohort marks), a cohort's, or another engine's. Wiped by the caller.
    pub key: *const c_char,
    /// Bytes of it.
    pub key_length: usize,
}

// SAFETY: numbers and pointers, the size first.
unsafe impl Init for MarkInit {
    const FIRST_SIZE: usize = 5 * size_of::<usize>();
}

/// Makes a mark. On failure `*out` is null, and `error` (null, or `error_size` bytes) says why. It quotes the profile where that is wrong, and nothing of the key.
///
/// # Safety
/// `init` points to a struct whose texts are as long as it says; `out` to room for a pointer; `error` to `error_size` bytes, or it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_mark_new(
    init: *const MarkInit,
    out: *mut *mut Mark,
    error: *mut c_char,
    error_size: usize,
) -> Status {
    let made = caught(|| {
        // SAFETY: `out` is the caller's room for a pointer.
        unsafe { write(out, ptr::null_mut())? };
        // SAFETY: null or a struct of the caller's.
        let init = unsafe { read_init(init)? };
        // SAFETY: the caller promises texts of these lengths.
        let (profile, key) = unsafe {
            (
                text(init.profile, init.profile_length)?,
                text(init.key, init.key_length)?,
            )
        };
        let profile = Profile::parse(profile)
            .map_err(|error| Fault::new(Status::HallmarkBadProfile, &error))?;
        let key =
            KeyFile::parse(key).map_err(|error| Fault::new(Status::HallmarkBadKey, &error))?;
        let mark = CoreMark::new(&profile, &key.marking_key())
            .map_err(|error| Fault::new(Status::HallmarkBadKey, &error))?;
        let made = Mark {
            mark,
            vocabulary: profile.tokenizer.vocab_size as usize,
        };
        // SAFETY: checked above.
        unsafe { write(out, Box::into_raw(Box::new(made))) }
    });
    // SAFETY: as the caller promises.
    unsafe { told(&made, error, error_size) }
}

/// Frees a mark; null is nothing to free.
///
/// # Safety
/// `mark` came from [`hallmark_mark_new`], and is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_mark_free(mark: *mut Mark) {
    if !mark.is_null() {
        // SAFETY: it was made by Box::into_raw, once.
        drop(unsafe { Box::from_raw(mark) });
    }
}

/// How many sub-keys requests are marked with: 1 without a ring; 0 for null.
///
/// # Safety
/// `mark` is null or a mark.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_mark_sub_keys(mark: *const Mark) -> usize {
    // SAFETY: null or a mark.
    unsafe { mark.as_ref() }.map_or(0, |mark| mark.mark.sub_keys())
}

/// How many tokens the profile has: the length of a row of logits. 0 for null.
///
/// # Safety
/// `mark` is null or a mark.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_mark_vocabulary(mark: *const Mark) -> usize {
    // SAFETY: null or a mark.
    unsafe { mark.as_ref() }.map_or(0, |mark| mark.vocabulary)
}

/// Writes the public id of the key, sixteen hexadecimal digits, and a zero byte.
///
/// # Safety
/// `mark` is null or a mark; `out` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_mark_key_id(
    mark: *const Mark,
    out: *mut c_char,
    size: usize,
) -> Status {
    let written = caught(|| {
        // SAFETY: null or a mark.
        let mark = unsafe { mark.as_ref() }.ok_or_else(|| Fault::argument("mark is null"))?;
        let id = mark.mark.key().to_string();
        if size <= id.len() {
            return Err(Fault::argument("an id takes seventeen bytes"));
        }
        check_out(out)?;
        // SAFETY: the caller promises `size` bytes, which are more than the id has.
        unsafe {
            ptr::copy_nonoverlapping(id.as_ptr(), out.cast::<u8>(), id.len());
            out.add(id.len()).write(0);
        }
        Ok(())
    });
    written.map_or_else(|fault| fault.status, |()| Status::HallmarkOk)
}
