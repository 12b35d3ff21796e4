//! The marker: what one request's sampling loop holds. Two calls a token, `choose` and `accept`.

use crate::cells::{CellBatch, MAX_WINDOW, MISSING, TokenId};
use crate::mark::{Before, CannotMark, Habits, Mark, Repeats, Sampler, Scratch};
use crate::row::RowError;
use crate::softmax;
use alloc::sync::Arc;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// One request's state: its generated tokens, and the windows that are used up.
///
/// A position is marked when at least `h` tokens were generated before it and its window has not
/// occurred in this response. Other positions are sampled with the ordinary randomness of the
/// step. Had from [`Mark::marker`], so that window, habits and key are the mark's own.
#[derive(Clone)]
pub struct Marker {
    sampler: Arc<dyn Sampler>,
    window: usize,
    greedy: bool,
    habits: Habits,
    /// What stands before the response, and the response.
    tokens: Vec<TokenId>,
    /// How many of the tokens stand before the response.
    before: usize,
    /// For each token of the response, where its window stood last before it; none for positions
    /// without a window.
    opened: Vec<Option<Last>>,
    /// Where each window stood last, in tokens of the response.
    seen: HashMap<Window, usize>,
    batch: CellBatch,
    scratch: Scratch,
}

/// Where a window stood before, if anywhere.
type Last = Option<usize>;

/// Tokens for which room is made beforehand at most: what a client asks for must not decide how much memory is taken at once.
pub const MOST_ROOM: usize = 1 << 15;

/// What a step chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Index of the chosen candidate, or the token id where a whole row was given.
    pub index: usize,
    /// Whether the key took part in the choice.
    pub marked: bool,
}

impl Mark {
    /// A marker for one request. `prompt` is what the response follows; its end counts where the engine's habits say so.
    ///
    /// # Errors
    /// When the mark is only read here, its windows are longer than those that are made, or it is a ring's, of which one
    /// [`member`](Self::member) marks a request.
    pub fn marker(&self, prompt: &[TokenId]) -> Result<Marker, CannotMark> {
        self.marker_with_capacity(prompt, 0)
    }

    /// The same, with room for `tokens` generated tokens, [`MOST_ROOM`] at most: up to that many, no step after the first ones allocates.
    ///
    /// # Errors
    /// As for [`marker`](Self::marker).
    pub fn marker_with_capacity(
        &self,
        prompt: &[TokenId],
        tokens: usize,
    ) -> Result<Marker, CannotMark> {
        let (sampler, habits) = self.sampler()?;
        let window = self.window();
        if !(1..=MAX_WINDOW).contains(&window) {
            return Err(CannotMark::Window { window });
        }
        Ok(Marker::new(
            Arc::clone(sampler),
            window,
            habits,
            prompt,
            tokens.min(MOST_ROOM),
        ))
    }
}

impl Marker {
    /// `window` is 1 to [`MAX_WINDOW`].
    fn new(
        sampler: Arc<dyn Sampler>,
        window: usize,
        habits: Habits,
        prompt: &[TokenId],
        tokens: usize,
    ) -> Self {
        let mut all = Vec::with_capacity(window + tokens);
        match habits.before {
            Before::Nothing => {}
            Before::Filling(token) => all.resize(window, token),
            Before::Prompt => all.extend_from_slice(&prompt[prompt.len().saturating_sub(window)..]),
        }
        Self {
            sampler,
            window,
            greedy: false,
            habits,
            before: all.len(),
            tokens: all,
            opened: Vec::with_capacity(tokens),
            seen: HashMap::with_capacity(tokens),
            batch: CellBatch::new(window, 0),
            scratch: Scratch::default(),
        }
    }

    /// Says that the request decodes greedily (temperature 0). Then only a mark that biases logits
    /// (`green`) takes part; the others leave the arg-max alone.
    #[must_use]
    pub fn greedy(mut self) -> Self {
        self.greedy = true;
        self
    }

    /// Chooses among the candidates that survived truncation and grammar.
    ///
    /// `candidates` are token ids and `logits` their logits after temperature and penalties, in
    /// nats; a masked candidate has −∞ and is never chosen. `uniform` in [0, 1) is this step's
    /// ordinary randomness. `logits` is scratch space afterwards.
    ///
    /// # Errors
    /// When the lengths differ, a token id is too large, a logit is NaN or +∞, or every candidate
    /// is masked. The request's state is unchanged.
    pub fn choose(
        &mut self,
        candidates: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<Choice, MarkerError> {
        if candidates.len() != logits.len() {
            let (candidates, logits) = (candidates.len(), logits.len());
            return Err(MarkerError::Lengths { candidates, logits });
        }
        for (&token, &logit) in candidates.iter().zip(&*logits) {
            self.check_token(token)?;
            if logit.is_nan() {
                return Err(RowError::NaN { token }.into());
            }
            if logit == f32::INFINITY {
                return Err(RowError::Infinite { token }.into());
            }
        }
        let Some(window) = self.open_window() else {
            return self.ordinary(logits, uniform);
        };
        self.batch.fill(&window[..self.window], candidates);
        let index = if self.greedy {
            let Some(bias) = self.sampler.as_bias() else {
                return self.ordinary(logits, uniform);
            };
            bias.bias(&self.batch, logits, &mut self.scratch)?;
            softmax::arg_max(logits)?
        } else {
            self.sampler
                .choose(&self.batch, logits, uniform, &mut self.scratch)?
        };
        Ok(Choice {
            index,
            marked: true,
        })
    }

    /// Chooses among a whole row of logits, whose index is the token id. The rest is as for
    /// [`choose`](Self::choose).
    ///
    /// # Errors
    /// As for [`choose`](Self::choose).
    pub fn choose_row(&mut self, logits: &mut [f32], uniform: f64) -> Result<Choice, MarkerError> {
        self.check_row(logits)?;
        let Some(window) = self.open_window() else {
            return self.ordinary(logits, uniform);
        };
        let window = &window[..self.window];
        if self.greedy {
            let Some(bias) = self.sampler.as_bias() else {
                return self.ordinary(logits, uniform);
            };
            bias.bias_row(window, logits)?;
            let index = softmax::arg_max(logits)?;
            return Ok(Choice {
                index,
                marked: true,
            });
        }
        let index = self
            .sampler
            .choose_row(window, logits, uniform, &mut self.scratch)?;
        Ok(Choice {
            index,
            marked: true,
        })
    }

    /// Adds the mark's bias to a whole row of logits, for an engine that truncates and samples by
    /// itself afterwards. Says whether the position is marked; if not, the row is unchanged.
    ///
    /// # Errors
    /// [`MarkerError::NotABias`] for schemes other than `green`; else as for
    /// [`choose`](Self::choose).
    pub fn bias_row(&mut self, logits: &mut [f32]) -> Result<bool, MarkerError> {
        self.check_row(logits)?;
        let bias = self.sampler.as_bias().ok_or(MarkerError::NotABias)?;
        let Some(window) = self.open_window() else {
            return Ok(false);
        };
        bias.bias_row(&window[..self.window], logits)?;
        Ok(true)
    }

    /// Whether the next position would be marked: enough tokens before it, and a new window.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open_window().is_some()
    }

    /// The window of the next position, oldest token first, where that position would be marked.
    #[must_use]
    pub fn next_window(&self) -> Option<Vec<TokenId>> {
        self.open_window()
            .map(|window| window[..self.window].to_vec())
    }

    /// Whether the mark biases logits, and so takes part in greedy decoding.
    #[must_use]
    pub fn is_bias(&self) -> bool {
        self.sampler.as_bias().is_some()
    }

    /// Whether the request decodes greedily.
    #[must_use]
    pub fn is_greedy(&self) -> bool {
        self.greedy
    }

    /// The largest token id that the mark takes.
    #[must_use]
    pub fn max_token(&self) -> TokenId {
        self.sampler.max_token()
    }

    /// Records the token that the engine emitted, chosen here or not.
    ///
    /// # Errors
    /// When the token id is too large; the state is unchanged.
    pub fn accept(&mut self, token: TokenId) -> Result<(), MarkerError> {
        self.check_token(token)?;
        let place = self.opened.len();
        let opened = self
            .last_window()
            .map(|window| self.seen.insert(window, place));
        self.tokens.push(token);
        self.opened.push(opened);
        Ok(())
    }

    /// Takes back the last `count` accepted tokens, as speculative decoding does.
    ///
    /// # Errors
    /// When fewer were accepted; the state is unchanged.
    pub fn rollback(&mut self, count: usize) -> Result<(), MarkerError> {
        if count > self.opened.len() {
            return Err(MarkerError::Rollback {
                asked: count,
                accepted: self.opened.len(),
            });
        }
        for _ in 0..count {
            self.tokens.pop();
            let opened = self.opened.pop().flatten();
            if let (Some(last), Some(window)) = (opened, self.last_window()) {
                match last {
                    Some(place) => self.seen.insert(window, place),
                    None => self.seen.remove(&window),
                };
            }
        }
        Ok(())
    }

    /// Forgets the response, for the next one to the same prompt; buffers are kept.
    pub fn reset(&mut self) {
        self.tokens.truncate(self.before);
        self.opened.clear();
        self.seen.clear();
    }

    /// The tokens accepted so far.
    #[must_use]
    pub fn tokens(&self) -> &[TokenId] {
        &self.tokens[self.before..]
    }

    /// Does something as if the request decoded greedily.
    pub(crate) fn as_greedy<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let usually = core::mem::replace(&mut self.greedy, true);
        let result = work(self);
        self.greedy = usually;
        result
    }

    fn last_window(&self) -> Option<Window> {
        let start = self.tokens.len().checked_sub(self.window)?;
        let mut window = [MISSING; MAX_WINDOW];
        window[..self.window].copy_from_slice(&self.tokens[start..]);
        Some(window)
    }

    fn open_window(&self) -> Option<Window> {
        let place = self.opened.len();
        self.last_window().filter(
            |window| match (self.habits.repeats, self.seen.get(window)) {
                (_, None) | (Repeats::Marked, _) => true,
                (Repeats::Unmarked, Some(_)) => false,
                (Repeats::UnmarkedWithin(tokens), Some(last)) => last + tokens < place,
            },
        )
    }

    fn ordinary(&self, logits: &[f32], uniform: f64) -> Result<Choice, MarkerError> {
        let index = if self.greedy {
            softmax::arg_max(logits)?
        } else {
            softmax::draw(logits, uniform)?
        };
        Ok(Choice {
            index,
            marked: false,
        })
    }

    fn check_row(&self, logits: &[f32]) -> Result<(), MarkerError> {
        match logits.len().checked_sub(1) {
            Some(last) => self.check_token(TokenId::try_from(last).unwrap_or(TokenId::MAX)),
            None => Err(RowError::AllMasked.into()),
        }
    }

    fn check_token(&self, token: TokenId) -> Result<(), MarkerError> {
        let max = self.sampler.max_token();
        if token > max {
            Err(MarkerError::Token { token, max })
        } else {
            Ok(())
        }
    }
}

/// A window padded with [`MISSING`], as the set of used windows holds it.
type Window = [TokenId; MAX_WINDOW];

/// Why a step could not be taken. It concerns one request; its state is as before the call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarkerError {
    /// The engine's row of logits is unusable.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Candidates and logits do not belong together.
    #[error("{candidates} candidates but {logits} logits")]
    Lengths {
        /// Number of candidates.
        candidates: usize,
        /// Number of logits.
        logits: usize,
    },
    /// Not an id of a vocabulary that the mark can address.
    #[error("token id {token} is above the largest that the mark takes, {max}")]
    Token {
        /// The id.
        token: TokenId,
        /// The largest allowed.
        max: TokenId,
    },
    /// More tokens were taken back than were accepted.
    #[error("cannot take back {asked} tokens: only {accepted} were accepted")]
    Rollback {
        /// How many.
        asked: usize,
        /// How many there are.
        accepted: usize,
    },
    /// The scheme chooses a token rather than biasing logits: use `choose` or `choose_row`.
    #[error("this scheme does not bias logits; use choose or choose_row")]
    NotABias,
}
