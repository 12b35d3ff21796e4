//! A step of many requests.

use crate::arrays::Array;
use crate::error::{usage, usage_hint};
use crate::request::Request;
use crate::sampling::Sampling;
use crate::threads;
use hallmark_core::sampling::Sampling as Core;
use hallmark_serve::RequestError;
use hallmark_serve::rows::{self, Row};
use pyo3::prelude::*;

/// A token for each row, sampled under the mark at open positions and ordinarily elsewhere; -1 where the request is None.
#[pyfunction]
#[pyo3(signature = (requests, logits, sampling = None, uniforms = None, accept = true))]
pub(crate) fn choose_rows(
    py: Python<'_>,
    requests: Vec<Option<Request>>,
    logits: &Bound<'_, PyAny>,
    sampling: Option<&Bound<'_, PyAny>>,
    uniforms: Option<Vec<f64>>,
    accept: bool,
) -> PyResult<Vec<i64>> {
    let work = |rows: &mut [Row<'_>]| rows::choose_rows(rows, accept);
    let chosen = step(py, &requests, logits, sampling, uniforms, work)?;
    all(py, &requests, chosen, -1, |choice| choice.index as i64)
}

/// Prepares rows for an engine that samples by itself; says which rows were marked.
#[pyfunction]
#[pyo3(signature = (requests, logits, sampling = None))]
pub(crate) fn mark_rows(
    py: Python<'_>,
    requests: Vec<Option<Request>>,
    logits: &Bound<'_, PyAny>,
    sampling: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<bool>> {
    let marked = step(py, &requests, logits, sampling, None, rows::mark_rows)?;
    all(py, &requests, marked, false, |marked| marked)
}

/// For kernels on devices: the window of each row whose position is open, oldest token first; None elsewhere.
#[pyfunction]
pub(crate) fn open_windows(requests: Vec<Option<Request>>) -> PyResult<Vec<Option<Vec<u32>>>> {
    let window = |request: &Option<Request>| match request {
        Some(request) => Ok(request.lock()?.open_window()),
        None => Ok(None),
    };
    requests.iter().map(window).collect()
}

/// Makes each request's tokens those of its row of ids (int64, [rows, tokens]) from column `start` on; -1 is padding.
#[pyfunction]
#[pyo3(signature = (requests, ids, start = 0))]
pub(crate) fn sync_rows(
    requests: Vec<Option<Request>>,
    ids: &Bound<'_, PyAny>,
    start: usize,
) -> PyResult<()> {
    let array = Array::of_ids(ids)?;
    if array.rows() != requests.len() {
        return Err(usage(format_args!(
            "{} requests and {} rows of ids",
            requests.len(),
            array.rows()
        )));
    }
    for (at, (request, row)) in requests.iter().zip(array.ids(start)).enumerate() {
        if let Some(request) = request {
            let synced = request.lock()?.sync(row, 0);
            synced.map_err(|error| usage(format_args!("row {at}: {error}")))?;
        }
    }
    Ok(())
}

fn step<T: Send>(
    py: Python<'_>,
    requests: &[Option<Request>],
    logits: &Bound<'_, PyAny>,
    sampling: Option<&Bound<'_, PyAny>>,
    uniforms: Option<Vec<f64>>,
    work: impl FnOnce(&mut [Row<'_>]) -> Vec<Result<T, RequestError>> + Send,
) -> PyResult<Vec<(Result<T, RequestError>, usize)>> {
    let count = requests.len();
    // What runs a caller's code comes before the array's address is taken.
    let sampling = settings(sampling, count)?;
    let mut array = Array::of(logits)?;
    if array.rows() != count {
        return Err(usage_hint(
            format_args!("{count} requests and {} rows of logits", array.rows()),
            "give a request, or None, for each row",
        ));
    }
    if let Some(uniforms) = &uniforms
        && uniforms.len() != count
    {
        return Err(usage(format_args!(
            "{count} requests and {} uniforms",
            uniforms.len()
        )));
    }
    let mut held = vec![];
    for (at, (request, logits)) in requests.iter().zip(array.all()).enumerate() {
        if let Some(request) = request {
            held.push((at, request.lock()?, logits));
        }
    }
    let places: Vec<usize> = held.iter().map(|(at, ..)| *at).collect();
    let mut rows: Vec<Row<'_>> = held
        .iter_mut()
        .map(|(at, request, logits)| Row {
            request,
            logits: std::mem::replace(logits, hallmark_serve::rows::Logits::F32(&mut [])),
            sampling: sampling[*at],
            uniform: uniforms.as_ref().map(|uniforms| uniforms[*at]),
        })
        .collect();
    let outcomes = threads::run(py, || work(&mut rows))?;
    Ok(outcomes.into_iter().zip(places).collect())
}

/// All results, or an error that names the first row that failed; what the others came to is on it.
fn all<T, U>(
    py: Python<'_>,
    requests: &[Option<Request>],
    outcomes: Vec<(Result<T, RequestError>, usize)>,
    nobody: U,
    of: impl Fn(T) -> U,
) -> PyResult<Vec<U>>
where
    U: Clone + for<'py> IntoPyObject<'py>,
{
    let mut results = vec![nobody; requests.len()];
    let mut failed = vec![];
    for (outcome, at) in outcomes {
        match outcome {
            Ok(outcome) => results[at] = of(outcome),
            Err(error) => failed.push((at, error)),
        }
    }
    let Some((at, error)) = failed.first() else {
        return Ok(results);
    };
    let raised = usage(format_args!("row {at}: {error}"));
    let places: Vec<usize> = failed.iter().map(|(at, _)| *at).collect();
    raised.value(py).setattr("failed_rows", places)?;
    raised.value(py).setattr("results", results)?;
    Err(raised)
}

/// One setting for each row: none, one for all, or one each.
fn settings(sampling: Option<&Bound<'_, PyAny>>, rows: usize) -> PyResult<Vec<Option<Core>>> {
    let Some(sampling) = sampling else {
        return Ok(vec![None; rows]);
    };
    if let Ok(one) = sampling.extract::<Sampling>() {
        return Ok(vec![Some(one.sampling); rows]);
    }
    let each: Vec<Option<Sampling>> = sampling.extract()?;
    if each.len() != rows {
        return Err(usage(format_args!(
            "{rows} requests and {} settings",
            each.len()
        )));
    }
    Ok(each
        .into_iter()
        .map(|one| one.map(|one| one.sampling))
        .collect())
}
