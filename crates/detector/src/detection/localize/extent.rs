//! How far a marked passage goes, beyond the window that found it: an estimate without a p-value.

use super::cover::SHORTEST;
use super::scores::Scores;
use super::windows::Window;
use hallmark_core::law::Law;
use std::ops::Range;

/// Cells between two estimated extents below which they are one passage.
const GAP: usize = SHORTEST / 2;

/// The passages that the chosen windows, disjoint and in order, belong to: the estimated extent of each with its most
/// significant window.
///
/// The extent is the stretch with the largest likelihood ratio between the effect that the window shows and none, not
/// beyond the neighbouring windows; twice more with the effect of the stretch found.
pub(super) fn passages(scores: &Scores, chosen: &[Window]) -> Vec<(Range<usize>, Window)> {
    let mut passages: Vec<(Range<usize>, Window)> = vec![];
    for (i, window) in chosen.iter().enumerate() {
        let from = i
            .checked_sub(1)
            .map_or(0, |before| chosen[before].cells.end);
        let to = chosen
            .get(i + 1)
            .map_or(scores.len(), |after| after.cells.start);
        let mut extent = window.cells.clone();
        for _ in 0..3 {
            extent = best_stretch(scores, from..to, threshold(scores, &extent)).unwrap_or(extent);
        }
        match passages.last_mut() {
            Some((before, best)) if extent.start < before.end + GAP => {
                before.end = extent.end.max(before.end);
                if window.log10_p < best.log10_p {
                    *best = window.clone();
                }
            }
            _ => passages.push((extent, window.clone())),
        }
    }
    passages
}

/// The score above which a cell speaks for the mean score of a stretch and below which it speaks for the null:
/// where the log-likelihood ratio of one cell is 0. In score units.
fn threshold(scores: &Scores, stretch: &Range<usize>) -> f64 {
    let law = scores.law;
    let mean = scores.sum(stretch) as f64 / stretch.len() as f64 / law.unit() as f64;
    match law {
        Law::Exponential => {
            // Exponential scores of mean μ against mean 1: (1 − 1/μ)·s − ln μ.
            let mean = mean.max(1.0 + 1e-6);
            mean * mean.ln() / (mean - 1.0) * law.unit() as f64
        }
        Law::Bernoulli { .. } | Law::Bits { .. } => {
            let trials = law.trials() as f64;
            let null = law.null_mean() / trials;
            let rate = (mean / trials).clamp(null + (1.0 - null) * 1e-6, 1.0 - 1e-6);
            let against = ((1.0 - null) / (1.0 - rate)).ln();
            trials * against / ((rate / null).ln() + against)
        }
    }
}

/// The stretch of cells with the largest sum of score − threshold (Kadane's scan); none where no cell is above it.
fn best_stretch(scores: &Scores, within: Range<usize>, threshold: f64) -> Option<Range<usize>> {
    let (mut best, mut found) = (0.0, None);
    let (mut sum, mut start) = (0.0, within.start);
    for cell in within {
        if sum <= 0.0 {
            (sum, start) = (0.0, cell);
        }
        sum += f64::from(scores.scores[cell]) - threshold;
        if sum > best {
            (best, found) = (sum, Some(start..cell + 1));
        }
    }
    found
}
