//! One step of many requests.

use crate::guard::{Fault, caught, slice, slice_mut};
use crate::request::{Choice, Request, among, bias_of, row_of};
use crate::status::Status;
use crate::threads::pool;
use hallmark_core::marker::Marker;
use hallmark_core::row::Logits;
use rayon::prelude::*;
use std::ffi::c_void;

/// What the numbers of a row are.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Single precision.
    HallmarkF32 = 0,
    /// IEEE half precision.
    HallmarkF16 = 1,
    /// bfloat16.
    HallmarkBf16 = 2,
}

/// One request's row in a step. Zero all of it, then set the fields.
#[repr(C)]
pub struct Row {
    /// The request; null for a row that is not marked, which is passed over: its choice stays as it is.
    pub request: *mut Request,
    /// The tokens that survived truncation, whose logits follow; null for a whole row, which is indexed by token.
    pub candidates: *const u32,
    /// Its logits, numbers of its format; scratch space afterwards.
    pub logits: *mut c_void,
    /// How many.
    pub length: usize,
    /// What its logits are, a `hallmark_format`: 0 is single precision.
    pub format: u32,
    /// What the row came to, a `hallmark_status`; a row that failed has accepted nothing, and `hallmark_request_error` says why.
    pub status: i32,
    /// Its ordinary randomness of this step, in [0, 1): one that is 0 because nobody set it takes the first token each time.
    pub uniform: f64,
    /// What was chosen.
    pub choice: Choice,
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
    // SAFETY: as the caller promises.
    unsafe {
        each(rows, count, |row, marker, vocabulary| {
            let choice = row.choose(marker, vocabulary)?;
            if accept != 0 {
                marker.accept(choice.token)?;
            }
            Ok(choice)
        })
    }
}

/// Adds the bias of `green` to each of `count` whole rows, in their own format, for an engine that truncates and samples by itself afterwards;
/// a row's `choice.marked` is 1 where it is marked, and otherwise its logits are as they were. Threads, bad rows and what is returned are those
/// of `hallmark_step_rows`.
///
/// # Safety
/// As for [`hallmark_step_rows`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_step_bias(rows: *mut Row, count: usize) -> usize {
    // SAFETY: as the caller promises.
    unsafe {
        each(rows, count, |row, marker, vocabulary| {
            let marked = row.bias(marker, vocabulary)?;
            Ok(Choice {
                marked: u32::from(marked),
                ..Choice::default()
            })
        })
    }
}

/// Does the same with each row that has a request; returns how many failed.
///
/// # Safety
/// As for [`hallmark_step_rows`].
unsafe fn each(
    rows: *mut Row,
    count: usize,
    work: impl Fn(&Row, &mut Marker, usize) -> Result<Choice, Fault> + Sync,
) -> usize {
    if rows.is_null() {
        return count;
    }
    let all = Rows(rows);
    let one = |at: usize| {
        let Rows(first) = { all };
        // SAFETY: `at` is below `count`, and given to one thread.
        let row = unsafe { &mut *first.add(at) };
        step(row, &work);
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

fn step(row: &mut Row, work: impl Fn(&Row, &mut Marker, usize) -> Result<Choice, Fault>) {
    row.status = OK;
    if row.request.is_null() {
        return;
    }
    row.choice = Choice::default();
    // SAFETY: not null; the caller promises a request that is this row's alone.
    let request = unsafe { &mut *row.request };
    let mut choice = Choice::default();
    let status = request.does(|marker, vocabulary| {
        choice = work(row, marker, vocabulary)?;
        Ok(())
    });
    row.choice = choice;
    row.status = status as i32;
}

impl Row {
    fn choose(&self, marker: &mut Marker, vocabulary: usize) -> Result<Choice, Fault> {
        // SAFETY: the caller of the step promises what the fields say.
        let mut logits = unsafe { self.logits()? };
        if self.candidates.is_null() {
            return logits.with(false, |row| row_of(marker, vocabulary, row, self.uniform));
        }
        // SAFETY: as above.
        let candidates = unsafe { slice(self.candidates, self.length)? };
        logits.with(false, |row| {
            among(marker, vocabulary, candidates, row, self.uniform)
        })
    }

    fn bias(&self, marker: &mut Marker, vocabulary: usize) -> Result<bool, Fault> {
        if !self.candidates.is_null() {
            return Err(Fault::argument(
                "a bias is added to whole rows: leave candidates null",
            ));
        }
        // SAFETY: the caller of the step promises what the fields say.
        let mut logits = unsafe { self.logits()? };
        // A row that is left as it is needs no way there and back.
        let keep = marker.is_open();
        logits.with(keep, |row| bias_of(marker, vocabulary, row))
    }

    /// The logits in their format.
    ///
    /// # Safety
    /// There are `length` numbers of the format, and they are the caller's alone.
    unsafe fn logits<'a>(&self) -> Result<Logits<'a>, Fault> {
        let (logits, length) = (self.logits, self.length);
        // SAFETY: as the caller promises.
        unsafe {
            Ok(match Format::of(self.format)? {
                Format::HallmarkF32 => Logits::F32(slice_mut(logits.cast(), length)?),
                Format::HallmarkF16 => Logits::F16(slice_mut(logits.cast(), length)?),
                Format::HallmarkBf16 => Logits::Bf16(slice_mut(logits.cast(), length)?),
            })
        }
    }
}

impl Format {
    fn of(number: u32) -> Result<Self, Fault> {
        let all = [Self::HallmarkF32, Self::HallmarkF16, Self::HallmarkBf16];
        let found = all.into_iter().find(|format| *format as u32 == number);
        found.ok_or_else(|| Fault::argument("format is no hallmark_format"))
    }
}

const OK: i32 = Status::HallmarkOk as i32;
