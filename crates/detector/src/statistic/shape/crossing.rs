//! T8's p-value: the chance that the ordered uniforms cross a boundary, by positive terms only.
//!
//! Let M(t) be how many of N uniforms are at most t, i₁ < i₂ < … the ranks, b₁ ≤ b₂ ≤ … the boundary: the event is
//! `M(b_j) ≥ i_j` for some j. Let `C_j(m)` be its probability within the first j ranks, given `M(b_j) = m`. Given that, the m
//! points are uniform up to `b_j`, so what lies below the edge before is binomial, and
//!
//! ```text
//! C_j(m) = 1 for m ≥ i_j,  else  Σ_k Binomial(m, b_{j−1}/b_j)(k)·C_{j−1}(k),     C_0 = 0
//! P(crossing) = Σ_m P(M(b_last) = m)·C_last(m)
//! ```
//!
//! (the backward form of Noé's recursion, 1972). C does not depend on N. The sum over k for all m at once is de Casteljau's scheme,
//! which forms convex combinations only. Nothing is subtracted, so small probabilities keep their relative precision.

use crate::tail::{DoubleWord, ln_binomial_upper, ln_factorial};

/// More than the relative error of all that is summed here: 44 ranks of at most 4,096 convex combinations with four roundings
/// each are below 44·4096·4·2⁻⁵³ = 9e-11; the point probabilities below 3e-12.
const SLACK: f64 = 1e-9;

/// More than what underflow can lose.
const LOST: f64 = 1e-290;

/// An upper bound of ln of the crossing probability, with a relative excess of about 1e-9. The boundary is in 2⁻³².
pub(super) fn ln_crossing(cells: u64, ranks: &[u64], boundary: &[u64]) -> DoubleWord {
    let mut before: Vec<f64> = vec![];
    let mut last = 0_u64;
    let mut last_rank = 0_u64;
    for (&rank, &edge) in ranks.iter().zip(boundary) {
        // Raising an edge to its predecessor changes nothing: ordered uniforms that pass the one pass the other.
        let edge = edge.max(last);
        // Below the smallest numerator there is no p-value.
        if edge == 0 {
            last_rank = rank;
            continue;
        }
        if edge >= 1 << 32 {
            return DoubleWord::ZERO;
        }
        let start: Vec<f64> = if last == 0 {
            vec![0.0; rank as usize]
        } else {
            let crossed = std::iter::repeat(1.0);
            before
                .into_iter()
                .take(last_rank as usize)
                .chain(crossed)
                .take(rank as usize)
                .collect()
        };
        before = thinned(start, last, edge);
        (last, last_rank) = (edge, rank);
    }
    if last == 0 {
        return DoubleWord::from(LOST).ln();
    }
    total(cells, last, &before)
}

/// For every m < the length: the mean of `values` at a Binomial(m, from/to) variable.
fn thinned(mut values: Vec<f64>, from: u64, to: u64) -> Vec<f64> {
    let keep = from as f64 / to as f64;
    let lose = (to - from) as f64 / to as f64;
    let mut means = Vec::with_capacity(values.len());
    while let Some(&first) = values.first() {
        means.push(first);
        for m in 1..values.len() {
            values[m - 1] = lose * values[m - 1] + keep * values[m];
        }
        values.pop();
    }
    means
}

/// ln of `Σ_m P(M = m)·C(m)` with C = 1 from the length of `crossed` on.
fn total(cells: u64, edge: u64, crossed: &[f64]) -> DoubleWord {
    let rank = crossed.len() as u64;
    let rest = libm::exp(ln_binomial_upper(cells, rank, edge).to_f64());
    let odds = edge as f64 / ((1_u64 << 32) - edge) as f64;
    // The mode, or the last m where it lies beyond.
    let mode = (((u128::from(cells) + 1) * u128::from(edge)) >> 32) as u64;
    let mode = mode.min(rank - 1);
    let anchor = libm::exp(ln_point(cells, mode, edge).to_f64());
    let mut sum = rest + anchor * crossed[mode as usize];
    let mut point = anchor;
    for m in (0..mode).rev() {
        point *= (m + 1) as f64 / (cells - m) as f64 / odds;
        sum += point * crossed[m as usize];
    }
    point = anchor;
    for m in mode + 1..rank {
        point *= (cells - m + 1) as f64 / m as f64 * odds;
        sum += point * crossed[m as usize];
    }
    DoubleWord::from((sum * (1.0 + SLACK) + LOST).min(1.0)).ln()
}

/// ln P(Binomial(cells, edge/2³²) = m), within 1e-11.
fn ln_point(cells: u64, m: u64, edge: u64) -> DoubleWord {
    let share = |part: u64| DoubleWord::from(part).ln() - DoubleWord::LN_2 * DoubleWord::from(32.0);
    ln_factorial(cells) - ln_factorial(m) - ln_factorial(cells - m)
        + DoubleWord::from(m) * share(edge)
        + DoubleWord::from(cells - m) * share((1 << 32) - edge)
}
