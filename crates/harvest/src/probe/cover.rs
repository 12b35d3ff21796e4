//! Greedy cover: each prompt is chosen for the windows that those before it do not have.

use super::logged::Logged;
use hallmark_core::windows::WindowHash;
use hashbrown::HashSet;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The windows of a prompt's logged answer, with their weights in units of 1/65,535.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Worth {
    windows: Box<[WindowHash]>,
    weights: Box<[u16]>,
    /// Distinct windows of the answer that the prompt does not show, those of no weight included.
    fresh: usize,
    /// Distinct windows of the answer.
    distinct: usize,
    score: u64,
}

impl Worth {
    /// The same for every prompt.
    pub(super) fn alike() -> Self {
        Self {
            windows: [].into(),
            weights: [].into(),
            fresh: 0,
            distinct: 0,
            score: 1,
        }
    }

    /// From the windows that the prompt does not show, of `distinct` in the answer.
    pub(super) fn new(
        windows: impl ExactSizeIterator<Item = (WindowHash, u16)>,
        distinct: usize,
    ) -> Self {
        let fresh = windows.len();
        let (windows, weights): (Vec<_>, Vec<u16>) =
            windows.filter(|&(_, weight)| weight > 0).unzip();
        Self {
            score: weights.iter().copied().map(u64::from).sum(),
            windows: windows.into(),
            weights: weights.into(),
            fresh,
            distinct,
        }
    }

    /// The sum of the weights.
    pub(super) fn score(&self) -> u64 {
        self.score
    }

    /// The part of the score that is not covered yet.
    fn gain(&self, covered: &HashSet<WindowHash>) -> u64 {
        self.windows
            .iter()
            .zip(&self.weights)
            .filter(|(window, _)| !covered.contains(*window))
            .map(|(_, &weight)| u64::from(weight))
            .sum()
    }

    pub(super) fn logged(&self, gain: u64) -> Logged {
        let unit = f64::from(u16::MAX);
        Logged {
            windows: self.fresh as u64,
            score: self.score as f64 / unit,
            new_score: gain as f64 / unit,
            exposure_share: (self.distinct - self.fresh) as f64 / self.distinct.max(1) as f64,
        }
    }
}

/// The places of up to `count` of `worths`, each with what it gained when it was chosen. Of equal gains
/// the first comes first. When nothing is left to gain, everything counts as not covered again.
///
/// Gains only fall as more is covered, so a gain that was worked out earlier is an upper bound, and
/// only the best of these must be worked out anew (Minoux 1978, "lazy greedy").
pub(super) fn greedy(worths: &[Worth], count: usize) -> Vec<(usize, u64)> {
    let (mut left, worthless): (Vec<usize>, Vec<usize>) =
        (0..worths.len()).partition(|&place| worths[place].score > 0);
    let mut chosen: Vec<(usize, u64)> = vec![];
    while chosen.len() < count && !left.is_empty() {
        let mut covered = HashSet::new();
        let mut bounds: BinaryHeap<(u64, Reverse<usize>)> = left
            .drain(..)
            .map(|place| (worths[place].score, Reverse(place)))
            .collect();
        while chosen.len() < count
            && let Some((_, Reverse(place))) = bounds.pop()
        {
            let gain = worths[place].gain(&covered);
            let now = (gain, Reverse(place));
            if bounds.peek().is_some_and(|next| *next > now) {
                bounds.push(now);
            } else if gain > 0 {
                chosen.push((place, gain));
                covered.extend(&worths[place].windows);
            } else {
                // Everything that is left is covered.
                left = bounds
                    .into_iter()
                    .map(|(_, Reverse(place))| place)
                    .collect();
                left.push(place);
                break;
            }
        }
    }
    let rest = count - chosen.len();
    chosen.extend(worthless.into_iter().take(rest).map(|place| (place, 0)));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn worth(windows: &[(u64, u16)]) -> Worth {
        let windows = windows
            .iter()
            .map(|&(hash, weight)| (WindowHash(hash), weight));
        Worth::new(windows, 9)
    }

    #[test]
    fn a_copy_is_chosen_last() {
        let worths = [
            worth(&[(1, 10), (2, 10), (3, 10)]),
            worth(&[(1, 10), (2, 10), (3, 10)]),
            worth(&[(4, 5)]),
            worth(&[(1, 10), (5, 6)]),
            worth(&[(6, 0)]),
        ];
        assert_eq!(
            greedy(&worths, 9),
            [(0, 30), (3, 6), (2, 5), (1, 30), (4, 0)]
        );
        assert_eq!(greedy(&worths, 2), [(0, 30), (3, 6)]);
        assert_eq!(greedy(&[], 2), []);
    }

    proptest! {
        #[test]
        fn lazy_and_plain_greedy_choose_alike(
            sets in prop::collection::vec(prop::collection::btree_map(0u64..30, 1u16..50, 1..8), 1..25),
            count in 1usize..30,
        ) {
            let worths: Vec<Worth> = sets
                .iter()
                .map(|set| worth(&set.iter().map(|(&hash, &weight)| (hash, weight)).collect::<Vec<_>>()))
                .collect();
            let mut plain: Vec<(usize, u64)> = vec![];
            let mut covered = HashSet::new();
            let mut left: Vec<usize> = (0..worths.len()).collect();
            while plain.len() < count.min(worths.len()) {
                let gain = |place: usize, covered: &HashSet<WindowHash>| worths[place].gain(covered);
                let best = left.iter().map(|&place| gain(place, &covered)).max().unwrap();
                if best == 0 {
                    covered.clear();
                    continue;
                }
                let at = left.iter().position(|&place| gain(place, &covered) == best).unwrap();
                let place = left.remove(at);
                covered.extend(&worths[place].windows);
                plain.push((place, best));
            }
            prop_assert_eq!(greedy(&worths, count), plain);
        }
    }
}
