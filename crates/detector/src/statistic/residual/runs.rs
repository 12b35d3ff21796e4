//! T2r's weights: from sorted cells to weighted cells, window by window.

use super::back_off::{BackOff, Followers, Without, interpolate};
use super::ladder;
use super::packed::{self, Packed};
use super::strength::{Counts, Strength};
use crate::finding::MAX_WINDOW;
use crate::weights::{ASSUMED_SHARE, WindowWeights};
use hallmark_core::cells::TokenId;
use hallmark_core::windows::WindowHash;

/// Where expected counts come from.
pub(super) enum Expected<'a> {
    /// A control sample: its sorted cells, and a model of its shorter windows.
    Reference {
        cells: &'a [Packed],
        model: &'a BackOff,
    },
    /// A model of the suspect's own shorter windows.
    ShorterWindow(&'a BackOff),
}

impl<'a> Expected<'a> {
    /// The same for the windows of one piece only, where looking up is quicker.
    fn near(&self, piece: &[Packed]) -> Self {
        match *self {
            Self::ShorterWindow(model) => Self::ShorterWindow(model),
            Self::Reference { cells, model } => {
                let (Some(&first), Some(&last)) = (piece.first(), piece.last()) else {
                    return Self::Reference { cells: &[], model };
                };
                let (first, last) = (packed::window(first), packed::window(last));
                let start = cells.partition_point(|&cell| packed::window(cell) < first);
                let end = cells.partition_point(|&cell| packed::window(cell) <= last);
                let cells: &'a [Packed] = &cells[start..end];
                Self::Reference { cells, model }
            }
        }
    }
}

/// A distinct cell with the step of its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) step: u8,
    pub(super) cell: Packed,
}

/// Everything that decides weights, the same for all pieces.
pub(super) struct Weigher<'a> {
    pub(super) expected: Expected<'a>,
    pub(super) strength: Strength,
    pub(super) weights: Option<&'a WindowWeights>,
    pub(super) window: usize,
}

/// Cells in a piece, about.
const PIECE: usize = 1 << 16;

/// Cuts sorted cells into pieces of whole windows.
pub(super) fn pieces(mut sorted: &[Packed]) -> Vec<&[Packed]> {
    let mut pieces = vec![];
    while sorted.len() > PIECE {
        let last = packed::window(sorted[PIECE - 1]);
        let end = sorted.partition_point(|&cell| packed::window(cell) <= last);
        let (piece, rest) = sorted.split_at(end);
        pieces.push(piece);
        sorted = rest;
    }
    pieces.push(sorted);
    pieces
}

impl Weigher<'_> {
    /// The weight of every cell that the suspect produced in a piece, or that the control sample produced after
    /// one of its windows; cells of weight 0 are left out.
    pub(super) fn weigh(&self, piece: &[Packed]) -> Vec<Weighed> {
        let by_window = || piece.chunk_by(|a, b| packed::window(*a) == packed::window(*b));
        let shares = self.shares(by_window().map(|run| packed::window(run[0])));
        let expected = self.expected.near(piece);
        let mut weighed = Vec::with_capacity(piece.len());
        for (run, share) in by_window().zip(shares) {
            if share > 0.0 {
                self.weigh_window(run, share, &expected, &mut weighed);
            }
        }
        weighed
    }

    /// The same for the cells of one window.
    fn weigh_window(
        &self,
        run: &[Packed],
        share: f64,
        expected: &Expected<'_>,
        weighed: &mut Vec<Weighed>,
    ) {
        let window = packed::window(run[0]);
        let counted: Vec<(TokenId, u32)> = packed::runs(run)
            .map(|(cell, count)| (packed::token(cell), count))
            .collect();
        let mut push = |token: TokenId, count: u32, probability: f64| {
            let weight = self.strength.weight(Counts {
                produced: f64::from(count),
                visits: run.len() as f64,
                probability,
                share,
            });
            if let Some(step) = ladder::step(weight * ladder::UNIT) {
                let cell = packed::cell(window, token);
                weighed.push(Weighed { step, cell });
            }
        };
        match *expected {
            Expected::Reference { cells, model } => {
                let control = control(cells, window);
                let followers = Followers {
                    tokens: control.iter().map(|&(_, count)| u64::from(count)).sum(),
                    types: control.len() as u64,
                };
                let after = model.after(window, None);
                for (token, own, other) in union(&counted, &control) {
                    let shorter = model.probability(window, token, &after, 0);
                    push(token, own, interpolate(other, followers, shorter));
                }
            }
            Expected::ShorterWindow(model) => {
                let without = Without {
                    run: &counted,
                    tokens: run.len() as u64,
                };
                let after = model.after(window, Some(&without));
                for &(token, own) in &counted {
                    push(token, own, model.probability(window, token, &after, own));
                }
            }
        }
    }

    /// ρ of each window.
    fn shares(&self, windows: impl Iterator<Item = Packed>) -> Vec<f64> {
        let Some(weights) = self.weights else {
            return windows.map(|_| ASSUMED_SHARE).collect();
        };
        let hashes: Vec<WindowHash> = windows
            .map(|packed| {
                let mut tokens = [0; MAX_WINDOW];
                let tokens = &mut tokens[..self.window];
                packed::unpack(packed, tokens);
                WindowHash::of(tokens)
            })
            .collect();
        let mut levels = vec![0; hashes.len()];
        weights.levels(&hashes, &mut levels);
        let of_levels = weights.harvest_shares();
        levels
            .into_iter()
            .map(|level| of_levels[level as usize])
            .collect()
    }
}

/// What the control sample produced after a window, with counts.
fn control(sorted: &[Packed], window: Packed) -> Vec<(TokenId, u32)> {
    let start = sorted.partition_point(|&cell| packed::window(cell) < window);
    let run = &sorted[start..];
    let end = run.partition_point(|&cell| packed::window(cell) == window);
    packed::runs(&run[..end])
        .map(|(cell, count)| (packed::token(cell), count))
        .collect()
}

/// Merges two lists of tokens with counts; 0 where one lacks a token.
fn union<'a>(
    mut left: &'a [(TokenId, u32)],
    mut right: &'a [(TokenId, u32)],
) -> impl Iterator<Item = (TokenId, u32, u32)> + 'a {
    std::iter::from_fn(move || {
        let token = match (left.first(), right.first()) {
            (None, None) => return None,
            (Some(&(token, _)), None) | (None, Some(&(token, _))) => token,
            (Some(&(left, _)), Some(&(right, _))) => left.min(right),
        };
        Some((token, take(&mut left, token), take(&mut right, token)))
    })
}

/// The count of `token` if it is next.
fn take(list: &mut &[(TokenId, u32)], token: TokenId) -> u32 {
    match list.split_first() {
        Some((&(next, count), rest)) if next == token => {
            *list = rest;
            count
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_has_every_token_once() {
        let merged: Vec<_> = union(&[(1, 2), (4, 1)], &[(1, 5), (2, 3), (9, 1)]).collect();
        assert_eq!(merged, [(1, 2, 5), (2, 0, 3), (4, 1, 0), (9, 0, 1)]);
    }

    #[test]
    fn pieces_never_split_a_window() {
        let mut cells: Vec<Packed> = (0..300_000_u128).map(|i| (i / 70_001) << 24 | i).collect();
        cells.sort_unstable();
        let pieces = pieces(&cells);
        assert_eq!(pieces.concat(), cells);
        for pair in pieces.windows(2) {
            let [last, first] = [pair[0].last(), pair[1].first()]
                .map(|cell| cell.map(|&cell| packed::window(cell)));
            assert_ne!(last, first);
        }
    }
}
