//! One answer from many: Holm's adjustment, e-BH, the line-up, and e-values out of p-values.

use crate::tail::{DoubleWord, Log10E, Log10P, log10_p_up};

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

/// Which hypotheses e-BH rejects at false discovery rate `alpha` (Wang and Ramdas 2022, Definition 4).
///
/// With the e-values sorted downwards, the largest k with k·e₍ₖ₎ ≥ m/α is found and the k largest are rejected. The
/// expected share of false rejections among all is at most α·m₀/m, **whatever the dependence** of the e-values. That
/// is a list to look into, in which some may be wrong; to name a cohort use [`holm`].
///
/// Every hypothesis that was tried must be in the list. An e-value is one at a time fixed beforehand (or any stopping
/// time), never the supremum of an e-process. Comparisons are rounded against rejection. An α outside (0, 1) rejects nothing.
///
/// ```
/// use hallmark_detector::{multiplicity::e_bh, tail::Log10E};
/// let e = [9.0, 1.4, -0.5, 1.7].map(|l| Log10E::new(l).expect("finite"));
/// // 4/α = 80: 1·10⁹, 2·50 and 3·25.1 against 80.
/// assert_eq!(e_bh(&e, 0.05), [true, false, false, true]);
/// ```
#[must_use]
pub fn e_bh(log10_e: &[Log10E], alpha: f64) -> Vec<bool> {
    let mut selected = vec![false; log10_e.len()];
    // Below the smallest normal number the logarithm is not defined here; no rate that small is meant.
    if !(f64::MIN_POSITIVE..1.0).contains(&alpha) {
        return selected;
    }
    let mut order: Vec<usize> = (0..log10_e.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(log10_e[i]));
    let per_test = DoubleWord::from(alpha) / DoubleWord::from(log10_e.len() as u64);
    let reaches = |rank: usize, log10_e: Log10E| {
        let share = DoubleWord::from(rank as u64) * per_test;
        let excess = share.ln() / DoubleWord::LN_10 + DoubleWord::from(log10_e.value());
        excess.round_down().next_down() >= 0.0
    };
    let last = (1..=order.len()).rfind(|&rank| reaches(rank, log10_e[order[rank - 1]]));
    for &i in &order[..last.unwrap_or(0)] {
        selected[i] = true;
    }
    selected
}

/// An e-value out of a p-value, for tests that have no e-process: (1 − p + p·ln p)/(p·(ln p)²), rounded down.
///
/// The mixture over κ ∈ (0, 1) of the calibrators κ·p^(κ−1), each of which has mean at most 1 when p is a p-value
/// (Vovk and Wang 2021, section 2). It costs about 2·log10(−ln p) decades against 1/p; p = 1 becomes e = ½.
///
/// ```
/// use hallmark_detector::{multiplicity::calibrate, tail::Log10P};
/// assert_eq!(calibrate(Log10P::new(-6.0)?).to_string(), "5.2e3");
/// # Ok::<(), hallmark_detector::tail::NotLog10P>(())
/// ```
#[must_use]
pub fn calibrate(p: Log10P) -> Log10E {
    // With x = −ln p: (eˣ − 1 − x)/x² = Σ xᵏ/(k + 2)!, increasing in x.
    let x = -(DoubleWord::from(p.value()) * DoubleWord::LN_10);
    let small = x.to_f64();
    let ln = if small < 1.0 {
        // Sixteen positive terms; what is left out only lowers the sum.
        let terms = (0..16_u32).rev();
        let sum = terms.fold(0.0, |sum, k| (sum * small + 1.0) / f64::from(k + 2));
        DoubleWord::from(sum).ln()
    } else {
        let rest = 1.0 - (1.0 + small) * libm::exp(-small);
        x - x.ln().scale(1) + DoubleWord::from(rest).ln()
    };
    // Sums, exponential and their arguments: a few hundred times 2⁻⁵³ in all.
    let log10 = (ln - DoubleWord::from(1e-12)) / DoubleWord::LN_10;
    Log10E::clamped(log10.round_down().next_down())
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
pub(crate) fn times(p: Log10P, factor: u64) -> Log10P {
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
