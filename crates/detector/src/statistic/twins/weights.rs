//! Whole-number weights by how much twins differ.

use crate::tail::{Group, group_weights};

/// Weights are 1 to this.
pub(super) const STEPS: f64 = 64.0;

/// Differences beyond so many medians count as that many: one pair decides nothing.
const MEDIANS: f64 = 3.0;

/// Groups of weights, and the sum of those of positive differences. Weights look at absolute differences alone.
pub(super) fn signed(differences: &[f64]) -> (Vec<Group>, i128) {
    let mut sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(&median) = sizes.get(sizes.len() / 2) else {
        return (vec![], 0);
    };
    let most = (MEDIANS * median).min(f64::MAX);
    let weight = |d: f64| (STEPS * (d.abs() / most).min(1.0)).ceil().max(1.0) as i32;
    let weights: Vec<i32> = differences.iter().map(|&d| weight(d)).collect();
    let positive = differences.iter().zip(&weights).filter(|(d, _)| **d > 0.0);
    let sum = positive.map(|(_, &weight)| i128::from(weight)).sum();
    // No weight is above 64, so that there is nothing to refuse.
    (group_weights(&weights).unwrap_or_default(), sum)
}
