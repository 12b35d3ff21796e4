//! One answer from many: Holm's adjustment and the line-up.

use crate::tail::{DoubleWord, Log10P, log10_p_up};

/// Holm's step-down adjusted p-values, in the order of the input.
///
/// adj(i) = max over j ≤ i of min(1, (m − j + 1)·p(j)), p sorted ascending (Holm 1979). Rejecting every test
/// whose adjusted p is ≤ α keeps the chance of any false rejection at or below α, whatever the dependence.
/// Valid only if `tried` holds **every** test that was run, the failed and the forgotten ones too; a test that had
/// too little data counts with p = 1. Sums of logarithms are rounded up.
///
/// ```
/// use hallmark_detector::{multiplicity::holm, tail::Log10P};
/// let tried = [-2.0, -90_000.0, -0.1].map(|l| Log10P::new(l).expect("negative"));
/// let adjusted = holm(&tried);
/// assert_eq!(adjusted[1].to_string(), "3.0e-90000");
/// assert_eq!(adjusted[0].to_string(), "2.0e-2");
/// ```
#[must_use]
pub fn holm(tried: &[Log10P]) -> Vec<Log10P> {
    let mut order: Vec<usize> = (0..tried.len()).collect();
    order.sort_by_key(|&i| tried[i]);
    let mut adjusted = vec![Log10P::ONE; tried.len()];
    let mut largest = Log10P::clamped(f64::MIN);
    for (rank, &i) in order.iter().enumerate() {
        let remaining = (tried.len() - rank) as u64;
        largest = largest.max(times(tried[i], remaining));
        adjusted[i] = largest;
    }
    adjusted
}

/// The p-value of a line-up: (1 + #{decoy ≥ true}) / (1 + m) for m decoys (T5), rounded up.
///
/// `decoys` are the same statistic under keys drawn by the true key's own procedure, larger meaning more
/// evidence; for p-values pass [`std::cmp::Reverse`]. Ties count against the accuser. Not valid for a statistic
/// whose weights came from logs made under the true key.
///
/// ```
/// use hallmark_detector::multiplicity::line_up;
/// let decoys: Vec<u64> = (0..99).collect();
/// assert_eq!(line_up(&500, &decoys).to_string(), "1.0e-2");
/// ```
#[must_use]
pub fn line_up<S: Ord>(truth: &S, decoys: &[S]) -> Log10P {
    let at_least = decoys.iter().filter(|decoy| *decoy >= truth).count() as u64;
    fraction(1 + at_least, 1 + decoys.len() as u64)
}

/// p·`factor`, at most 1.
fn times(p: Log10P, factor: u64) -> Log10P {
    if factor == 1 {
        return p;
    }
    let log10 = (DoubleWord::from(factor).ln() / DoubleWord::LN_10 + DoubleWord::from(p.value()))
        .round_up()
        .next_up();
    Log10P::clamped(log10)
}

/// log10 of `over` / `under`, 0 < over ≤ under, rounded up.
fn fraction(over: u64, under: u64) -> Log10P {
    log10_p_up((DoubleWord::from(over) / DoubleWord::from(under)).ln())
}
