//! One step of many requests.

use crate::guard::{Fault, caught, slice_mut};
use crate::request::{Choice, Request, row_of};
use crate::status::Status;
use crate::threads::pool;
use rayon::prelude::*;

/// One request's row in a step.
#[repr(C)]
pub struct Row {
    /// The request; null for a row that is not marked, which is passed over: its choice stays as it is.
    pub request: *mut Request,
    /// Its logits, indexed by token; scratch space afterwards.
    pub logits: *mut f32,
    /// How many.
    pub length: usize,
    /// Its ordinary randomness of this step, in [0, 1): one that is 0 because nobody set it takes the first token each time.
    pub uniform: f64,
    /// What was chosen.
    pub choice: Choice,
    /// What the row came to, a `hallmark_status`; a row that failed has accepted nothing, and `hallmark_request_error` says why.
    pub status: i32,
}

/// The rows of a step, of which each thread takes some.
#[derive(Clone, Copy)]
struct Rows(*mut Row);

// SAFETY: the caller promises that no two rows share a request or logits, and that nobody else uses them during the call; each row is
// given to one thread.
unsafe impl Send for Rows {}
// SAFETY: as above.
unsafe impl Sync for Rows {}

const _: () = {
    /// What a row's request holds may go to another thread.
    const fn is_send<T: Send>() {}
    is_send::<Request>();
};

/// Chooses a token for each of `count` rows, on the library's threads (`hallmark_threads`), and where `accept` is not 0 records it; returns how
/// many rows failed. A bad row says so in its own place and leaves the others as they are. Where no threads can be had the calling one does all.
///
/// # Safety
/// `rows` has `count` rows; no two of them share a request or logits, and nobody else uses these during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_step_rows(rows: *mut Row, count: usize, accept: u32) -> usize {
    if rows.is_null() {
        return count;
    }
    let all = Rows(rows);
    let one = |at: usize| {
        let Rows(first) = { all };
        // SAFETY: `at` is below `count`, and given to one thread.
        let row = unsafe { &mut *first.add(at) };
        step(row, accept != 0);
        usize::from(row.status != OK)
    };
    let done = caught(|| {
        Ok(match pool().unwrap_or(None) {
            Some(pool) if count > 1 => pool.install(|| (0..count).into_par_iter().map(one).sum()),
            _ => (0..count).map(one).sum(),
        })
    });
    done.unwrap_or(count)
}

fn step(row: &mut Row, accept: bool) {
    row.status = OK;
    if row.request.is_null() {
        return;
    }
    row.choice = Choice::default();
    // SAFETY: not null; the caller promises a request that is this row's alone.
    let request = unsafe { &mut *row.request };
    let (logits, length, uniform) = (row.logits, row.length, row.uniform);
    let choice = &mut row.choice;
    let status = request.does(|marker, vocabulary| {
        // SAFETY: the caller promises `length` logits that are this row's alone.
        let logits = unsafe { slice_mut(logits, length)? };
        let chosen = row_of(marker, vocabulary, logits, uniform)?;
        if accept {
            marker.accept(chosen.token)?;
        }
        *choice = chosen;
        Ok::<(), Fault>(())
    });
    row.status = status as i32;
}

const OK: i32 = Status::HallmarkOk as i32;
