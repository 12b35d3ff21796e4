//! The sampler's state and its one decision, in safe Rust.

use std::fmt;

use hallmark_core::cells::TokenId;
use hallmark_core::marker::Marker;
use llama_cpp_sys_2::llama_token_data;

use crate::error::StepError;
use crate::ordinary;
use crate::random::Random;

/// Selects among the candidates that the samplers before it left: under the mark where a position carries one, and as
/// `dist` does elsewhere.
///
/// Cloning gives a second request in the same state, as beams and speculative decoding need.
#[derive(Clone)]
pub struct Sampler {
    marker: Option<Marker>,
    greedy: bool,
    random: Random,
    on_error: OnError,
    /// Accepted tokens that are the prompt's.
    prompt: usize,
    /// Of these, how many are yet to come.
    prompt_left: usize,
    /// Whether the marker failed in a way that leaves its state in doubt.
    broken: bool,
    report: Report,
    tokens: Vec<TokenId>,
    logits: Vec<f32>,
}

/// What happens at a step that cannot be marked, because a logit is NaN or +∞, all candidates are masked, or a token is
/// outside the mark's vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The step is sampled ordinarily among what is usable; [`report`](crate::report) says why.
    #[default]
    Continue,
    /// Nothing is selected (`selected` is −1). `llama_sampler_sample` ends the process then, so a host that wants
    /// this calls [`select`](crate::select), which returns the error.
    Refuse,
}

/// What a sampler has done since it was made or reset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Steps in which the key took part.
    pub marked: u64,
    /// Steps sampled ordinarily, because the position carries no mark or there is no marker.
    pub unmarked: u64,
    /// Steps that could not be taken as asked.
    pub failed: u64,
    /// Why, the last time.
    pub last_error: Option<StepError>,
}

impl Sampler {
    /// A sampler for one request. `seed` is that of ordinary randomness, as for `llama_sampler_init_dist`;
    /// [`RANDOM_SEED`](crate::RANDOM_SEED) stands for a random one.
    #[must_use]
    pub fn new(marker: Marker, seed: u32) -> Self {
        Self::with(Some(marker), seed)
    }

    /// A sampler without a mark: `llama_sampler_init_dist`, token by token.
    #[must_use]
    pub fn unmarked(seed: u32) -> Self {
        Self::with(None, seed)
    }

    fn with(marker: Option<Marker>, seed: u32) -> Self {
        Self {
            marker,
            greedy: false,
            random: Random::new(seed),
            on_error: OnError::default(),
            prompt: 0,
            prompt_left: 0,
            broken: false,
            report: Report::default(),
            tokens: Vec::new(),
            logits: Vec::new(),
        }
    }

    /// Takes the likeliest candidate. Then only a mark that biases logits (`green`) takes part. A chain with
    /// temperature 0 needs no such flag: it leaves one candidate unmasked.
    #[must_use]
    pub fn greedy(mut self) -> Self {
        self.greedy = true;
        self.marker = self.marker.map(Marker::greedy);
        self
    }

    /// Says what happens at a step that cannot be marked.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Says that the host accepts the prompt's `tokens` tokens before those that were sampled, as hosts with repetition
    /// penalties do. They are passed over, also after each reset.
    ///
    /// Without this they would count as the answer's beginning: it is found as well, but windows that occur in the
    /// prompt are then left unmarked in the answer.
    #[must_use]
    pub fn prompt_accepted(mut self, tokens: usize) -> Self {
        self.prompt = tokens;
        self.prompt_left = tokens;
        self
    }

    /// The index of the selected candidate; none where there is nothing to select or the step is refused. Accepts nothing.
    ///
    /// `candidates` have logits after temperature, in nats; a masked one has −∞ and is never selected where another is
    /// not. Their probabilities `p` before the mark are filled in. `sorted` says that the first has the largest logit.
    /// One number is drawn a step, marked or not.
    pub fn choose(&mut self, candidates: &mut [llama_token_data], sorted: bool) -> Option<usize> {
        if candidates.is_empty() {
            let step = self.step();
            self.fail(StepError::NoCandidates { step });
            return None;
        }
        let uniform = self.random.uniform();
        match self.try_choose(candidates, sorted, uniform) {
            Ok((index, marked)) => {
                self.report.marked += u64::from(marked);
                self.report.unmarked += u64::from(!marked);
                Some(index)
            }
            Err(error) => {
                self.fail(error);
                (self.on_error == OnError::Continue).then(|| ordinary::salvage(candidates, uniform))
            }
        }
    }

    fn try_choose(
        &mut self,
        candidates: &mut [llama_token_data],
        sorted: bool,
        uniform: f64,
    ) -> Result<(usize, bool), StepError> {
        let step = self.step();
        let total =
            ordinary::weigh(candidates, sorted).map_err(|error| StepError::row(step, error))?;
        let marker = self
            .marker
            .as_mut()
            .filter(|marker| !self.broken && marker.is_open());
        let Some(marker) = marker else {
            let index = match self.greedy {
                true => ordinary::likeliest(candidates),
                false => ordinary::pick(candidates, total, uniform),
            };
            ordinary::normalise(candidates, total);
            return Ok((index, false));
        };
        ordinary::normalise(candidates, total);
        self.tokens.clear();
        self.logits.clear();
        for candidate in &*candidates {
            let id = candidate.id;
            let token = TokenId::try_from(id).map_err(|_| StepError::NotAToken { step, id })?;
            self.tokens.push(token);
            self.logits.push(candidate.logit);
        }
        let choice = marker
            .choose(&self.tokens, &mut self.logits, uniform)
            .map_err(|error| StepError::marker(step, error))?;
        Ok((choice.index, choice.marked))
    }

    /// Records the token that the host emitted, selected here or not. Negative ids, llama.cpp's mark of no token, are
    /// passed over.
    pub fn accept(&mut self, token: i32) {
        let Ok(token) = TokenId::try_from(token) else {
            return;
        };
        if self.prompt_left > 0 {
            self.prompt_left -= 1;
            return;
        }
        let step = self.step();
        if let Some(marker) = &mut self.marker
            && let Err(error) = marker.accept(token)
        {
            self.fail(StepError::marker(step, error));
        }
    }

    /// Forgets the answer, its report and the randomness used, for another answer to the same prompt.
    pub fn reset(&mut self) {
        if let Some(marker) = &mut self.marker {
            marker.reset();
        }
        self.random.restart();
        self.prompt_left = self.prompt;
        self.broken = false;
        self.report = Report::default();
    }

    /// What was done since the start.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The tokens accepted so far, without the prompt's; none without a marker.
    #[must_use]
    pub fn tokens(&self) -> &[TokenId] {
        self.marker.as_ref().map_or(&[], Marker::tokens)
    }

    /// Leaves the rest of the request unmarked after a fault, and says what can still be selected.
    pub(crate) fn break_off(
        &mut self,
        message: String,
        candidates: &mut [llama_token_data],
    ) -> Option<usize> {
        self.broken = true;
        self.fail(StepError::Panicked { message });
        let goes_on = self.on_error == OnError::Continue && !candidates.is_empty();
        goes_on.then(|| ordinary::salvage(candidates, self.random.uniform()))
    }

    fn fail(&mut self, error: StepError) {
        self.report.failed += 1;
        self.report.last_error = Some(error);
    }

    fn step(&self) -> usize {
        self.tokens().len()
    }
}

impl fmt::Debug for Sampler {
    /// Without the key, the seed and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler")
            .field("marked", &self.marker.is_some())
            .field("greedy", &self.greedy)
            .field("on_error", &self.on_error)
            .field("accepted", &self.step())
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}
