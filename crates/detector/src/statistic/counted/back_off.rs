//! T2r's expectation: an interpolated back-off model of which token follows.

use super::packed::{self, Packed, runs, suffix};
use hallmark_core::cells::TokenId;
use hashbrown::HashMap;
use rayon::prelude::*;

/// P̂(token | shorter window), for windows of h − 1, h − 2, …, 0 tokens, by Witten and Bell's
/// interpolation:
///
/// ```text
/// P_k(t | v) = (C(v, t) + T(v)·P_{k−1}(t | v′)) / (N(v) + T(v)),    P_{−1} = 1/V
/// ```
///
/// v is the newest k tokens, v′ the newest k − 1; C counts, N = Σ C, T is how many different tokens followed
/// (Witten and Bell 1991, method C; Chen and Goodman 1999, section 2.6).
pub(in crate::statistic) struct BackOff {
    orders: Vec<Order>,
    uniform: f64,
}

/// Counts after windows of one length.
#[derive(Default)]
struct Order {
    cells: HashMap<Packed, u32>,
    windows: HashMap<Packed, Followers>,
}

/// What followed a window.
#[derive(Clone, Copy, Default)]
pub(super) struct Followers {
    /// N: how many tokens.
    pub(super) tokens: u64,
    /// T: how many different ones.
    pub(super) types: u64,
}

/// What one full window contributed, to be left out.
pub(super) struct Without<'a> {
    /// Its tokens with their counts.
    pub(super) run: &'a [(TokenId, u32)],
    /// Σ of these counts.
    pub(super) tokens: u64,
}

impl BackOff {
    /// Counts of `sorted` cells with windows of `window` tokens; the windows of the model are shorter.
    pub(super) fn new(sorted: &[Packed], window: usize, vocabulary: u32) -> Self {
        let orders = (0..window)
            .into_par_iter()
            .map(|length| {
                let mut shorter: Vec<Packed> = sorted
                    .par_iter()
                    .map(|&cell| suffix(cell, length + 1))
                    .collect();
                shorter.par_sort_unstable();
                Order::count(&shorter)
            })
            .collect();
        Self {
            orders,
            uniform: 1.0 / f64::from(vocabulary.max(1)),
        }
    }

    /// What followed the shorter windows of `window`, from the shortest on, less what `without`
    /// contributed.
    pub(super) fn after(&self, window: Packed, without: Option<&Without<'_>>) -> Vec<Followers> {
        let of_order = |(length, order): (usize, &Order)| {
            let window = suffix(window, length);
            let all = order.windows.get(&window).copied().unwrap_or_default();
            let Some(without) = without else { return all };
            let own = without.run.iter();
            let only = own.filter(|&&(token, count)| order.count_of(window, token) == count);
            Followers {
                tokens: all.tokens - without.tokens,
                types: all.types - only.count() as u64,
            }
        };
        self.orders.iter().enumerate().map(of_order).collect()
    }

    /// P̂ of `token` after the shorter windows of `window`; `less` of its occurrences are left out.
    pub(super) fn probability(
        &self,
        window: Packed,
        token: TokenId,
        after: &[Followers],
        less: u32,
    ) -> f64 {
        let mut probability = self.uniform;
        for (length, (order, followers)) in self.orders.iter().zip(after).enumerate() {
            let count = match followers.tokens {
                0 => 0,
                _ => order.count_of(suffix(window, length), token) - less,
            };
            probability = interpolate(count, *followers, probability);
        }
        probability
    }
}

/// (C + T·P)/(N + T).
pub(super) fn interpolate(count: u32, followers: Followers, shorter: f64) -> f64 {
    if followers.tokens == 0 {
        return shorter;
    }
    let types = followers.types as f64;
    (f64::from(count) + types * shorter) / (followers.tokens as f64 + types)
}

impl Order {
    fn count(sorted: &[Packed]) -> Self {
        let mut order = Self::default();
        for (cell, count) in runs(sorted) {
            order.cells.insert(cell, count);
            let followers = order.windows.entry(packed::window(cell)).or_default();
            followers.tokens += u64::from(count);
            followers.types += 1;
        }
        order
    }

    fn count_of(&self, window: Packed, token: TokenId) -> u32 {
        let cell = packed::cell(window, token);
        self.cells.get(&cell).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use packed::pack;

    /// Cells of windows of two tokens: (1 2) → 3, 3, 4; (9 2) → 3, 5.
    fn model() -> BackOff {
        let mut cells =
            [[1, 2, 3], [1, 2, 3], [1, 2, 4], [9, 2, 3], [9, 2, 5]].map(|cell| pack(&cell));
        cells.sort_unstable();
        BackOff::new(&cells, 2, 10)
    }

    #[test]
    fn probabilities_are_witten_and_bells() {
        let model = model();
        let window = pack(&[7, 2]);
        let after = model.after(window, None);
        // After nothing: 3 ×3, 4, 5: N = 5, T = 3. After 2: the same counts.
        let p0 = |count: f64| (count + 3.0 * 0.1) / 8.0;
        let p1 = |count: f64| (count + 3.0 * p0(count)) / 8.0;
        for (token, count) in [(3, 3.0), (4, 1.0), (5, 1.0), (6, 0.0)] {
            let found = model.probability(window, token, &after, 0);
            assert!((found - p1(count)).abs() < 1e-15, "{token}: {found}");
        }
        // After a token that no window ends with, the model backs off.
        let window = pack(&[2, 7]);
        let after = model.after(window, None);
        assert!((model.probability(window, 3, &after, 0) - p0(3.0)).abs() < 1e-15);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let model = model();
        for window in [[1, 2], [9, 2], [2, 7]] {
            let window = pack(&window);
            let after = model.after(window, None);
            let sum: f64 = (0..10)
                .map(|token| model.probability(window, token, &after, 0))
                .sum();
            assert!((sum - 1.0).abs() < 1e-14, "{sum}");
        }
    }

    #[test]
    fn what_a_window_contributed_can_be_left_out() {
        let model = model();
        let window = pack(&[1, 2]);
        let without = Without {
            run: &[(3, 2), (4, 1)],
            tokens: 3,
        };
        let after = model.after(window, Some(&without));
        // Left: (9 2) → 3, 5: N = 2, T = 2.
        let p0 = |count: f64| (count + 2.0 * 0.1) / 4.0;
        let p1 = |count: f64| (count + 2.0 * p0(count)) / 4.0;
        for (token, less, count) in [(3, 2, 1.0), (4, 1, 0.0), (5, 0, 1.0)] {
            let found = model.probability(window, token, &after, less);
            assert!((found - p1(count)).abs() < 1e-15, "{token}: {found}");
        }
    }
}
