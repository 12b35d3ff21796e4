//! Answers with what was shown for them: cells as they come.

use super::fresh::FreshCells;
use hallmark_core::cells::TokenId;
use hallmark_core::prf::ChaCha12;
use hashbrown::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

/// Answers with what was shown for them: every position that has a full window.
#[derive(Clone, Debug)]
pub struct RawCells {
    window: usize,
    /// Shared by the cells that are made of them.
    ids: Arc<Vec<TokenId>>,
    answers: Vec<Answer>,
    shown: Vec<TokenId>,
    pieces: Vec<Range<usize>>,
    in_other_form: Vec<u8>,
}

/// What was shown to the suspect when it answered: prompt, system text, history, tool results.
#[derive(Clone, Copy, Debug)]
pub struct Exposure<'a> {
    /// Token sequences that were shown; no window spans two. A piece too many costs power only.
    pub pieces: &'a [Vec<TokenId>],
    /// Whether they are all that was shown. If not, findings carry a warning.
    pub known: bool,
    /// For each token of the answer, how many tokens before it stand in what was shown, in another form of its text: a window
    /// no longer is left out. Empty where that was not compared.
    pub in_other_form: &'a [u8],
}

impl<'a> Exposure<'a> {
    /// Nothing was shown.
    pub const NOTHING: Self = Self {
        pieces: &[],
        known: true,
        in_other_form: &[],
    };

    /// It is not known what was shown.
    pub const UNKNOWN: Self = Self {
        pieces: &[],
        known: false,
        in_other_form: &[],
    };

    /// These pieces and no more were shown.
    #[must_use]
    pub const fn known(pieces: &'a [Vec<TokenId>]) -> Self {
        Self {
            pieces,
            known: true,
            in_other_form: &[],
        }
    }
}

#[derive(Clone, Debug)]
struct Answer {
    ids: Range<usize>,
    pieces: Range<usize>,
    /// Whether the pieces are all that was shown.
    known: bool,
    in_other_form: Range<usize>,
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
            ids: Arc::default(),
            answers: vec![],
            shown: vec![],
            pieces: vec![],
            in_other_form: vec![],
        }
    }

    /// Adds an answer with what was shown to the suspect when it gave it.
    ///
    /// # Errors
    /// When a token id is above [`MAX_TOKEN`], or there are more than 2³² tokens in this block. The
    /// block is then unchanged.
    ///
    /// # Panics
    /// When [`Exposure::in_other_form`] is neither empty nor as long as the answer.
    pub fn push(&mut self, answer: &[TokenId], exposure: Exposure<'_>) -> Result<(), CellsError> {
        let Exposure {
            pieces,
            known,
            in_other_form,
        } = exposure;
        assert!(
            in_other_form.is_empty() || in_other_form.len() == answer.len(),
            "one number for each token of the answer"
        );
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
        let ids = extend(Arc::make_mut(&mut self.ids), answer);
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
            in_other_form: extend(&mut self.in_other_form, in_other_form),
        });
        Ok(())
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
            for answer in these {
                let Answer { ids, pieces, .. } = answer;
                let start = block.pieces.len();
                for piece in &self.pieces[pieces.clone()] {
                    let piece = extend(&mut block.shown, &self.shown[piece.clone()]);
                    block.pieces.push(piece);
                }
                let ids = extend(Arc::make_mut(&mut block.ids), &self.ids[ids.clone()]);
                block.answers.push(Answer {
                    ids,
                    pieces: start..block.pieces.len(),
                    known: answer.known,
                    in_other_form: extend(
                        &mut block.in_other_form,
                        &self.in_other_form[answer.in_other_form.clone()],
                    ),
                });
            }
            Some(block)
        })
    }

    /// Adds to `to` the first `tokens` tokens of every answer that has as many, or whole answers, with what was shown for them,
    /// where `is_wanted` says so of the tokens.
    ///
    /// # Errors
    /// When there are more than 2³² tokens in all.
    pub fn take(
        &self,
        tokens: Option<usize>,
        to: &mut Self,
        mut is_wanted: impl FnMut(&[TokenId]) -> bool,
    ) -> Result<(), CellsError> {
        for answer in &self.answers {
            let ids = &self.ids[answer.ids.clone()];
            let Some(ids) = ids.get(..tokens.unwrap_or(ids.len())) else {
                continue;
            };
            if !is_wanted(ids) {
                continue;
            }
            let shown = self.pieces[answer.pieces.clone()].iter();
            let pieces: Vec<_> = shown
                .map(|piece| self.shown[piece.clone()].to_vec())
                .collect();
            let forms = &self.in_other_form[answer.in_other_form.clone()];
            let exposure = Exposure {
                pieces: &pieces,
                known: answer.known,
                in_other_form: forms.get(..ids.len()).unwrap_or_default(),
            };
            to.push(ids, exposure)?;
        }
        Ok(())
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

    /// For each answer a hash of it, and for short ones of all that was shown: equal long answers have the same, and equal records.
    /// The same in every run.
    pub(crate) fn identities(&self) -> impl Iterator<Item = u64> {
        self.answers.iter().map(|answer| {
            let mut hasher = DefaultHasher::new();
            self.ids[answer.ids.clone()].hash(&mut hasher);
            if answer.ids.len() >= LONG {
                return hasher.finish();
            }
            answer.known.hash(&mut hasher);
            self.in_other_form[answer.in_other_form.clone()].hash(&mut hasher);
            for piece in &self.pieces[answer.pieces.clone()] {
                self.shown[piece.clone()].hash(&mut hasher);
            }
            hasher.finish()
        })
    }

    /// Leaves out every cell whose window occurs in the exposure of its own answer, token by token or in another form.
    #[must_use]
    pub fn fresh(&self) -> FreshCells {
        self.fresh_with(self.window)
    }

    /// The same with windows of another length, at least as long as these.
    ///
    /// # Panics
    /// When `window` is shorter: what was shown is held for these windows and longer ones.
    #[must_use]
    pub fn fresh_with(&self, window: usize) -> FreshCells {
        assert!(
            window >= self.window,
            "what was shown is held for windows of {} or more",
            self.window
        );
        let mut at = Vec::with_capacity(self.ids.len());
        let (mut raw, mut in_other_form) = (0, 0);
        let mut exposed = HashSet::new();
        for answer in &self.answers {
            exposed.clear();
            for piece in &self.pieces[answer.pieces.clone()] {
                exposed.extend(self.shown[piece.clone()].windows(window));
            }
            let Range { start, end } = answer.ids;
            let positions = (start + window).min(end)..end;
            raw += positions.len() as u64;
            let forms = &self.in_other_form[answer.in_other_form.clone()];
            if exposed.is_empty() && forms.is_empty() {
                at.extend(positions.map(|position| position as u32));
                continue;
            }
            // Of the profile's window: the longer ones that end with it are left out with it.
            let own = self.window.min(usize::from(u8::MAX));
            let fresh = positions.filter(|&position| {
                let is_shown = exposed.contains(&self.ids[position - window..position]);
                let reach = forms.get(position - start).copied().unwrap_or(0);
                let is_told = !is_shown && usize::from(reach) >= own;
                in_other_form += u64::from(is_told);
                !is_shown && !is_told
            });
            at.extend(fresh.map(|position| position as u32));
        }
        FreshCells {
            window,
            ids: Arc::clone(&self.ids),
            at,
            raw,
            in_other_form,
        }
    }
}

/// Tokens from which on an answer that came twice, whatever the prompt, is taken for one.
const LONG: usize = 16;

/// The largest token id of a native mark; larger ones would share cells.
pub const MAX_TOKEN: TokenId = ChaCha12::MAX_TOKEN;

/// Why an answer was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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

fn extend<T: Copy>(items: &mut Vec<T>, more: &[T]) -> Range<usize> {
    let start = items.len();
    items.extend_from_slice(more);
    start..items.len()
}
