//! A step of many requests at once, on rows of single or half precision.

use crate::request::{Request, RequestError};
use hallmark_core::cells::TokenId;
use hallmark_core::marker::Choice;
pub use hallmark_core::row::Logits;
use hallmark_core::sampling::Sampling;
use rayon::prelude::*;

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
