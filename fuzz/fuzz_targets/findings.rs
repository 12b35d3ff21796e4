//! Findings in JSON, against the cells of real ones.
#![no_main]
use hallmark_verify::Verdict;
use hallmark_verify::arithmetic::{Cells, check, growth};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

static CELLS: LazyLock<Vec<Cells>> = LazyLock::new(|| {
    [include_bytes!("../seeds/few.cells").as_slice(), include_bytes!("../seeds/ring-weighed.cells")]
        .map(|bytes| Cells::from_bytes(bytes).expect("a file of cells"))
        .to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    let (choice, json) = hallmark_fuzz::choice(bytes);
    let Ok(findings) = serde_json::from_slice::<Value>(json) else {
        return;
    };
    let cells = &CELLS[usize::from(choice) % CELLS.len()];
    let checks = check(&findings, cells);
    assert!(!checks.is_empty());
    for check in checks.iter().filter(|check| check.verdict == Verdict::Fails) {
        assert!(!check.detail.is_empty(), "{check:?}");
    }
    let _ = growth(&findings, cells);
});
