//! Findings that `hallmark examine` printed, with what is disclosed of their cells: `tests/make_cells.py` made them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hallmark_verify::arithmetic::{Cells, Form, KeyWords, Residual};
use serde_json::Value;
use std::path::Path;

/// One case.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) examined: Value,
    pub(crate) cells: Cells,
}

/// All cases, in the order of their names.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 10, "{}", paths.len());
    paths.iter().map(|path| read(path)).collect()
}

/// The case of this name.
pub(crate) fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}

fn read(path: &Path) -> Case {
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cells = &value["cells"];
    let residual = &cells["residual"];
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        examined: value["examined"].clone(),
        cells: Cells {
            answers: numbers(&cells["answers"], u32::from_le_bytes),
            weights: each(&cells["weights"], |form| numbers(form, u16::from_le_bytes)),
            keys: each(&cells["keys"], |key| KeyWords {
                key_id: key["key_id"].as_str().unwrap().to_owned(),
                words: numbers(&key["words"], u32::from_le_bytes),
                decoys: key["decoys"]
                    .as_array()
                    .map(|sums| sums.iter().map(|sum| sum.as_u64().unwrap()).collect()),
            }),
            residual: (!residual.is_null()).then(|| Residual {
                forms: each(&residual["forms"], |form| Form {
                    leaning: form["leaning"].as_str().unwrap().to_owned(),
                    prior: form["prior"].as_f64(),
                    weights: numbers(&form["weights"], i32::from_le_bytes),
                }),
                words: each(&residual["words"], |words| {
                    numbers(words, u32::from_le_bytes)
                }),
            }),
            ..Cells::default()
        },
    }
}

fn each<T>(list: &Value, of: impl Fn(&Value) -> T) -> Vec<T> {
    list.as_array().unwrap().iter().map(of).collect()
}

fn numbers<T, const N: usize>(packed: &Value, of: impl Fn([u8; N]) -> T) -> Vec<T> {
    let bytes = STANDARD.decode(packed.as_str().unwrap()).unwrap();
    bytes
        .chunks_exact(N)
        .map(|chunk| of(chunk.try_into().unwrap()))
        .collect()
}
