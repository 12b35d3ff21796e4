//! The tokens of a row that survive truncation.

use super::Sampling;
use crate::cells::TokenId;
use crate::row::{self, RowError};
use crate::simd::{Lanes, rows};
use crate::softmax;
use alloc::vec::Vec;

/// Tokens that survived, in ascending order, with their logits after temperature. Scratch space: one for each thread is enough.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The tokens.
    pub tokens: Vec<TokenId>,
    /// Their logits.
    pub logits: Vec<f32>,
    /// The largest logit of each stretch of the row.
    peaks: Vec<f32>,
    order: Vec<f32>,
}

/// Logits in a stretch: the k-th largest of the stretches' peaks bounds the k-th largest logit from below, and only stretches whose peak
/// reaches a bound are read again.
const STRETCH: usize = 64;

/// A weight of e^-88 is nothing beside the largest in single precision.
const DEEPEST: f32 = 88.0;

/// Depths below the top, in parts of a nat, by which weights are summed.
const DEPTHS: usize = 1024;
const PER_NAT: f32 = DEPTHS as f32 / DEEPEST;

impl Candidates {
    /// Takes the survivors of a row.
    ///
    /// # Errors
    /// When a logit is NaN or +∞, or none is above −∞.
    pub fn survivors(&mut self, row: &[f32], sampling: &Sampling) -> Result<(), RowError> {
        let top = self.peaks(row)?;
        let inverse = 1.0 / sampling.temperature;
        let least = match sampling.min_p > 0.0 {
            true => top + sampling.temperature * libm::logf(sampling.min_p),
            false => f32::MIN,
        };
        let cut = sampling.top_k > 0 && sampling.top_k < row.len();
        if cut {
            let bound = self.bound(sampling.top_k);
            self.collect(row, bound);
            self.keep_largest(sampling.top_k);
        } else if sampling.top_p < 1.0 {
            // The nucleus lies in what a cut leaves if that has its probability.
            let total = softmax::total(row, top, inverse);
            let mut depth = 8.0;
            loop {
                self.collect(row, top - depth * sampling.temperature);
                let held = softmax::total(&self.logits, top, inverse);
                if held >= f64::from(sampling.top_p) * total || depth > DEEPEST {
                    break;
                }
                depth *= 2.0;
            }
            self.keep_nucleus(sampling.top_p, total, top, inverse);
        } else {
            self.collect(row, least);
        }
        if cut && sampling.top_p < 1.0 {
            let total = softmax::total(&self.logits, top, inverse);
            self.keep_nucleus(sampling.top_p, total, top, inverse);
        }
        if sampling.min_p > 0.0 {
            self.keep_from(least);
        }
        for logit in &mut self.logits {
            *logit *= inverse;
        }
        Ok(())
    }

    /// Notes the peaks, and returns the largest.
    fn peaks(&mut self, row: &[f32]) -> Result<f32, RowError> {
        self.peaks.resize(row.len().div_ceil(STRETCH), 0.0);
        let peaks = &mut self.peaks;
        let (top, usable) = rows::peaks::<STRETCH>(Lanes::detect(), row, peaks);
        if !usable {
            return Err(row::unusable(row, |at| at as TokenId));
        }
        if top == f32::NEG_INFINITY {
            return Err(RowError::AllMasked);
        }
        Ok(top)
    }

    /// A bound that at least `count` tokens reach, if so many stretches have one.
    fn bound(&mut self, count: usize) -> f32 {
        if count > self.peaks.len() {
            return f32::MIN;
        }
        self.order.clear();
        self.order.extend_from_slice(&self.peaks);
        let (_, &mut bound, _) = self
            .order
            .select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
        bound.max(f32::MIN)
    }

    /// Takes the tokens whose logit is at least `least`, which is above −∞.
    fn collect(&mut self, row: &[f32], least: f32) {
        self.tokens.clear();
        self.logits.clear();
        let least = least.max(f32::MIN);
        for (stretch, (logits, &peak)) in row.chunks(STRETCH).zip(&self.peaks).enumerate() {
            if peak < least {
                continue;
            }
            for (at, &logit) in logits.iter().enumerate() {
                if logit >= least {
                    self.tokens.push((stretch * STRETCH + at) as TokenId);
                    self.logits.push(logit);
                }
            }
        }
    }

    fn keep_largest(&mut self, count: usize) {
        if count >= self.logits.len() {
            return;
        }
        self.order.clear();
        self.order.extend_from_slice(&self.logits);
        let (_, &mut least, _) = self
            .order
            .select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
        self.keep_from(least);
    }

    /// Keeps the likeliest tokens that have `share` of the weight `total`. Weights are summed by depth below the top first, so that only
    /// the tokens of the depth at which the share is reached are sorted.
    fn keep_nucleus(&mut self, share: f32, total: f64, top: f32, inverse: f32) {
        let depth = |logit: f32| (((top - logit) * inverse * PER_NAT) as usize).min(DEPTHS - 1);
        let mut sums = [0.0f64; DEPTHS];
        for &logit in &self.logits {
            sums[depth(logit)] += f64::from(softmax::weight(logit, top, inverse));
        }
        let mut left = f64::from(share) * total;
        let reached = sums.iter().position(|&sum| {
            left -= sum;
            left <= 0.0
        });
        // Rounding may leave a share that nothing reaches: all are kept.
        let Some(reached) = reached else {
            return;
        };
        left += sums[reached];
        self.order.clear();
        let there = self.logits.iter().filter(|&&logit| depth(logit) == reached);
        self.order.extend(there);
        self.order.sort_unstable_by(|a, b| b.total_cmp(a));
        let last = self.order.iter().find(|&&logit| {
            left -= f64::from(softmax::weight(logit, top, inverse));
            left <= 0.0
        });
        if let Some(&least) = last.or(self.order.last()) {
            self.keep_from(least);
        }
    }

    fn keep_from(&mut self, least: f32) {
        let mut kept = 0;
        for at in 0..self.logits.len() {
            if self.logits[at] >= least {
                self.logits[kept] = self.logits[at];
                self.tokens[kept] = self.tokens[at];
                kept += 1;
            }
        }
        self.logits.truncate(kept);
        self.tokens.truncate(kept);
    }
}
