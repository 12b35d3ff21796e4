//! A p-value in words.

use hallmark_detector::tail::Log10P;

/// A p-value as people write it: two significant figures, as a decimal from 0.001 upwards.
pub(super) fn p_text(log10_p: Log10P) -> String {
    let exact = log10_p.to_string();
    match exact.split_once("e-") {
        Some((digits, "0")) => digits.to_owned(),
        Some((digits, exponent @ ("1" | "2" | "3"))) => {
            let zeros = "0".repeat(exponent.parse::<usize>().unwrap_or(1) - 1);
            format!("0.{zeros}{}", digits.replace('.', ""))
        }
        _ => exact
            .strip_suffix("e0")
            .map_or(exact.clone(), ToOwned::to_owned),
    }
}
