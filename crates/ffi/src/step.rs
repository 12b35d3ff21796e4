//! One step of many requests.

use crate::guard::{Fault, slice_mut};
use crate::request::{Choice, Request, of_row};
use crate::status::Status;
use rayon::prelude::*;

/// One request's row in a step.
#[repr(C)]
pub struct Row {
    /// The request; null for a row that is not marked, which is passed over.
    pub request: *mut Request,
    /// Its logits, indexed by token; scratch space afterwards.
    pub logits: *mut f32,
    /// How many.
    pub length: usize,
    /// Its ordinary randomness of this step, in [0, 1).
    pub uniform: f64,
    /// What was chosen.
    pub choice: Choice,
    /// What the row came to, a `hallmark_status`; a row that failed has accepted nothing, and `hallmark_request_error` says why.
    pub status: i32,
}

/// The rows of a step, of which each thread has some.
struct Rows<'a>(&'a mut [Row]);

// SAFETY: the caller promises that no two rows share a request or logits, and that nobody else uses them during the call.
unsafe impl Send for Rows<'_> {}

/// Chooses a token for each of `count` rows, on all threads of the library's pool, and where `accept` is not 0 records it; returns how many
/// rows failed. A bad row says so in its own place and leaves the others as they are.
///
/// # Safety
/// `rows` has `count` rows; no two of them share a request or logits, and nobody else uses these during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_step_rows(rows: *mut Row, count: usize, accept: u32) -> usize {
    // SAFETY: as the caller promises.
    let Ok(rows) = (unsafe { slice_mut(rows, count) }) else {
        return count;
    };
    let each = rows.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Vec<Rows<'_>> = rows.chunks_mut(each).map(Rows).collect();
    let failed = parts.into_par_iter().map(|part| {
        let Rows(rows) = part;
        let failed = rows.iter_mut().filter_map(|row| {
            step(row, accept != 0);
            (row.status != OK).then_some(())
        });
        failed.count()
    });
    failed.sum()
}

fn step(row: &mut Row, accept: bool) {
    row.choice = Choice::default();
    row.status = OK;
    if row.request.is_null() {
        return;
    }
    // SAFETY: not null; the caller promises a request that is this row's alone.
    let request = unsafe { &mut *row.request };
    let (logits, length, uniform) = (row.logits, row.length, row.uniform);
    let choice = &mut row.choice;
    let status = request.does(|marker| {
        // SAFETY: the caller promises `length` logits that are this row's alone.
        let logits = unsafe { slice_mut(logits, length)? };
        let chosen = of_row(marker.choose_row(logits, uniform)?);
        if accept {
            marker.accept(chosen.token)?;
        }
        *choice = chosen;
        Ok::<(), Fault>(())
    });
    row.status = status as i32;
}

const OK: i32 = Status::HallmarkOk as i32;
