//! The sampler behind llama.cpp's C interface. Nothing unwinds into C.

use std::any::Any;
use std::ffi::c_char;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use llama_cpp_sys_2::{
    llama_sampler, llama_sampler_apply, llama_sampler_chain_get, llama_sampler_chain_n,
    llama_sampler_i, llama_sampler_init, llama_token, llama_token_data, llama_token_data_array,
};

use crate::error::StepError;
use crate::sampler::{Report, Sampler};

/// One table for all samplers: llama.cpp copies states only between samplers of one table.
static INTERFACE: llama_sampler_i = interface();

/// Zero first, then the fields that are ours: a newer llama.cpp may have more of them, and null says that a sampler has
/// no such function.
const fn interface() -> llama_sampler_i {
    // SAFETY: every field is a function pointer that may be null.
    let mut interface: llama_sampler_i = unsafe { mem::zeroed() };
    interface.name = Some(name);
    interface.accept = Some(accept);
    interface.apply = Some(apply);
    interface.reset = Some(reset);
    interface.clone = Some(clone);
    interface.free = Some(free);
    interface
}

impl Sampler {
    /// The sampler as llama.cpp holds it. Give it to one chain by `llama_sampler_chain_add`, which then owns it, or free
    /// it by `llama_sampler_free`.
    #[must_use = "the sampler leaks unless a chain or llama_sampler_free takes it"]
    pub fn into_raw(self) -> *mut llama_sampler {
        let state = Box::into_raw(Box::new(self));
        // SAFETY: the table lives as long as the program, llama.cpp only reads it, and `free` releases the state.
        unsafe { llama_sampler_init((&raw const INTERFACE).cast_mut(), state.cast()) }
    }
}

/// What the sampler, or the last of this kind in the chain, has done; none where there is none.
///
/// # Safety
/// `sampler` is null, or a sampler or chain that is alive and not in use by another thread.
#[must_use]
pub unsafe fn report(sampler: *mut llama_sampler) -> Option<Report> {
    // SAFETY: as the caller promises.
    let found = unsafe { find(sampler) }?;
    // SAFETY: a sampler of our table has our state, which nobody else uses now.
    unsafe { state(found) }.map(|sampler| sampler.report().clone())
}

/// Runs a chain over `candidates` and returns the selected token: what `llama_sampler_sample` does with a row of logits,
/// but a step without a selection is an error and not the end of the process. Accepts nothing.
///
/// # Errors
/// What the sampler reports, where it refused ([`OnError::Refuse`](crate::OnError::Refuse)), or that no sampler selected
/// a candidate.
///
/// # Safety
/// `chain` is a sampler or chain that is alive and not in use by another thread.
pub unsafe fn select(
    chain: *mut llama_sampler,
    candidates: &mut [llama_token_data],
) -> Result<llama_token, StepError> {
    let mut array = llama_token_data_array {
        data: candidates.as_mut_ptr(),
        size: candidates.len(),
        selected: -1,
        sorted: false,
    };
    // SAFETY: the array describes the slice, and the chain is alive as the caller promises.
    unsafe { llama_sampler_apply(chain, &raw mut array) };
    let selected = usize::try_from(array.selected)
        .ok()
        .filter(|&at| at < array.size);
    if let Some(at) = selected {
        // SAFETY: samplers leave `size` initialised candidates at `data`, which may be a buffer of the chain's.
        return Ok(unsafe { (*array.data.add(at)).id });
    }
    // SAFETY: as the caller promises.
    let last = unsafe { report(chain) }.and_then(|report| report.last_error);
    Err(last.unwrap_or(StepError::NothingSelected))
}

/// The sampler itself if it is ours, or the last in a chain that is.
unsafe fn find(sampler: *mut llama_sampler) -> Option<*mut llama_sampler> {
    // SAFETY: the caller gives a living sampler or null.
    let table = unsafe { sampler.as_ref() }?.iface;
    if std::ptr::eq(table, &raw const INTERFACE) {
        return Some(sampler);
    }
    // SAFETY: the sampler is alive; llama.cpp returns null for samplers that are not chains.
    if unsafe { llama_sampler_chain_get(sampler, -1) }.is_null() {
        return None;
    }
    // SAFETY: it is a chain.
    let members = unsafe { 0..llama_sampler_chain_n(sampler) };
    members.rev().find_map(|place| {
        // SAFETY: places are below the chain's length, and its members are alive.
        unsafe { find(llama_sampler_chain_get(sampler, place)) }
    })
}

/// Our state behind a sampler of our table.
unsafe fn state<'a>(sampler: *const llama_sampler) -> Option<&'a mut Sampler> {
    // SAFETY: `into_raw` and `clone` put a box of this type there, and llama.cpp uses a sampler from one thread at a
    // time; it is null only in a shell whose state was moved away.
    unsafe { (*sampler).ctx.cast::<Sampler>().as_mut() }
}

unsafe extern "C" fn name(_: *const llama_sampler) -> *const c_char {
    c"hallmark".as_ptr()
}

unsafe extern "C" fn accept(sampler: *mut llama_sampler, token: llama_token) {
    // SAFETY: llama.cpp calls this with a sampler of our table.
    if let Some(sampler) = unsafe { state(sampler) }
        && let Err(panic) = catch_unwind(AssertUnwindSafe(|| sampler.accept(token)))
    {
        sampler.break_off(message(&*panic), &mut []);
    }
}

unsafe extern "C" fn apply(sampler: *mut llama_sampler, array: *mut llama_token_data_array) {
    // SAFETY: llama.cpp calls this with a sampler of our table and an array that is valid during the call.
    let (Some(sampler), Some(array)) = (unsafe { state(sampler) }, unsafe { array.as_mut() })
    else {
        return;
    };
    let candidates = match array.data.is_null() {
        true => &mut [],
        // SAFETY: the array has `size` initialised candidates at `data`.
        false => unsafe { slice::from_raw_parts_mut(array.data, array.size) },
    };
    let sorted = array.sorted;
    let selected = catch_unwind(AssertUnwindSafe(|| sampler.choose(candidates, sorted)))
        .unwrap_or_else(|panic| sampler.break_off(message(&*panic), candidates));
    array.selected = selected.map_or(-1, |at| at as i64);
}

unsafe extern "C" fn reset(sampler: *mut llama_sampler) {
    // SAFETY: llama.cpp calls this with a sampler of our table.
    if let Some(sampler) = unsafe { state(sampler) }
        && let Err(panic) = catch_unwind(AssertUnwindSafe(|| sampler.reset()))
    {
        sampler.break_off(message(&*panic), &mut []);
    }
}

unsafe extern "C" fn clone(sampler: *const llama_sampler) -> *mut llama_sampler {
    // SAFETY: llama.cpp calls this with a sampler of our table. Cloning copies buffers and panics nowhere.
    match unsafe { state(sampler) } {
        Some(sampler) => sampler.clone().into_raw(),
        None => std::ptr::null_mut(),
    }
}

unsafe extern "C" fn free(sampler: *mut llama_sampler) {
    // SAFETY: llama.cpp calls this once for each state, which came from a box.
    let state = unsafe { (*sampler).ctx.cast::<Sampler>() };
    if !state.is_null() {
        // SAFETY: as above.
        drop(unsafe { Box::from_raw(state) });
    }
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
