//! What a model without the mark would have produced after each window.

use super::back_off::{BackOff, Followers, Without, interpolate};
use super::packed::{self, Packed};
use crate::finding::MAX_WINDOW;
use hallmark_core::cells::TokenId;
use hallmark_core::windows::WindowHash;

/// Where expected counts come from.
pub(in crate::statistic) enum Expected<'a> {
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
    pub(in crate::statistic) fn near(&self, piece: &[Packed]) -> Self {
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

    /// The cells of one window, given the run of them that the suspect produced: each token with how often the suspect produced it, and
    /// P̂. Tokens that the control sample alone produced come with 0.
    pub(in crate::statistic) fn each(
        &self,
        run: &[Packed],
        mut take: impl FnMut(TokenId, u32, f64),
    ) {
        let window = packed::window(run[0]);
        let counted: Vec<(TokenId, u32)> = packed::runs(run)
            .map(|(cell, count)| (packed::token(cell), count))
            .collect();
        match *self {
            Self::Reference { cells, model } => {
                let control = control(cells, window);
                let followers = Followers {
                    tokens: control.iter().map(|&(_, count)| u64::from(count)).sum(),
                    types: control.len() as u64,
                };
                let after = model.after(window, None);
                for (token, own, other) in union(&counted, &control) {
                    let shorter = model.probability(window, token, &after, 0);
                    take(token, own, interpolate(other, followers, shorter));
                }
            }
            Self::ShorterWindow(model) => {
                let without = Without {
                    run: &counted,
                    tokens: run.len() as u64,
                };
                let after = model.after(window, Some(&without));
                for &(token, own) in &counted {
                    take(token, own, model.probability(window, token, &after, own));
                }
            }
        }
    }
}

/// Cells in a piece, about.
const PIECE: usize = 1 << 16;

/// Cuts sorted cells into pieces of whole windows.
pub(in crate::statistic) fn pieces(mut sorted: &[Packed]) -> Vec<&[Packed]> {
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

/// The hashes of windows of so many tokens.
pub(in crate::statistic) fn hashes(
    windows: impl Iterator<Item = Packed>,
    window: usize,
) -> Vec<WindowHash> {
    let hash = |packed| {
        let mut tokens = [0; MAX_WINDOW];
        let tokens = &mut tokens[..window];
        packed::unpack(packed, tokens);
        WindowHash::of(tokens)
    };
    windows.map(hash).collect()
}

/// The runs of each window's cells in sorted cells.
pub(in crate::statistic) fn by_window(sorted: &[Packed]) -> impl Iterator<Item = &[Packed]> {
    sorted.chunk_by(|a, b| packed::window(*a) == packed::window(*b))
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
