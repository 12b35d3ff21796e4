//! A step of many requests at once, on rows of single or half precision.

use crate::request::{Request, RequestError};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use hallmark_core::cells::TokenId;
use hallmark_core::marker::Choice;
use hallmark_core::sampling::Sampling;
use rayon::prelude::*;
use std::cell::RefCell;

/// A row of logits, indexed by token.
pub enum Logits<'a> {
    /// Single precision.
    F32(&'a mut [f32]),
    /// IEEE half precision.
    F16(&'a mut [f16]),
    /// bfloat16.
    Bf16(&'a mut [bf16]),
}

/// One request's row in a step.
pub struct Row<'a> {
    /// The request.
    pub request: &'a mut Request,
    /// Its logits.
    pub logits: Logits<'a>,
    /// Temperature and truncation, where the engine has not applied them.
    pub sampling: Option<Sampling>,
    /// Its ordinary randomness; without it the request's own is used.
    pub uniform: Option<f64>,
}

thread_local! {
    /// A row in single precision, of each thread.
    static WIDENED: RefCell<Vec<f32>> = RefCell::default();
}

impl Logits<'_> {
    /// Does something with the row in single precision, and takes back what became of it if `keep`.
    fn with<R>(&mut self, keep: bool, work: impl FnOnce(&mut [f32]) -> R) -> R {
        WIDENED.with_borrow_mut(|widened| match self {
            Self::F32(row) => work(row),
            Self::F16(row) => {
                widened.resize(row.len(), 0.0);
                row.convert_to_f32_slice(widened);
                let result = work(widened);
                if keep {
                    row.convert_from_f32_slice(widened);
                }
                result
            }
            Self::Bf16(row) => {
                widened.resize(row.len(), 0.0);
                row.convert_to_f32_slice(widened);
                let result = work(widened);
                if keep {
                    row.convert_from_f32_slice(widened);
                }
                result
            }
        })
    }
}

/// Chooses a token for each row, on the threads of the current rayon pool; where `accept` is set, each request then has it. A row that
/// fails has accepted nothing, and leaves the others as they are. Rows are scratch space afterwards.
pub fn choose_rows(rows: &mut [Row<'_>], accept: bool) -> Vec<Result<Choice, RequestError>> {
    each(rows, move |row: &mut Row<'_>| {
        let Row {
            request,
            logits,
            sampling,
            uniform,
        } = row;
        logits.with(false, |logits| {
            let choice = request.choose_row(logits, sampling.as_ref(), *uniform)?;
            if accept {
                request.accept(choice.index as TokenId)?;
            }
            Ok(choice)
        })
    })
}

/// Prepares each row for an engine that samples by itself, as [`Request::mark_row`] does.
pub fn mark_rows(rows: &mut [Row<'_>]) -> Vec<Result<bool, RequestError>> {
    each(rows, |row| {
        let warps = row
            .sampling
            .is_some_and(|sampling| sampling != Sampling::default());
        // A row that is left as it is needs no way there and back.
        if !warps && !row.request.is_open() {
            return Ok(false);
        }
        let Row {
            request,
            logits,
            sampling,
            ..
        } = row;
        logits.with(true, |logits| request.mark_row(logits, sampling.as_ref()))
    })
}

fn each<T: Send>(
    rows: &mut [Row<'_>],
    work: impl Fn(&mut Row<'_>) -> Result<T, RequestError> + Sync + Send,
) -> Vec<Result<T, RequestError>> {
    // Outside a pool the calling thread does all: rayon's own threads are gone in a child that was forked.
    match rows {
        [_] => rows.iter_mut().map(work).collect(),
        rows if rayon::current_thread_index().is_none() => rows.iter_mut().map(work).collect(),
        rows => rows.par_iter_mut().map(work).collect(),
    }
}
