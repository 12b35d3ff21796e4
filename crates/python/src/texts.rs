//! Texts and token ids of Python's: lists, numpy arrays, and records as lines of JSON.

use crate::error::{usage, usage_hint};
use hallmark::Inputs;
use hallmark::read::AtHand;
use hallmark_corpus::{Origin, Piece, Record, Source};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use std::path::PathBuf;
use std::sync::Arc;

/// Token ids: whole numbers from 0, in a sequence or a one-dimensional array.
pub(crate) fn ids(object: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
    match rows_of(object)? {
        Some(mut rows) if rows.len() == 1 => Ok(rows.remove(0)?),
        Some(_) => Err(usage("token ids have one dimension")),
        None => object.extract().map_err(|_| no_ids(object)),
    }
}

/// The same with −1 as padding.
pub(crate) fn padded_ids(object: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    if object.hasattr("__array_interface__")? {
        let list = object.call_method0("tolist")?;
        return list.extract().map_err(|_| no_ids(object));
    }
    object.extract().map_err(|_| no_ids(object))
}

fn no_ids(object: &Bound<'_, PyAny>) -> PyErr {
    let kind = object.get_type().name().map(|name| name.to_string());
    usage_hint(
        format_args!(
            "{} holds no token ids",
            kind.unwrap_or_else(|_| "this".to_owned())
        ),
        "give whole numbers from 0, in a list or a numpy array",
    )
}

/// Rows of an array of whole numbers; nothing where the object is no array. A row of two dimensions ends before its first −1.
fn rows_of(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<PyResult<Vec<u32>>>>> {
    let Ok(interface) = object.getattr("__array_interface__") else {
        return Ok(None);
    };
    let interface = interface.cast_into::<PyDict>()?;
    let item = |name: &str| {
        let found = interface.get_item(name)?;
        found.ok_or_else(|| usage(format_args!("the array's interface has no {name}")))
    };
    let (kind, shape): (String, Vec<usize>) =
        (item("typestr")?.extract()?, item("shape")?.extract()?);
    let strides: Option<Vec<isize>> = match interface.get_item("strides")? {
        Some(strides) => strides.extract()?,
        None => None,
    };
    let (rows, width) = match shape[..] {
        [width] => (1, width),
        [rows, width] => (rows, width),
        _ => return Err(usage("token ids have one or two dimensions")),
    };
    let bytes = match &kind[..] {
        "<i8" | "<u8" => 8,
        "<i4" | "<u4" => 4,
        "<i2" | "<u2" => 2,
        _ => {
            return Err(usage_hint(
                format_args!("an array of {kind} holds no token ids"),
                "give an array of whole numbers of 16, 32 or 64 bits",
            ));
        }
    };
    if strides.is_some() {
        return Err(usage_hint(
            "the array's numbers do not lie in one piece",
            "numpy.ascontiguousarray makes it so",
        ));
    }
    let (address, _): (usize, bool) = item("data")?.extract()?;
    if rows * width == 0 {
        return Ok(Some((0..rows).map(|_| Ok(vec![])).collect()));
    }
    // SAFETY: numpy's interface promises so many numbers at that address for as long as the object is held, which it is.
    let data = unsafe { std::slice::from_raw_parts(address as *const u8, rows * width * bytes) };
    let padded = shape.len() == 2;
    let row = |row: &[u8]| match &kind[..] {
        "<u4" => narrow(
            row.as_chunks()
                .0
                .iter()
                .map(|x| i64::from(u32::from_le_bytes(*x))),
            padded,
        ),
        "<i4" => narrow(
            row.as_chunks()
                .0
                .iter()
                .map(|x| i64::from(i32::from_le_bytes(*x))),
            padded,
        ),
        "<u2" => narrow(
            row.as_chunks()
                .0
                .iter()
                .map(|x| i64::from(u16::from_le_bytes(*x))),
            padded,
        ),
        "<i2" => narrow(
            row.as_chunks()
                .0
                .iter()
                .map(|x| i64::from(i16::from_le_bytes(*x))),
            padded,
        ),
        _ => narrow(
            row.as_chunks().0.iter().map(|x| i64::from_le_bytes(*x)),
            padded,
        ),
    };
    Ok(Some(data.chunks_exact(width * bytes).map(row).collect()))
}

fn narrow(ids: impl Iterator<Item = i64>, padded: bool) -> PyResult<Vec<u32>> {
    let ids = ids.take_while(|&id| !(padded && id == -1));
    let bad = |id: i64| usage(format_args!("{id} is no token id: ids are 0 to 4294967295"));
    ids.map(|id| u32::try_from(id).map_err(|_| bad(id)))
        .collect()
}

/// Documents or answers, and what was shown for each.
///
/// `texts` is a text, a sequence of texts or of token ids, an array of ids (two-dimensional: a document a row, ended by −1), or bytes:
/// records as lines of JSON. `prompts`, of as many, are texts or ids.
pub(crate) fn inputs(
    texts: Option<&Bound<'_, PyAny>>,
    prompts: Option<&Bound<'_, PyAny>>,
    files: Vec<PathBuf>,
    tokenizer: Option<PathBuf>,
    fields: Vec<String>,
) -> PyResult<Inputs> {
    let read = match texts {
        None => Inputs::of(files),
        Some(_) if !files.is_empty() => return Err(usage("give texts or files, not both")),
        Some(texts) => Inputs::at_hand(at_hand(texts, prompts)?),
    };
    Ok(Inputs {
        tokenizer,
        fields,
        ..read
    })
}

fn at_hand(texts: &Bound<'_, PyAny>, prompts: Option<&Bound<'_, PyAny>>) -> PyResult<AtHand> {
    if let Ok(lines) = texts.cast::<PyBytes>() {
        return Ok(AtHand::Jsonl(Arc::new(lines.as_bytes().to_vec())));
    }
    let bodies = pieces(texts)?;
    let shown = prompts.map(pieces).transpose()?;
    if let Some(shown) = &shown
        && shown.len() != bodies.len()
    {
        return Err(usage(format_args!(
            "{} texts and {} prompts",
            bodies.len(),
            shown.len()
        )));
    }
    let mut shown = shown.map(Vec::into_iter);
    let file: Arc<str> = "memory".into();
    let records = bodies.into_iter().enumerate().map(|(at, body)| {
        let prompt = shown.as_mut().and_then(Iterator::next);
        Record {
            source: Source::new(Arc::clone(&file), at as u64 + 1),
            id: None,
            group: None,
            sub_key: None,
            exposure_known: prompt.is_some(),
            exposure: prompt.into_iter().collect(),
            turns: None,
            earlier: None,
            body,
            origin: Origin::default(),
        }
    });
    Ok(AtHand::Records(Arc::new(records.collect())))
}

fn pieces(texts: &Bound<'_, PyAny>) -> PyResult<Vec<Piece>> {
    if let Ok(text) = texts.cast::<PyString>() {
        return Ok(vec![Piece::Text(text.to_string())]);
    }
    if let Some(rows) = rows_of(texts)? {
        return rows
            .into_iter()
            .map(|row| Ok(Piece::Tokens(row?)))
            .collect();
    }
    let mut pieces = vec![];
    for (at, item) in texts.try_iter()?.enumerate() {
        let item = item?;
        if let Ok(text) = item.cast::<PyString>() {
            pieces.push(Piece::Text(text.to_string()));
        } else if at == 0 && item.extract::<i64>().is_ok() {
            // One document of ids.
            return Ok(vec![Piece::Tokens(ids(texts)?)]);
        } else {
            pieces.push(Piece::Tokens(ids(&item)?));
        }
    }
    Ok(pieces)
}
