//! A file of cells, and the arithmetic of fixed findings on whatever cells it holds.
#![no_main]
use hallmark_verify::Verdict;
use hallmark_verify::arithmetic::{Cells, check, growth};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

static FINDINGS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    ["few", "ring-weighed", "weighed-green"].map(hallmark_fuzz::findings).to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    let cells = match Cells::from_bytes(bytes) {
        Ok(cells) => cells,
        Err(error) => return drop(error.to_string()),
    };
    if let Ok(written) = cells.to_bytes() {
        assert_eq!(Cells::from_bytes(&written).as_ref(), Ok(&cells));
    }
    for findings in &*FINDINGS {
        let checks = check(findings, &cells);
        assert!(!checks.is_empty());
        for check in checks.iter().filter(|check| check.verdict == Verdict::Fails) {
            assert!(!check.detail.is_empty(), "{check:?}");
        }
        let _ = growth(findings, &cells);
    }
});
