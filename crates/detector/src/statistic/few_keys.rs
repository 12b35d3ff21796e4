//! Keys of few bits: another key may be the same one in effect.
//!
//! An engine's function keeps b bits of its key. Whoever marked the text with another key drew one that is the tested one
//! in effect with probability 2^−b, and then the text follows the tested key. So for p-values of the law alone the chance of a
//! p-value at or below α is at most α + 2^−b, which makes p + 2^−b one; and for an e-value E of the law
//! alone ½·min(E, 2^b) is one, at a fixed time or any stopping time: its mean is at most ½·1 where the keys differ,
//! and ½·2^b with probability 2^−b (`docs/tests/foreign.md`).

use crate::finding::{Finding, Found};
use crate::tail::{Log10E, Log10P};
use hallmark_core::mark::Mark;
use std::f64::consts::{LN_2, LN_10};

/// The p-value with the chance of another key; and that of the law alone, where it is visibly smaller.
pub(crate) fn limited(mark: &Mark, of_law: Log10P) -> (Log10P, Option<Log10P>) {
    let log10_p = mark
        .key_bits()
        .map_or(of_law, |bits| plus_power_of_two(of_law, bits));
    let differs = log10_p.value() - of_law.value() > VISIBLE;
    (log10_p, differs.then_some(of_law))
}

/// The same for a finding, its e-value too.
pub(crate) fn limit(mark: &Mark, finding: Finding) -> Finding {
    let (log10_p, unmarked) = limited(mark, finding.log10_p);
    let mut found = finding.found;
    match &mut found {
        Found::T3(found) => found.log10_e = limited_e(mark, found.log10_e),
        Found::T3r(found) => found.log10_e = limited_e(mark, found.log10_e),
        Found::T9(found) => found.log10_e = limited_e(mark, found.log10_e),
        _ => {}
    }
    Finding {
        log10_p,
        log10_p_unmarked: unmarked,
        log10_p_adjusted: log10_p,
        found,
        ..finding
    }
}

/// log10 of ½·min(E, 2^b), rounded down; E itself where keys are many.
fn limited_e(mark: &Mark, log10_e: Log10E) -> Log10E {
    let Some(bits) = mark.key_bits() else {
        return log10_e;
    };
    let half = 2.0_f64.log10();
    let most = f64::from(bits) * half;
    // A few units of 2⁻⁵³ in numbers below 20, and in E.
    let slack = 1e-14 * (1.0 + log10_e.value().abs());
    Log10E::clamped(log10_e.value().min(most) - half - slack)
}

/// Differences of log10 p that are worth telling.
const VISIBLE: f64 = 0.005;

/// log10 of p + 2^−bits, rounded up.
fn plus_power_of_two(p: Log10P, bits: u32) -> Log10P {
    let (ln, other) = (p.value() * LN_10, -f64::from(bits) * LN_2);
    let (most, least) = (ln.max(other), ln.min(other));
    let sum = most + libm::log1p(libm::exp(least - most));
    // A few units of 2⁻⁵³ in numbers that are at most 1, and in `most`.
    Log10P::clamped(sum / LN_10 + 1e-14 * (1.0 - most))
}

#[cfg(test)]
mod tests {
    use super::plus_power_of_two;
    use crate::tail::Log10P;

    #[test]
    fn few_keys_limit_p() {
        let sum = |p: f64, bits| plus_power_of_two(Log10P::new(p).unwrap(), bits).value();
        assert_eq!(sum(0.0, 16), 0.0);
        for (p, bits) in [
            (-0.3, 16),
            (-4.8, 16),
            (-9.0, 32),
            (-9.633, 32),
            (-12.0, 32),
        ] {
            let expected = (10_f64.powf(p) + 2_f64.powi(-bits)).log10();
            let found = sum(p, bits as u32);
            assert!(
                found >= expected - 1e-15 && found < expected + 1e-12,
                "{p} {bits}: {found} {expected}"
            );
        }
        assert!((sum(-688.0, 32) + 32.0 * 2_f64.log10()).abs() < 1e-12);
        assert!((sum(-1e7, 64) + 64.0 * 2_f64.log10()).abs() < 1e-9);
    }
}
