//! Laws of sums of independent numbers: the same on every vector unit, as every sum is added up in one
//! order.

use alloc::vec::Vec;

use crate::simd::Lanes;

#[inline]
pub(crate) fn convolve(lanes: Lanes, a: &[f64], b: &[f64]) -> Vec<f64> {
    lanes.run(
        #[inline(always)]
        || convolve_portable(a, b),
    )
}

/// Sums that lie together are added up together, in registers.
const TOGETHER: usize = 16;

#[inline(always)]
fn convolve_portable(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let Some(last) = short.len().checked_sub(1) else {
        return Vec::new();
    };
    // Zeros on both sides: `padded[last + j]` is `long[j]`.
    let mut padded = alloc::vec![0.0; last];
    padded.extend(long);
    padded.resize(padded.len() + TOGETHER, 0.0);
    let mut out = alloc::vec![0.0; long.len() + last];
    for (at, out) in (0_usize..).step_by(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
        // The terms short[i]·long[at + lane − i] where that is not all zeros.
        let from = (at + 1).saturating_sub(long.len());
        let to = last.min(at + TOGETHER - 1);
        let mut sums = [0.0; TOGETHER];
        let terms = padded[at + last - to..].windows(TOGETHER);
        for (&x, terms) in short[from..=to].iter().rev().zip(terms) {
            for lane in 0..TOGETHER {
                sums[lane] += x * terms[lane];
            }
        }
        out.copy_from_slice(&sums[..out.len()]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::convolve;
    use crate::simd::Lanes;

    #[test]
    fn every_unit_adds_up_what_two_loops_do() {
        // Small whole numbers, so that sums are exact.
        let numbers = |n: usize| -> Vec<f64> { (1..=n).map(|i| (i * 7919 % 101) as f64).collect() };
        for (n, m) in [(1, 1), (1, 40), (16, 17), (33, 3), (100, 100), (0, 5)] {
            let (a, b) = (numbers(n), numbers(m));
            let mut plain = vec![0.0; if n == 0 { 0 } else { n + m - 1 }];
            for (i, x) in a.iter().enumerate() {
                for (j, y) in b.iter().enumerate() {
                    plain[i + j] += x * y;
                }
            }
            for unit in Lanes::available() {
                assert_eq!(convolve(unit, &a, &b), plain, "{unit:?} {n} {m}");
                assert_eq!(convolve(unit, &b, &a), plain, "{unit:?} {m} {n}");
            }
        }
    }
}
