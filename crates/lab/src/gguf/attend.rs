//! Attention of a few queries to the cached keys and values that they share.

use crate::kernels::exp;

/// Positions in a block of keys, and numbers handled together elsewhere.
pub(super) const LANES: usize = 16;

/// What the queries of one group attend to; see the cache for the arrangement.
pub(super) struct Mixed<'a> {
    pub(super) head: usize,
    /// Positions to attend to, from the first.
    pub(super) seen: usize,
    pub(super) keys: &'a [i16],
    pub(super) values: &'a [i16],
    pub(super) key_scales: &'a [f32],
    pub(super) value_scales: &'a [f32],
}

/// Attention of the turned `queries`, one after the other, that share one head of keys and values. Several queries at
/// once, so that each key and value is read once for all.
#[inline(always)]
pub(super) fn attend(mixed: &Mixed<'_>, queries: &[f32], scratch: &mut Vec<f32>, out: &mut [f32]) {
    let count = queries.len() / mixed.head;
    let together = [4, 3, 2].into_iter().find(|&n| count.is_multiple_of(n));
    let size = together.unwrap_or(1) * mixed.head;
    for (queries, out) in queries.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
        match together {
            Some(4) => attend_together::<4>(mixed, queries, scratch, out),
            Some(3) => attend_together::<3>(mixed, queries, scratch, out),
            Some(2) => attend_together::<2>(mixed, queries, scratch, out),
            _ => attend_together::<1>(mixed, queries, scratch, out),
        }
    }
}

#[inline(always)]
fn attend_together<const N: usize>(
    mixed: &Mixed<'_>,
    queries: &[f32],
    scratch: &mut Vec<f32>,
    out: &mut [f32],
) {
    let padded = mixed.seen.next_multiple_of(LANES);
    scratch.clear();
    scratch.resize(N * padded, 0.0);
    scores::<N>(mixed, queries, padded, scratch);
    let mut inverse = [0.0; N];
    for (inverse, row) in inverse.iter_mut().zip(scratch.chunks_exact_mut(padded)) {
        *inverse = 1.0 / softmax(row, mixed.seen);
        for (weight, scale) in row.iter_mut().zip(mixed.value_scales) {
            *weight *= scale;
        }
    }
    mix::<N>(mixed, scratch, padded, &inverse, out);
}

/// `scores[query][position]`, scaled by 1/√head.
#[inline(always)]
fn scores<const N: usize>(mixed: &Mixed<'_>, queries: &[f32], padded: usize, scores: &mut [f32]) {
    let head = mixed.head;
    let scale = 1.0 / (head as f32).sqrt();
    let blocks = mixed.keys.chunks_exact(head * LANES);
    for (block, (keys, scales)) in blocks
        .zip(mixed.key_scales.chunks_exact(LANES))
        .take(padded / LANES)
        .enumerate()
    {
        let mut sums = [[0.0f32; LANES]; N];
        for (d, keys) in keys.chunks_exact(LANES).enumerate() {
            let keys: [f32; LANES] = std::array::from_fn(|lane| f32::from(keys[lane]));
            for (n, sums) in sums.iter_mut().enumerate() {
                let query = queries[n * head + d];
                for (sum, key) in sums.iter_mut().zip(&keys) {
                    *sum += query * key;
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            let scores = &mut scores[n * padded + block * LANES..][..LANES];
            for ((score, sum), key_scale) in scores.iter_mut().zip(sums).zip(scales) {
                *score = sum * (key_scale * scale);
            }
        }
    }
}

/// Turns the first `seen` scores of a row into weights relative to the largest, and the rest into zero; returns the
/// weights' sum.
#[inline(always)]
fn softmax(row: &mut [f32], seen: usize) -> f32 {
    for score in &mut row[seen..] {
        *score = f32::NEG_INFINITY;
    }
    let mut largest = [f32::NEG_INFINITY; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (largest, &x) in largest.iter_mut().zip(chunk) {
            *largest = if x > *largest { x } else { *largest };
        }
    }
    let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0f32; LANES];
    for chunk in row.chunks_exact_mut(LANES) {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *x = exp(*x - largest);
            *sum += *x;
        }
    }
    for weight in &mut row[seen..] {
        *weight = 0.0;
    }
    sums.iter().sum()
}

/// The values weighted and summed.
#[inline(always)]
fn mix<const N: usize>(
    mixed: &Mixed<'_>,
    weights: &[f32],
    padded: usize,
    inverse: &[f32; N],
    out: &mut [f32],
) {
    let head = mixed.head;
    for from in (0..head).step_by(LANES) {
        let mut sums = [[0.0f32; LANES]; N];
        for (position, values) in mixed.values.chunks_exact(head).take(mixed.seen).enumerate() {
            let values = &values[from..from + LANES];
            let values: [f32; LANES] = std::array::from_fn(|lane| f32::from(values[lane]));
            for (n, sums) in sums.iter_mut().enumerate() {
                let weight = weights[n * padded + position];
                for (sum, value) in sums.iter_mut().zip(&values) {
                    *sum += weight * value;
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            let out = &mut out[n * head + from..][..LANES];
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = sum * inverse[n];
            }
        }
    }
}
