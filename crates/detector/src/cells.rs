//! Cells on their way to a score: raw, then fresh, then distinct. Only distinct cells can be scored.
//!
//! The types hold two of the conditions under which a p-value is valid: windows that the suspect
//! was shown are left out (`RawCells::fresh`), and each distinct cell counts once over the whole
//! corpus (`FreshCells::distinct`). A third, that selection never depends on the key, holds
//! because every filter here is a function of the window alone, and none is given the key or the
//! token that followed.

mod by_unit;

pub(crate) use by_unit::ByUnit;

use crate::dedup::{Dedup, DedupError, Units};
use crate::weights::WindowWeights;
use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::mark::Reading;
use hallmark_core::prf::ChaCha12;
use hallmark_core::windows::WindowHash;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::ops::Range;

/// Answers with what was shown for them: every position that has a full window.
#[derive(Clone, Debug)]
pub struct RawCells {
    window: usize,
    ids: Vec<TokenId>,
    answers: Vec<Answer>,
    shown: Vec<TokenId>,
    pieces: Vec<Range<usize>>,
}

/// What was shown to the suspect when it answered: prompt, system text, history, tool results.
#[derive(Clone, Copy, Debug)]
pub struct Exposure<'a> {
    /// Token sequences that were shown; no window spans two. A piece too many costs power only.
    pub pieces: &'a [Vec<TokenId>],
    /// Whether they are all that was shown. If not, findings carry a warning.
    pub known: bool,
}

impl<'a> Exposure<'a> {
    /// Nothing was shown.
    pub const NOTHING: Self = Self {
        pieces: &[],
        known: true,
    };

    /// It is not known what was shown.
    pub const UNKNOWN: Self = Self {
        pieces: &[],
        known: false,
    };

    /// These pieces and no more were shown.
    #[must_use]
    pub const fn known(pieces: &'a [Vec<TokenId>]) -> Self {
        Self {
            pieces,
            known: true,
        }
    }
}

/// Cells whose window was not shown to the suspect when it answered.
#[derive(Clone, Debug)]
pub struct FreshCells {
    window: usize,
    ids: Vec<TokenId>,
    at: Vec<u32>,
    raw: u64,
}

/// Cells that are the first of their kind in the whole corpus: the only ones that can be scored.
#[derive(Clone, Debug)]
pub struct DistinctCells {
    window: usize,
    ids: Vec<TokenId>,
    at: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Answer {
    ids: Range<usize>,
    pieces: Range<usize>,
    /// Whether the pieces are all that was shown.
    known: bool,
}

impl RawCells {
    /// No answers yet; windows of `window` tokens.
    ///
    /// # Panics
    /// When `window` is 0.
    #[must_use]
    pub fn new(window: usize) -> Self {
        assert!(window > 0, "a window has at least one token");
        Self {
            window,
            ids: vec![],
            answers: vec![],
            shown: vec![],
            pieces: vec![],
        }
    }

    /// Adds an answer with what was shown to the suspect when it gave it.
    ///
    /// # Errors
    /// When a token id is above [`MAX_TOKEN`], or there are more than 2³² tokens in this block. The
    /// block is then unchanged.
    pub fn push(&mut self, answer: &[TokenId], exposure: Exposure<'_>) -> Result<(), CellsError> {
        let Exposure { pieces, known } = exposure;
        let largest = |ids: &[TokenId]| ids.iter().copied().max().unwrap_or(0);
        let token = pieces
            .iter()
            .fold(largest(answer), |most, piece| most.max(largest(piece)));
        if token > MAX_TOKEN {
            return Err(CellsError::Token { token });
        }
        if u32::try_from(self.ids.len() + answer.len()).is_err() {
            return Err(CellsError::Block);
        }
        let ids = extend(&mut self.ids, answer);
        let first = self.pieces.len();
        for piece in pieces {
            // A piece shorter than a window shows no window.
            if piece.len() >= self.window {
                self.pieces.push(extend(&mut self.shown, piece));
            }
        }
        self.answers.push(Answer {
            ids,
            pieces: first..self.pieces.len(),
            known,
        });
        Ok(())
    }

    /// The same answers with windows of another length, at least as long as these.
    ///
    /// # Panics
    /// When `window` is shorter: what was shown is held for these windows and longer ones.
    #[must_use]
    pub fn with_window(&self, window: usize) -> Self {
        assert!(
            window >= self.window,
            "what was shown is held for windows of {} or more",
            self.window
        );
        Self {
            window,
            ..self.clone()
        }
    }

    /// The same answers in blocks of consecutive ones, as short as they can be with at least `tokens`
    /// tokens (the last has fewer): with 0, one answer each.
    pub(crate) fn blocks(&self, tokens: usize) -> impl Iterator<Item = Self> {
        let mut left = &self.answers[..];
        std::iter::from_fn(move || {
            let first = left.first()?;
            let enough = |answer: &Answer| answer.ids.end - first.ids.start >= tokens;
            let count = left.iter().position(enough).map_or(left.len(), |at| at + 1);
            let (these, rest) = left.split_at(count);
            left = rest;
            let mut block = Self::new(self.window);
            for Answer { ids, pieces, known } in these {
                let start = block.pieces.len();
                for piece in &self.pieces[pieces.clone()] {
                    let piece = extend(&mut block.shown, &self.shown[piece.clone()]);
                    block.pieces.push(piece);
                }
                let ids = extend(&mut block.ids, &self.ids[ids.clone()]);
                block.answers.push(Answer {
                    ids,
                    pieces: start..block.pieces.len(),
                    known: *known,
                });
            }
            Some(block)
        })
    }

    /// Answers of which it is not known what was shown for them.
    #[must_use]
    pub fn exposure_unknown(&self) -> u64 {
        self.answers.iter().filter(|answer| !answer.known).count() as u64
    }

    /// Tokens in a window.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Tokens in the answers.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.ids.len()
    }

    /// Tokens held in all, exposure included.
    #[must_use]
    pub fn held(&self) -> usize {
        self.ids.len() + self.shown.len()
    }

    /// Whether no answer was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The answers, each without its exposure.
    pub fn answers(&self) -> impl Iterator<Item = &[TokenId]> {
        self.answers
            .iter()
            .map(|answer| &self.ids[answer.ids.clone()])
    }

    /// Leaves out every cell whose window occurs in the exposure of its own answer.
    #[must_use]
    pub fn fresh(self) -> FreshCells {
        let mut at = Vec::with_capacity(self.ids.len());
        let mut raw = 0;
        let mut exposed = HashSet::new();
        for Answer { ids, pieces, .. } in &self.answers {
            exposed.clear();
            for piece in &self.pieces[pieces.clone()] {
                exposed.extend(self.shown[piece.clone()].windows(self.window));
            }
            let positions = (ids.start + self.window).min(ids.end)..ids.end;
            raw += positions.len() as u64;
            if exposed.is_empty() {
                at.extend(positions.map(|position| position as u32));
                continue;
            }
            let fresh = positions
                .filter(|&position| !exposed.contains(&self.ids[position - self.window..position]));
            at.extend(fresh.map(|position| position as u32));
        }
        FreshCells {
            window: self.window,
            ids: self.ids,
            at,
            raw,
        }
    }
}

impl FreshCells {
    /// Keeps the cells whose window passes. The filter sees nothing but the window, oldest token
    /// first, and is asked once for each distinct window, so it cannot select by what follows.
    #[must_use]
    pub fn filter(self, keep: impl Fn(&[TokenId]) -> bool) -> Self {
        let mut at = self.at;
        let mut asked: HashMap<&[TokenId], bool> = HashMap::new();
        at.retain(|&at| {
            let window = &self.ids[at as usize - self.window..at as usize];
            *asked.entry(window).or_insert_with(|| keep(window))
        });
        drop(asked);
        Self { at, ..self }
    }

    /// Keeps the first of each kind of cell, here and in everything that `dedup` saw before.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub fn distinct(self, dedup: &mut dyn Dedup) -> Result<DistinctCells, DedupError> {
        let mut kept = Vec::with_capacity(self.at.len());
        let units = Units {
            ids: &self.ids,
            at: &self.at,
            window: self.window,
        };
        dedup.keep_first(units, &mut kept)?;
        Ok(DistinctCells {
            window: self.window,
            ids: self.ids,
            at: kept,
        })
    }

    /// The cells with their repeats, in order: window and token, oldest first.
    pub(crate) fn units(&self) -> impl Iterator<Item = &[TokenId]> {
        let window = self.window;
        self.at
            .iter()
            .map(move |&at| &self.ids[at as usize - window..=at as usize])
    }

    /// Number of fresh cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Cells that were left out because their window had been shown.
    #[must_use]
    pub fn exposed(&self) -> u64 {
        self.raw - self.at.len() as u64
    }
}

impl DistinctCells {
    /// Number of distinct cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The sum of the cells' scores under `mark`, in the law's integer unit.
    #[must_use]
    pub fn score(&self, mark: &dyn Reading) -> u64 {
        let mut words = vec![0; BATCH];
        let mut batch = self.batch(BATCH);
        let law = mark.law();
        self.stretches(BATCH, BATCH)
            .into_iter()
            .map(|stretch| {
                self.fill(&mut batch, stretch);
                let words = &mut words[..batch.len()];
                mark.words(&batch, words);
                law.sum(words)
            })
            .sum()
    }

    /// The level of each cell's window. The weights are asked about windows' hashes and nothing
    /// else.
    pub(crate) fn levels(&self, weights: &WindowWeights) -> Vec<u8> {
        let mut levels = vec![0; self.at.len()];
        levels
            .par_chunks_mut(WINDOWS)
            .zip(self.at.par_chunks(WINDOWS))
            .for_each_init(
                || Vec::with_capacity(WINDOWS),
                |windows, (levels, at)| {
                    windows.clear();
                    windows.extend(at.iter().map(|&at| {
                        WindowHash::of(&self.ids[at as usize - self.window..at as usize])
                    }));
                    weights.levels(windows, levels);
                },
            );
        levels
    }

    /// Where the cells are, in order.
    pub(crate) fn positions(&self) -> &[u32] {
        &self.at
    }

    /// The cells in order, in stretches of `size`, the first of `first`.
    pub(crate) fn stretches(&self, first: usize, size: usize) -> Vec<Stretch<'_>> {
        let (head, rest) = self.at.split_at(first.min(self.at.len()));
        head.chunks(size)
            .chain(rest.chunks(size))
            .map(Stretch)
            .collect()
    }

    /// An empty batch for stretches of up to `size` of these cells.
    pub(crate) fn batch(&self, size: usize) -> CellBatch {
        CellBatch::new(self.window, size)
    }

    /// Fills a batch with a stretch of these cells.
    pub(crate) fn fill(&self, batch: &mut CellBatch, stretch: Stretch<'_>) {
        batch.fill_at(&self.ids, stretch.0);
    }
}

/// A stretch of distinct cells, by their positions.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a>(&'a [u32]);

impl<'a> Stretch<'a> {
    /// These positions.
    pub(crate) fn of(at: &'a [u32]) -> Self {
        Self(at)
    }
}

/// The largest token id of a native mark; larger ones would share cells.
pub const MAX_TOKEN: TokenId = ChaCha12::MAX_TOKEN;

/// Why an answer was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellsError {
    /// Not an id of a vocabulary that a mark can address.
    #[error("token id {token} is above the largest that a mark takes, {MAX_TOKEN}")]
    Token {
        /// The id.
        token: TokenId,
    },
    /// Positions in a block are 32 bits.
    #[error("a block holds at most 2^32 tokens: observe it and begin another")]
    Block,
}

/// Cells evaluated at a time: their columns and words stay in the first-level cache.
const BATCH: usize = 1024;

/// Windows whose counts are looked up together.
const WINDOWS: usize = 1 << 16;

fn extend(ids: &mut Vec<TokenId>, more: &[TokenId]) -> Range<usize> {
    let start = ids.len();
    ids.extend_from_slice(more);
    start..ids.len()
}
