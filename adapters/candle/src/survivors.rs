//! The tokens that survive truncation, in the order in which candle's sampler lays them end to end.
//!
//! Order matters for unmarked positions: the same draw falls on the same token only in the same order.

use crate::sampling::Sampling;

/// Tokens and their probabilities, not normalised again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Survivors {
    pub(crate) tokens: Vec<u32>,
    pub(crate) weights: Vec<f32>,
}

impl Survivors {
    /// Those of a whole row of probabilities.
    pub(crate) fn of(row: Vec<f32>, sampling: &Sampling) -> Self {
        match *sampling {
            Sampling::ArgMax | Sampling::All { .. } | Sampling::GumbelSoftmax { .. } => {
                Self::all(row)
            }
            Sampling::TopK { k, .. } => Self::likeliest(row, k),
            Sampling::TopP { p, .. } if p <= 0.0 || p >= 1.0 => Self::all(row),
            Sampling::TopP { p, .. } => Self::all(row).nucleus(p as f32),
            Sampling::TopKThenTopP { k, p, .. } => {
                let (p, whole) = (p as f32, k >= row.len());
                let kept = Self::likeliest(row, k);
                // Where k drops nothing, candle takes the nucleus for any p.
                if !whole && (p <= 0.0 || p >= kept.weights.iter().sum()) {
                    kept
                } else {
                    kept.nucleus(p)
                }
            }
        }
    }

    fn all(row: Vec<f32>) -> Self {
        Self {
            tokens: (0..row.len() as u32).collect(),
            weights: row,
        }
    }

    /// The `k` likeliest of a row of probabilities or logits, in the order that a selection without sorting leaves them in.
    pub(crate) fn likeliest(row: Vec<f32>, k: usize) -> Self {
        if k >= row.len() {
            return Self::all(row);
        }
        let mut order: Vec<usize> = (0..row.len()).collect();
        let (first, _, _) = order.select_nth_unstable_by(k, |&i, &j| row[j].total_cmp(&row[i]));
        Self {
            tokens: first.iter().map(|&at| at as u32).collect(),
            weights: first.iter().map(|&at| row[at]).collect(),
        }
    }

    /// The likeliest until their probability reaches `p`; their order stays.
    fn nucleus(mut self, p: f32) -> Self {
        let mut order: Vec<usize> = (0..self.weights.len()).collect();
        order.sort_by(|&i, &j| self.weights[j].total_cmp(&self.weights[i]));
        let mut sum = 0.0;
        for at in order {
            if sum >= p {
                self.weights[at] = 0.0;
            } else {
                sum += self.weights[at];
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(row: &[f32], sampling: &Sampling) -> Vec<u32> {
        let Survivors { tokens, weights } = Survivors::of(row.to_vec(), sampling);
        let each = tokens.into_iter().zip(weights);
        let mut kept: Vec<u32> = each
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(token, _)| token)
            .collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn the_likeliest_survive() {
        let row = [0.1, 0.4, 0.05, 0.3, 0.15];
        let temperature = 1.0;
        assert_eq!(kept(&row, &Sampling::All { temperature }), [0, 1, 2, 3, 4]);
        assert_eq!(kept(&row, &Sampling::TopK { k: 2, temperature }), [1, 3]);
        assert_eq!(
            kept(
                &row,
                &Sampling::TopP {
                    p: 0.8,
                    temperature
                }
            ),
            [1, 3, 4]
        );
        let both = |k, p| Sampling::TopKThenTopP { k, p, temperature };
        assert_eq!(kept(&row, &both(3, 0.5)), [1, 3]);
        assert_eq!(kept(&row, &both(3, 0.99)), [1, 3, 4]);
    }
}
